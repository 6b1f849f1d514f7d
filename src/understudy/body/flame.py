"""FLAME: the head model whose mesh is the face of SMPL-X, stored with a body in one file.

Li et al., "Learning a model of facial shape and expression from 4D scans", SIGGRAPH Asia 2017.
The model and the table of corresponding vertices are the user's, from https://flame.is.tue.mpg.de
and https://smpl-x.is.tue.mpg.de.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.body.files import NEEDED, read_body_arrays, read_npz
from understudy.body.landmarks import FACE_NAMES, LandmarkTable
from understudy.body.load import assemble, load_body
from understudy.body.model import BodyModel
from understudy.errors import UserError
from understudy.files import atomic_path, file_digest

FLAME_JOINTS = ("neck", "head", "jaw", "left_eye", "right_eye")
_ON_JOINTS = ("left_eye", "right_eye")
_ON_SKIN = (*FACE_NAMES, "left_ear", "right_ear")
FLAME_LANDMARKS = (*_ON_JOINTS, *_ON_SKIN)

_EXPRESSIONS = slice(300, 400)  # the columns of shapedirs, in SMPL-X's files as in FLAME's
VERTEX_IDS = "flame_vertex_ids"  # the name of that array in the joined file
_PREFIX, _NAME, _REGRESSOR = "flame_", "flame_model_id", "J_regressor"  # the body's own


@dataclass(frozen=True)
class Flame:
    """model: 5 joints, 5,023 vertices in the official file; its landmark table holds
    FLAME_LANDMARKS. vertex_ids (V,): the body's vertex for each of FLAME's; joint_regressor (55,V):
    how the body's joints at rest follow those."""

    model: BodyModel
    vertex_ids: Tensor
    joint_regressor: Tensor

    @property
    def neck(self) -> Tensor:
        """(V,) bool: the vertices that move mostly with the neck."""
        return self.model.weights.argmax(1) == FLAME_JOINTS.index("neck")

    @property
    def eyes(self) -> Tensor:
        """(V,) bool: the vertices that move mostly with an eye."""
        eyes = [FLAME_JOINTS.index(name) for name in _ON_JOINTS]
        return torch.isin(self.model.weights.argmax(1), torch.tensor(eyes))


def join_flame(
    body: Path | str, flame: Path | str, correspondences: Path | str, out: Path | str
) -> None:
    """Write an SMPL-X body file that includes FLAME: on the vertices that both share, the
    expressions are FLAME's, as in ExAvatar; FLAME's own arrays are stored next to the body's.

    body: SMPL-X's .npz or .pkl; flame: FLAME 2020's; correspondences: SMPL-X__FLAME_vertex_ids.npy.
    Raises UserError if a file is missing or broken, or the three do not belong together.
    """
    arrays = joined_arrays(body, flame, correspondences)
    with atomic_path(out) as path:
        np.savez_compressed(path, allow_pickle=False, **arrays)


def joined_arrays(
    body: Path | str, flame: Path | str, correspondences: Path | str
) -> dict[str, np.ndarray]:
    """What `join_flame` writes; raises the same errors."""
    model, arrays, head = load_body(body), read_body_arrays(body), read_body_arrays(flame)
    ids = _read_ids(Path(correspondences))
    name = _assembled(head, flame, f"{Path(flame).stem}-{file_digest(flame)}").model_id
    for path, stored in ((body, arrays), (flame, head)):
        if stored["shapedirs"].shape[-1] != _EXPRESSIONS.stop:
            raise UserError(
                f"{path}: {stored['shapedirs'].shape[-1]} shape and expression components, not "
                f"{_EXPRESSIONS.stop}; use the full model file"
            )
    if len(ids) != len(head["v_template"]):
        raise UserError(
            f"{correspondences}: {len(ids)} vertices, but {flame} has {len(head['v_template'])}; "
            "give the table that belongs to it"
        )
    if not 0 <= ids.min() <= ids.max() < len(model.v_template):
        raise UserError(
            f"{correspondences}: it lists vertices that {body} lacks; FLAME works only with "
            "SMPL-X's own mesh: set body to an SMPL-X file"
        )
    _carried_over(model.landmark_table(), torch.from_numpy(ids), correspondences)
    arrays["shapedirs"] = arrays["shapedirs"].astype(np.float32)
    arrays["shapedirs"][ids, :, _EXPRESSIONS] = head["shapedirs"][..., _EXPRESSIONS]
    stored = {_PREFIX + key: head[key] for key in NEEDED}
    return arrays | stored | {VERTEX_IDS: ids, _NAME: np.array(name)}


def load_flame(path: Path | str, body: BodyModel) -> Flame | None:
    """FLAME from the body file that `join_flame` wrote and `body` was read from; None if the file
    holds no FLAME. UserError if it is broken."""
    if Path(path).suffix != ".npz":
        return None
    names = (*(_PREFIX + name for name in NEEDED), VERTEX_IDS, _NAME, _REGRESSOR)
    arrays = read_npz(Path(path), names)
    if VERTEX_IDS not in arrays:
        return None
    regressor = torch.from_numpy(np.asarray(arrays.pop(_REGRESSOR), np.float32))
    ids, name = torch.from_numpy(arrays.pop(VERTEX_IDS)), str(arrays.pop(_NAME))
    head = {name.removeprefix(_PREFIX): array for name, array in arrays.items()}
    table = _carried_over(body.landmark_table(), ids, path)
    return Flame(replace(_assembled(head, path, name), landmarks=table), ids, regressor[:, ids])


def _assembled(arrays: dict[str, np.ndarray], path: Path | str, name: str) -> BodyModel:
    try:
        return assemble(arrays, name, FLAME_JOINTS)
    except (ValueError, IndexError, TypeError, KeyError) as error:
        raise UserError(
            f"{path}: its arrays do not fit together as FLAME ({error}); use another file"
        ) from error


def _read_ids(path: Path) -> np.ndarray:
    try:
        return np.load(path, allow_pickle=False).astype(np.int64).reshape(-1)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(
            f"{path}: not a readable table of vertices ({error}); give SMPL-X__FLAME_vertex_ids.npy"
        ) from error


def _carried_over(table: LandmarkTable, ids: Tensor, path: Path | str) -> LandmarkTable:
    """The body's face points and ears on the vertices shared with FLAME; eyes on joints."""
    rows = [table.names.index(name) for name in _ON_SKIN]
    vertices, size = table.vertices[rows], int(max(ids.max(), table.vertices.max())) + 1
    back = torch.full((size,), -1)
    back[ids] = torch.arange(len(ids))
    if (back[vertices][table.weights[rows] > 0] < 0).any():
        raise UserError(
            f"{path}: the body's face points lie on vertices that FLAME's table does not list; "
            "give the table that belongs to the body"
        )
    eyes = [FLAME_JOINTS.index(name) for name in _ON_JOINTS]
    return LandmarkTable(
        names=FLAME_LANDMARKS,
        joint=torch.tensor([*eyes, *[-1] * len(rows)]),
        vertices=torch.cat([torch.zeros(2, 3, dtype=torch.int64), back[vertices].clamp(min=0)]),
        weights=torch.cat([torch.zeros(2, 3), table.weights[rows]]),
    )
