"""Whether what a video shows of a person is measured rightly, and bad identities are told.

People of the demo world turn around (or sit); a clip is all of a turn or the part of it in which
they look some way, so that it hides the other sides. Its features are those of the whole turn in
its frames, its fit is its own. Truth: the figure's own mesh in its true poses, and its true masks.
Small, dark and blurred clips are the whole turn with other pictures (and, if small, camera).

Everything is in results/bench/data_world/ and is made once.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from tests.bench.figures import ROOT, Figure
from tests.bench.fit_world import made, make_features
from understudy.artifacts.arrays import load_arrays, save_arrays
from understudy.artifacts.coverage import PARTS, SIDES, Coverage, load_coverage
from understudy.artifacts.fit import load_fit, save_fit
from understudy.artifacts.fit_quality import read_report
from understudy.artifacts.masks import PackedMasks, load_masks, save_masks, unpack_masks
from understudy.body.build import build_body
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix
from understudy.coverage.flags import coverage_flags
from understudy.coverage.measure import GRAZING, TWICE, Looks, measure_coverage
from understudy.coverage.measure import seen as seen_of
from understudy.coverage.settings import CoverageLimits
from understudy.coverage.surface import body_surface, normals_of, pixels, visible
from understudy.demo.figure import load_figure, save_figure
from understudy.demo.people import make_person
from understudy.demo.world import WorldSettings, make_clip, make_identity
from understudy.features.masks import extract_masks
from understudy.fitting.fit import fit_body
from understudy.fitting.flags import flags as fit_flags
from understudy.fitting.settings import FitSettings, FlagSettings
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

WORLD = ROOT / "results/bench/data_world"
BODY = WORLD / "SMPLX_NEUTRAL.npz"
PEOPLE = {
    **{"ada": "living_room", "ben": "dining_room", "chiyo": "bedroom"},
    **{"dov": "studio", "esi": "hallway"},
}
SEATED = ("finn", "gita", "hao")
TURN = WorldSettings(256, 256, 8, 10, depth_every=1000)
SITTING = WorldSettings(256, 256, 6, 4, depth_every=1000)
FINE = 3  # times the picture's size, where the truth is looked up
FACING = {  # clip -> the directions in which the person looks, degrees; 0: at the camera
    "front": (-80, 80),
    "back": (100, 260),
    "half_left": (5, 175),
    "half_right": (185, 355),
}
DARKER, FARTHER, SOFTER = 0.2, 0.4, 3.0  # light, size, and px of the blur


@dataclass(frozen=True)
class Filmed:
    """A whole film: its folder; frames chosen of it."""

    folder: Path
    frames: np.ndarray

    def of(self, name: str) -> Path:
        return self.folder / name


def whole_turn(person: str) -> Filmed:
    """A person who turns around, with all features."""
    folder, figure = WORLD / person, WORLD / "figures" / f"{person}.npz"
    return _film(
        folder,
        person,
        lambda: make_identity(
            figure, PEOPLE[person], folder / "video.mp4", folder / "truth.npz", TURN
        ),
    )


def seated(person: str) -> Filmed:
    """A person who sits down and stays seated: the frames in which they sit."""
    folder, figure = WORLD / f"{person}_seated", WORLD / "figures" / f"{person}.npz"
    film = _film(
        folder,
        person,
        lambda: make_clip(
            *(figure, "sit_down", 3, "office"),
            *(folder / "video.mp4", folder / "truth.npz", SITTING),
        ),
    )
    count = len(film.frames)
    return replace(film, frames=film.frames[count // 2 :])


def _film(folder: Path, person: str, make) -> Filmed:
    made([BODY], {}, lambda: build_body(BODY))
    figure = WORLD / "figures" / f"{person}.npz"
    made([figure], {}, lambda: save_figure(figure, make_person(person)))
    video = folder / "video.mp4"
    made([video, folder / "truth.npz"], {}, make)
    make_features(video, folder, BODY, {})
    masks = folder / "masks.npz"
    made([masks], {}, lambda: extract_masks(video, folder / "keypoints.npz", masks, "mediapipe"))
    return Filmed(folder, np.arange(len(load_masks(masks))))


def facing(film: Filmed, span: tuple[float, float]) -> Filmed:
    """The frames in which the person looks within a span of directions, turning to and fro: every
    second time that they do is shown backwards, so that nothing jumps."""
    truth = load_arrays(film.of("truth.npz"), "truth")
    turn = axis_angle_to_matrix(torch.from_numpy(truth["global_orient"]).float())[:, :, 2].numpy()
    yaw = np.degrees(np.arctan2(turn[:, 0], -turn[:, 2]))
    inside = (yaw - span[0]) % 360 <= span[1] - span[0]
    frames = film.frames[inside]
    times = np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)
    swing = [some[::-1] if number % 2 else some for number, some in enumerate(times)]
    return replace(film, frames=np.concatenate(swing))


def cut(film: Filmed, name: str) -> Path:
    """The folder of a clip of a film's frames: video, features, masks, and its own fit."""
    folder = film.folder / name
    if (folder / "fit.npz").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for feature in ("keypoints", "expression", "hands", "masks"):
        _cut_arrays(film, f"{feature}.npz", folder)
    _write(folder / "video.mp4", read_frames(film.of("video.mp4"), film.frames))
    names = (folder / f"{feature}.npz" for feature in ("keypoints", "expression", "hands"))
    fit_body(*names, BODY, folder / "fit.npz", FitSettings(), preset="understudy")
    return folder


