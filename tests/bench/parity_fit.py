"""The objective of the fit's preset `paper`, term by term, against the public code's.

Run alone, since the public code replaces much of torch: prints the parities as JSON.
"""

import json
import sys
from dataclasses import replace

import numpy as np
import torch

from tests.bench.parity_files import VERTICES
from tests.bench.parity_public import entered
from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import JOINT_COUNT
from understudy.fitting.paper.coupled import CoupledObjective
from understudy.fitting.paper.losses import NAMES
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.paper.unknowns import Unknowns
from understudy.observation.observed import Observed

FRAMES, SIZE = 3, (480, 640)
# The public code's name of a term: ours.
WARM = {
    "smplx_kpt_proj": "keypoints",
    "smplx_kpt_proj_wo_fo": "keypoints_bare",
    "flame_kpt_proj": "flame_keypoints",
    "flame_to_smplx_v2v": "flame_on_body",
}
FULL = {
    **{theirs: ours for theirs, ours in WARM.items() if ours != "flame_on_body"},
    "smplx_shape_reg": "shape",
    "smplx_mesh": "mesh",
    "smplx_pose": "pose",
    "smplx_pose_reg": "forward_head",
    "flame_pose": "flame_pose",
    "flame_shape": "flame_shape",
    "flame_expr": "expression",
    "smplx_to_flame_v2v_wo_pose_expr": "face_vertices",
    "smplx_to_flame_lap": "face_laplacian",
    "smplx_to_flame_edge_length": "face_edges",
    "face_offset_reg": "neck_offset",
    "joint_offset_reg": "joint_offset",
    "locator_offset_reg": "locator_offset",
    "face_offset_sym_reg": "face_symmetry",
    "joint_offset_sym_reg": "joint_symmetry",
    "locator_offset_sym_reg": "locator_symmetry",
}
PARTS = {
    "root_pose": slice(0, 1),
    "body_pose": slice(1, 22),
    "jaw_pose": slice(22, 23),
    "leye_pose": slice(23, 24),
    "reye_pose": slice(24, 25),
    "lhand_pose": slice(25, 40),
    "rhand_pose": slice(40, 55),
}


def main() -> None:
    with entered("fitting") as (body, flame):
        objective, values = _ours(body, flame)
        print(json.dumps(_compared(objective, values)))


def _ours(body, flame) -> tuple[CoupledObjective, Unknowns]:
    """Our objective of a random clip; its unknowns, all moved from where they start."""
    rng = np.random.default_rng(1)
    xy = np.array([320.0, 240.0]) + rng.normal(0, 60, (FRAMES, 133, 2))
    score = (rng.random((FRAMES, 133)) < 0.9).astype(float)
    camera = np.array([[2000.0, 0, 320], [0, 2000, 240], [0, 0, 1]])
    seen = np.ones(FRAMES, bool)
    observed = Observed(xy, score, None, 25.0, SIZE, camera, 4.0, seen)
    turns = torch.tensor(rng.normal(0, 0.3, (FRAMES, JOINT_COUNT, 3)))
    first = axis_angle_to_matrix(turns).numpy()
    settings = replace(PaperFitSettings(), mesh_vertices=VERTICES)
    shape, smile = rng.normal(0, 1, 100), rng.normal(0, 1, (FRAMES, 50))
    valid = np.array([True, False, True])
    objective = CoupledObjective(body, flame, observed, first, smile, valid, shape, settings)
    values = objective.unknowns()
    for part in (values.frames, values.shared):
        for name, tensor in part.items():
            scale = {"pelvis": 0.05, "flame_place": 0.05}.get(name, 0.02)
            tensor += scale * torch.tensor(rng.normal(size=tensor.shape))
    still = (flame.joint_regressor != 0).any(0)
    values.shared["face_offset"][still] *= 0.5  # and the joints with them
    return objective, values


