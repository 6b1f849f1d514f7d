"""Keys that the configuration used to have, and what to do about each.

They are refused, not read: a value that no longer does anything must not look as if it did.
"""

SOLVER = (
    *("least_points", "widths", "iterations", "enough"),
    *("body_sigma", "hip_sigma", "head_sigma", "foot_sigma", "face_sigma", "hand_sigma"),
    *("limb_sigma", "first_limb_sigma", "limb_width", "lifted_trust"),
    *("upright_sigma", "part_upright_sigma", "upright_width", "upright_prior"),
    *("spine_sigma", "collar_sigma", "foot_joint_sigma", "ankle_sigma", "neck_sigma"),
    *("wrist_sigma", "limb_pose_sigma", "limit_sigma"),
    *("joint_sigma", "root_sigma", "depth_sigma", "turn_sigma", "root_turn_sigma"),
    *("contact_sigma", "contact_width", "contact_speed"),
    *("betas", "beta_sigma", "joint_offset_sigma", "landmark_offset_sigma"),
)
OF_DIRECT = ("iterations", "max_edge", "align_at")

FORMER = {  # dotted key -> what the error says about it
    **{
        f"fit.{key}": "is no longer a key; remove it: the solver's parameters are in "
        "src/understudy/fitting/settings.py"
        for key in SOLVER
    },
    "backgrounds.fit": "is now called backgrounds.resize; rename it",
    **{f"avatar.{key}": f"is now called avatar.direct.{key}; rename it" for key in OF_DIRECT},
}
