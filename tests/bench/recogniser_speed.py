"""`make bench NAME=recogniser_speed`: how much faster recognisers train than at the commit BEFORE.

Two trainings side by side with one thread each, as the study's run on two cores: first two of
BEFORE, then two of ours, with the same videos, settings and seeds, and so on. The videos are of
blobs that rise or fall, in one of five slopes, to the left or the right, before random
backgrounds.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import yaml

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.scene_speed import checkout_before
from understudy.recognition.lists import write_list
from understudy.recognition.selection import Clip
from understudy.recognition.settings import RecogniserSettings
from understudy.video.write import VideoWriter

CORES = 2  # trainings at once
SEEDS = (0, 1, 2, 3)
STEPS = 400
SLOPES = range(-90, 91, 45)  # degrees; a mirrored video is of the same class
TRAINED, TESTED = 6, 16  # videos of each
SIDE, FRAMES, FPS = 128, 36, 12  # of a video, as the study's real ones, but smaller

LATER = ("contrast", "saturation", "greyscale", "test_spans")  # settings that came after BEFORE

TRAIN = """
import json, sys
from pathlib import Path
from understudy.recognition.settings import RecogniserSettings
from understudy.recognition.train import train_recogniser
train, test, out, seed, labels, settings = sys.argv[1:]
metrics = train_recogniser(
    Path(train), Path(test), json.loads(labels), Path(out),
    RecogniserSettings.from_dict(json.loads(settings)), int(seed),
)
print(json.dumps([metrics["accuracy"], metrics["seconds"]]))
"""


@dataclass(frozen=True)
class Training:
    """What a training told: its accuracy, the seconds of its steps, all its CPU seconds."""

    accuracy: float
    seconds: float
    cpu: float


def study_settings(steps: int) -> RecogniserSettings:
    """Those of the study's ResNet, for some steps, without what BEFORE does not know."""
    config = yaml.safe_load((ROOT / "config/study.yaml").read_text(encoding="utf-8"))
    chosen = config["experiments"]["models"]["resnet"]
    for name in LATER:
        del chosen[name]
    return replace(RecogniserSettings.from_dict(chosen), steps=steps)


def write_videos(folder: Path, trained: int, tested: int) -> tuple[Path, Path, list[str]]:
    """Two lists of videos, to train on and to test on, so many of each slope; the labels."""
    labels = [str(slope) for slope in SLOPES]
    rng = np.random.default_rng(0)
    for name, count in {"train": trained, "test": tested}.items():
        clips = []
        for number, slope in enumerate([*SLOPES] * count):
            path = folder / f"{name}{number}.mp4"
            _film(path, slope, rng)
            clips.append(Clip(str(path), str(slope)))
        write_list(folder / f"{name}.tsv", clips)
    return folder / "train.tsv", folder / "test.tsv", labels


def _film(path: Path, slope: float, rng: np.random.Generator) -> None:
    """A blob that crosses a random background, `slope` degrees upwards, and noise."""
    room = cv2.resize(rng.integers(0, 255, (5, 5, 3), np.uint8), (SIDE, SIDE)).astype(float)
    colour, radius = rng.integers(0, 255, 3).tolist(), int(rng.integers(10, 24))
    middle = SIDE / 2 + rng.normal(0, 15, 2)
    angle, side = np.deg2rad(slope), rng.choice([-1, 1])
    way = np.array([side * np.cos(angle), -np.sin(angle)]) * rng.uniform(0.5, 0.9) * SIDE
    with VideoWriter(path, SIDE, SIDE, FPS) as video:
        for moment in np.linspace(-0.5, 0.5, FRAMES):
            x, y = (middle + way * moment).round().astype(int).tolist()
            frame = cv2.circle(room.copy(), (x, y), radius, colour, -1)
            frame += rng.normal(0, 4, frame.shape)
            video.write(frame.clip(0, 255).astype(np.uint8)[None])


