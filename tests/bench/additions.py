"""What a newcomer adds: a keypoints back-end, an avatar model, a loss of the fit. Each is made in
a copy of the library and used there; what counts is how many of its files that touches."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import ROOT

sys.path.insert(0, str(ROOT / "tests/workflow"))

from workflow_tools import copy_repository

LIBRARY = "src/understudy"


@dataclass(frozen=True)
class Addition:
    """new: file -> its text; edits: file -> (old text, new text); use: a program that
    succeeds only if the addition works. File names are relative to the library."""

    new: Mapping[str, str]
    edits: Mapping[str, tuple[str, str]]
    use: str

    @property
    def files(self) -> int:
        return len(self.new) + len(self.edits)

    def done_in(self, checkout: Path) -> None:
        """Add it to a checkout, and use it there. RuntimeError if it does not work."""
        for name, text in self.new.items():
            path = checkout / LIBRARY / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, (old, new) in self.edits.items():
            path = checkout / LIBRARY / name
            text = path.read_text(encoding="utf-8")
            if text.count(old) != 1:
                raise RuntimeError(f"{name}: {old!r} stands there {text.count(old)} times")
            path.write_text(text.replace(old, new), encoding="utf-8")
        command = [sys.executable, "-c", self.use]
        environment = {"PYTHONPATH": f"{checkout / 'src'}:{checkout}", "PATH": "/usr/bin:/bin"}
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                command, cwd=folder, env=environment, text=True, capture_output=True
            )
        if run.returncode:
            raise RuntimeError(run.stderr)


BACKEND = Addition(
    new={
        "features/centre/__init__.py": "",
        "features/centre/keypoints.py": '''"""Keypoints in the middle of the picture."""

import numpy as np

from understudy.features.interfaces import Detected


def detect_keypoints(video, info, people, runtime):
    xy = np.full((info.frames, 133, 2), (info.width / 2, info.height / 2))
    return Detected(xy, np.ones((info.frames, 133)), {0: 1}, {}, {})
''',
    },
    edits={
        "choices.py": (
            '    "keypoints": {\n',
            '    "keypoints": {\n'
            '        "centre": "understudy.features.centre.keypoints:detect_keypoints",\n',
        )
    },
    use="""
import numpy as np
from understudy.artifacts.keypoints import load_keypoints
from understudy.configuration.check import checked_config
from understudy.features.keypoints import extract_keypoints
from understudy.video.write import VideoWriter
config = checked_config({"labels": ["bow"], "features": {"keypoints": "centre"}})
with VideoWriter("clip.mp4", 64, 48, fps=8) as video:
    video.write(np.zeros((9, 48, 64, 3), np.uint8))
extract_keypoints("clip.mp4", "keypoints.npz", config["features"]["keypoints"], "refuse")
assert (load_keypoints("keypoints.npz")["xy"] == (32, 24)).all()
""",
)

MODEL = Addition(
    new={
        "avatar/training/plain/__init__.py": "",
        "avatar/training/plain/training.py": '''"""An avatar of one grey."""

from dataclasses import dataclass, replace

import torch

from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.direct.training import DirectTraining


@dataclass(frozen=True)
class PlainSettings(DirectSettings):
    grey: float = 0.5


class PlainTraining(DirectTraining):
    own_settings = PlainSettings

    def avatar(self):
        avatar = super().avatar()
        return replace(avatar, colors=torch.full_like(avatar.colors, self.own.grey))
''',
    },
    edits={
        "choices.py": (
            '    "avatar": {\n',
            '    "avatar": {\n        "plain": '
            '"understudy.avatar.training.plain.training:PlainTraining",\n',
        ),
        "configuration/avatar.py": (
            "    direct: Direct = Field(default_factory=Direct)\n",
            "    plain: dict[str, float] = {}\n"
            '    """Of model plain."""\n\n'
            "    direct: Direct = Field(default_factory=Direct)\n",
        ),
    },
    use="""
from pathlib import Path
from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from understudy.artifacts.avatar import load_avatar
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.train import train_avatar
from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.configuration.check import checked_config
from understudy.plan.effective import avatar_settings
build_body("body.npz")
body = load_body("body.npz")
avatar = painted_avatar(body)
scene = film(avatar, standing_fit(avatar, frames=12, size=(112, 96)), Path("."))
plain = {"grey": 0.25, "iterations": 4, "max_edge": 0.08, "warm_up": 1}
config = checked_config(
    {"labels": ["bow"], "avatar": {"model": "plain", "size": 96, "plain": plain}}
)
settings = TrainSettings.from_config(avatar_settings(config), 0, 60.0)
train_avatar(scene.video, scene.masks, scene.depth, scene.fit, "body.npz", "out", settings)
assert (load_avatar("out/avatar.safetensors", body).colors == 0.25).all()
""",
)

_FIT = """
import sys
from pathlib import Path
import numpy as np
from tests.unit.fit_clips import points_of, waving, write_keypoints, write_still
from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
build_body("body.npz")
body = load_body("body.npz")
points = points_of(body, waving(body, 8))
keypoints = write_keypoints(Path("keypoints.npz"), points)
still = write_still(Path("."), len(points), body.model_id)
def spread(settings):
    fit = fit_body(keypoints, *still, "body.npz", "fit.npz", settings)
    return float(np.linalg.norm(fit.pose.transl - fit.pose.transl.mean(0), axis=-1).mean())
assert spread(FitSettings(still_sigma=1e-4)) < 0.1 * spread(FitSettings(still_sigma=1e3))
"""

LOSS = Addition(
    new={},
    edits={
        "solver/terms.py": (
            "def robust(",
            '''def add_stillness(
    equations: NormalEquations, place: np.ndarray, jacobian: np.ndarray, sigma: float
) -> None:
    """A point (n,3) that moves is pulled to where it was the frame before."""
    equations.add_difference(place, jacobian, np.full(3, sigma**-2.0), 1)


def robust(''',
        ),
        "fitting/understudy/problem.py": (
            "        equations.add_shared(",
            "        terms.add_stillness(\n"
            "            equations, figure.points[:, FIRST_JOINT], jacobian[:, FIRST_JOINT], "
            "s.still_sigma\n        )\n        equations.add_shared(",
        ),
        "fitting/settings.py": (
            "    # What the whole clip shares.\n",
            '    still_sigma: float = 0.1\n    """Movement of the pelvis, m a frame."""\n\n'
            "    # What the whole clip shares.\n",
        ),
    },
    use=_FIT,
)


def files_touched() -> dict[str, int]:
    """By kind of addition, how many files of the library it touches, empty __init__.py aside.

    RuntimeError if one does not work.
    """
    counted = {}
    for name, addition in {"backend": BACKEND, "model": MODEL, "loss": LOSS}.items():
        with tempfile.TemporaryDirectory(prefix="understudy-house-") as folder:
            addition.done_in(copy_repository(Path(folder)))
        counted[name] = addition.files - sum(not text for text in addition.new.values())
    return counted


if __name__ == "__main__":
    print(files_touched())
