"""The order of the 133 points, against MediaPipe's own names and the body's landmark table."""

import numpy as np
import pytest
from mediapipe_original import load_mediapipe

from understudy import registry
from understudy.body.landmarks import FACE_NAMES, HAND_NAMES, LANDMARK_NAMES
from understudy.errors import UserError
from understudy.features.mediapipe.holistic import Holistic
from understudy.features.mediapipe.steady import MIRROR, steady
from understudy.features.mediapipe.wholebody import (
    BODY,
    FACE,
    FACE_68,
    FEET,
    HANDS,
    POSE_BODY,
    POSE_FEET,
    facing,
    irises,
    whole_body,
)

RIGHT_EYE_RING = {33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246}


def _edges(connections) -> set[int]:
    return {vertex for edge in connections for vertex in edge}


def _empty(n: int) -> dict[str, np.ndarray]:
    return dict(
        pose=np.zeros((n, 33, 3)),
        world=np.zeros((n, 33, 3)),
        seen=np.ones(n, bool),
        face=np.zeros((n, 478, 2)),
        face_seen=np.zeros(n, bool),
        hands=np.zeros((n, 2, 21, 2)),
        hands_seen=np.zeros((n, 2), bool),
    )


def test_body_and_feet_carry_mediapipes_names():
    marks = load_mediapipe().solutions.pose.PoseLandmark
    renamed = {"big_toe": "foot_index"}
    for name, index in zip(LANDMARK_NAMES[BODY], POSE_BODY, strict=True):
        assert marks(index).name.lower() == name
    for name, index in zip(LANDMARK_NAMES[FEET], POSE_FEET, strict=True):
        side, part = name.split("_", 1)
        expected = f"{side}_{renamed.get(part, part)}"
        assert index == -1 if part == "small_toe" else marks(index).name.lower() == expected


def test_hands_run_from_wrist_to_pinky_tip():
    marks = load_mediapipe().solutions.hands.HandLandmark
    fingers = ["thumb", "index", "middle", "ring", "pinky"]
    ours = ["thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"]
    for i, name in enumerate(HAND_NAMES[1:21]):
        finger = marks(i + 1).name.lower().split("_")[0]
        assert name == f"left_{ours[fingers.index(finger)]}{i % 4 + 1}"
    assert LANDMARK_NAMES[HANDS[0]] + LANDMARK_NAMES[HANDS[1]] == HAND_NAMES
    assert LANDMARK_NAMES[FACE] == FACE_NAMES


def test_face_points_lie_in_the_parts_of_mediapipes_mesh():
    mesh = load_mediapipe().solutions.face_mesh_connections
    parts = [
        (slice(17, 22), mesh.FACEMESH_RIGHT_EYEBROW),
        (slice(22, 27), mesh.FACEMESH_LEFT_EYEBROW),
        (slice(36, 42), mesh.FACEMESH_RIGHT_EYE),
        (slice(42, 48), mesh.FACEMESH_LEFT_EYE),
        (slice(48, 68), mesh.FACEMESH_LIPS),
    ]
    assert len(set(FACE_68)) == 68
    for part, edges in parts:
        assert len(set(FACE_68[part]) - _edges(edges)) <= 1, part
    assert set(FACE_68[36:42]) <= RIGHT_EYE_RING
    # The jaw follows the outline; iBUG's starts next to the eye's corner, as the outline does.
    assert len(set(FACE_68[:17]) & _edges(mesh.FACEMESH_FACE_OVAL)) == 17


def test_face_points_lie_on_the_true_ones(filmed):
    """Each of the 68 within 1.2 % of the person's height (a third of the face's width)."""
    face = filmed.holistic.face[-1][FACE_68]
    apart = np.linalg.norm(face - filmed.truth["keypoints"][0, FACE], axis=1)
    assert apart.max() < 0.012 * filmed.truth["height_px"][0]
    assert face[0, 0] < face[8, 0] < face[16, 0]  # the person's right is the image's left
    assert face[8, 1] == face[:, 1].max()  # the chin


def test_points_outside_the_picture_and_small_toes_score_nothing():
    parts = _empty(2)
    parts["pose"][...] = (10, 10, 0.9)
    parts["pose"][1, 27] = (10, 70, 0.9)  # the left ankle, below the image
    xy, score = whole_body(Holistic(**parts), width=64, height=64)
    assert score[1, 15] == 0 and (xy[1, 15] == 0).all()
    assert score[0, 15] == pytest.approx(0.9)
    assert (score[:, [18, 21]] == 0).all() and (score[:, FACE] == 0).all()


def test_irises_score_as_the_worst_point_of_their_face():
    parts = _empty(2)
    parts["face"][:, 473], parts["face"][:, 468] = (30, 20), (20, 20)
    score = np.full((2, 133), 0.8)
    score[0, FACE.start + 3] = 0.6
    score[1, FACE.start + 3] = 0
    found = irises(Holistic(**parts), score)
    assert found[0].tolist() == [[30, 20, 0.6], [20, 20, 0.6]]  # left, right
    assert (found[1] == 0).all()


@pytest.mark.parametrize(("degrees", "expected"), [(0, 1), (60, 1), (100, 0), (180, 0)])
def test_a_head_turned_away_has_no_face(degrees, expected):
    world = np.zeros((1, 33, 3))
    turn = np.radians(degrees)
    world[0, 0] = (np.sin(turn), 0, -np.cos(turn))
    assert facing(world)[0] == expected


def test_exchanged_sides_are_put_back_and_a_thrown_joint_doubted():
    n = 20
    parts = _empty(n)
    rng = np.random.default_rng(0)
    base = rng.uniform(50, 150, (33, 2))
    base[[11, 12, 23, 24]] = [(120, 60), (80, 60), (112, 130), (88, 130)]
    steps = np.arange(n)[:, None, None] * np.array([8.0, 1.0])  # a fast walk
    parts["pose"][..., :2] = base + steps
    parts["pose"][..., 2] = 1.0
    truth = parts["pose"].copy()
    parts["pose"][[0, 9]] = parts["pose"][[0, 9]][:, MIRROR]
    parts["pose"][14, 15, :2] += 90
    after = steady(Holistic(**parts)).pose
    others = np.delete(np.arange(n), 14)
    np.testing.assert_array_equal(after[others], truth[others])
    assert after[14, 15, 2] < 0.3 and (np.delete(after[14, :, 2], 15) == 1).all()


def test_registry_refuses_what_it_does_not_know():
    with pytest.raises(UserError, match=r"features\.masks.*'other'.*mediapipe"):
        registry.chosen("masks", "other")
    with pytest.raises(UserError, match="keypoints, masks"):
        registry.words("smell")


@pytest.mark.parametrize("feature", registry.FEATURES)
def test_every_backend_loads(feature):
    names = registry.words(feature)
    assert names and all(callable(registry.chosen(feature, name)) for name in names)
