"""`make bench NAME=landmarks`: our runner of MediaPipe's models, next to MediaPipe Holistic itself
and to the commit BEFORE, which ran that.

UNDERSTUDY_BEFORE names a checkout of BEFORE with its own .venv, else one is made and installed;
UNDERSTUDY_CLIPS a folder of real videos to compare on besides the demo's. With Python 3.11 or 3.12.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from packaging.requirements import Requirement

from envs.generate import LOCK, TEST_LOCK
from tests.bench.figures import ROOT, Figure, write_figures
from tests.unit.mediapipe_original import apart, original, ours
from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.keypoints import load_keypoints
from understudy.demo.measure import keypoints_error
from understudy.demo.settings import WorldSettings
from understudy.demo.world import make_clip, make_identity
from understudy.video.read import read_frames

BEFORE = "128ba66"
ACTIONS = ("hand_waving", "kicking")
SETTINGS = WorldSettings(width=480, height=480, fps=18, seconds=6)
FRAMES = 100  # of a real video that are compared
ROUNDS = 3
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SOURCES = ("connection-pool", "fvcore", "immutables", "iopath", "pytorchvideo")  # pure Python
CORES = 2
EXTRACT = f"""
import sys, time
from pathlib import Path
started = time.perf_counter()
from understudy.features.keypoints import extract_keypoints
from understudy.features.runtime import Runtime
told = {{"threads": {CORES}}} if "threads" in Runtime.__dataclass_fields__ else {{}}
extract_keypoints(sys.argv[1], sys.argv[2], "mediapipe", "flag", Runtime(**told))
# The peak since exec; getrusage's would also count what the bench held when it forked.
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
print(time.perf_counter() - started, time.process_time(), int(peak.split()[1]) / 1024)
"""


def film(folder: Path) -> list[tuple[Path, Path]]:
    """The demo's clips and what is true in them: a person who turns around, and two actions."""
    pairs = [
        (folder / f"{name}.mp4", folder / f"{name}.npz") for name in ("identity_turn", *ACTIONS)
    ]
    make_identity("ada", "kitchen", *pairs[0], SETTINGS)
    for seed, (action, pair) in enumerate(zip(ACTIONS, pairs[1:], strict=True)):
        make_clip("ben", action, seed, "office", *pair, SETTINGS)
    return pairs


def from_holistic(videos: list[Path]) -> tuple[float, float]:
    """Median and 95th percentile of the distance to Holistic's points, % of the median height."""
    percents = []
    for video in videos:
        frames = read_frames(video)[:FRAMES]
        theirs = original(frames, len(frames))
        between = apart(theirs, ours(frames, len(frames)))
        height = np.median(np.ptp(theirs.pose[theirs.seen, :, 1], axis=1))
        percents.append(100 * between[np.isfinite(between)] / height)
        middle, high = np.percentile(percents[-1], [50, 95])
        print(f"{video.name}: {middle:.4f} % median, {high:.4f} % at the 95th percentile")
    middle, high = np.percentile(np.concatenate(percents), [50, 95])
    return float(middle), float(high)


