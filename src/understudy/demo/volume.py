"""Loose parts of a person: meshes besides the body's, such as long hair and shoes."""

from dataclasses import dataclass

import numpy as np

from understudy.body.skeleton import JOINT_COUNT


@dataclass(frozen=True)
class Volume:
    """A mesh separate from the body's: vertices (h,3), faces (g,3), colours (h,3) 0–255,
    weights (h,55)."""

    vertices: np.ndarray
    faces: np.ndarray
    colours: np.ndarray
    weights: np.ndarray

    @staticmethod
    def none() -> "Volume":
        return Volume(
            np.zeros((0, 3)), np.zeros((0, 3), int), np.zeros((0, 3)), np.zeros((0, JOINT_COUNT))
        )