def _compared(objective: CoupledObjective, values: Unknowns) -> dict[str, float]:
    """Each term's relative difference, of the warm-up's and then of the whole objective."""
    from model import get_model

    from config import cfg

    cfg.set_stage(0, 0)
    public = get_model().double().eval()
    everything, found = torch.arange(FRAMES), {}
    ours = objective.warm_up_terms(values.leaves(everything), everything)
    theirs, _ = public(*_inputs(objective, values), _data(objective), False)
    found |= {f"warm {k}": _apart(ours[name], theirs[k].mean()) for k, name in WARM.items()}
    assert theirs.keys() == WARM.keys()
    for step, hands in ((100, objective.settings.stiff_hand_offset), (250, 1.0)):
        cfg.set_stage(0, step)
        leaves = values.leaves(everything)
        ours = objective.terms(leaves, everything, hands)
        theirs, _ = public(*_inputs(objective, values), _data(objective), False)
        assert theirs.keys() == FULL.keys() and ours.keys() == set(FULL.values())
        found |= {f"{step} {k}": _apart(ours[name], theirs[k].mean()) for k, name in FULL.items()}
    return found


def _apart(ours, theirs) -> float:
    return float(((ours - theirs).abs() / theirs.abs()).detach())


def _inputs(objective: CoupledObjective, values: Unknowns) -> tuple[dict, dict]:
    frames, shared = values.frames, values.shared
    rows = torch.cat([frames["root"], frames["joints"]], 1)
    body = {name: _one(rows[:, part]) for name, part in PARTS.items()}
    body |= {"trans": frames["pelvis"], "expr": frames["expression"]}
    names = {"shape": "betas", "face_offset": "face_offset"}
    names |= {"joint_offset": "joint_offset", "locator_offset": "locator_offset"}
    body |= {k: shared[name].expand(FRAMES, *shared[name].shape) for k, name in names.items()}
    head = {name: body[name] for name in ("jaw_pose", "leye_pose", "reye_pose", "expr")}
    head |= {
        "root_pose": frames["flame_root"][:, 0],
        "neck_pose": frames["flame_neck"][:, 0],
        "trans": frames["flame_place"],
        "shape": shared["flame_shape"].expand(FRAMES, -1),
    }
    return body, head


def _one(rows):
    return rows[:, 0] if rows.shape[1] == 1 else rows


def _data(objective: CoupledObjective) -> dict:
    """A batch as the public code's loader gives it."""
    from pytorch3d.transforms import matrix_to_axis_angle
    from utils.smpl_x import smpl_x

    of_body, pictures = objective.of_body, objective.of_body.pictures
    first = matrix_to_axis_angle(of_body.first)
    body = {name: _one(first[:, part]) for name, part in PARTS.items()}
    head = {name: body[name] for name in ("jaw_pose", "leye_pose", "reye_pose")}
    head |= {"neck_pose": torch.zeros(FRAMES, 3), "expr": of_body.expression}
    head |= {"root_pose": body["root_pose"], "shape": objective.shape.expand(FRAMES, -1)}
    seen = torch.zeros(FRAMES, smpl_x.kpt["num"], 2)
    valid = torch.zeros(FRAMES, smpl_x.kpt["num"], 1)
    for k, name in enumerate(smpl_x.kpt["name"]):
        ours = _landmark(name)
        if ours is not None:
            at = NAMES.index(ours)
            seen[:, k], valid[:, k, 0] = pictures.seen[:, at], pictures.valid[:, at]
    return {
        "smplx_param": body,
        "flame_param": head,
        "kpt_img": seen,
        "kpt_valid": valid,
        "flame_valid": of_body.face_valid,
        "cam_param_proj": {"focal": pictures.focal, "princpt": pictures.centre},
    }


def _landmark(name: str) -> str | None:
    """L_Index_2 -> left_forefinger2, Face_1 -> face-17 (the contour comes last there)."""
    if name.startswith("Face_"):
        k = int(name.removeprefix("Face_")) - 1
        return f"face-{k + 17 if k < 51 else k - 51}"
    side = {"L": "left", "R": "right"}.get(name[:1]) if name[1:2] == "_" else None
    part = name[2:].lower() if side else name.lower()
    for theirs, ours in (("index", "forefinger"), ("middle", "middle_finger")):
        part = part.replace(theirs, ours)
    for theirs, ours in (("ring", "ring_finger"), ("pinky", "pinky_finger")):
        part = part.replace(theirs, ours)
    if part[-1].isdigit():
        part = part.replace("_" + part[-1], part[-1])
    found = f"{side}_{part}" if side else part
    return found if found in LANDMARK_NAMES else None


if __name__ == "__main__":
    sys.exit(main())
