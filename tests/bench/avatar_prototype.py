"""The prototype's recipe on the bench's videos, fits and masks, and its avatar as one of ours.

UNDERSTUDY_PROTOTYPES names the folder that holds the prototype (default ../shared/lab). Its own
code trains; what it reads is replaced: the body file, the frames with their masks, the fitted poses
and which frames are held out.
"""

import argparse
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import torch
from scipy.sparse import csr_matrix

from tests.bench.avatar_runs import Run, clock
from understudy.artifacts.fit import load_fit
from understudy.avatar.training.poses import PARTS
from understudy.avatar.training.training import Training
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import Surface, vertex_normals

FOLDER = Path(os.environ.get("UNDERSTUDY_PROTOTYPES", "../shared/lab")).resolve()
EDGE = 0.009  # m, the edge length its surface is split to
OPACITY = 0.999
# What its notes found best, where its command's defaults differ.
RECIPE = {"edge": EDGE, "lrp": 0.012, "wlap": 1000.0, "wclap": 3e-4}
FRAMES = "tr_ix=list(range(0,T,2));te_ix=list(range(1,T,2))"  # its own choice of them
WARM, TIMED = 15, 60  # iterations that compile it, and that are timed


def available() -> bool:
    return (FOLDER / "real_clip/avatar.py").is_file()


def prototype(seconds: float):
    """A maker of runs that train as the prototype did, for about this many seconds."""

    def make(training: Training, run: Run) -> tuple[Avatar, dict]:
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            Path("models/smplx").mkdir(parents=True)
            Path("models/smplx/SMPLX_NEUTRAL.npz").symlink_to(run.identity.inputs[-1].resolve())
            train = _trainer(training, run)
            train(WARM)
            each = train(TIMED)["sec"] / TIMED
            found = train(round(seconds / each))
        return _converted(training, found), {"seconds": round(found["sec"], 1)}

    return make


def _trainer(training: Training, run: Run):
    """A function of the number of iterations; it returns what the prototype saves."""
    for part in ("splatting", "real_clip"):
        sys.path.insert(0, str(FOLDER / part))
    frames = ModuleType("detect")  # its own module detects keypoints
    frames.frames, frames.CL = None, None
    sys.modules["detect"] = frames
    text = (FOLDER / "real_clip/avatar.py").read_text()
    frames = _frames(training)
    trained = [t for t in training.trained if t < frames]
    few = training.held_out[:2]  # that it evaluates itself, outside its time
    text = text.replace(FRAMES, f"tr_ix={trained};te_ix={few}")
    module = ModuleType("prototype")
    threads = torch.get_num_threads()
    exec(compile(text, "avatar.py", "exec"), module.__dict__)
    torch.set_num_threads(threads)
    module.time = SimpleNamespace(time=clock)
    module.load = lambda clip, size: _loaded(training, run)
    offset = training.trainee.rig.joint_offset

    class Shifted(module.Avatar):
        def __init__(self, *arguments, **named) -> None:
            super().__init__(*arguments, **named)
            self.J = self.J + offset

    module.Avatar = Shifted

    def train(iterations: int) -> dict:
        settings = argparse.Namespace(
            **{**_defaults(text), **RECIPE, "size": run.settings.size, "iters": iterations}
        )
        settings.every, settings.clip, settings.mask = 10**9, "", True
        settings.out = str(Path("prototype").resolve())
        module.main(settings)
        found = torch.load("prototype.pt")
        body = Shifted(found["be"], found["edge"], found["lam"])
        return {**found, "surface": _surface(body.M.tocsr(), body.F)}

    return train


def _surface(matrix: csr_matrix, faces: np.ndarray) -> Surface:
    """Of its points: the (G,V) matrix that makes them, at most three entries per row."""
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    ids = np.zeros((matrix.shape[0], 3), np.int64)
    weights = np.zeros((matrix.shape[0], 3), np.float32)
    ids[rows, place], weights[rows, place] = matrix.indices, matrix.data
    return Surface(*map(torch.from_numpy, (ids, weights, faces.astype(np.int64))))


def _defaults(text: str) -> dict:
    """Of its command's options."""
    parser = argparse.ArgumentParser()
    named = {"ap": parser, "A_": parser.add_argument}
    lines = [line for line in text.splitlines() if line.lstrip().startswith("A_(")]
    exec("\n".join(line.strip() for line in lines), named)
    return vars(parser.parse_args([]))


def _frames(training: Training) -> int:
    """How many it uses: it can only draw an odd number of them."""
    return (len(training.clip) - 1) // 2 * 2 + 1


def _loaded(training: Training, run: Run) -> tuple:
    """Images, masks, the fit, scale, width, height: as its `load` gives them."""
    clip = training.clip
    fit = load_fit(run.identity.path("fit.npz"))
    height, width = clip.images.shape[1:3]
    n = _frames(training)
    told = {
        "R": axis_angle_to_matrix(fit.pose.full())[:n].numpy(),
        "tr": fit.pose.transl[:n].numpy(),
        "ex": fit.pose.expression[:n].numpy(),
        "be": fit.betas.numpy(),
        "foc": np.array(float(fit.K[0, 0])),
        "size": np.array(fit.size),
    }
    images = torch.from_numpy(clip.images[:n]).float() / 255
    masks = torch.from_numpy(clip.masks[:n]).float()[..., None] / 255
    return images, masks, told, width / fit.size[1], width, height


def _converted(training: Training, found: dict) -> Avatar:
    """What it found as an avatar, and its poses as the training's."""
    rig = training.trainee.rig
    surface = found["surface"]
    training.poses.corrections = torch.zeros(len(training.clip), PARTS, 3)
    movable = training.free[:BODY_JOINTS, None]
    frames = len(found["dt"])
    training.poses.corrections[:frames, :BODY_JOINTS] = found["dr"][:, :BODY_JOINTS] * movable
    training.poses.corrections[:frames, BODY_JOINTS] = found["dt"]
    training.poses.interpolate(training.trained)
    return Avatar(
        rig=Rig(rig.body, surface, rig.betas, rig.joint_offset),
        means=found["v"],
        normals=vertex_normals(found["v"], surface.faces),
        scales=found["ls"].clamp(max=float(np.log(0.03))).exp(),
        colors=torch.sigmoid(found["c"]),
        shading=found["sh"].expand(8, 3),
        opacity=OPACITY,
    )