def _cut_arrays(film: Filmed, name: str, folder: Path) -> None:
    stored = load_arrays(film.of(name), name.removesuffix(".npz"))
    count = len(load_masks(film.of("masks.npz")))
    if "bits" in stored:
        chosen = PackedMasks.of(unpack_masks(stored)[film.frames])
        save_masks(folder / name, chosen, stored.about)
        return
    arrays = {
        key: value[film.frames] if value.ndim and len(value) == count else value
        for key, value in stored.arrays.items()
    }
    save_arrays(folder / name, arrays, stored.about)


def _write(path: Path, frames: np.ndarray) -> None:
    with VideoWriter(path, frames.shape[2], frames.shape[1], TURN.fps) as video:
        video.write(frames)


def measured(folder: Path) -> Coverage:
    """The coverage of a clip."""
    out = folder / "coverage.json"
    files = (folder / "video.mp4", folder / "masks.npz", folder / "fit.npz", BODY, out)
    return measure_coverage(*files)


def true_shares(film: Filmed) -> dict[str, float]:
    """The share of each part and side that the film's frames show of the figure."""
    truth = load_arrays(film.of("truth.npz"), "truth")
    person = film.folder.name.removesuffix("_seated")
    figure = load_figure(WORLD / "figures" / f"{person}.npz")
    body = load_figure_body(figure)
    pose = Pose.from_numpy(truth.arrays)[film.frames]
    vertices = body.pose(pose).vertices.numpy().astype(float)
    masks = unpack_masks(truth)[film.frames]
    K = truth["K"].astype(float) * np.array([[FINE], [FINE], [1]])
    faces = body.model.faces
    best, times = np.zeros(vertices.shape[1]), np.zeros(vertices.shape[1], int)
    for points, mask in zip(vertices, masks, strict=True):
        fine = mask.repeat(FINE, 0).repeat(FINE, 1)
        height, width = fine.shape
        view = -points / np.linalg.norm(points, axis=1, keepdims=True)
        cosine = (normals_of(points, faces) * view).sum(1)
        shown = visible(points, faces.numpy(), K, width, height) & (cosine > GRAZING)
        column, row = pixels(points[shown], K)
        shown[shown] = cv2.dilate(fine.astype(np.uint8), np.ones((3, 3), np.uint8))[row, column] > 0
        best = np.where(shown, np.maximum(best, cosine), best)
        times += shown
    looks = Looks(best, np.where(times >= TWICE, times, 0))
    surface = body_surface(body)
    parts = {name: surface.part == k for k, name in enumerate(PARTS)}
    sides = {name: surface.side == k for k, name in enumerate(SIDES)}
    return {
        name: seen_of(surface, looks, which).share
        for name, which in {**parts, **{f"{name} side": one for name, one in sides.items()}}.items()
    }


def load_figure_body(figure):
    """The figure's body alone, without hair, as a body to pose."""
    shaped = figure.shaped()
    count = figure.body_vertices
    model = shaped.model.submesh(torch.arange(count))
    model = replace(model, faces=torch.from_numpy(figure.faces.astype(np.int64)))
    return replace(shaped, model=model, vertices=shaped.vertices[:count])


