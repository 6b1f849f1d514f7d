"""Made files of the licensed models' layout and sizes, for ExAvatar's public code and for ours.

A body of SMPL-X's 10,475 vertices that is a tube: 419 rings of 25, some for each joint. FLAME's
5,023 are its first. All is random where it may be. What the public code does otherwise than ours
for a reason (docs/avatars.md, docs/fits.md) is left out: expressions and the face offset move no
vertex that a joint follows, no vertex moves with a hip and the pelvis, the jaw line's points do not
follow the head's turn, hands are flat on average, skinning weights sum to exactly 1.
"""

import pickle
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy.spatial import cKDTree

from understudy.body.flame import Flame, join_flame
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES, PARENTS

RINGS, AROUND = 419, 25
VERTICES, HEAD, HEAD_RINGS = RINGS * AROUND, 5023, 201
STEP, RADIUS = 0.006, 0.06  # m
RINGS_OF_HEAD = {
    "neck": (0, 40),
    "head": (40, 120),
    "jaw": (120, 160),
    "left_eye_smplhf": (160, 180),
    "right_eye_smplhf": (180, 201),
}
HAND = ("wrist", "index", "middle", "pinky", "ring", "thumb")
EARS = {160: 6, 1167: 616}  # FLAME's vertex: the body's


@dataclass(frozen=True)
class Models:
    """folder: as the public code reads it; body: SMPL-X and FLAME in one file, as we do."""

    folder: Path
    body: Path


def write_models(folder: Path) -> Models:
    """All files of the licensed models."""
    rng = np.random.default_rng(0)
    smplx, flame = folder / "smplx", folder / "flame"
    for part in (smplx, flame / "2019"):
        part.mkdir(parents=True)
    rings = _rings()
    body, still = _body(rng, rings)
    for gender in ("NEUTRAL", "MALE", "FEMALE"):
        np.savez(smplx / f"SMPLX_{gender}.npz", **body)
    ids = _flame_ids(rng)
    np.save(smplx / "SMPL-X__FLAME_vertex_ids.npy", ids)
    led = body["weights"]
    hands = {}
    for side in ("left", "right"):
        names = tuple(f"{side}_{part}" for part in HAND)
        joints = [k for k, name in enumerate(JOINT_NAMES) if name.startswith(names)]
        hands[f"{side}_hand"] = np.flatnonzero(led[:, joints].sum(1) > 0.5)
    (smplx / "MANO_SMPLX_vertex_ids.pkl").write_bytes(pickle.dumps(hands))
    _write_mirror(smplx / "smplx_flip_correspondences.npz", body["v_template"], ids)
    head = _head(rng, body, ids, still)
    (flame / "FLAME_NEUTRAL.pkl").write_bytes(pickle.dumps(head))
    older = head["shapedirs"].copy()
    older[np.abs(older[..., 300:]).max((1, 2)) < 1e-5, :, 300:] = 0
    (flame / "2019/generic_model.pkl").write_bytes(pickle.dumps(head | {"shapedirs": older}))
    _write_points(flame, body, head, ids)
    uv = {"vt": rng.random((HEAD, 2)), "ft": head["f"]}
    np.savez(flame / "FLAME_texture.npz", **uv)
    joined = folder / "joined.npz"
    table = smplx / "SMPL-X__FLAME_vertex_ids.npy"
    join_flame(smplx / "SMPLX_MALE.npz", flame / "FLAME_NEUTRAL.pkl", table, joined)
    return Models(folder, joined)


def in_double(body: BodyModel, flame: Flame, path: Path) -> tuple[BodyModel, Flame]:
    """Both in double precision, the body's joints computed in it from the file."""
    with np.load(path) as stored:
        regressor = torch.from_numpy(stored["J_regressor"]).double()
    body = body.to(dtype=torch.float64)
    joints = partial(torch.einsum, "jv,v...->j...", regressor)
    body = replace(
        body,
        J_template=joints(body.v_template),
        J_shapedirs=joints(body.shapedirs),
        J_exprdirs=joints(body.exprdirs),
    )
    head, ids = flame.model.to(dtype=torch.float64), flame.vertex_ids
    return body, replace(flame, model=head, joint_regressor=regressor[:, ids])


def _rings() -> np.ndarray:
    """(419,) the joint of each ring."""
    owner = np.zeros(RINGS, int)
    for name, (first, last) in RINGS_OF_HEAD.items():
        owner[first:last] = JOINT_INDEX[name]
    rest = [k for k, name in enumerate(JOINT_NAMES) if name not in RINGS_OF_HEAD]
    rest.sort(key=lambda k: not JOINT_NAMES[k].partition("_")[2].startswith(HAND))  # off the lips
    order = np.repeat(rest, 4)
    owner[HEAD_RINGS : HEAD_RINGS + len(order)] = order
    owner[HEAD_RINGS + len(order) :] = JOINT_INDEX["spine3"]
    return owner


