"""What it brings that ExAvatar refines hands, jaw, eyes and expression: one demo person, at a size
that a CPU trains in minutes, once with them and once with them as fitted. Each trained frame is
drawn 75 times, as in the release: what is refined moves a little at each draw, and only then.

`python -m tests.bench.parity_refined` renews this figure of `make bench NAME=parity` alone.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch

from tests.bench.figures import Figure, renew_figures
from understudy.artifacts.fit import load_fit
from understudy.avatar.evaluation.evaluate import held_out_frame
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.footage import load_footage
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.avatar.training.train import begin
from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.body.skeleton import BODY_JOINTS
from understudy.demo.world import WorldSettings, make_identity
from understudy.features.depth import extract_depth
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings

FILM = WorldSettings(384, 384, 9, 6, depth_every=1000)
OWN = ExAvatarSettings(  # small networks: their products are most of a step
    preset="release",
    subdivisions=0,
    epochs=5,
    repeats=15,
    scene="plate",
    plane_channels=8,
    hidden=32,
)
SETTINGS = TrainSettings("exavatar", OWN, size=256)
PERSON, ROOM = "ada", "living_room"


def refined_gain() -> tuple[float, float, int]:
    """PSNR (dB) of the held-out frames, posed as their neighbours: all refined, and hands, jaw,
    eyes and expression as fitted; and the steps of each training."""
    with tempfile.TemporaryDirectory() as name:
        subject = _subject(Path(name))
        scores = []
        for refined in (True, False):
            training = begin(subject, SETTINGS)
            if not refined:
                _hold(training)
            while training.done < training.work:
                training.advance()
            avatar, between = training.avatar(), training.poses.corrections
            every = [held_out_frame(training, avatar, t, between[t]) for t in training.held_out]
            scores.append(float(np.mean([one.psnr for one in every])))
    return scores[0], scores[1], training.steps


def refined_figure() -> Figure:
    """What they bring, dB."""
    with_all, as_fitted, steps = refined_gain()
    print(f"all refined {with_all:.3f} dB, hands and face as fitted {as_fitted:.3f}, {steps} steps")
    return Figure("refined_gain_db", with_all - as_fitted, "dB", None, False)


def _hold(training) -> None:
    """Let a training refine neither hands nor face."""
    of_body = torch.zeros(55, 1)
    of_body[:BODY_JOINTS] = 1
    for rows in training.motion.rows:
        rows.register_hook(lambda gradient: gradient * of_body)
    training.motion.smiles.requires_grad_(False)


def _subject(folder: Path) -> Subject:
    files = {
        name: folder / f"{name}.npz"
        for name in ("keypoints", "expression", "hands", "masks", "fit", "depth", "truth", "body")
    }
    video, body = folder / "video.mp4", files["body"]
    make_identity(PERSON, ROOM, video, files["truth"], FILM)
    build_body(body)
    extract_keypoints(video, files["keypoints"], backend="mediapipe", people="flag")
    seen = video, files["keypoints"]
    extract_masks(*seen, files["masks"], "mediapipe")
    extract_expression(*seen, body, files["expression"], "landmarks")
    extract_hands(*seen, body, files["hands"], "landmarks")
    told = (files[name] for name in ("keypoints", "expression", "hands"))
    fit_body(*told, body, files["fit"], FitSettings(), preset="understudy")
    extract_depth(video, files["masks"], files["fit"], body, files["depth"], "body_plane", "linear")
    model = load_body(body)
    fit = load_fit(files["fit"], model.model_id)
    clip = load_footage(video, files["masks"], fit.K, fit.size, SETTINGS.size)
    return Subject(clip, files["depth"], fit, model)


if __name__ == "__main__":
    renew_figures("parity", [refined_figure()])
