"""Masks by MediaPipe's pose model, sharpened against the still background."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from understudy.artifacts.arrays import Arrays
from understudy.features.frames import ahead, evenly, side_by_side
from understudy.features.mediapipe.body import Body
from understudy.features.mediapipe.following import follow_body, window_region
from understudy.features.mediapipe.models import model_digests
from understudy.features.mediapipe.regions import whole
from understudy.features.mediapipe.sharpen import sharp_mask
from understudy.features.mediapipe.still_background import Background, still_background
from understudy.features.mediapipe.windows import windows_if_small
from understudy.features.runtime import Runtime
from understudy.progress import progress
from understudy.video.probe import VideoInfo
from understudy.video.read import stream_frames

SOFT_SIDE = 512  # px: the model's own masks are 256² over the person
BACKGROUND_FRAMES = 24
MODELS = ("pose_detection", "pose_landmark")


def detect_masks(
    video: Path | str, info: VideoInfo, keypoints: Arrays, runtime: Runtime
) -> tuple[Iterator[np.ndarray], dict[str, str]]:
    """Masks (h,w) bool, one after another, and the model's digests."""
    soft = soft_masks(video, info, keypoints)
    behind = _background(video, info, soft)
    frames = stream_frames(video, range(info.frames))
    pairs = zip(progress(frames, "masks", info.frames), soft, strict=True)
    sharp = side_by_side(lambda pair: _sharp(*pair, behind, info), pairs, runtime.threads)
    return sharp, model_digests(MODELS)


def _sharp(frame: np.ndarray, soft: np.ndarray, behind: Background, info: VideoInfo) -> np.ndarray:
    return sharp_mask(frame, _full(soft, info), behind)


def soft_masks(video: Path | str, info: VideoInfo, keypoints: Arrays) -> np.ndarray:
    """The model's own masks (n,h,w) uint8, 255 = person, longer side at most SOFT_SIDE."""
    windows = _windows(info, keypoints)
    width, height = _soft_size(info)
    scale = np.array([width / info.width, height / info.height])
    soft = np.zeros((info.frames, height, width), np.uint8)
    frames = progress(stream_frames(video, range(info.frames)), "soft masks", info.frames)
    body: Body | None = None
    for index, frame in enumerate(ahead(frames)):
        region = whole(frame) if windows is None else window_region(windows[index])
        body = follow_body(frame, body, region)
        if body is not None:
            soft[index] = (body.mask_in(width, height, scale) * 255).round()
    return soft


def _windows(info: VideoInfo, keypoints: Arrays) -> np.ndarray | None:
    """Windows around the person that the keypoints follow, if they are small or not alone."""
    xy, good = keypoints["xy"][:, :17], keypoints["score"][:, :17] > 0.3
    seen = np.flatnonzero(good.sum(1) >= 5)
    boxes = np.array(
        [[*xy[i, good[i]].min(0), *xy[i, good[i]].max(0)] for i in seen], float
    ).reshape(-1, 4)
    several = "several_people" in keypoints.about
    return windows_if_small(info.frames, seen, boxes, info.width, info.height, always=several)


def _background(video: Path | str, info: VideoInfo, soft: np.ndarray) -> Background:
    """The still background, from frames spread over the clip."""
    sampled = evenly(info.frames, BACKGROUND_FRAMES)
    frames = np.stack(list(stream_frames(video, sampled)))
    reach = np.ones((2 * (info.height // 100) + 1,) * 2, np.uint8)
    person = [cv2.dilate((_full(soft[i], info) > 0.2).astype(np.uint8), reach) for i in sampled]
    return still_background(frames, np.stack(person) > 0)


def _full(soft: np.ndarray, info: VideoInfo) -> np.ndarray:
    """One soft mask at the frame's own size, float32 in 0…1."""
    size = (info.width, info.height)
    return cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255


def _soft_size(info: VideoInfo) -> tuple[int, int]:
    scale = min(1.0, SOFT_SIDE / max(info.width, info.height))
    return round(info.width * scale), round(info.height * scale)