def errors(film: Filmed, name: str) -> dict[str, float]:
    """Points between the measured and the true share, by part and side."""
    found = measured(cut(film, name))
    truth = true_shares(film)
    shares = {part: seen.share for part, seen in found.parts.items()}
    shares |= {f"{side} side": seen.share for side, seen in found.sides.items()}
    return {part: 100 * abs(shares[part] - truth[part]) for part in truth}


def flagged(folder: Path) -> set[str]:
    """What a clip is flagged for: its coverage and its fit."""
    found = load_coverage(folder / "coverage.json")
    return set(coverage_flags(found, CoverageLimits())) | set(
        fit_flags(read_report(folder / "fit.npz"), FlagSettings())
    )


def changed(film: Filmed, name: str, scale: float, change) -> Path:
    """The whole turn with other pictures: change(frame) -> frame, then scaled."""
    whole, folder = cut(film, "whole"), film.folder / name
    folder.mkdir(exist_ok=True)
    frames = np.stack([change(frame) for frame in read_frames(whole / "video.mp4")])
    side = round(frames.shape[1] * scale / 2) * 2
    small = [cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA) for frame in frames]
    _write(folder / "video.mp4", np.stack(small))
    masks = load_masks(whole / "masks.npz")[:].astype(np.uint8)
    near = [cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST) for mask in masks]
    save_masks(folder / "masks.npz", PackedMasks.of(np.stack(near) > 0), {})
    fit = load_fit(whole / "fit.npz")
    K = fit.K.clone()
    K[:2] *= side / frames.shape[1]
    quality = read_report(whole / "fit.npz").quality
    save_fit(folder / "fit.npz", replace(fit, K=K, size=(side, side)), quality)
    measured(folder)
    return folder


@dataclass(frozen=True)
class Told:
    """errors: of each clip that hides something, by part, points; bad, good: the flags of each
    clip by name."""

    errors: dict[str, dict[str, float]]
    bad: dict[str, set[str]]
    good: dict[str, set[str]]


def measure() -> Told:
    """Make and measure all clips."""
    wrong: dict[str, dict[str, float]] = {}
    bad: dict[str, set[str]] = {}
    good: dict[str, set[str]] = {}
    for person in PEOPLE:
        film = whole_turn(person)
        for name, span in FACING.items():
            clip = facing(film, span)
            wrong[f"{person} {name}"] = errors(clip, name)
            bad[f"{person} {name}"] = flagged(cut(clip, name))
        for name, start in (("even", 0), ("odd", 1)):
            half = cut(replace(film, frames=film.frames[start::2]), name)
            measured(half)
            good[f"{person} {name}"] = flagged(half)
        for name, scale, change in (
            ("dark", 1.0, lambda frame: (frame * DARKER).astype(np.uint8)),
            ("small", FARTHER, lambda frame: frame),
            ("blurred", 1.0, lambda frame: cv2.GaussianBlur(frame, (0, 0), SOFTER)),
        ):
            bad[f"{person} {name}"] = flagged(changed(film, name, scale, change))
    for person in SEATED:
        film = seated(person)
        measured(cut(film, "seated"))
        bad[f"{person} seated"] = flagged(film.folder / "seated")
    return Told(wrong, bad, good)


def figures() -> list[Figure]:
    """Of the bench `data`."""
    told = measure()
    by_part = {
        part: float(np.mean([clip[part] for clip in told.errors.values()]))
        for part in next(iter(told.errors.values()))
    }
    for part, points in sorted(by_part.items(), key=lambda item: -item[1]):
        print(f"  {part:12} {points:.1f} points")
    untold = [name for name, flags in told.bad.items() if not flags]
    wrongly = {name: sorted(flags) for name, flags in told.good.items() if flags}
    print(f"  bad, not told: {untold}; good, flagged: {wrongly}")
    everything = [points for clip in told.errors.values() for points in clip.values()]
    share = 100 * (1 - len(untold) / len(told.bad))
    return [
        Figure("coverage_error", max(by_part.values()), "points, worst part", 5, at_most=True),
        Figure("coverage_error_mean", float(np.mean(everything)), "points", None, at_most=True),
        Figure("coverage_clips", len(told.errors), "clips", 20, at_most=False),
        Figure("bad_identities_told", share, f"% of {len(told.bad)}", 95, at_most=False),
        Figure("good_identities_flagged", len(wrongly), f"of {len(told.good)}", 0, at_most=True),
    ]
