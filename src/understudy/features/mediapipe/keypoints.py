"""Keypoints by MediaPipe's models: count the people, choose one, follow that one."""

from pathlib import Path

import numpy as np

from understudy.features.company import check_alone, samples, shows_several
from understudy.features.frames import evenly, side_by_side, stream_frames
from understudy.features.interfaces import Detected
from understudy.features.mediapipe.holistic import Holistic, run_holistic
from understudy.features.mediapipe.models import model_digests
from understudy.features.mediapipe.people import (
    BodyTrack,
    find_people,
    follow_people,
    torso_length,
)
from understudy.features.mediapipe.steady import steady
from understudy.features.mediapipe.wholebody import irises, whole_body
from understudy.features.mediapipe.windows import windows_if_small
from understudy.features.runtime import Runtime
from understudy.progress import progress
from understudy.video.probe import VideoInfo


def detect_keypoints(video: Path | str, info: VideoInfo, policy: str, runtime: Runtime) -> Detected:
    """133 points per frame of the most prominent person; UserError if `policy` bars several."""
    sampled, tracks, people = _survey(video, info)
    check_alone(video, people, policy)
    windows = None
    if tracks:
        windows = windows_if_small(
            info.frames,
            tracks[0].frames,
            tracks[0].boxes(),
            info.width,
            info.height,
            always=shows_several(people),
        )
    frames = progress(stream_frames(video, range(info.frames)), "keypoints", info.frames)
    seen = steady(run_holistic(frames, info.frames, windows))
    xy, score = whole_body(seen, info.width, info.height)
    if shows_several(people):
        score *= _is_followed(seen, tracks[0], sampled)[:, None]
    further = {"world": seen.world, "irises": irises(seen, score)}
    return Detected(xy, score, people, further, model_digests())


def _survey(
    video: Path | str, info: VideoInfo
) -> tuple[list[int], list[BodyTrack], dict[int, int]]:
    """Sample frames over the clip: their indices, who is where, how many in each."""
    sampled = evenly(info.frames, samples(info))
    frames = progress(stream_frames(video, sampled), "people", len(sampled))
    found = list(side_by_side(find_people, frames))
    counts = {index: len(people) for index, people in zip(sampled, found, strict=True)}
    return sampled, follow_people(sampled, found), counts


def _is_followed(seen: Holistic, track: BodyTrack, sampled: list[int]) -> np.ndarray:
    """(n,) bool: whether Holistic was on the track's person at the sample nearest to each frame."""
    right = []
    for index in sampled:
        at = np.flatnonzero(track.frames == index)
        person = track.people[at[0]] if len(at) else None
        right.append(person is not None and _same(seen.pose[index], person))
    nearest = np.abs(np.arange(len(seen.pose))[:, None] - np.array(sampled)).argmin(1)
    return np.array(right)[nearest]


def _same(pose: np.ndarray, person: np.ndarray) -> bool:
    """Whether two bodies (33,3) lie within a torso's length of each other."""
    apart = np.median(np.linalg.norm(pose[:, :2] - person[:, :2], axis=1))
    return bool(apart < torso_length(person))
