"""The dataset's files from tiny videos: every fact, every check, the effect of a failed video."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from safetensors.numpy import save_file

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.provenance import made_by, read_note
from understudy.dataset.checks import CHECKS, check_videos
from understudy.dataset.inputs import DatasetInputs, Sources, Synthetic
from understudy.dataset.manifest import write_dataset
from understudy.errors import UserError
from understudy.files import read_json
from understudy.networks import torchvision_cpu
from understudy.scene.composite import composite_background
from understudy.scene.settings import CompositeSettings
from understudy.video.normalise import normalise_video
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

SIZE = 64


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

    def write(self, out, clips=None, **changes):
        """Check the clips and write the dataset's files; returns the manifest."""
        clips = self.clips if clips is None else clips
        inputs = replace(self.inputs, **changes)
        images = {id_: row["image"] for id_, row in inputs.backgrounds.items()}
        checked = out / "checked.parquet"
        check_videos(clips, inputs.references.normalised, images, inputs.resize, checked)
        return write_dataset(replace(inputs, checked=checked), out)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Two references (one played twice as fast), two people, two backgrounds: four videos."""
    root = tmp_path_factory.mktemp("world")
    rng = np.random.default_rng(0)
    for name, seconds in (("wave", 1), ("kick", 2), ("anna", 1), ("ben", 1)):
        with VideoWriter(root / f"{name}.mp4", SIZE, SIZE, 20) as video:
            video.write(rng.integers(0, 256, (20 * seconds, SIZE, SIZE, 3), dtype=np.uint8))
        normalise_video(
            root / f"{name}.mp4",
            root / "video" / f"{name}.mp4",
            root / "video" / f"{name}.json",
            NormaliseSettings(1, 10, "resample"),
        )
    for name, level in (("hall", 60), ("yard", 150)):
        Image.new("RGB", (SIZE, SIZE), (level, level, level)).save(root / f"{name}.png")
    for name in ("wave", "kick"):
        about = {"kind": "fit", "body": "cc0 123", "backend": "understudy", "preset": "paper"}
        save_arrays(root / f"{name}_fit.npz", {"x": np.zeros(2)}, about)
        about = {"kind": "keypoints", "backend": "mediapipe", "model": "holistic abc"}
        save_arrays(root / f"{name}_keypoints.npz", {"x": np.zeros(2)}, about)
    for name in ("anna", "ben"):
        note = '{"kind": "avatar", "body": "cc0 123", "settings": {"model": "direct"}}'
        save_file({"x": np.zeros(1)}, root / f"{name}.safetensors", metadata={"about": note})
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
        synthetic.append(Synthetic(reference, identity, "source", background, str(out)))
    notes = {name: root / "video" / f"{name}.json" for name in ("wave", "kick", "anna", "ben")}
    inputs = DatasetInputs(
        checked=Path(),
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
            {n: [root / f"{n}_fit.npz", root / f"{n}_keypoints.npz"] for n in ("wave", "kick")},
        ),
        identities=Sources(
            {
                "anna": {"id": "anna", "video": "anna.mp4", "consent": "publication"},
                "ben": {"id": "ben", "video": "ben.mp4"},
            },
            notes,
            {name: [root / f"{name}.safetensors"] for name in ("anna", "ben")},
        ),
        backgrounds={
            "hall": {"id": "hall", "image": str(root / "hall.png"), "scene": "hall"},
            "yard": {"id": "yard", "image": str(root / "yard.png"), "licence": "CC BY 4.0"},
        },
        labels=["bow", "hand_waving", "kicking"],
        seed=7,
        resize="cover",
        name="tiny",
        licence="CC BY-NC 4.0",
        real={
            "r1": {"id": "r1", "video": "real/one two.mp4", "label": "bow", "split": "train"},
            "r2": {"id": "r2", "video": "real/r2.mp4", "label": "kicking", "split": "test"},
        },
    )
    return World(synthetic, inputs)


def test_manifest_holds_every_fact(world, tmp_path):
    written = world.write(tmp_path)
    manifest = pd.read_parquet(tmp_path / "manifest.parquet")
    pd.testing.assert_frame_equal(manifest, written)
    assert list(pd.read_csv(tmp_path / "manifest.csv")["video"]) == list(manifest["video"])
    assert len(manifest) == 4 and manifest["passed"].all()
    row = manifest.set_index(["reference", "identity"]).loc[("kick", "ben")]
    facts = {
        "label": "kicking",
        "label_index": 2,
        "view": "source",
        "background": "hall",
        "scene": "hall",
        "reference_subject": "S1",
        "seed": 7,
        "fps": 10,
        "frames": 10,
        "seconds": 1,
        "width": SIZE,
        "height": SIZE,
        "speed": 2,
        "identity_speed": 1,
        "reference_policy": "resample",
        "reference_first_second": 0,
        "reference_keypoints_by": "mediapipe holistic abc",
        "reference_fit_by": "paper",
        "reference_body": "cc0 123",
        "identity_avatar_by": "direct",
        "identity_body": "cc0 123",
        "licence": "CC BY-NC 4.0",
        "reference_licence": "CC0",
        "identity_licence": "unstated",
        "identity_consent": "unstated",
        "background_licence": "unstated",
    }
    assert {key: row[key] for key in facts} == facts
    assert len(row["sha256"]) == 64 and len(row["reference_digest"]) == 12
    assert 0.15 < row["hidden_share"] < 0.25  # a box of 40 x 20 px


def test_lists_are_read_by_pytorchvideo(world, tmp_path):
    torchvision_cpu.install()
    from pytorchvideo.data.labeled_video_paths import LabeledVideoPaths

    manifest = world.write(tmp_path)
    paths = LabeledVideoPaths.from_path(str(tmp_path / "lists/synthetic.txt"))
    read = [(path, info["label"]) for path, info in paths]
    assert read == list(zip(manifest["video"], manifest["label_index"], strict=True))
    train = LabeledVideoPaths.from_path(str(tmp_path / "lists/real_train.txt"))
    assert list(train) == [("real/one two.mp4", {"label": 0})]
    assert (tmp_path / "lists/real_test.txt").read_text() == "real/r2.mp4 2\n"
    assert read_json(tmp_path / "labels.json") == {"bow": 0, "hand_waving": 1, "kicking": 2}


def test_same_inputs_same_bytes(world, tmp_path):
    world.write(tmp_path / "a")
    world.write(tmp_path / "b", world.clips[::-1])
    for path in sorted((tmp_path / "a").rglob("*.*")):
        other = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_datasheet_says_whose_how_and_under_what(world, tmp_path):
    world.write(tmp_path)
    text = (tmp_path / "datasheet.md").read_text()
    for words in (
        "# tiny",
        "| synthetic videos | 4, 0.1 minutes |",
        "| kicking | 2 | 1 |",
        "kick (2 times)",
        "Consent is not stated for 1 of 2 people** (ben)",
        "| anna | unstated | publication |",
        "mediapipe holistic abc",
        "background images: CC BY 4.0 (1), unstated (1)",
        "The synthetic videos: CC BY-NC 4.0.",
        "seed 7",
    ):
        assert words in text, words


@pytest.fixture
def broken(world, tmp_path):
    """The world's first video, replaced by `make(path)`; the others unchanged."""

    def run(make):
        path = tmp_path / "broken.mp4"
        make(path)
        clips = [replace(world.clips[0], video=str(path)), *world.clips[1:]]
        manifest = world.write(tmp_path / "dataset", clips)
        checks = read_json(tmp_path / "dataset/checks.json")
        listed = (tmp_path / "dataset/lists/synthetic.txt").read_text()
        assert str(path) not in listed and listed.count("\n") == 3
        return manifest, checks, checks["failed"].get(str(path))

    return run


