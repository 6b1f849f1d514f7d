"""The demo's motions: within limits, smooth, reaching, standing firm, repeatable, varied."""

from dataclasses import fields
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from understudy.body import rotation_numpy as rot
from understudy.body.model import BodyModel, ShapedBody
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES, PARENTS
from understudy.demo.actions import ACTIONS, held_out_poses, identity_turn, perform
from understudy.demo.actions.held_out import POSES
from understudy.demo.ground import ground
from understudy.demo.limits import (
    HIGH,
    LOW,
    angles_from_rotations,
    clamp,
    rotations_from_angles,
    violation,
)
from understudy.demo.motion import EXPRESSIONS, Motion
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

FPS, SECONDS = 25, 3.5
FASTEST = 20.0  # rad/s: the arms' swing of a jump; a fast serve is three times that
AVERAGE = Skeleton.average()


@cache
def performed(action: str, seed: int) -> Motion:
    return perform(action, Style.drawn(seed), FPS, SECONDS)


@cache
def turned() -> Motion:
    return identity_turn(18, 18)


def longer_limbs(arms: float, legs: float, size: float) -> Skeleton:
    """The average skeleton with arms and legs stretched, then all of it."""
    joints = AVERAGE.joints.copy()
    for joint, parent in enumerate(PARENTS):
        offset = AVERAGE.joints[joint] - AVERAGE.joints[max(parent, 0)]
        name = JOINT_NAMES[joint].partition("_")[2]
        stretch = arms if name in ("elbow", "wrist") else legs if name in ("knee", "ankle") else 1
        if parent >= 0:
            joints[joint] = joints[parent] + stretch * offset
    under = AVERAGE.joints[JOINT_INDEX["left_ankle"], 1] - AVERAGE.floor
    return Skeleton(size * joints, size * float(joints[JOINT_INDEX["left_ankle"], 1] - under))


def beyond_limits(motion: Motion) -> np.ndarray:
    """Degrees (n,54) beyond the limits, the free root left out."""
    return violation(angles_from_rotations(rot.exp(motion.full)))[:, 1:]


def turning_speed(motion: Motion) -> np.ndarray:
    """Angular speed (n-1,55) of each joint against its parent, rad/s."""
    rotations = rot.exp(motion.full)
    between = rotations[:-1].swapaxes(-1, -2) @ rotations[1:]
    return np.linalg.norm(rot.log(between), axis=-1) * motion.fps


def check_feet(motion: Motion, skeleton: Skeleton) -> None:
    """Planted balls of the feet stay on the floor and in place; nothing sinks."""
    positions, _ = skeleton.forward(motion.full, motion.transl)
    balls = positions[:, [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]]
    height = balls[..., 1] - (skeleton.joint("left_foot")[1] - skeleton.floor)
    moved = np.linalg.norm(np.diff(balls, axis=0)[..., [0, 2]], axis=-1)
    both = motion.planted[1:] & motion.planted[:-1]
    assert (moved * both).max() < 0.003
    assert (np.abs(height) * motion.planted).max() < 0.004
    ankle = skeleton.joint("left_ankle")[1] - skeleton.floor
    ankles = positions[:, [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]], 1]
    assert height.min() > -0.01 and (ankles - ankle).min() > -0.01


def distance(motion: Motion, one: str, other: str, skeleton: Skeleton = AVERAGE) -> np.ndarray:
    places = [skeleton.point(name, motion.full, motion.transl) for name in (one, other)]
    return np.linalg.norm(places[0] - places[1], axis=-1)


def test_sixteen_actions() -> None:
    assert len(ACTIONS) == 16


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_anatomical_angles_round_trip(seed: int) -> None:
    angles = clamp(np.random.default_rng(seed).uniform(LOW, HIGH, (4, JOINT_COUNT, 3)))
    angles[:, 0] *= 0.3  # the root's ranges are whole turns, which have several representations
    rotations = rotations_from_angles(angles)
    assert np.allclose(angles_from_rotations(rotations), angles, atol=1e-8)
    assert violation(angles).max() < 1e-9


