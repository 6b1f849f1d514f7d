"""Labels of every frame: against the demo world's truth, in the hands of other readers, and what
they cost; and the risk of synthetic videos (tests/bench/quality.py). `make bench NAME=labels`,
after `make demo` (or with its results folder in UNDERSTUDY_DEMO)."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from pycocotools.coco import COCO

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.quality import quality_figures
from tests.unit.avatar_scene import painted_avatar
from understudy.artifacts.label_arrays import VISIBLE
from understudy.artifacts.labels import load_labels
from understudy.artifacts.truth import load_truth
from understudy.body.pose import Pose
from understudy.demo.people import make_person
from understudy.demo.world import WorldSettings, make_clip, make_identity
from understudy.export.labels import export_labels
from understudy.scene.animate import render_frames
from understudy.scene.labelling import Labelling

DEMO = Path(os.environ.get("UNDERSTUDY_DEMO", ROOT / "results/demo"))
SETTINGS = WorldSettings(width=384, height=512, fps=4, seconds=5, depth_every=100)
CLIPS = [  # person, room, action; None: the turn of an identity's video
    *(("ada", "office", None), ("hao", "gym", None)),
    *(("chiyo", "classroom", "throw"), ("finn", "bedroom", "clapping"), ("esi", "gym", "kicking")),
]
RUNS = 3

# One job: its CPU seconds with labels, or as if there were none.
JOB = """
import sys, time
from pathlib import Path
from understudy.scene import in_room
from understudy.scene.labelling import Labelling
from understudy.scene.settings import CompositeSettings
avatar, trained, fit, body, room, image, out, labels, runs, mode = sys.argv[1:]
if mode == "without":
    Labelling.add = lambda *batch: None
    Labelling.labels = lambda *told: None
    in_room.save_labels = lambda *told: None
for _ in range(int(runs)):
    began = time.process_time()
    in_room.render_in_room(
        avatar, trained, fit, body, {"a": room}, {"a": image}, "source", out, labels,
        CompositeSettings(),
    )
    print(time.process_time() - began)
"""


def against_truth() -> list[Figure]:
    """The labels of the true body in its true pose."""
    off, agree = [], []
    for person, room, action in CLIPS:
        with tempfile.TemporaryDirectory() as name:
            files = Path(name, "a.mp4"), Path(name, "truth.npz")
            if action is None:
                make_identity(person, room, *files, SETTINGS)
            else:
                make_clip(person, action, 7, room, *files, SETTINGS)
            truth = load_truth(files[1])
        avatar = painted_avatar(make_person(person).shaped().model, torch.zeros(0), 0.03)
        pose, K = Pose.from_numpy(truth.arrays), truth["K"].astype(np.float32)
        labelling = Labelling.of(avatar.rig, pose, K, np.eye(4), False)
        size = SETTINGS.width, SETTINGS.height
        for _, alpha, depth in render_frames(avatar, pose, torch.from_numpy(K), *size, 4):
            coverage = alpha[..., 0].numpy()
            labelling.add(coverage, depth[..., 0].numpy(), np.ones_like(coverage))
        labels = labelling.labels(np.ones(len(pose), bool), SETTINGS.fps)
        off.append(np.linalg.norm(labels.keypoints_2d - truth["keypoints"], axis=2).ravel())
        agree.append(((labels.seen == VISIBLE) == truth["visible"]).ravel())
        told = f"{np.median(off[-1]):.4f} px, {100 * agree[-1].mean():.2f} % agree"
        print(f"{person} {action or 'turn'}: {told}", flush=True)
    return [
        Figure("keypoints_px", float(np.percentile(np.concatenate(off), 99)), "px", 0.5, True),
        Figure("visibility_agreement", 100 * np.concatenate(agree).mean(), "%", 98, False),
    ]


def readers(files: list[Path]) -> int:
    """How many of three readers get the same from the labels: ours, pycocotools, NumPy."""
    with tempfile.TemporaryDirectory() as name:
        coco, motions = Path(name, "coco.json"), Path(name, "amass")
        export_labels(files, coco, motions)
        labels = [load_labels(file) for file in files]
        read = COCO(str(coco))
        masks = [mask for one in labels for mask in one.masks if mask.any()]
        same = len(read.anns) == len(masks) and all(
            np.array_equal(read.annToMask(found).astype(bool), mask)
            for found, mask in zip(read.anns.values(), masks, strict=True)
        )
        arrays = [dict(np.load(file)) for file in sorted(motions.rglob("*.npz"))]
        frames = sorted(len(one) for one in labels)
        level = sorted(len(one["poses"]) for one in arrays) == frames and all(
            one["poses"].shape[1] == 165 and np.isfinite(one["trans"]).all() for one in arrays
        )
    ours = all(np.isfinite(one.keypoints_2d).all() for one in labels)
    return sum([ours, same, level])


def cost(labels: Path) -> float:
    """CPU time of a rendering job with labels over that without, in turn; the best of RUNS."""
    background = load_labels(labels).placed.background
    reference, identity = labels.parts[-4:-2]
    job = [
        *(DEMO / f"avatar/{identity}/{name}" for name in ("avatar.safetensors", "trained.npz")),
        *(DEMO / f"fit/reference/{reference}.npz", DEMO / "body/SMPLX_NEUTRAL.npz"),
        *(DEMO / f"room/{background}.npz", next(DEMO.glob(f"world/**/{background}.png"))),
    ]
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as name:
        out = Path(name, "out.mp4"), Path(name, "out.labels.npz")
        for _ in range(RUNS):
            for mode, found in seconds.items():
                command = [sys.executable, "-c", JOB, *map(str, (*job, *out)), "2", mode]
                told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                found.append(float(told.stdout.split()[-1]))  # the first one compiles
    print(f"CPU s: {seconds}", flush=True)
    return min(seconds["with"]) / min(seconds["without"])


def stale_cases_right() -> float:
    """% of the tests that pass of: a bad row withholds nothing, what is missing is told, a later
    run makes that and no more."""
    names = (
        *("test_the_other_jobs_finish", "test_nothing_half_made_is_left"),
        "test_the_dataset_holds_what_is_there_and_tells_why_not_the_rest",
        "test_the_report_lists_who_is_missing_and_why",
        "test_a_later_run_makes_what_is_missing_and_no_more",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    page = "tests/workflow/test_bad_input.py"
    tests = [f"{page}::{name}" for name in names]
    told = subprocess.run([*command, *tests], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    print(told[-2000:])
    passed = re.search(r"(\d+) passed", told)
    return 100 * int(passed[1]) / len(names) if passed else 0.0


def main() -> None:
    files = sorted(DEMO.glob("synthetic/**/*.labels.npz"))
    if not files:
        sys.exit(f"error: {DEMO}: no labels there; run `make demo` first")
    videos = [Path(str(file).replace(".labels.npz", ".mp4")) for file in files]
    size = sum(file.stat().st_size for file in files) / sum(one.stat().st_size for one in videos)
    figures = [
        *against_truth(),
        Figure("readers_accepting", readers(files[:4]), "of 3", 3, False),
        Figure("labels_size_ratio", size, "× videos", 1.15, True),
        Figure("labels_time_ratio", cost(files[0]), "× without", 1.1, True),
        *quality_figures(),
        Figure("stale_cases_right", stale_cases_right(), "%", 100, False),
    ]
    write_figures("labels", figures)


if __name__ == "__main__":
    main()
