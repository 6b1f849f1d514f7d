"""From a script to frames: tracks are sampled, feet kept on their footholds, life added."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX
from understudy.demo.actions.body_parts import JAW
from understudy.demo.actions.script import (
    HEAD_SHARE,
    SIDES,
    SPINE_SHARE,
    Script,
    pelvis_frame,
)
from understudy.demo.kinematics import axis_rotation
from understudy.demo.limits import angles_from_rotations, clamp, rotations_from_angles
from understudy.demo.motion import EXPRESSIONS, Motion
from understudy.demo.reach import arm_joint_angles, solve_leg
from understudy.demo.skeleton import Skeleton

HEAD_LEAD, FINGER_LAG = 0.04, 0.03  # s: the gaze goes first, the fingers last
STANCE = -0.02  # m: feet of a standing person are closer together than in the T-pose
_STILL = 2e-4  # m a foot may move in a frame and still be planted


def record(script: Script, name: str, fps: float, frames: int, rate: float) -> Motion:
    """The script as `frames` frames, at `rate` times natural speed (flights fall at their own)."""
    seconds = np.arange(frames) / fps
    times = _script_times(script, seconds, rate)
    lags = {
        "head": -HEAD_LEAD,
        "eyes": -HEAD_LEAD,
        "left_hand": FINGER_LAG,
        "right_hand": FINGER_LAG,
    }
    tracks = {
        track: keys.sample(times - lags.get(track, 0.0)) for track, keys in script.tracks.items()
    }
    add_life(tracks, script, seconds, fps)
    return assemble(script.skeleton, tracks, name, fps, script.props)


def _script_times(script: Script, seconds: np.ndarray, rate: float) -> np.ndarray:
    """The script's time at each real time: sped up, but not while gravity rules."""
    delay = script.style.delay
    marks_script, marks_real = [0.0], [delay]
    for start, end in script.flights:
        marks_real += [marks_real[-1] + (start - marks_script[-1]) / rate]
        marks_real += [marks_real[-1] + end - start]
        marks_script += [start, end]
    marks_real.append(marks_real[-1] + 1e4)
    marks_script.append(marks_script[-1] + 1e4 * rate)
    return np.interp(seconds, marks_real, marks_script)


def _drift(random: np.random.Generator, seconds: np.ndarray, slowest: float) -> np.ndarray:
    """A smooth drift around zero, of about unit size: three slow waves of random phase."""
    waves = [
        weight * np.sin(2 * np.pi * (rate * slowest * seconds + random.random()))
        for rate, weight in ((1.0, 0.9), (1.73, 0.6), (2.9, 0.3))
    ]
    return np.sum(waves, 0)


def add_life(
    tracks: dict[str, np.ndarray], script: Script, seconds: np.ndarray, fps: float
) -> None:
    """Breathing, a little sway and wandering of the head, and blinks, in place."""
    random, idle = script.style.random(2), script.style.idle
    breath = np.sin(2 * np.pi * (random.uniform(0.22, 0.3) * seconds + random.random()))
    tracks["spine"][:, 0] += 0.5 * idle * breath
    for side in SIDES:
        tracks[f"{side}_arm"][:, 1] += 0.5 * idle * (breath + 1)
    on_ground = np.ones(len(seconds))
    for side in SIDES:  # a body in the air or on one leg does not sway
        on_ground *= np.clip(1 - tracks[f"{side}_foot"][:, 2] / 0.02, 0, 1)
    sway = 0.007 * idle * _drift(random, seconds, 0.16) * on_ground
    tracks["pelvis"][:, 0] += sway
    tracks["pelvis"][:, 2] += 0.004 * idle * _drift(random, seconds, 0.13) * on_ground
    tracks["spine"][:, 2] -= 90 * sway  # the head stays above the feet
    tracks["spine"][:, 1] += 0.8 * idle * _drift(random, seconds, 0.11)
    for number, size in enumerate((0.9, 1.6, 0.7)):
        tracks["head"][:, number] += size * idle * _drift(random, seconds, 0.19)
    _blink(tracks["face"], random, seconds, fps)


def _blink(faces: np.ndarray, random: np.random.Generator, seconds: np.ndarray, fps: float) -> None:
    """Lids close for a moment every few seconds, for at least one frame."""
    both = [EXPRESSIONS.index("eyeBlinkLeft"), EXPRESSIONS.index("eyeBlinkRight")]
    at, width = random.uniform(0.4, 1.6), max(0.09, 0.7 / fps)
    while len(seconds) and at < seconds[-1]:
        lids = np.clip(1 - np.abs(seconds - at) / width, 0, 1)
        lids = lids**2 * (3 - 2 * lids)
        faces[:, both] = np.maximum(faces[:, both], lids[:, None])
        at += random.uniform(1.6, 4.2)


