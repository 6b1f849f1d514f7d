"""What a feature's back-end is given and returns. Each back-end is a function, found by its
word in `understudy.choices`; its last argument is always the `Runtime`.

keypoints(video, info, people, runtime) -> Detected; people: as for `extract_keypoints`
masks(video, info, keypoints, runtime) -> n masks (h,w) bool one after another, model
depth(video, masks, fit, body, frames, relation, runtime) -> depth (m,h,w) m, metadata
expression(video, observed, body, runtime) -> Faces, model
hands(video, observed, body, runtime) -> Hands, model

model: names and digests of the weights, {} for an embedded back-end; info: the `VideoInfo`.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Detected:
    """What a keypoint back-end returns for n frames.

    xy (n,133,2) px, score (n,133); people: index of a sampled frame -> persons counted in it;
    extra: further arrays to store; model: names and digests of the weights.
    """

    xy: np.ndarray
    score: np.ndarray
    people: dict[int, int]
    extra: dict[str, np.ndarray]
    model: dict[str, str]
