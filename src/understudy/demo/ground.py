"""Feet on the floor, whatever the shape of the body that performs a motion."""

from dataclasses import replace

import numpy as np
import torch

from understudy.body.model import ShapedBody
from understudy.body.skeleton import JOINT_INDEX
from understudy.demo.motion import Motion

_BATCH = 64  # frames skinned at a time


def ground(motion: Motion, body: ShapedBody) -> Motion:
    """The motion with its height set so that the lowest foot vertex is at y = 0.

    In airborne frames the height follows from the frames before and after. Feet are the vertices
    that move with an ankle or the toes.
    """
    parts = [
        JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("ankle", "foot")
    ]
    ids = torch.nonzero(body.model.weights[:, parts].sum(-1) > 0.5)[:, 0]
    feet = ShapedBody(body.model.submesh(ids), body.vertices[ids], body.joints)
    with torch.no_grad():
        lowest = [
            feet.pose(motion[start : start + _BATCH].pose()).vertices[..., 1].amin(1).numpy()
            for start in range(0, len(motion), _BATCH)
        ]
    lift = -np.concatenate(lowest).astype(float)
    frames, standing = np.arange(len(motion)), ~motion.airborne
    if standing.any():
        lift = np.interp(frames, frames[standing], lift[standing])
    transl = motion.transl.copy()
    transl[:, 1] += lift
    return replace(motion, transl=transl)
