"""The keypoints feature: who is in the image, their 133 points in every frame, and how the clip was
filmed."""

from functools import partial
from pathlib import Path

import numpy as np

from understudy.artifacts.filming import Event, as_note
from understudy.artifacts.keypoints import save_keypoints
from understudy.artifacts.origin import of_video
from understudy.features.company import check_somebody, shows_several
from understudy.features.interfaces import Detected
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.features.strangers import strangers
from understudy.filming.examine import boxes_of, examine
from understudy.registry import chosen
from understudy.video.probe import VideoInfo, probe
from understudy.video.read import stream_frames


def extract_keypoints(
    video: Path | str,
    out: Path | str,
    backend: str,
    people: str,
    runtime: Runtime = EMBEDDED,
) -> None:
    """Detect, check who is in the image, see how it was filmed, write keypoints.npz.

    `people`: "refuse" a video that shows several persons, "flag": follow the most prominent one and
    say so in the file's metadata, or whom to follow: left, right, largest, or a box (`who.whom`).
    Raises UserError for nobody, for several if refused, and for a box with nobody in it.
    """
    detect = chosen("keypoints", backend)
    info = probe(video)
    found = detect(video, info, people, runtime)
    people_seen = _nearest_count(found.people, info.frames)
    frames, fps = partial(stream_frames, video), float(info.fps)
    boxes = boxes_of(found.xy, found.score, (info.height, info.width))
    others = strangers(frames, boxes * ([info.width, info.height] * 2), fps)
    found.score[others] = 0
    check_somebody(video, found.score)
    events = examine(frames(range(info.frames)), found.xy, found.score, fps)
    if others.any():
        second = float(others.argmax() / fps)
        says = f"somebody else is seen from {second:.1f} s on, and left out"
        events["stranger"] = Event(second, says)
    about = {**_about(video, info, found, backend, people), "filming": as_note(events)}
    save_keypoints(out, found.xy, found.score, people_seen, found.extra, about)


def _nearest_count(people: dict[int, int], n: int) -> np.ndarray:
    """(n,) the count of the nearest sampled frame."""
    sampled = np.array(sorted(people))
    nearest = np.abs(np.arange(n)[:, None] - sampled).argmin(1)
    return np.array([people[int(sampled[i])] for i in nearest])


def _about(video: Path | str, info: VideoInfo, found: Detected, backend: str, people: str) -> dict:
    about = {
        "backend": backend,
        "model": found.model,
        **of_video(video, info),
    }
    if shows_several(found.people):
        whom = "most prominent" if people in ("flag", "largest") else people
        about["several_people"] = f"follows the {whom} of several people"
    return about