def trained(
    library: Path, videos: tuple[Path, Path, list[str]], settings: RecogniserSettings, seed: int
) -> subprocess.Popen:
    """The process of one training by the code in `library`."""
    count = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **count, "PYTHONPATH": str(library)}
    train, test, labels = videos
    # What only today's settings have is left at its default.
    default = RecogniserSettings().to_dict()
    changed = {name: x for name, x in settings.to_dict().items() if x != default[name]}
    out = Path(tempfile.mkdtemp(dir=train.parent))
    told = map(str, (train, test, out, seed, json.dumps(labels), json.dumps(changed)))
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, *told], env=environment, stdout=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen) -> Training:
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"a training ended with {process.returncode}")
    accuracy, seconds = json.loads(told.splitlines()[-1])
    return Training(accuracy, seconds, used.ru_utime + used.ru_stime)


def in_turn(
    before: Path,
    videos: tuple[Path, Path, list[str]],
    settings: RecogniserSettings,
    seeds: tuple[int, ...],
) -> tuple[list[Training], list[Training]]:
    """The trainings of `before` and ours, CORES seeds at a time."""
    theirs: list[Training] = []
    ours: list[Training] = []
    for first in range(0, len(seeds), CORES):
        for library, done in ((before / "workflow", theirs), (ROOT / "src", ours)):
            running = [
                trained(library, videos, settings, seed) for seed in seeds[first : first + CORES]
            ]
            done += [ended(process) for process in running]
            told = ", ".join(f"{run.seconds:.0f} s, {run.accuracy:.1%}" for run in done[-CORES:])
            print(f"{settings.architecture}, {library.name}: {told}", flush=True)
    return theirs, ours


@contextmanager
def the_videos() -> Iterator[tuple[Path, Path, list[str]]]:
    with tempfile.TemporaryDirectory(prefix="understudy-recogniser-") as name:
        yield write_videos(Path(name), TRAINED, TESTED)


def speedup(theirs: list[Training], ours: list[Training], of: str) -> float:
    """How many times less ours took; of each, the least: the machine's noise only adds."""
    return min(getattr(run, of) for run in theirs) / min(getattr(run, of) for run in ours)


def shift(theirs: list[Training], ours: list[Training]) -> float:
    """How far our mean accuracy is from theirs, in standard deviations of all seeds' accuracies."""
    before, now = ([run.accuracy for run in runs] for runs in (theirs, ours))
    spread = np.sqrt((np.var(before, ddof=1) + np.var(now, ddof=1)) / 2)
    return float(abs(np.mean(now) - np.mean(before)) / max(spread, 1e-3))


def figures() -> list[Figure]:
    resnet = study_settings(STEPS)
    slowfast = replace(resnet, architecture="slowfast")
    with checkout_before() as before, the_videos() as videos:
        of_resnet = in_turn(before, videos, resnet, SEEDS)
        of_slowfast = in_turn(before, videos, slowfast, SEEDS)
    mean, mean_before = (
        100 * float(np.mean([run.accuracy for run in runs])) for runs in reversed(of_resnet)
    )
    return [
        Figure("recogniser_speedup", speedup(*of_resnet, "seconds"), "×", 2.5, False),
        Figure("recogniser_speedup_cpu", speedup(*of_resnet, "cpu"), "×", None, False),
        Figure("slowfast_speedup", speedup(*of_slowfast, "seconds"), "×", 2.5, False),
        Figure("accuracy", mean, "%", None, False),
        Figure("accuracy_before", mean_before, "%", None, False),
        Figure("accuracy_shift", shift(*of_resnet), "σ", 1, True),
        Figure("slowfast_accuracy_shift", shift(*of_slowfast), "σ", 1, True),
    ]


if __name__ == "__main__":
    found = figures()
    write_figures("recogniser_speed", found)
    sys.exit(0 if all(figure.passed for figure in found) else 1)
