"""An avatar to look at: a turntable video, images in poses it never saw, a file for viewers."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.truth import Pictures, load_held_out
from understudy.avatar.evaluation.heldout import box_of, placing, render_pictures
from understudy.avatar.inspection.ply import write_ply
from understudy.avatar.inspection.portraits import close_up, photograph, sheet, standing, upright
from understudy.avatar.inspection.test_poses import UNSEEN, turns_of
from understudy.body.load import load_body
from understudy.body.pose import Pose
from understudy.files import atomic_path
from understudy.gaussians.avatar import Avatar
from understudy.progress import progress
from understudy.video.write import VideoWriter

TURN_SIZE = 512, 640  # px, width and height
TURN_FRAMES, TURN_FPS = 120, 24
BATCH = 8  # frames rendered at once
CELL = 360  # px, the height of one image in a sheet
ANGLES = (25.0, 205.0)  # deg, of a sheet's rows: from the front and from behind
SHOWN = 8  # poses of a fit, and images per row
TURN_SHOWN = 1.2  # body heights


def inspect_avatar(
    avatar: Path | str,
    body: Path | str,
    out_dir: Path | str,
    pose: str = "arms_down",
    fit: Path | str | None = None,
    held_out: Path | str | None = None,
) -> list[Path]:
    """Write what shows an avatar into a folder; returns the files.

    turntable.mp4: one turn, arms down. poses.png: in poses that no turn shows, from the front and
    from behind. avatar.ply: in one of the TEST_POSES, `pose`, facing the camera whose axes the file
    has, with the colours that it has there. With a fit also motion.png: in poses of that motion.
    With the demo world's images of held-out poses also held_out.png: those above the avatar.

    UserError if a file is not of its kind or is for another body model.
    """
    out, model = Path(out_dir), load_body(body)
    person = load_avatar(avatar, model)
    moving = load_fit(fit, model.model_id) if fit else None
    truth = load_held_out(held_out) if held_out else None
    written = [out / "turntable.mp4", out / "poses.png", out / "avatar.ply"]
    with VideoWriter(written[0], *TURN_SIZE, TURN_FPS) as video:
        for frames in turn(person):
            video.write(frames)
    poses = torch.stack([turns_of(name) for name in UNSEEN])
    _save(written[1], sheet(all_round(person, poses), list(UNSEEN)))
    write_ply(written[2], person.pose(centred(person, turns_of(pose))))
    if moving:
        written.append(out / "motion.png")
        some = np.linspace(0, len(moving) - 1, SHOWN).round().astype(int).tolist()
        names = [f"frame {t}" for t in some]
        _save(written[-1], sheet(all_round(person, levelled(moving, some)), names))
    if truth:
        written.append(out / "held_out.png")
        _save(written[-1], compared(person, truth))
    return written


def turn(avatar: Avatar) -> Iterator[np.ndarray]:
    """Batches (n,h,w,3) uint8 of one turn to the left, arms down."""
    azimuths = torch.arange(TURN_FRAMES) * (2 * torch.pi / TURN_FRAMES)
    full = turns_of("arms_down").expand(TURN_FRAMES, -1, -1)
    pose = standing(avatar, full, azimuths)
    for start in progress(range(0, TURN_FRAMES, BATCH), "turntable", unit="batch"):
        yield photograph(avatar.pose(pose[start : start + BATCH]), TURN_SIZE[1], TURN_SHOWN)


def all_round(avatar: Avatar, full: Tensor) -> list[np.ndarray]:
    """A row of images (n,h,w,3) of poses full (n,55,3) for each of the ANGLES."""
    turned = [torch.full((len(full),), angle).deg2rad() for angle in ANGLES]
    return [photograph(avatar.pose(standing(avatar, full, angle)), CELL) for angle in turned]


def compared(avatar: Avatar, truth: Pictures) -> np.ndarray:
    """Images of a person, SHOWN per row, above the avatar in the same poses."""
    drawn = render_pictures(avatar, truth, placing(avatar, truth))
    boxes = [box_of(truth, t) for t in range(len(truth.images))]
    theirs, ours = (close_up(one.images, boxes, CELL) for one in (truth, drawn))
    blank = np.full_like(theirs[:1], 255)
    sheets = []
    for start in range(0, len(boxes), SHOWN):
        few = slice(start, start + SHOWN)
        fill = blank.repeat(SHOWN - len(theirs[few]), 0)
        rows = [np.concatenate([row[few], fill]) for row in (theirs, ours)]
        sheets.append(sheet(rows, [""] * SHOWN))
    return np.concatenate(sheets)


def centred(avatar: Avatar, full: Tensor) -> Pose:
    """One pose (55,3) in front of a camera, centred at the origin, which viewers turn around."""
    pose = standing(avatar, full[None], torch.zeros(1))
    joints = avatar.rig.skeleton.pose(pose).joints
    middle = (joints.amin(1) + joints.amax(1)) / 2
    return Pose.from_full(pose.full(), pose.expression, pose.transl - middle)


def levelled(fit: Fit, frames: list[int]) -> Tensor:
    """(n,55,3): poses of a fit, seen by a level camera."""
    full = fit.pose[frames].full()
    full[:, 0] = upright(full[:, 0], torch.from_numpy(np.asarray(fit.up, np.float32)))
    return full


def _save(path: Path, picture: np.ndarray) -> None:
    with atomic_path(path) as temporary:
        Image.fromarray(picture).save(temporary)