def _body(rng: np.random.Generator, rings: np.ndarray) -> tuple[dict, np.ndarray]:
    """The arrays of an SMPL-X file; and (V,) bool, the vertices that joints follow."""
    k = np.repeat(np.arange(RINGS), AROUND)
    angle = np.tile(np.arange(AROUND), RINGS) * 2 * np.pi / AROUND
    centre = np.stack([(k - RINGS / 2) * STEP, 0.05 * np.sin(0.05 * k), 0.05 * np.cos(0.03 * k)], 1)
    across = np.stack([0 * angle, np.cos(angle), np.sin(angle)], 1)
    vertices = centre + RADIUS * across + rng.normal(0, 5e-4, (VERTICES, 3))
    owner = rings[k]
    weights = np.zeros((VERTICES, JOINT_COUNT))
    # In steps that single precision holds, as it then does 1 − share: the public code skins the
    # body at rest, too, where weights that sum to 1 ± 6e-8 move it, and ours does not.
    share = np.round(rng.uniform(0, 0.3, VERTICES) * 1024) / 1024
    above = np.array([max(parent, 0) for parent in PARENTS])[owner]
    alone = np.isin(owner, [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]])
    share[alone] = 0
    np.add.at(weights, (np.arange(VERTICES), owner), 1 - share)
    np.add.at(weights, (np.arange(VERTICES), above), share)
    regressor, still = np.zeros((JOINT_COUNT, VERTICES)), np.zeros(VERTICES, bool)
    for joint in range(JOINT_COUNT):
        ring = int(np.flatnonzero(rings == joint)[0])
        own = slice(ring * AROUND, (ring + 1) * AROUND)
        regressor[joint, own], still[own] = 1 / AROUND, True
    a, b = np.meshgrid(np.arange(RINGS - 1), np.arange(AROUND), indexing="ij")
    corner, beside = a * AROUND + b, a * AROUND + (b + 1) % AROUND
    low = np.stack([corner, corner + AROUND, beside], -1)
    high = np.stack([corner + AROUND, beside + AROUND, beside], -1)
    faces = np.stack([low, high], 2).reshape(-1, 3)
    shapes = 0.01 * rng.normal(size=(VERTICES, 3, 400)) / (1 + np.arange(400) % 300)
    shapes[..., 300:] = 0
    within = np.flatnonzero((faces < HEAD).all(1))
    arrays = {
        "v_template": vertices,
        "f": faces.astype(np.uint32),
        "shapedirs": shapes,
        "posedirs": 1e-3 * rng.normal(size=(VERTICES, 3, 486)),
        "J_regressor": regressor,
        "weights": weights,
        "kintree_table": np.array([[2**32 - 1, *PARENTS[1:]], range(JOINT_COUNT)], np.uint32),
        "lmk_faces_idx": rng.choice(within, 51),
        "lmk_bary_coords": rng.dirichlet(np.ones(3), 51),
        "dynamic_lmk_faces_idx": np.tile(rng.choice(within, 17), (79, 1)),
        "dynamic_lmk_bary_coords": np.tile(rng.dirichlet(np.ones(3), 17), (79, 1, 1)),
    }
    for side in "lr":
        arrays |= {
            f"hands_mean{side}": np.zeros(45),
            f"hands_components{side}": np.eye(45),
            f"hands_coeffs{side}": np.zeros((1, 45)),
        }
    return {n: a.astype(np.float32) if a.dtype == float else a for n, a in arrays.items()}, still


def _flame_ids(rng: np.random.Generator) -> np.ndarray:
    """(5023,) the body's vertex for each of FLAME's, in any order but the ears."""
    ids = rng.permutation(HEAD)
    for own, of_body in EARS.items():
        other = int(np.flatnonzero(ids == of_body)[0])
        ids[[own, other]] = ids[[other, own]]
    return ids


def _head(rng: np.random.Generator, body: dict, ids: np.ndarray, still: np.ndarray) -> dict:
    joints = [JOINT_INDEX[name] for name in RINGS_OF_HEAD]
    back = np.full(VERTICES, -1)
    back[ids] = np.arange(HEAD)
    faces = back[body["f"].astype(int)]
    weights = body["weights"][ids][:, joints] + 1e-6
    smile = 0.003 * rng.normal(size=(HEAD, 3, 100))
    smile[rng.random(HEAD) < 0.3] *= 1e-5 / 0.03  # FLAME 2020 moves every vertex
    smile[still[ids]] = 0
    shape = 0.01 * rng.normal(size=(HEAD, 3, 300)) / (1 + np.arange(300))
    arrays = {
        "v_template": body["v_template"][ids] + np.array([0.01, -0.02, 0.03]),
        "f": faces[(faces >= 0).all(1)].astype(np.uint32),
        "shapedirs": np.concatenate([shape, smile], -1),
        "posedirs": 1e-3 * rng.normal(size=(HEAD, 3, 36)),
        "J_regressor": body["J_regressor"][joints][:, ids],
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)], np.uint32),
    }
    return {n: a.astype(np.float32) if a.dtype == float else a for n, a in arrays.items()}


def _write_points(folder: Path, body: dict, head: dict, ids: np.ndarray) -> None:
    """The face's points on FLAME: the same triangles."""
    of_body = np.flatnonzero(np.isin(body["f"], ids).all(1))
    row = np.full(len(body["f"]), -1)
    row[of_body] = np.arange(len(head["f"]))
    points = {"lmk_face_idx": row[body["lmk_faces_idx"]], "lmk_b_coords": body["lmk_bary_coords"]}
    (folder / "flame_static_embedding.pkl").write_bytes(pickle.dumps(points))
    moving = {
        "lmk_face_idx": row[body["dynamic_lmk_faces_idx"]],
        "lmk_b_coords": body["dynamic_lmk_bary_coords"],
    }
    np.save(folder / "flame_dynamic_embedding.npy", moving, allow_pickle=True)


def _write_mirror(path: Path, vertices: np.ndarray, ids: np.ndarray) -> None:
    """Each vertex's mirror image: the face's nearest vertex, as ours takes it."""
    head = vertices[ids] + np.array([0.01, -0.02, 0.03], np.float32)
    nearest = cKDTree(head).query(head * np.array([-1, 1, 1], np.float32))[1]
    closest = np.zeros((VERTICES, 3), int)
    closest[ids] = ids[nearest][:, None]
    weights = np.zeros((VERTICES, 3))
    weights[:, 0] = 1
    np.savez(path, closest_faces=closest, bc=weights)
