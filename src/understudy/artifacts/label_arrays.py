"""The arrays of labels.npz (`artifacts.labels`), for readers that need no PyTorch."""

from understudy.artifacts.arrays import Shapes

KIND = "labels"
OUTSIDE, BEHIND_SCENE, BEHIND_SELF, VISIBLE = range(4)  # the values of `seen`
SHAPES: Shapes = {
    **{"global_orient": ("n", 3), "body_pose": ("n", 21, 3), "jaw_pose": ("n", 3)},
    **{"leye_pose": ("n", 3), "reye_pose": ("n", 3), "transl": ("n", 3), "expression": ("n", "E")},
    **{"left_hand_pose": ("n", 15, 3), "right_hand_pose": ("n", 15, 3)},
    **{"betas": ("S",), "joint_offset": (55, 3), "K": (3, 3), "view": (4, 4), "drawn": ("n",)},
    **{"joints": ("n", 55, 3), "keypoints": ("n", 133, 3), "seen": ("n", 133)},
    **{"bits": ("n", "b"), "shape": (3,)},
}
OPTIONAL: Shapes = {"depth": ("n", "h", "w")}