def composited(path, colour=(250, 0, 0), frames=10, fps=10, background=60, size=SIZE):
    with VideoWriter(path, size, size, fps) as video:
        image = np.full((frames, size, size, 3), background, np.uint8)
        image[:, 10:50, 10:30] = colour
        video.write(image)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.write_text("text"), "decodes"),
        (lambda path: composited(path, frames=9), "frames"),
        (lambda path: composited(path, fps=12), "rate"),
        (lambda path: composited(path, size=96), "size"),
        (lambda path: composited(path, colour=(60, 60, 60)), "figure"),
        (lambda path: composited(path, background=240), "figure"),
    ],
)
def test_a_failed_video_is_kept_out_of_the_lists(broken, make, problem):
    manifest, checks, failed = broken(make)
    assert problem in failed and problem in CHECKS
    assert checks["checks"][problem]["failed"] == 1
    assert (checks["videos"], checks["passed"]) == (4, 3)
    assert manifest["passed"].sum() == 3


def test_the_same_content_twice_is_found(world, tmp_path):
    copy = tmp_path / "zcopy.mp4"
    copy.write_bytes(Path(world.clips[1].video).read_bytes())
    clips = [*world.clips, replace(world.clips[1], view="top", video=str(copy))]
    world.write(tmp_path, clips)
    failed = read_json(tmp_path / "checks.json")["failed"]
    assert list(failed) == [str(copy)] and "same as" in failed[str(copy)]["unique"]


def test_missing_videos_are_listed(world, tmp_path):
    """Nor is anything needed of a reference none of whose videos was made."""
    clips = [*world.clips[:3], replace(world.clips[3], reference="gone", video="gone.mp4")]
    manifest = world.write(tmp_path, clips)
    assert len(manifest) == 3
    assert read_json(tmp_path / "checks.json")["missing"] == ["gone.mp4"]
    with pytest.raises(UserError, match="no synthetic video"):
        world.write(tmp_path / "none", clips[3:])


def test_unknown_label(world, tmp_path):
    with pytest.raises(UserError, match="unknown label 'kicking'"):
        world.write(tmp_path, labels=["bow", "hand_waving"])


def test_notes_of_every_kind_of_file(world, tmp_path):
    assert read_note(world.inputs.identities.made["anna"][0])["kind"] == "avatar"
    assert read_note(world.inputs.references.made["wave"][1])["backend"] == "mediapipe"
    assert read_note(world.inputs.references.normalised["wave"])["speed"] == 1
    assert made_by({"backend": "a", "model": "b"}) == "a b" and made_by({}) == "unstated"
    (tmp_path / "bad.npz").write_text("nothing")
    with pytest.raises(UserError, match="no readable metadata"):
        read_note(tmp_path / "bad.npz")
