"""The paper's path in one chain, from videos to a table: the config and the tables for it, and the
files of the paper's networks.

Each network is its package's own, or has the official layout, with random weights. Those of which
one frame takes a CPU seconds are small. Random weights say nothing about a picture: what the
networks that look for the person write (keypoints and masks) is checked for being there, and then
replaced by the truth before anybody reads it.
"""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import yaml
from PIL import Image
from workflow_tools import Checkout, copy_repository

from tests.unit import flame_files
from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from tests.unit.openmmlab_networks import small_detector, small_pose, write_checkpoint
from tests.unit.random_networks import convolutions
from tests.unit.seeded import seeded_state
from tests.unit.small_networks import small_depth_anything, small_sam
from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.fit import Fit, load_fit
from understudy.body.landmarks import landmarks
from understudy.body.load import load_body
from understudy.features.deca import expression as deca
from understudy.features.hand4whole import hands as hand4whole
from understudy.features.weights import weights_table
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, read_plan
from understudy.video.write import VideoWriter

SIZE = (112, 96)  # of the videos, px
FILMED = {"anna": (24, 18.0), "drink": (10, 25.0)}  # frames, at the rates they are normalised to
REAL = ("train", "test")
SMALL = {  # appended to modules of the copy: the same packages' networks, smaller
    "features/openmmlab/keypoints.py": """
from tests.unit.openmmlab_networks import small_detector, small_pose
NETWORKS |= {DETECTOR: small_detector, POSE: small_pose}
""",
    "features/sam/masks.py": """
from tests.unit.small_networks import small_sam
NETWORKS["sam_vit_h"] = small_sam
""",
    "networks/depth_anything.py": """
from tests.unit.small_networks import small_depth_anything
NETWORKS["depth_anything_v2_vitl"], SIDE = small_depth_anything, 70
""",
}
SHORT = {  # of the fit's schedule
    "steps: tuple[int, ...] = (500, 250, 250)": "steps: tuple[int, ...] = (12, 6, 6)",
    "warm_up: int = 100": "warm_up: int = 4",
    "stiff_hands: int = 250": "stiff_hands: int = 8",
}
RECOGNISER = {"depth": 18, "width": 8, "size": 32, "epochs": 1}
SMALLER = {  # than config/paper.yaml has it
    "labels": ["drink_water"],
    "device": "cpu",
    "weights": "mine/weights",
    "body": "mine/body.npz",
    "flame": {"model": "mine/FLAME_NEUTRAL.npz", "vertex_ids": "mine/SMPL-X__FLAME_vertex_ids.npy"},
    "tables": {name: f"mine/{name}.tsv" for name in ("identities", "references", "backgrounds")}
    | {"real": "mine/real.tsv"},
    "features": {"people": "flag"},  # the detector's weights are random: it sees several
    "avatar": {
        "size": 112,
        "lpips": "mine/weights/alexnet.pth",
        "exavatar": {
            **{"subdivisions": 0, "epochs": 1, "repeats": 1},
            "lpips": "mine/weights/vgg16.pth",
        },
    },
    "backgrounds": {"per_pair": 1},
    "experiments": {
        "models": {
            "resnet": {**RECOGNISER, "frames": 4},
            "slowfast": {**RECOGNISER, "frames": 8},
        },
        "grid": [
            {"n_real": 225, "n_synthetic": 225},
            {"n_real": 1, "n_synthetic": 0, "models": "resnet"},
        ],
    },
}
# The paper's path: section 3.1 to 5.3. What shows results to people (sheets, report) is no part.
STAGES = (
    *("join_flame", "normalise_identity", "normalise_reference", "extract_keypoints"),
    *("extract_masks", "extract_depth", "extract_expression", "extract_hands", "fit_body"),
    *("train_avatar", "score_avatar", "animate_avatar", "composite_background"),
    *("check_videos", "join_checked", "write_dataset", "check_leakage"),
    *("list_clips", "train_recogniser"),
    "tabulate",
)


@dataclass(frozen=True)
class PaperCheckout(Checkout):
    """A checkout whose jobs find the small networks."""

    @property
    def environment(self) -> dict[str, str]:
        known = super().environment
        tests = f"{self.folder}:{self.folder / 'tests/unit'}"
        return {**known, "PYTHONPATH": f"{known['PYTHONPATH']}:{tests}"}

    @property
    def plan(self) -> Plan:
        with contextlib.chdir(self.folder):
            return read_plan(self.settings, self.folder / "workflow/schemas")


def merged(config: dict, changes: dict) -> dict:
    """A config with other values at any depth; lists are replaced."""
    inner = {
        key: merged(config[key], new) for key, new in changes.items() if _both(config, key, new)
    }
    return config | changes | inner


def _both(config: dict, key: str, new: object) -> bool:
    return isinstance(new, dict) and isinstance(config.get(key), dict)


def prepared(folder: Path, body_file: Path) -> PaperCheckout:
    """A copy of the repository with a config, tables, videos and weights, in which nothing ran."""
    checkout = PaperCheckout(copy_repository(folder), "mine/config.yaml")
    library, mine = folder / "src/understudy", folder / "mine"
    for name, more in SMALL.items():
        path = library / name
        path.write_text(path.read_text() + more)
    schedule = library / "fitting/paper/settings.py"
    text = schedule.read_text()
    for old, new in SHORT.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    schedule.write_text(text)
    (mine / "weights").mkdir(parents=True)
    config = yaml.safe_load((folder / "config/paper.yaml").read_text())
    checkout_config = merged(config, SMALLER)
    (folder / checkout.config).write_text(yaml.safe_dump(checkout_config))
    (mine / "body.npz").write_bytes(body_file.read_bytes())
    flame_files.write_flame(mine, body_file)
    write_weights(mine / "weights")
    write_videos(mine, body_file)
    return checkout