def test_limits_see_a_broken_knee_and_elbow() -> None:
    full = np.zeros((1, JOINT_COUNT, 3))
    full[0, JOINT_INDEX["left_knee"], 0] = -0.6  # the shin forwards
    full[0, JOINT_INDEX["right_elbow"], 1] = -0.6  # the forearm backwards
    beyond = violation(angles_from_rotations(rot.exp(full)))[0]
    assert set(np.flatnonzero(beyond > 10)) == {
        JOINT_INDEX["left_knee"],
        JOINT_INDEX["right_elbow"],
    }


# No shrinking: a performance is slow, and its seed alone says everything.
@settings(max_examples=16, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
@given(
    st.sampled_from(sorted(ACTIONS)),
    st.integers(0, 10_000),
    st.floats(0.9, 1.1),
    st.floats(0.94, 1.06),
    st.floats(0.85, 1.15),
)
def test_any_performance_by_any_body_is_sound(
    action: str, seed: int, arms: float, legs: float, size: float
) -> None:
    skeleton = longer_limbs(arms, legs, size)
    motion = perform(action, Style.drawn(seed), FPS, SECONDS, skeleton)
    assert len(motion) == round(FPS * SECONDS)
    assert all(np.isfinite(getattr(motion, name)).all() for name in ("full", "transl"))
    assert beyond_limits(motion).max() < 1e-6
    assert turning_speed(motion).max() < FASTEST
    assert motion.expression.min() >= 0 and motion.expression.max() <= 1
    check_feet(motion, skeleton)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_each_action_is_within_limits_smooth_and_grounded(action: str) -> None:
    for seed in (0, 1):
        motion = performed(action, seed)
        assert beyond_limits(motion).max() < 1e-6
        assert turning_speed(motion).max() < FASTEST
        check_feet(motion, AVERAGE)
        assert motion.airborne.any() == (action == "jump_up")
        assert len(motion.props) == (1 if action in ("sit_down", "stand_up") else 0)


@pytest.mark.parametrize(
    ("action", "one", "other", "within"),
    [
        ("drink_water", "{side}_grip", "mouth", 0.09),
        ("eat_meal", "{side}_pinch", "mouth", 0.045),
        ("brush_teeth", "{side}_grip", "mouth", 0.085),
        ("salute", "{side}_tip", "{side}_brow", 0.035),
        ("clapping", "left_palm", "right_palm", 0.02),
        ("palms_together", "left_palm", "right_palm", 0.012),
        ("cross_hands", "left_wrist", "right_wrist", 0.075),
    ],
)
def test_hands_reach(action: str, one: str, other: str, within: float) -> None:
    for skeleton in (AVERAGE, longer_limbs(1.08, 0.95, 0.9)):
        for seed in (0, 6):
            style = Style.drawn(seed)
            motion = perform(action, style, FPS, SECONDS, skeleton)
            names = (one.format(side=style.side), other.format(side=style.side))
            assert distance(motion, *names, skeleton).min() < within


def test_forearms_cross_each_other() -> None:
    motion = perform("cross_hands", Style(), FPS, SECONDS)
    wrists = [
        AVERAGE.point(f"{side}_wrist", motion.full, motion.transl) for side in ("left", "right")
    ]
    assert (wrists[0][:, 0] - wrists[1][:, 0]).min() < -0.05  # the left one is further right


def test_pick_up_comes_to_the_floor_and_back() -> None:
    motion = perform("pick_up", Style(), FPS, SECONDS)
    height = AVERAGE.point("right_pinch", motion.full, motion.transl)[:, 1]
    assert height.min() < 0.08 and height[-1] > 0.6
    assert 0.2 < height.argmin() / len(height) < 0.8


def test_sitting_and_standing_mirror_each_other() -> None:
    down, up = (perform(name, Style(), FPS, SECONDS) for name in ("sit_down", "stand_up"))
    hips = [m.transl[:, 1] + AVERAGE.joint("pelvis")[1] for m in (down, up)]
    stool = down.props[0]
    assert hips[0][0] == pytest.approx(hips[1][-1], abs=0.01)
    for seated, motion in ((hips[0][-1], down), (hips[1][0], up)):
        assert 0.06 < seated - motion.props[0].height < 0.16
    behind = down.transl[-1, [0, 2]] + AVERAGE.joint("pelvis")[[0, 2]] - stool.position[[0, 2]]
    assert np.linalg.norm(behind) < stool.radius


def test_jump_falls_as_gravity_has_it() -> None:
    motion = perform("jump_up", Style(speed=1.3, idle=0.0), 100, 4.0)
    air = np.flatnonzero(motion.airborne)
    first = air[: np.argmax(np.diff(air, append=air[-1] + 2) > 1) + 1][4:-4]
    height = motion.transl[first, 1]
    seconds = (first - first[0]) / motion.fps
    gravity = -2 * np.polyfit(seconds, height, 2)[0]
    assert gravity == pytest.approx(9.81, rel=0.12)
    positions, _ = AVERAGE.forward(motion.full, motion.transl)
    assert positions[first, JOINT_INDEX["left_foot"], 1].max() > 0.2


def test_kick_swings_one_foot_and_stands_on_the_other() -> None:
    motion = perform("kicking", Style(side="right"), FPS, SECONDS)
    positions, _ = AVERAGE.forward(motion.full, motion.transl)
    right = positions[:, JOINT_INDEX["right_ankle"]]
    assert right[:, 2].max() > 0.5 and right[:, 2].min() < -0.25 and right[:, 1].max() > 0.45
    assert motion.planted[:, 0].all() and not motion.planted[:, 1].all()


def test_the_face_moves() -> None:
    jaw, blink = JOINT_INDEX["jaw"], EXPRESSIONS.index("eyeBlinkLeft")
    eating, waving = performed("eat_meal", 0), performed("hand_waving", 0)
    assert np.rad2deg(eating.full[:, jaw, 0]).max() > 12
    assert waving.expression[:, EXPRESSIONS.index("mouthSmileLeft")].max() > 0.5
    assert eating.expression[:, blink].max() > 0.5


def test_same_style_same_motion_other_style_another() -> None:
    one, again, other = (perform("throw", Style.drawn(s), FPS, SECONDS) for s in (3, 3, 4))
    for field in fields(Motion):
        if field.name not in ("name", "fps", "props"):
            assert np.array_equal(getattr(one, field.name), getattr(again, field.name))
    assert np.abs(one.full - other.full).max() > 0.3


def test_styles_vary() -> None:
    styles = [Style.drawn(seed) for seed in range(40)]
    assert {style.side for style in styles} == {"left", "right"}
    assert np.std([style.speed for style in styles]) > 0.08
    assert np.ptp([style.facing for style in styles]) > 0.5


def test_the_left_hand_is_the_right_hand_in_a_mirror() -> None:
    right, left = (perform("hand_waving", Style(side=s), FPS, SECONDS) for s in ("right", "left"))
    mirror = np.array([-1.0, 1.0, 1.0])
    raised = AVERAGE.point("right_wrist", right.full, right.transl)
    assert np.allclose(raised * mirror, AVERAGE.point("left_wrist", left.full, left.transl))
    assert raised[:, 1].max() > 1.5


def test_facing_turns_the_person() -> None:
    turned_left = perform("bow", Style(facing=0.4), FPS, SECONDS)
    ahead = perform("bow", Style(), FPS, SECONDS)
    between = rot.exp(turned_left.full[:, 0]) @ rot.exp(ahead.full[:, 0]).swapaxes(-1, -2)
    assert np.allclose(rot.log(between), [0, 0.4, 0], atol=1e-6)


def test_a_long_clip_repeats_and_a_short_one_hurries() -> None:
    long = perform("salute", Style(), FPS, 12.0)
    near = distance(long, "right_tip", "right_brow") < 0.05
    assert (np.diff(near.astype(int)) == 1).sum() >= 2
    short = perform("drink_water", Style(), FPS, 2.5)
    assert distance(short, "right_grip", "mouth").min() < 0.1
    wrist = AVERAGE.point("right_wrist", short.full, short.transl)[:, 1]
    assert abs(wrist[-1] - wrist[0]) < 0.15


def test_identity_turns_three_times_without_going_back() -> None:
    motion = turned()
    front = rot.exp(motion.full[:, 0])[:, :, 2]
    yaw = np.unwrap(np.arctan2(front[:, 0], front[:, 2]))
    assert np.rad2deg(yaw[-1] - yaw[0]) == pytest.approx(1080, abs=4)
    assert np.diff(yaw).min() > -1e-3
    assert turning_speed(motion)[:, 1:].max() < FASTEST
    assert beyond_limits(motion).max() < 1e-6
    check_feet(motion, AVERAGE)


def test_identity_shows_a_double_l_in_its_second_turn_alone() -> None:
    motion = turned()
    positions, _ = AVERAGE.forward(motion.full, motion.transl)
    n = len(motion)
    for side in ("left", "right"):
        shoulder, elbow, wrist = (
            positions[:, JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist")
        )
        upper, fore = elbow - shoulder, wrist - elbow
        level = np.abs(np.rad2deg(np.arcsin(upper[:, 1] / np.linalg.norm(upper, axis=-1))))
        upright = fore[:, 1] / np.linalg.norm(fore, axis=-1)
        middle = slice(round(0.4 * n), round(0.6 * n))
        assert level[middle].max() < 12 and upright[middle].min() > 0.95
        assert wrist[: n // 4, 1].max() < 1.0 and wrist[-n // 4 :, 1].max() < 1.0
    steps = np.diff(motion.planted.astype(int), axis=0) == 1
    assert steps.sum(0).min() >= 20  # each foot comes down again and again
    assert not motion.airborne.any()


def test_held_out_poses_are_new_sound_and_varied() -> None:
    held, identity = held_out_poses(), turned()
    assert len(held) == len(POSES) == 15
    assert beyond_limits(held).max() < 1e-6
    body = rot.exp(held.full[:, 1:22])[:, None]
    shown = rot.exp(identity.full[::6, 1:22])[None]
    trace = np.trace(body.swapaxes(-1, -2) @ shown, axis1=-2, axis2=-1)
    furthest = np.rad2deg(np.arccos(np.clip((trace - 1) / 2, -1, 1))).max(-1)
    assert furthest.min() > 25  # in every pose some joint is 25° from any shown pose
    front = rot.exp(held.full[:, 0])[:, :, 2]
    assert np.ptp(np.rad2deg(np.arctan2(front[:, 0], front[:, 2]))) > 180


def stick_body(skeleton: Skeleton, sole: float) -> ShapedBody:
    """A body of one vertex per joint, and soles `sole` m under both feet's balls and ankles."""
    joints = torch.from_numpy(skeleton.joints).float()
    vertices = joints.clone()
    for name in ("left_foot", "right_foot", "left_ankle", "right_ankle"):
        vertices[JOINT_INDEX[name], 1] = skeleton.floor - sole
    none = torch.zeros(JOINT_COUNT, 3, 0)
    model = BodyModel(
        v_template=vertices,
        faces=torch.zeros(0, 3, dtype=torch.int64),
        shapedirs=none,
        exprdirs=torch.zeros(JOINT_COUNT, 3, 50),
        posedirs=None,
        weights=torch.eye(JOINT_COUNT),
        J_template=joints,
        J_shapedirs=none,
        J_exprdirs=torch.zeros(JOINT_COUNT, 3, 50),
        parents=PARENTS,
        joint_names=JOINT_NAMES,
        hands_mean=torch.zeros(2, 15, 3),
        landmarks=None,
        uv=None,
        uv_faces=None,
        model_id="sticks",
    )
    return ShapedBody(model, vertices, joints)


@pytest.mark.parametrize("action", ["bow", "jump_up", "kicking"])
def test_ground_puts_the_lowest_foot_vertex_on_the_floor(action: str) -> None:
    body = stick_body(AVERAGE, sole=0.02)  # thicker soles than the motion was made for
    motion = performed(action, 0)
    placed = ground(motion, body)
    feet = [JOINT_INDEX[f"{s}_{p}"] for s in ("left", "right") for p in ("ankle", "foot")]
    lowest = body.pose(placed.pose()).vertices[:, feet, 1].amin(1).numpy()
    assert np.abs(lowest[~placed.airborne]).max() < 1e-5
    if placed.airborne.any():
        assert lowest[placed.airborne].max() > 0.1
    assert np.array_equal(placed.full, motion.full)
