"""Real videos through the tables a user writes: people of the demo re-enact them in real rooms.

Runs if the clips are there: in the folder that UNDERSTUDY_REALDATA names, or next to the checkout.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from workflow_tools import REPOSITORY, Checkout, copy_repository

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.load import load_body
from understudy.body.skeleton import JOINT_INDEX
from understudy.plan.layout import Layout
from understudy.scene.placement import placed_pose
from understudy.video.probe import probe
from understudy.video.read import read_frames

REALDATA = Path(
    os.environ.get("UNDERSTUDY_REALDATA", REPOSITORY.parent / "shared/realdata")
).absolute()
LAYOUT = Layout("results/real")
WORLD = "results/real/world"
LIMBS = [
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
MARKS = [LANDMARK_NAMES.index(name) for name in LIMBS]
JOINTS = [JOINT_INDEX[name] for name in LIMBS]

TABLES = {
    "identities": [
        ("id", "video"),
        ("esi", f"{WORLD}/identities/esi.studio.mp4"),
        ("hao", f"{WORLD}/identities/hao.living_room.mp4"),
    ],
    "references": [
        ("id", "video", "label", "start", "end"),
        ("side", f"{REALDATA}/references/pose2sim_single_cam03.mp4", "balance", "", ""),
        ("back", f"{REALDATA}/references/pose2sim_single_cam04.mp4", "balance", "", ""),
        ("walk", f"{REALDATA}/references/sports2d_demo.mp4", "walk", "3.4", "5.8"),
    ],
    "backgrounds": [
        ("id", "image"),
        ("living_room", f"{REALDATA}/backgrounds/homematch_cc0_mock-home-1.jpg"),
        ("kitchen", f"{REALDATA}/backgrounds/homematch_cc0_mock-home-2.jpg"),
        ("bedroom", f"{REALDATA}/backgrounds/homematch_cc0_mock-home-3.jpg"),
    ],
}
CONFIG = {
    "results": LAYOUT.results,
    "labels": ["balance", "walk"],
    "tables": {name: f"mine/{name}.tsv" for name in TABLES},
    "video": {
        "identity": {"seconds": 6, "fps": 8},
        "reference": {"seconds": 3, "fps": 12, "size": 480},
    },
    "features": {"people": "flag"},  # a second man stands on a roof behind the one who walks
    "avatar": {"size": 128, "direct": {"iterations": 150, "max_edge": 0.02}},
    "backgrounds": {"per_pair": 1},
    "demo": {
        "world": WORLD,
        "identity": {"width": 256, "height": 256, "fps": 8, "seconds": 6},
    },
}
CLIPS = {"side": 20, "back": 20, "walk": 29}  # frames at 12 per second
PEOPLE = ("esi", "hao")


@dataclass(frozen=True)
class Reenactment:
    """What the workflow made of one real clip and one person."""

    folder: Path
    reference: str
    identity: str

    def path(self, name: str) -> Path:
        return self.folder / name

    def keypoints(self):
        return load_arrays(
            self.path(LAYOUT.feature("reference", self.reference, "keypoints")), "keypoints"
        )

    def height(self) -> float:
        """The performer's height in the reference, px: the body points' usual extent."""
        points = self.keypoints()
        extents = [
            np.linalg.norm(np.ptp(xy[score > 0.3], axis=0))
            for xy, score in zip(points["xy"][:, :23], points["score"][:, :23], strict=True)
            if (score > 0.3).any()
        ]
        return float(np.percentile(extents, 80))


if REALDATA.is_dir():

    @pytest.fixture(scope="module")
    def real(tmp_path_factory) -> Checkout:
        """A checkout in which the workflow ran on the user's three tables and one config."""
        folder = copy_repository(tmp_path_factory.mktemp("real"))
        mine = folder / "mine"
        mine.mkdir()
        for name, rows in TABLES.items():
            (mine / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
        (mine / "config.yaml").write_text(yaml.safe_dump(CONFIG))
        checkout = Checkout(folder, mine / "config.yaml")
        run = checkout.snakemake()
        assert run.returncode == 0, run.stdout[-6000:]
        return checkout

    @pytest.fixture(params=[(clip, person) for clip in CLIPS for person in PEOPLE], ids="-".join)
    def pair(real, request) -> Reenactment:
        return Reenactment(real.folder, *request.param)

    def test_there_is_a_report_and_a_manifest(real):
        assert (real.folder / LAYOUT.results / "report.html").stat().st_size > 1e5
        assert (real.folder / LAYOUT.results / "dataset/manifest.parquet").exists()

    def test_composites_are_as_long_as_fast_and_as_large_as_the_reference(pair):
        facts = json.loads(pair.path(LAYOUT.facts("reference", pair.reference)).read_text())
        assert facts["speed"] == 1
        assert facts["frames"] == CLIPS[pair.reference]
        made = pair.path(f"{LAYOUT.results}/synthetic/{pair.reference}/{pair.identity}/source")
        composites = list(made.glob("*.mp4"))
        assert len(composites) == 1
        reference = probe(pair.path(LAYOUT.video("reference", pair.reference)))
        info = probe(composites[0])
        assert (info.frames, info.fps) == (reference.frames, reference.fps)
        assert (info.width, info.height) == (reference.width, reference.height)
        frames = read_frames(composites[0])
        assert len(frames) == reference.frames
        assert np.ptp(frames) > 100

    def test_joints_of_the_figure_lie_on_the_performer(pair):
        """Median over frames and limbs, and no frame lost or with left and right swapped."""
        body = load_body(pair.path(f"{LAYOUT.results}/body/SMPLX_NEUTRAL.npz"))
        avatar = load_avatar(pair.path(LAYOUT.avatar(pair.identity)), body)
        fit = load_fit(pair.path(LAYOUT.fit("reference", pair.reference)), body.model_id)
        posed = avatar.rig.skeleton.pose(placed_pose(avatar, fit, "ground"))
        image = posed.joints.numpy()[:, JOINTS] @ fit.K.numpy().T
        seen = pair.keypoints()
        distance = np.linalg.norm(image[..., :2] / image[..., 2:] - seen["xy"][:, MARKS], axis=-1)
        share = np.where(seen["score"][:, MARKS] > 0.5, distance / pair.height(), np.nan)
        seen_well = np.isfinite(share).sum(1) >= 6
        assert seen_well.mean() > 0.7
        assert np.nanmedian(share) < 0.06
        assert np.nanmedian(share[seen_well], axis=1).max() < 0.12

    def test_the_rendered_figure_stands_where_the_performer_stood(pair):
        """From the video alone: the middle and the height of what is not white."""
        white = read_frames(pair.path(LAYOUT.white(pair.reference, pair.identity, "source")))
        seen, height = pair.keypoints(), pair.height()
        body, found = seen["xy"][:, :23], seen["score"][:, :23] > 0.5
        for i in np.flatnonzero(found[:, MARKS].all(1)):
            rows, columns = np.nonzero((white[i] < 235).any(-1))
            middle = np.array([np.median(columns), np.median(rows)])
            assert np.linalg.norm(middle - body[i, MARKS].mean(0)) < 0.15 * height
            assert np.ptp(rows) == pytest.approx(np.ptp(body[i, found[i], 1]), abs=0.25 * height)