def write_weights(folder: Path) -> None:
    """The checkpoints that config/paper.yaml needs, each as its authors wrap it."""
    files = {name: folder / row.file for name, row in weights_table().items()}
    torch.manual_seed(3)  # sees somebody in most frames; unseeded, it depends on the tests before
    write_checkpoint(files["rtmdet_m"], small_detector())
    torch.manual_seed(0)
    pose = small_pose()
    with torch.no_grad():  # else no point is sure of itself
        pose.head.cls_x.weight *= 30
        pose.head.cls_y.weight *= 30
    write_checkpoint(files["dwpose_l"], pose)
    torch.save(small_sam().state_dict(), files["sam_vit_h"])
    torch.save(small_depth_anything().state_dict(), files["depth_anything_v2_vitl"])
    torch.save({"E_flame": seeded_state(deca.shapes("deca"))}, files["deca"])
    state = seeded_state(hand4whole.shapes("hand4whole"))
    whole = {"network": {f"module.{name}": tensor for name, tensor in state.items()}}
    torch.save(whole, files["hand4whole"])
    for name, file in (("alex", "alexnet.pth"), ("vgg", "vgg16.pth")):
        torch.save(convolutions(name).state_dict(), folder / file)


def write_videos(folder: Path, body_file: Path) -> None:
    """A person who turns around, one who is re-enacted, real videos, a background; the tables."""
    avatar = painted_avatar(load_body(body_file))
    for name, (frames, fps) in FILMED.items():
        (folder / name).mkdir()
        film(avatar, replace(standing_fit(avatar, frames, SIZE), fps=fps), folder / name)
    rng = np.random.default_rng(0)
    for name in REAL:
        with VideoWriter(folder / f"{name}.mp4", 64, 64, 12) as video:
            coarse = rng.integers(0, 255, (12, 8, 8, 3), np.uint8)
            video.write(coarse.repeat(8, 1).repeat(8, 2))
    picture = rng.integers(0, 255, (12, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    Image.fromarray(picture).save(folder / "room.png")
    tables = {
        "identities": [("id", "video"), ("anna", "mine/anna/video.mp4")],
        "references": [("id", "video", "label"), ("drink", "mine/drink/video.mp4", "drink_water")],
        "backgrounds": [("id", "image"), ("room", "mine/room.png")],
        "real": [
            ("id", "video", "label", "split"),
            *((name, f"mine/{name}.mp4", "drink_water", name) for name in REAL),
        ],
    }
    for name, rows in tables.items():
        (folder / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


def tell_the_truth(checkout: PaperCheckout) -> None:
    """Replace what random weights made of keypoints and masks by what is there."""
    layout = checkout.plan.layout
    for kind, name in (("identity", "anna"), ("reference", "drink")):
        made = checkout.folder / layout.feature(kind, name, "keypoints")
        stored = load_arrays(made, "keypoints")
        truth = projected(load_fit(checkout.folder / f"mine/{name}/fit.npz"), checkout)
        assert stored["xy"].shape == truth.shape and (stored["score"] > 0.3).any()
        arrays = {**stored.arrays, "xy": truth.astype(np.float32)}
        arrays["score"] = np.ones(truth.shape[:2], np.float32)
        save_arrays(made, arrays, {"kind": "keypoints", **stored.about})
    made = checkout.folder / layout.feature("identity", "anna", "masks")
    stored = load_arrays(made, "masks")
    truth = load_arrays(checkout.folder / "mine/anna/masks.npz", "masks")
    assert (stored["shape"] == truth["shape"]).all() and stored["bits"].any()
    save_arrays(made, truth.arrays, {"kind": "masks", **stored.about})


def projected(fit: Fit, checkout: PaperCheckout) -> np.ndarray:
    """The body's 133 points in each frame (n,133,2), px."""
    body = load_body(checkout.folder / "mine/body.npz").landmark_submesh()
    points = landmarks(body.shaped(fit.betas).pose(fit.pose), body.landmarks)
    image = points @ fit.K.T
    return (image[..., :2] / image[..., 2:]).numpy()


def run_chain(checkout: PaperCheckout) -> None:
    """From the videos to the tables. AssertionError with Snakemake's output where a job fails."""
    layout = checkout.plan.layout
    kinds = (("identity", "anna"), ("reference", "drink"))
    looked = [layout.feature(kind, name, "keypoints") for kind, name in kinds]
    _run(checkout, *looked, layout.feature("identity", "anna", "masks"))
    tell_the_truth(checkout)
    _run(checkout, "experiments", layout.avatar("anna", "metrics.json"))


def _run(checkout: PaperCheckout, *targets: str) -> None:
    run = checkout.snakemake("--", *targets)
    assert run.returncode == 0, run.stdout[-6000:]


def stages_run(checkout: PaperCheckout) -> list[str]:
    """The stages of which every file is there."""
    files: dict[str, list[bool]] = {}
    for file in expected_files(checkout.plan):
        there = (checkout.folder / file.path).exists()
        files.setdefault(file.rule, []).append(there)
    return [stage for stage in STAGES if all(files.get(stage, [False]))]
