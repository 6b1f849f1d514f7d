"""`make bench NAME=inputs_clips`, a part of NAME=inputs: what is told of how a clip was filmed.

Real films of people before tripods are looked for in the folder UNDERSTUDY_REALDATA, else next to
the checkout. The thresholds were set on those of TUNED and not on the others, which are measured.
`python -m tests.bench.inputs_clips` writes results/bench/inputs_clips.json.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.moved_clips import Clip, made, still
from understudy.artifacts.keypoints import load_keypoints
from understudy.features.keypoints import extract_keypoints
from understudy.filming.examine import examine
from understudy.video.normalise import normalise_video
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

REALDATA = Path(os.environ.get("UNDERSTUDY_REALDATA", ROOT.parent / "shared/realdata"))
TUNED = ("pose2sim_single_cam03", "turn", "sports2d_demo")
FOLDER = ROOT / "results/bench/inputs_clips"
SETTINGS = NormaliseSettings(seconds=10, fps=25, policy="trim", size=960)
FRAMINGS = 4  # parts of a still clip that are looked at, each compressed in two ways
QUALITIES = (20, 32)  # x264's crf
WRONG = {"camera", "cut", "fade", "black", "frozen", "light", "dark", "noisy"}


def sources() -> list[Clip]:
    """The films that no threshold was set on, normalised, with their keypoints."""
    clips = []
    for film in sorted(REALDATA.glob("*/*.mp4")):
        if film.stem in TUNED:
            continue
        video, points = FOLDER / f"{film.stem}.mp4", FOLDER / f"{film.stem}.npz"
        if not points.is_file():
            FOLDER.mkdir(parents=True, exist_ok=True)
            normalise_video(film, video, video.with_suffix(".json"), SETTINGS)
            extract_keypoints(video, points, "mediapipe", "flag")
        found = load_keypoints(points)
        clips.append(Clip(read_frames(video), found["xy"], found["score"], found.about["fps"]))
    if not clips:
        sys.exit(f"{REALDATA}: no films; name their folder in UNDERSTUDY_REALDATA")
    return clips


def told(clip: Clip, crf: int) -> set[str]:
    """What is told of a clip that was written to a file."""
    path = FOLDER / "made.mp4"
    height, width = clip.frames.shape[1:3]
    with VideoWriter(path, width, height, fps=clip.fps, crf=crf) as video:
        video.write(clip.frames)
    return set(examine(iter(read_frames(path)), clip.xy, clip.score, clip.fps))


def missed(clips: list[Clip], rng: np.random.Generator) -> Iterator[tuple[str, bool]]:
    """(kind, whether it was not told) of the made clips."""
    for kind, flag, clip in made(clips, rng):
        found = told(clip, int(rng.choice(QUALITIES)))
        if flag not in found:
            print(f"missed: {kind} of {len(clip)} frames, told {sorted(found)}")
        yield kind, flag not in found


def falsely(clips: list[Clip], rng: np.random.Generator) -> Iterator[set[str]]:
    """What is told of still clips."""
    for index, clip in enumerate(clips):
        for _ in range(FRAMINGS):
            part = still(clip, rng)
            for crf in QUALITIES:
                found = told(part, crf) & WRONG
                if found:
                    print(f"falsely told of film {index}: {sorted(found)}")
                yield found


def cost(clips: list[Clip]) -> float:
    """The examination's share of the time that the keypoints take, on one film."""
    film = next(path for path in sorted(FOLDER.glob("*.mp4")) if path.with_suffix(".npz").is_file())
    start = time.process_time()
    extract_keypoints(film, FOLDER / "again.npz", "mediapipe", "flag")
    whole = time.process_time() - start
    points = load_keypoints(FOLDER / "again.npz")
    start = time.process_time()
    examine(iter(read_frames(film)), points["xy"], points["score"], points.about["fps"])
    examined = time.process_time() - start
    (FOLDER / "again.npz").unlink()
    return examined / (whole - examined)


def figures() -> list[Figure]:
    """The figures of this part."""
    clips, rng = sources(), np.random.default_rng(2)
    counted = list(missed(clips, rng))
    lost = Counter(kind for kind, one in counted if one)
    wrong = list(falsely(clips, rng))
    print(f"missed, by kind: {dict(lost)} of {len(counted)}; still clips: {len(wrong)}")
    return [
        Figure("camera_motion_found", 100 * (1 - lost.total() / len(counted)), "%", 95, False),
        Figure("made_clips", len(counted), "clips", 60, False),
        Figure("still_clips_flagged", 100 * float(np.mean([bool(x) for x in wrong])), "%", 2, True),
        Figure("still_clips", len(wrong), "clips", 50, False),
        Figure("examine_share", 100 * cost(clips), "% of keypoints' time", 10, True),
    ]


if __name__ == "__main__":
    write_figures("inputs_clips", figures())
