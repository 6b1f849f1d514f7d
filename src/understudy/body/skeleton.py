"""The skeleton that every SMPL-X-format body shares: 55 joints and their parents."""

FINGERS = ("index", "middle", "pinky", "ring", "thumb")  # SMPL-X's order within a hand

JOINT_NAMES: tuple[str, ...] = (
    "pelvis",
    "left_hip",
    "right_hip",
    "spine1",
    "left_knee",
    "right_knee",
    "spine2",
    "left_ankle",
    "right_ankle",
    "spine3",
    "left_foot",
    "right_foot",
    "neck",
    "left_collar",
    "right_collar",
    "head",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "jaw",
    "left_eye_smplhf",
    "right_eye_smplhf",
    *(f"left_{finger}{k}" for finger in FINGERS for k in (1, 2, 3)),
    *(f"right_{finger}{k}" for finger in FINGERS for k in (1, 2, 3)),
)

_BODY_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)
_FACE_PARENTS = (15, 15, 15)


def _hand_parents(wrist: int, first: int) -> tuple[int, ...]:
    return tuple(
        wrist if k == 0 else first + 3 * finger + k - 1 for finger in range(5) for k in range(3)
    )


PARENTS: tuple[int, ...] = (
    *_BODY_PARENTS,
    *_FACE_PARENTS,
    *_hand_parents(20, 25),
    *_hand_parents(21, 40),
)

JOINT_COUNT = len(JOINT_NAMES)
BODY_JOINTS = 22  # the joints before the jaw: the pelvis and the 21 of body_pose
JOINT_INDEX: dict[str, int] = {name: i for i, name in enumerate(JOINT_NAMES)}
