"""Measure each stage of the demo against the demo world's ground truth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import load_masks, unpack_masks
from understudy.artifacts.truth import load_held_out, load_truth
from understudy.avatar.evaluation.heldout import evaluate_pictures
from understudy.body.landmarks import BODY
from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS, PARENTS
from understudy.demo.measure_rooms import Photos, measure_rooms
from understudy.errors import UserError
from understudy.files import atomic_path, read_json, write_json
from understudy.fitting.evaluate import evaluate_fit
from understudy.fitting.metrics import iou
from understudy.gaussians.avatar import Avatar
from understudy.scene.placement import placed_pose

LEAST_SCORE = 0.3  # a keypoint scored lower counts as not found


@dataclass(frozen=True)
class Source:
    """One normalised video of the demo: its ground truth, and what the stages made of it.

    facts: the .json that normalising writes; masks: None for references.
    """

    id: str
    truth: Path
    facts: Path
    keypoints: Path
    fit: Path
    masks: Path | None = None


def measure_demo(
    identities: list[Source],
    references: list[Source],
    avatars: list[Path],
    metrics: list[Path],
    held_out: list[Path],
    body: Path,
    placement: str,
    labels: list[Path],
    photos: Photos,
    out: Path | str,
    out_sheet: Path | str,
) -> None:
    """Write all figures, and a sheet of held-out poses: the world's image above the avatar's.

    avatars, their metrics and held_out are in the order of `identities`. labels: where in
    which room each synthetic video shows its person, none if not in the demo's rooms; photos: these
    rooms by background, and the size of their photos.
    """
    model = load_body(body)
    people = [load_avatar(path, model) for path in avatars]
    of_identities = measure_sources(identities, model)
    of_references = measure_sources(references, model)
    reenacted = [
        float(np.median(reenactment_error(*placed_joints(person, fit, placement), truth)))
        for source in references
        for fit, truth in [(load_fit(source.fit, model.model_id), truth_of(source))]
        for person in people
    ]
    poses, rows = [], []
    for person, path in zip(people, held_out, strict=True):
        pictures = load_held_out(path)
        scores, drawn = evaluate_pictures(person, pictures)
        poses.append(scores)
        rows += [pictures.images, drawn.images]
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    with atomic_path(out_sheet) as temporary:
        Image.fromarray(sheet).save(temporary, quality=88)
    frames = [read_json(path) for path in metrics]
    everything = of_identities + of_references
    write_json(
        out,
        {
            "keypoints_median_pct": _mean(everything, "keypoints_median_pct"),
            "masks_iou": _mean(of_identities, "masks_iou"),
            "fit_mpjpe_mm": _mean(of_references, "mpjpe_mm"),
            "fit_pa_mpjpe_mm": _mean(of_references, "pa_mpjpe_mm"),
            "reenactment_median_pct": float(np.mean(reenacted)),
            **_avatar_figures("heldout_frame", [row["held_out"] for row in frames]),
            **_avatar_figures("heldout_frame_fitted", [row["held_out_fitted"] for row in frames]),
            **_avatar_figures("heldout_pose", [row["held_out_poses"] for row in poses]),
            **_avatar_figures(
                "heldout_pose_fitted", [row["held_out_poses_fitted"] for row in poses]
            ),
            **(measure_rooms(labels, photos) if labels else {}),
            "identities": of_identities,
            "references": of_references,
        },
    )


def _avatar_figures(name: str, rows: list[dict]) -> dict[str, float]:
    """PSNR (dB) and IoU, means over the people."""
    return {
        f"avatar_{name}_psnr_db": _mean(rows, "psnr"),
        f"avatar_{name}_iou": _mean(rows, "iou"),
    }


def _mean(rows: list[dict], name: str) -> float:
    return float(np.mean(np.array([row[name] for row in rows], float)))  # null: NaN


def placed_joints(avatar: Avatar, fit: Fit, placement: str) -> tuple[np.ndarray, np.ndarray]:
    """The figure's joints (n,22,3) in a reference's camera space, and that camera's K (3,3)."""
    posed = avatar.rig.skeleton.pose(placed_pose(avatar, fit, placement))
    return posed.joints[:, :BODY_JOINTS].numpy(), fit.K.numpy()


def keypoints_error(points: Arrays, truth: Arrays) -> np.ndarray:
    """Distances of visible, found body keypoints from ground truth, % of the person's height."""
    seen = truth["visible"][:, BODY] & (points["score"][:, BODY] >= LEAST_SCORE)
    distance = np.linalg.norm(points["xy"][:, BODY] - truth["keypoints"][:, BODY], axis=-1)
    return (100 * distance / truth["height_px"][:, None])[seen]


def measure_sources(sources: list[Source], body: BodyModel) -> list[dict]:
    """One row per video: keypoints (median, %), masks (mean IoU) and the figures of the fit."""
    rows = []
    for source in sources:
        truth = truth_of(source)
        fit = load_fit(source.fit, body.model_id)
        row = {
            "id": source.id,
            "keypoints_median_pct": float(
                np.median(keypoints_error(load_keypoints(source.keypoints), truth))
            ),
            **evaluate_fit(fit, body, source.truth),
        }
        if source.masks is not None:
            row["masks_iou"] = float(iou(load_masks(source.masks)[:], unpack_masks(truth)).mean())
        rows.append(row)
    return rows


def truth_of(source: Source) -> Arrays:
    """The ground truth of a video that was normalised to its own length, rate and size."""
    truth = load_truth(source.truth)
    facts = read_json(source.facts)
    shape = (facts["frames"], facts["height"], facts["width"])
    if shape != tuple(truth["shape"]):
        raise UserError(
            f"{source.truth}: the world's videos have {tuple(truth['shape'])} frames × height × "
            f"width, the normalised {shape}; set demo and video to the same size, fps and seconds"
        )
    return truth


def with_bones_of(joints: np.ndarray, true: np.ndarray) -> np.ndarray:
    """joints (n,22,3) with the true skeleton's bone lengths, from the true root outwards.

    What remains between the result and `true` is a difference of pose, not of proportions.
    """
    rebuilt = np.empty_like(joints)
    rebuilt[:, 0] = true[:, 0]
    for child in range(1, BODY_JOINTS):  # parents come first
        parent = PARENTS[child]
        bone = joints[:, child] - joints[:, parent]
        length = np.linalg.norm(true[:, child] - true[:, parent], axis=-1, keepdims=True)
        rebuilt[:, child] = rebuilt[:, parent] + bone * length / np.linalg.norm(
            bone, axis=-1, keepdims=True
        )
    return rebuilt


def reenactment_error(joints: np.ndarray, K: np.ndarray, truth: Arrays) -> np.ndarray:
    """Image distances of a figure's joints (n,22,3) from the reference's, % of its height.

    K (3,3): the camera that the figure is rendered with. The figure's pelvis stays where it
    is in the image; its limbs get the reference's lengths, so that other proportions do not
    count as errors.
    """
    true = truth["joints3d"][:, :BODY_JOINTS].astype(np.float64)
    rebuilt = with_bones_of(joints.astype(np.float64), true)
    shift = _project(joints[:, :1], K) - _project(true[:, :1], truth["K"])
    distance = np.linalg.norm(
        _project(rebuilt, truth["K"]) + shift - _project(true, truth["K"]), axis=-1
    )
    return 100 * distance / truth["height_px"][:, None]


def _project(points: np.ndarray, K: np.ndarray) -> np.ndarray:
    image = points @ np.asarray(K, np.float64).T
    return image[..., :2] / image[..., 2:]
