"""Masks by MediaPipe's pose model, sharpened by GrabCut against the still background."""

from pathlib import Path

import cv2
import numpy as np

from understudy.features.frames import evenly, stream_frames
from understudy.features.grabcut import refine_mask
from understudy.features.mediapipe_runtime import (
    load_mediapipe,
    model_digests,
    native_log_silenced,
)
from understudy.features.still_background import Background, still_background
from understudy.features.windows import cut_window
from understudy.files import Arrays
from understudy.progress import progress
from understudy.video.probe import VideoInfo

SOFT_SIDE = 512  # px: the model's own masks are 256² over the person
BACKGROUND_FRAMES = 24
DIGESTS = ("pose_detection", "pose_landmark")


def detect_masks(
    video: Path | str, info: VideoInfo, keypoints: Arrays
) -> tuple[np.ndarray, dict[str, str]]:
    """Masks (n,h,w) bool and the model's digests."""
    soft = soft_masks(video, info)
    behind = _background(video, info, soft)
    masks = np.zeros((info.frames, info.height, info.width), bool)
    frames = stream_frames(video, range(info.frames))
    for index, frame in enumerate(progress(frames, "masks", info.frames)):
        masks[index] = refine_mask(frame, _full(soft[index], info), behind)
    return masks, {name: model_digests()[name] for name in DIGESTS}
