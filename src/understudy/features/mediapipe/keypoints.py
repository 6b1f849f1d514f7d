"""Keypoints by MediaPipe's models: count the people, choose one, follow that one."""

from pathlib import Path

import numpy as np

from understudy.features.company import check_alone, samples, shows_several
from understudy.features.frames import evenly
from understudy.features.interfaces import Detected
from understudy.features.mediapipe.following import Sought, follow
from understudy.features.mediapipe.models import model_digests
from understudy.features.mediapipe.steady import steady
from understudy.features.mediapipe.survey import Frames, Survey, Track, survey
from understudy.features.mediapipe.wholebody import irises, whole_body
from understudy.features.mediapipe.windows import windows_if_small
from understudy.features.runtime import Runtime
from understudy.features.who import Someone, whom
from understudy.progress import progress
from understudy.video.probe import VideoInfo
from understudy.video.read import stream_frames


def detect_keypoints(video: Path | str, info: VideoInfo, policy: str, runtime: Runtime) -> Detected:
    """133 points per frame of the person whom `policy` names, the most prominent one if it names
    nobody; UserError if it bars several."""
    sampled = evenly(info.frames, samples(info))

    def frames(title: str) -> Frames:
        return lambda some: progress(stream_frames(video, some), title, len(some))

    found = survey(sampled, frames("people"), runtime.threads)
    check_alone(video, found.people, policy)
    sought = _sought(video, found, info, policy)
    (person,) = follow(frames("keypoints"), info.frames, [sought], runtime.threads)
    seen = steady(person.seen)
    xy, score = whole_body(seen, info.width, info.height)
    if shows_several(found.people):
        score *= person.sure[:, None]
    further = {"world": seen.world, "irises": irises(seen, score)}
    return Detected(xy, score, found.people, further, model_digests())


def _sought(video: Path | str, found: Survey, info: VideoInfo, policy: str) -> Sought:
    """The person of a survey who is to be followed; somebody, if it saw nobody."""
    if not found.tracks:
        return Sought(Track({}))
    people = [Someone(np.array(list(one.seen)), one.boxes()) for one in found.tracks]
    track = found.tracks[whom(video, people, policy, (info.height, info.width))]
    windows = windows_if_small(
        info.frames,
        np.array(list(track.seen)),
        track.boxes(),
        info.width,
        info.height,
        always=shows_several(found.people),
    )
    return Sought(track, windows)
