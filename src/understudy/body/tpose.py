"""Turn MakeHuman's rest pose (arms half down) into SMPL-X's T-pose, person by person."""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import FINGERS, JOINT_COUNT, JOINT_INDEX, PARENTS

_UP = np.array([0.0, 1.0, 0.0])
_FORWARD = np.array([0.0, 0.0, 1.0])
_DISTAL_CURL = 0.6  # a fingertip's curl over that of its middle segment
_FINGER_SPREAD = 0.6  # share of the rest pose's spread kept in the T-pose's flat hand
_LEG_SPREAD = 0.04  # outward slope of the T-pose's legs


def tpose_rotations(joints: np.ndarray) -> np.ndarray:
    """(55,3) rest joints of one person -> (55,3,3): each part's rotation from rest to T-pose.

    Arms straight along x with the elbow's hinge upright, palms down, fingers flat; legs straight
    down; trunk, head and feet as they were.
    """
    turns = np.tile(np.eye(3), (JOINT_COUNT, 1, 1))
    for side, out in (("left", np.array([1.0, 0, 0])), ("right", np.array([-1.0, 0, 0]))):
        ids = {
            name.removeprefix(f"{side}_"): index
            for name, index in JOINT_INDEX.items()
            if name.startswith(side)
        }
        place = {name: joints[index] for name, index in ids.items()}
        turned = _leg(place, out) | _arm(place, out)
        turned |= _fingers(place, turned["wrist"])
        for name, turn in turned.items():
            turns[ids[name]] = turn
    return turns


def _leg(place: dict[str, np.ndarray], out: np.ndarray) -> dict[str, np.ndarray]:
    leg = place["ankle"] - place["hip"]
    turn = rot.between(leg, np.array([out[0] * _LEG_SPREAD * -leg[1], leg[1], leg[2]]))
    return {"hip": turn, "knee": turn}


def _arm(place: dict[str, np.ndarray], out: np.ndarray) -> dict[str, np.ndarray]:
    upper = place["elbow"] - place["shoulder"]
    fore = place["wrist"] - place["elbow"]
    hinge = np.cross(upper, fore)
    straight = rot.frame(out, np.cross(out, _FORWARD))
    shoulder = straight @ rot.frame(upper, hinge).T
    elbow = straight @ rot.frame(fore, hinge).T
    across = np.cross(place["index1"] - place["wrist"], place["pinky1"] - place["wrist"]) * out[0]
    wrist = rot.frame(out, _UP) @ rot.frame(place["middle1"] - place["wrist"], across).T
    # The forearm takes half of the twist between elbow and hand, as radius and ulna do.
    twist = rot.log(wrist @ elbow.T) @ out
    elbow = rot.exp(out * twist * 0.5) @ elbow
    return {"shoulder": shoulder, "elbow": elbow, "wrist": wrist}


def _fingers(place: dict[str, np.ndarray], wrist: np.ndarray) -> dict[str, np.ndarray]:
    turns = {}
    for finger in FINGERS:
        first, second, third = (place[f"{finger}{k}"] for k in (1, 2, 3))
        proximal, middle = wrist @ (second - first), wrist @ (third - second)
        if finger == "thumb":  # stays next to the palm, only half straightened
            turns["thumb1"] = wrist
            turns["thumb2"] = rot.between(middle, rot.unit(proximal) + rot.unit(middle)) @ wrist
            turns["thumb3"] = turns["thumb2"]
            continue
        flat = rot.unit(proximal * np.array([1, 0, 1])) * np.array([1, 1, _FINGER_SPREAD])
        base, mid = rot.between(proximal, flat) @ wrist, rot.between(middle, flat) @ wrist
        curl = rot.log(mid @ base.T)
        turns[f"{finger}1"], turns[f"{finger}2"] = base, mid
        turns[f"{finger}3"] = rot.exp(_DISTAL_CURL * curl) @ mid
    return turns


def to_tpose(
    vertices: np.ndarray, joints: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One person's rest vertices (V,3) and joints (55,3), skin weights (V,55) -> in T-pose."""
    turns = tpose_rotations(joints)
    placed = joints.copy()
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            placed[joint] = placed[parent] + turns[parent] @ (joints[joint] - joints[parent])
    shifts = placed - np.einsum("jab,jb->ja", turns, joints)
    blended = (weights @ turns.reshape(JOINT_COUNT, 9)).reshape(-1, 3, 3)
    return np.einsum("vab,vb->va", blended, vertices) + weights @ shifts, placed


def relaxed_hands(joints: np.ndarray) -> np.ndarray:
    """(2,15,3) axis-angle, left then right: MakeHuman's relaxed hand relative to the T-pose's flat.

    Joints (55,3) of a rest pose; undoing the T-pose's rotations restores the relaxed fingers.
    """
    turns = tpose_rotations(joints)
    local = np.stack([turns[PARENTS[joint]] @ turns[joint].T for joint in range(25, 55)])
    return rot.log(local).reshape(2, 15, 3)
