"""What a newcomer adds: the worked examples of CONTRIBUTING.md and docs/backends.md, read from the
pages. Each is made in a copy of the checkout and used there."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import ROOT

sys.path.insert(0, str(ROOT / "tests/workflow"))

from workflow_tools import COMPILED, copy_repository

from understudy.body.build import build_body

LIBRARY = "src/understudy/"
PAGES = {  # example -> its page, and its heading there
    "backend": ("docs/backends.md", "## A new back-end"),
    "model": ("CONTRIBUTING.md", "### An avatar model"),
    "loss": ("CONTRIBUTING.md", "### A loss of the body fit"),
    "column": ("CONTRIBUTING.md", "### A column of the manifest"),
    "stage": ("CONTRIBUTING.md", "### A stage"),
}
# A block of code, indented or not, and its file: the last name in backticks before it.
BLOCK = re.compile(r"^( *)```(python|diff)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"`([\w./-]*\w)`")


@dataclass(frozen=True)
class Example:
    """new: file -> its text; edits: file -> pairs of an old and a new text. File names are
    relative to the checkout."""

    new: Mapping[str, str]
    edits: Mapping[str, list[tuple[str, str]]]

    @property
    def files(self) -> int:
        """How many files of the library it touches, without any __init__.py."""
        touched = [name for name in (*self.new, *self.edits) if name.startswith(LIBRARY)]
        return sum(not name.endswith("__init__.py") for name in touched)

    def apply(self, checkout: Path) -> None:
        """Add it to a checkout. RuntimeError if that does not look as the page says."""
        for name, text in self.new.items():
            path = checkout / name
            if path.exists():
                raise RuntimeError(f"{name}: is there already")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, edits in self.edits.items():
            path = checkout / name
            text = "\n" + path.read_text(encoding="utf-8")
            for old, new in edits:
                if text.count("\n" + old) != 1:
                    raise RuntimeError(f"{name}: {old!r} stands there {text.count(old)} times")
                text = text.replace("\n" + old, "\n" + new)
            path.write_text(text[1:], encoding="utf-8")


def read_example(name: str) -> Example:
    """The example of a page, by its key in PAGES."""
    page, heading = PAGES[name]
    text = (ROOT / page).read_text(encoding="utf-8").split(f"\n{heading}\n")[1]
    text = re.split(r"^#{2,3} [A-Z]", text, maxsplit=1, flags=re.MULTILINE)[0]
    new: dict[str, str] = {}
    edits: dict[str, list[tuple[str, str]]] = {}
    start = 0
    for block in BLOCK.finditer(text):
        file = NAME.findall(text[start : block.start()])[-1]
        code = re.sub(f"^{block[1]}", "", block[3], flags=re.MULTILINE)
        if block[2] == "python":
            new[file] = code
        else:
            edits[file] = [_edit(hunk) for hunk in code.split("@@\n")]
        start = block.end()
    return Example(new, edits)


def _edit(hunk: str) -> tuple[str, str]:
    """Lines that begin with a space, a + or a - -> the text before and after."""
    lines = [line or " " for line in hunk.splitlines()]
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    return before, after


def use(name: str, checkout: Path, body: Path) -> None:
    """Use an example in a checkout that it was added to; body: the embedded body, as built.
    RuntimeError if it does not work."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{checkout / 'src'}:{checkout}",
        "NUMBA_CACHE_DIR": str(checkout / COMPILED),
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "body.npz").symlink_to(body)
        run = subprocess.run(
            [sys.executable, "-c", USES[name]],
            cwd=folder,
            env=environment,
            text=True,
            capture_output=True,
        )
    if run.returncode:
        raise RuntimeError(run.stderr)


_BACKEND = """
from pathlib import Path
from tests.unit.test_docs_backends import write_clip
from understudy.artifacts.masks import load_masks
from understudy.configuration.check import checked_config
from understudy.features.masks import extract_masks
from understudy.fitting.metrics import iou
config = checked_config({"labels": ["bow"], "features": {"masks": "grabcut"}})
truth = write_clip(Path("."))
extract_masks("clip.mp4", "keypoints.npz", "masks.npz", config["features"]["masks"])
found = load_masks("masks.npz")
assert min(iou(ours, theirs) for ours, theirs in zip(found, truth, strict=True)) > 0.9
"""

