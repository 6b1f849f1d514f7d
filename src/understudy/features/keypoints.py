"""The keypoints feature: 133 COCO-WholeBody points a frame of the one person in a video.

keypoints.npz: xy (n,133,2) float32 px; score (n,133) float32 in [0,1], 0 = not seen; people (n,)
int16, persons counted (at sampled frames; between them the nearest sample's); world (n,33,3)
float32 where the back-end has it: MediaPipe's world landmarks, metres about the hips, x right,
y down, z away from the camera; irises (n,2,3) float32 where it has them: the centres of the left
and the right eye's, x, y px and score. About: kind, backend, model, video, digest, fps, size (h, w)
and, for a video that was kept though it shows others, `several_people`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.origin import of_video
from understudy.errors import UserError
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.files import Arrays, load_arrays, save_arrays
from understudy.registry import chosen
from understudy.video.probe import VideoInfo, probe

FEWEST_JOINTS = 5  # of the 17 of the body, for somebody to be seen
MISSING_ALLOWED = 0.8  # a video is refused where nobody is seen in this share of its frames
SEVERAL_ALLOWED = 0.15  # … or others are in more than this share of the samples: a chair that
# is taken for a person now and then is no company, one who crosses the picture is

# People are counted in frames spread over the clip.
SAMPLES_A_SECOND = 2
FEWEST_SAMPLES, MOST_SAMPLES = 12, 48


@dataclass(frozen=True)
class Detected:
    """What a back-end returns for n frames.

    xy (n,133,2) px, score (n,133); people: index of a sampled frame -> persons counted in it;
    extra: further arrays to keep; model: names and digests of the weights.
    """

    xy: np.ndarray
    score: np.ndarray
    people: dict[int, int]
    extra: dict[str, np.ndarray]
    model: dict[str, str]


def extract_keypoints(
    video: Path | str,
    out: Path | str,
    backend: str = "mediapipe",
    people: str = "refuse",
    runtime: Runtime = EMBEDDED,
) -> None:
    """Detect, check who is in the picture, write keypoints.npz.

    `people`: "refuse" a video that shows several persons, or "flag": follow the most prominent
    one and say so in the file's note. Raises UserError for nobody, and for several if refused.
    """
    detect = chosen("keypoints", backend)
    info = probe(video)
    found = detect(video, info, people, runtime)
    check_somebody(video, found.score)
    arrays = {
        "xy": found.xy.astype(np.float32),
        "score": found.score.astype(np.float32),
        "people": _nearest_count(found.people, info.frames),
        **{name: array.astype(np.float32) for name, array in found.extra.items()},
    }
    save_arrays(out, arrays, _about(video, info, found, backend))


def samples(info: VideoInfo) -> int:
    """In how many frames of a video people are counted."""
    wanted = info.seconds * SAMPLES_A_SECOND
    return int(np.clip(wanted, FEWEST_SAMPLES, MOST_SAMPLES))


def check_somebody(video: Path | str, score: np.ndarray) -> None:
    """Refuse a video in which hardly any frame shows a body; score (n,133)."""
    missing = ((score[:, :17] > 0.5).sum(1) < FEWEST_JOINTS).mean()
    if missing >= MISSING_ALLOWED:
        raise UserError(
            f"{video}: no person is seen in {100 * missing:.0f} % of the frames; "
            "give a video that shows one person throughout"
        )


def check_alone(video: Path | str, people: dict[int, int], policy: str) -> None:
    """Refuse a video of several people unless the policy is "flag"; back-ends call it early."""
    if policy == "refuse" and shows_several(people):
        several = sum(count > 1 for count in people.values())
        raise UserError(
            f"{video}: shows {max(people.values())} people ({several} of {len(people)} sampled "
            "frames); trim or crop it to one person, or set features.people: flag to follow the "
            "most prominent one"
        )


def shows_several(people: dict[int, int]) -> bool:
    """Whether more than one person is seen in at least two, and over 15 %, of sampled frames."""
    several = sum(count > 1 for count in people.values())
    return several >= 2 and several > SEVERAL_ALLOWED * len(people)


def load_keypoints(path: Path | str) -> Arrays:
    """Read a keypoints.npz; UserError where it is something else or damaged."""
    return load_arrays(path, "keypoints")


def _nearest_count(people: dict[int, int], n: int) -> np.ndarray:
    """(n,) int16: the count of the nearest sampled frame."""
    sampled = np.array(sorted(people))
    nearest = np.abs(np.arange(n)[:, None] - sampled).argmin(1)
    return np.array([people[int(sampled[i])] for i in nearest], np.int16)


def _about(video: Path | str, info: VideoInfo, found: Detected, backend: str) -> dict:
    about = {
        "kind": "keypoints",
        "backend": backend,
        "model": found.model,
        **of_video(video, info),
    }
    if shows_several(found.people):
        about["several_people"] = "follows the most prominent of several people"
    return about