def extracted(checkout: Path, video: Path, out: Path) -> tuple[float, float, float]:
    """Seconds, those of a processor, and peak MB of the keypoints of a video, by a checkout and its
    environment on CORES cores."""
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))[:CORES]))
    told = subprocess.run(
        ["taskset", "--cpu-list", cores, checkout / ".venv/bin/python", "-c", EXTRACT, video, out],
        env={**os.environ, "PYTHONPATH": f"{checkout}/src:{checkout}/workflow"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds, worked, peak = map(float, told.stdout.split()[-3:])
    return seconds, worked, peak


def against(before: Path, pairs: list[tuple[Path, Path]], folder: Path) -> dict[str, float]:
    """Accuracy, and time and memory relative to BEFORE, taken turn by turn; the best of ROUNDS."""
    errors, cost = [], {"now": np.zeros(3), "before": np.zeros(3)}
    for video, truth in pairs:
        now, old = folder / f"{video.stem}.now.npz", folder / f"{video.stem}.before.npz"
        rounds = [
            (extracted(ROOT, video, now), extracted(before, video, old)) for _ in range(ROUNDS)
        ]
        for who, taken in zip(cost, np.min(rounds, axis=0), strict=True):
            cost[who][:2] += taken[:2]
            cost[who][2] = max(cost[who][2], taken[2])
            print(f"{video.name}, {who}: {taken[0]:.1f} s, {taken[1]:.1f} s of a processor")
        true = load_arrays(truth, "truth")
        medians = [np.median(keypoints_error(load_keypoints(path), true)) for path in (now, old)]
        print(f"{video.name}: {medians[0]:.3f} % from the truth, before {medians[1]:.3f} %")
        errors.append(medians)
    now, old = np.mean(errors, axis=0).tolist()
    ratios = (cost["now"] / cost["before"]).tolist()
    return {
        "median": now,
        "ratio": now / old,
        **dict(zip(("time", "cpu", "memory"), ratios, strict=True)),
    }


def pythons() -> int:
    """For how many versions of Python every pin of the locks has a wheel, or needs no compiler."""
    locks = LOCK.read_text() + TEST_LOCK.read_text()
    pins = [Requirement(line) for line in re.findall(r"^\S+==.*?(?= \\$)", locks, re.M)]
    return sum(_resolves(pins, version) for version in PYTHONS)


def _resolves(pins: list[Requirement], version: str) -> bool:
    here = {"python_version": version, "python_full_version": f"{version}.1"}
    wanted = [
        f"{pin.name}{pin.specifier}"
        for pin in pins
        if pin.name not in SOURCES and (not pin.marker or pin.marker.evaluate(here))
    ]
    with tempfile.TemporaryDirectory() as folder:
        command = [ROOT / ".venv/bin/pip", "install", "--quiet", "--dry-run", "--no-deps"]
        command += ["--ignore-requires-python", "--only-binary", ":all:", "--target", folder]
        told = subprocess.run([*command, "--python-version", version, *wanted])
    return told.returncode == 0


def installed_mb(environment: Path) -> float:
    return sum(file.lstat().st_size for file in environment.rglob("*")) / 2**20


@contextmanager
def installed(commit: str) -> Iterator[Path]:
    """A checkout of a commit with its own environment."""
    with tempfile.TemporaryDirectory(prefix="understudy-landmarks-") as name:
        folder = Path(name) / "understudy"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
        try:
            subprocess.run(["make", "install"], cwd=folder, check=True)
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


@contextmanager
def checkout_before() -> Iterator[Path]:
    if made := os.environ.get("UNDERSTUDY_BEFORE"):
        yield Path(made)
        return
    with installed(BEFORE) as folder:
        yield folder


def figures() -> list[Figure]:
    real = (
        sorted(Path(os.environ["UNDERSTUDY_CLIPS"]).glob("*.mp4"))
        if ("UNDERSTUDY_CLIPS" in os.environ)
        else []
    )
    with tempfile.TemporaryDirectory(prefix="understudy-landmarks-") as name:
        folder = Path(name)
        pairs = film(folder)
        median, high = from_holistic([*(video for video, _ in pairs), *real])
        with checkout_before() as before, installed("HEAD") as now:
            found = against(before, pairs, folder)
            size = installed_mb(now / ".venv") / installed_mb(before / ".venv")
    return [
        Figure("holistic_pct", median, "% of height", 0.1, True),
        Figure("holistic_p95_pct", high, "% of height", 1, True),
        Figure("keypoints_median_pct", found["median"], "% of height", 2, True),
        Figure("keypoints_error_ratio", found["ratio"], "× before", 1.01, True),
        Figure("keypoints_time_ratio", found["time"], "× before", 0.6, True),
        Figure("keypoints_cpu_ratio", found["cpu"], "× before", 1, True),
        Figure("keypoints_memory_ratio", found["memory"], "× before", 1, True),
        Figure("pythons", pythons(), "versions", 4, False),
        Figure("install_ratio", size, "× before", 0.9, True),
    ]


if __name__ == "__main__":
    write_figures("landmarks", figures())