# Trained in one go, and again with an interruption.
_MODEL = """
import csv
import os
import signal
from pathlib import Path
import torch
from tests.unit.avatar_scene import film, painted_avatar, standing_fit
from understudy.artifacts.avatar import load_avatar
from understudy.avatar.training.painted import training
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.train import train_avatar
from understudy.body.load import load_body
from understudy.configuration.check import checked_config
from understudy.plan.effective import avatar_settings
training.ITERATIONS, training.RATE, training.MAX_EDGE = 14, 0.3, 0.08
body = load_body("body.npz")
avatar = painted_avatar(body)
scene = film(avatar, standing_fit(avatar, frames=12, size=(112, 96)), Path("."))
config = checked_config({"labels": ["bow"], "avatar": {"model": "painted", "size": 96}})
settings = TrainSettings.from_config(avatar_settings(config), 0, 60.0)
def train(out):
    files = scene.video, scene.masks, scene.depth, scene.fit
    train_avatar(*files, "body.npz", out, settings)
    return load_avatar(f"{out}/avatar.safetensors", body).colors
colors = train("once")
(row,) = csv.DictReader(Path("once/curves.csv").open())
assert float(row["held_out_psnr"]) > 23.5, row  # 22.5 at the first step
advance = training.PaintedTraining.advance
def interrupted(self):
    if self.steps == 5:
        os.kill(os.getpid(), signal.SIGTERM)
    return advance(self)
training.PaintedTraining.advance = interrupted
try:
    train("twice")
except SystemExit:
    training.PaintedTraining.advance = advance
assert Path("twice/checkpoint.safetensors").exists()
assert torch.equal(train("twice"), colors)
"""

_LOSS = """
from pathlib import Path
import numpy as np
from tests.unit.fit_clips import points_of, waving, write_keypoints, write_still
from understudy.body.load import load_body
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
body = load_body("body.npz")
points = points_of(body, waving(body, 8))
keypoints = write_keypoints(Path("keypoints.npz"), points)
still = write_still(Path("."), len(points), body.model_id)
def spread(sigma):
    settings = FitSettings(still_sigma=sigma, widths=(15.0,), iterations=(6,))
    fit = fit_body(keypoints, *still, "body.npz", "fit.npz", settings, "understudy")
    return float(np.linalg.norm(fit.pose.transl - fit.pose.transl.mean(0), axis=-1).mean())
assert spread(1e-4) < 0.1 * spread(1e3)
"""

_COLUMN = """
from pathlib import Path
from tests.unit.dataset_page import columns_of, told_columns
from tests.unit.dataset_world import make_world
manifest = make_world(Path("world")).write(Path("dataset"))
assert (manifest[["reference_source_fps", "identity_source_fps"]] == 20).all(None)
assert columns_of(manifest) == told_columns()
"""

_STAGE = """
import numpy as np
from tests.unit.fit_quality import sound
from tests.unit.moving import moving_fit
from understudy.artifacts.fit import save_fit
from understudy.artifacts.motion import load_motion
from understudy.errors import UserError
from understudy.motion.measure import measure_motion
save_fit("fit.npz", moving_fit(5), sound(5))
measure_motion("fit.npz", "motion.npz")
np.testing.assert_allclose(load_motion("motion.npz"), [3, 3, 3, 3, np.nan], rtol=1e-5)
save_fit("fit.npz", moving_fit(1), sound(1))
try:
    measure_motion("fit.npz", "motion.npz")
except UserError:
    pass
else:
    raise AssertionError("a single frame is accepted")
"""

USES = {  # a program that succeeds only if the example works
    "backend": _BACKEND,
    "model": _MODEL,
    "loss": _LOSS,
    "column": _COLUMN,
    "stage": _STAGE,
}


def files_touched() -> dict[str, int]:
    """How many files of the library a back-end, an avatar model and a loss of the fit touch.

    RuntimeError if one does not work.
    """
    counted = {}
    with tempfile.TemporaryDirectory(prefix="understudy-house-") as folder:
        body = Path(folder) / "body.npz"
        build_body(body)
        for name in ("backend", "model", "loss"):
            example, checkout = read_example(name), Path(folder) / name
            example.apply(copy_repository(checkout))
            use(name, checkout, body)
            counted[name] = example.files
    return counted


if __name__ == "__main__":
    print(files_touched())