def assemble(
    skeleton: Skeleton, tracks: dict[str, np.ndarray], name: str, fps: float, props: tuple = ()
) -> Motion:
    """Sampled tracks (n,k each) -> Motion: joints within limits, legs standing on the feet."""
    n = len(tracks["pelvis"])
    place, turn = pelvis_frame(skeleton, tracks["pelvis"])
    angles = np.zeros((n, JOINT_COUNT, 3))
    for joint, share in SPINE_SHARE.items():
        angles[:, JOINT_INDEX[joint]] = _trunk(tracks["spine"] * share)
    for joint, share in HEAD_SHARE.items():
        angles[:, JOINT_INDEX[joint]] = _trunk(tracks["head"] * share)
    angles[:, JOINT_INDEX["jaw"], 0] = tracks["face"][:, JAW]
    for side in SIDES:
        angles[:, JOINT_INDEX[f"{side}_eye_smplhf"], 0] = tracks["eyes"][:, 0]
        turned = tracks["eyes"][:, 1] * (1 if side == "left" else -1)  # right joints are mirrored
        angles[:, JOINT_INDEX[f"{side}_eye_smplhf"], 2] = turned
        for joint, values in arm_joint_angles(tracks[f"{side}_arm"]).items():
            angles[:, JOINT_INDEX[f"{side}_{joint}"]] = values
        first = JOINT_INDEX[f"{side}_index1"]
        angles[:, first : first + 15] = tracks[f"{side}_hand"].reshape(n, 15, 3)
    rotations = rotations_from_angles(angles)
    planted = np.zeros((n, 2), bool)
    for number, side in enumerate(SIDES):
        foot = tracks[f"{side}_foot"]
        leg = _leg(skeleton, side, foot, tracks[f"{side}_knee"][:, 0], place, turn)
        for joint, local in leg.items():
            rotations[:, JOINT_INDEX[f"{side}_{joint}"]] = local
        planted[:, number] = _is_planted(foot, skeleton.scale)
    rotations[:, 0] = np.eye(3)  # the root has no limits
    angles = clamp(angles_from_rotations(rotations))
    rotations = rotations_from_angles(angles)
    rotations[:, 0] = turn
    return Motion(
        name=name,
        fps=fps,
        full=rot.log(rotations),
        expression=tracks["face"][:, :JAW].clip(0, 1),
        transl=place - skeleton.joint("pelvis"),
        planted=planted,
        airborne=np.all([tracks[f"{side}_foot"][:, 2] > 0.004 for side in SIDES], axis=0),
        props=props,
    )


def _trunk(numbers: np.ndarray) -> np.ndarray:
    """Forwards, left twist, left side (n,3) -> limits.py's angles of a trunk or neck joint."""
    return np.stack([numbers[:, 0], -numbers[:, 2], numbers[:, 1]], -1)


def _leg(
    skeleton: Skeleton,
    side: str,
    foot: np.ndarray,
    knee_out: np.ndarray,
    pelvis_at: np.ndarray,
    pelvis: np.ndarray,
) -> dict[str, np.ndarray]:
    """Local rotations (n,3,3) of hip, knee, ankle and toes that keep a foot (n,6) in place."""
    outwards = 1.0 if side == "left" else -1.0
    x, z, lift, yaw, heel, tip = foot.T
    scale = skeleton.scale
    ankle, ball = skeleton.joint(f"{side}_ankle"), skeleton.joint(f"{side}_foot")
    heading = axis_rotation(1, outwards * np.deg2rad(yaw))
    raised = axis_rotation(0, np.deg2rad(heel))
    balls = np.stack(
        [
            ball[0] + outwards * scale * (x + STANCE),
            ball[1] - skeleton.floor + scale * lift,
            ball[2] - skeleton.joint("pelvis")[2] + scale * z,
        ],
        -1,
    )
    # The foot turns, and raises its heel, about its ball, which stays where it is.
    ankles = balls + heading @ raised @ (ankle - ball)
    foot_turn = heading @ axis_rotation(0, np.deg2rad(heel + tip))
    hips = pelvis_at + pelvis @ (skeleton.joint(f"{side}_hip") - skeleton.joint("pelvis"))
    hinge = axis_rotation(1, outwards * np.deg2rad(yaw + knee_out)) @ np.array([-1.0, 0.0, 0.0])
    thigh, shin = solve_leg(skeleton, side, hips, ankles, hinge)
    return {
        "hip": pelvis.swapaxes(-1, -2) @ thigh,
        "knee": thigh.swapaxes(-1, -2) @ shin,
        "ankle": shin.swapaxes(-1, -2) @ foot_turn,
        "foot": axis_rotation(0, -np.deg2rad(heel)),
    }


def _is_planted(foot: np.ndarray, scale: float) -> np.ndarray:
    """Frames (n,) in which the ball of a foot (n,6) is on the floor and does not move."""
    moved = np.abs(np.diff(foot[:, :2], axis=0)).max(-1) * scale > _STILL
    still = np.ones(len(foot), bool)
    still[1:] &= ~moved
    still[:-1] &= ~moved
    return still & (foot[:, 2] < 1e-3)
