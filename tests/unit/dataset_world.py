"""A dataset of four tiny videos, with a file of each kind that the manifest names."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from safetensors.numpy import save_file

from tests.unit.some_labels import write_some_labels
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.coverage import PARTS, SIDES, Coverage, Seen, save_coverage
from understudy.artifacts.flags import Flagged, KeepSettings, save_flags
from understudy.dataset.checks import check_videos, join_checked
from understudy.dataset.inputs import DatasetInputs, Sources, Synthetic
from understudy.dataset.manifest import write_dataset
from understudy.scene.composite import composite_background
from understudy.scene.settings import CompositeSettings
from understudy.video.normalise import normalise_video
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

SIZE = 64
COVERED = Coverage(
    parts={name: Seen(0.9, 0.8) for name in PARTS},
    sides={name: Seen(0.5 + k / 8, 0.9 - k / 8) for k, name in enumerate(SIDES)},
    **{"height": 300.0, "turned": 340.0, "flexed": 4.0, "raised": 0.3},
    **{"light": 200.0, "blur": 0.4, "frames": 60},
)


def rgba(path, colour, frames=10, fps=10):
    """A coloured box that moves."""
    with VideoWriter(path, SIZE, SIZE, fps, codec="rgba") as video:
        for i in range(frames):
            frame = np.zeros((SIZE, SIZE, 4), np.uint8)
            frame[10:50, 5 + i : 25 + i] = (*colour, 255)
            video.write(frame)


@dataclass(frozen=True)
class World:
    """The videos, and what is known of them; `inputs` lacks what the checks find."""

    clips: list[Synthetic]
    inputs: DatasetInputs
    flagged: Flagged = field(default_factory=lambda: Flagged({}, {}))

    def write(self, out: Path, clips=None, people=None, **changes) -> pd.DataFrame:
        """Check the clips and write the dataset's files; returns the manifest."""
        clips = self.clips if clips is None else clips
        inputs = replace(self.inputs, **changes)
        images = {id_: row["image"] for id_, row in inputs.backgrounds.items()}
        checked = out / "checked.parquet"
        notes, fits = inputs.references.normalised, inputs.references.fits
        check_videos(clips, notes, fits, images, people or {}, inputs.resize, checked)
        join_checked([checked], checked)
        save_flags(out / "flags.json", self.flagged)
        return write_dataset(replace(inputs, checked=checked, flags=out / "flags.json"), out)


def make_world(root: Path, finish: Callable[[Path], object] = lambda source: None) -> World:
    """Two references (one played twice as fast), two people, two backgrounds: four videos.

    finish: what is done to each source before it is read.
    """
    rng = np.random.default_rng(0)
    for name, seconds in (("wave", 1), ("kick", 2), ("anna", 1), ("ben", 1)):
        with VideoWriter(root / f"{name}.mp4", SIZE, SIZE, 20) as video:
            video.write(rng.integers(0, 256, (20 * seconds, SIZE, SIZE, 3), dtype=np.uint8))
        finish(root / f"{name}.mp4")
        normalise_video(
            root / f"{name}.mp4",
            root / "video" / f"{name}.mp4",
            root / "video" / f"{name}.json",
            NormaliseSettings(1, 10, "resample"),
        )
    for name, level in (("hall", 60), ("yard", 150)):
        Image.new("RGB", (SIZE, SIZE), (level, level, level)).save(root / f"{name}.png")
        finish(root / f"{name}.png")
    for name in ("wave", "kick"):
        about = {"kind": "fit", "body": "cc0 123", "backend": "understudy", "preset": "paper"}
        about |= {"fps": 10.0}
        save_arrays(root / f"{name}_fit.npz", {"confidence": np.ones(10)}, about)
        about = {"kind": "keypoints", "backend": "mediapipe", "model": "holistic abc"}
        save_arrays(root / f"{name}_keypoints.npz", {"x": np.zeros(2)}, about)
    for name in ("anna", "ben"):
        for kind in ("keypoints", "masks"):
            about = {"kind": kind, "backend": "mediapipe"}
            save_arrays(root / f"{name}_{kind}.npz", {"x": np.zeros(2)}, about)
        note = '{"kind": "avatar", "body": "cc0 123", "settings": {"model": "direct"}}'
        save_file({"x": np.zeros(1)}, root / f"{name}.safetensors", metadata={"about": note})
        save_coverage(root / f"{name}.json", COVERED)
    rows = [
        ("wave", "anna", "hall", (200, 30, 30)),
        ("wave", "ben", "yard", (30, 200, 30)),
        ("kick", "anna", "yard", (200, 30, 30)),
        ("kick", "ben", "hall", (30, 30, 250)),
    ]
    synthetic = []
    for reference, identity, background, colour in rows:
        out = root / "synthetic" / reference / identity / "source" / f"{background}.mp4"
        rgba(root / "master.mkv", colour)
        image = root / f"{background}.png"
        composite_background(root / "master.mkv", image, out, CompositeSettings())
        labels = out.with_suffix(".labels.npz")
        write_some_labels(labels)
        synthetic.append(
            Synthetic(reference, identity, "source", background, str(out), str(labels))
        )
    notes = {name: root / "video" / f"{name}.json" for name in ("wave", "kick", "anna", "ben")}
    inputs = DatasetInputs(
        checked=Path(),
        flags=Path(),
        references=Sources(
            {
                "wave": {"id": "wave", "video": "wave.mp4", "label": "hand_waving"},
                "kick": {
                    "id": "kick",
                    "video": "kick.mp4",
                    "label": "kicking",
                    "subject": "S1",
                    "licence": "CC0",
                },
            },
            notes,
            {n: [root / f"{n}_keypoints.npz", root / f"{n}_fit.npz"] for n in ("wave", "kick")},
            {n: root / f"{n}_fit.npz" for n in ("wave", "kick")},
        ),
        identities=Sources(
            {
                "anna": {"id": "anna", "video": "anna.mp4", "consent": "publication"},
                "ben": {"id": "ben", "video": "ben.mp4"},
            },
            notes,
            {
                n: [
                    root / f"{n}_keypoints.npz",
                    root / f"{n}_masks.npz",
                    root / f"{n}.safetensors",
                ]
                for n in ("anna", "ben")
            },
        ),
        backgrounds={
            "hall": {
                "id": "hall",
                "image": str(root / "hall.png"),
                "scene": "hall",
                "kind": "hallway",
            },
            "yard": {"id": "yard", "image": str(root / "yard.png"), "licence": "CC BY 4.0"},
        },
        labels=["bow", "hand_waving", "kicking"],
        seed=7,
        resize="cover",
        match="any",
        name="tiny",
        licence="CC BY-NC 4.0",
        keep=KeepSettings(),
        coverage={name: root / f"{name}.json" for name in ("anna", "ben")},
        real={
            "r1": {"id": "r1", "video": "real/one two.mp4", "label": "bow", "split": "train"},
            "r2": {"id": "r2", "video": "real/r2.mp4", "label": "kicking", "split": "test"},
        },
    )
    return World(synthetic, inputs)


def write_releasable(
    root: Path, finish: Callable[[Path], object] = lambda source: None
) -> pd.DataFrame:
    """Write a dataset, whose ingredients may all be published, into root/dataset; returns its
    manifest. finish: as for `make_world`."""
    manifest = make_world(root, finish).write(root / "dataset")
    free = dict.fromkeys(("reference_licence", "identity_licence", "background_licence"), "CC0 1.0")
    manifest = manifest.assign(**free, identity_consent="signed, for publication")
    manifest.to_parquet(root / "dataset/manifest.parquet", index=False)
    return manifest
