"""Single frames in which MediaPipe slips: left and right swapped, or a joint far off.

Each frame is compared with the running median of five, which follows any steady motion, however
fast, but not a slip of one or two frames.
"""

from dataclasses import replace

import numpy as np
from scipy.ndimage import median_filter

from understudy.features.mediapipe.holistic import Holistic
from understudy.features.mediapipe.people import torso_length

# MediaPipe's 33 with left and right swapped.
MIRROR = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i + 1 if i % 2 else i - 1 for i in range(11, 33))]
LIMBS = slice(11, 33)
WINDOW = 5  # frames
SWAPPED = 0.1  # torso lengths of mean deviation above which a swap is considered
ASTRAY = 0.35  # torso lengths that a single joint may be off
DOUBT = 0.2  # factor on such a joint's visibility


def steady(seen: Holistic) -> Holistic:
    """Swap left and right back where they jumped; lower the score of joints that jumped alone."""
    if seen.seen.sum() < WINDOW:
        return seen
    return _doubted(_untwisted(seen))


def _untwisted(seen: Holistic) -> Holistic:
    usual, scale = _usual(seen)
    off = _deviation(seen.pose, usual)[:, LIMBS].mean(1) / scale
    mirrored = _deviation(seen.pose[:, MIRROR], usual)[:, LIMBS].mean(1) / scale
    twisted = np.flatnonzero(seen.seen & (off > SWAPPED) & (mirrored < 0.5 * off))
    pose, world = seen.pose.copy(), seen.world.copy()
    hands, hands_seen = seen.hands.copy(), seen.hands_seen.copy()
    pose[twisted] = pose[twisted][:, MIRROR]
    world[twisted] = world[twisted][:, MIRROR]
    hands[twisted], hands_seen[twisted] = hands[twisted, ::-1], hands_seen[twisted, ::-1]
    return replace(seen, pose=pose, world=world, hands=hands, hands_seen=hands_seen)


def _doubted(seen: Holistic) -> Holistic:
    usual, scale = _usual(seen)
    astray = _deviation(seen.pose, usual) > ASTRAY * scale[:, None]
    pose = seen.pose.copy()
    pose[..., 2] *= np.where(astray & seen.seen[:, None], DOUBT, 1)
    return replace(seen, pose=pose)


def _usual(seen: Holistic) -> tuple[np.ndarray, np.ndarray]:
    """The running median (n,33,2) px over the frames in which a body was seen, and torsos (n,)."""
    at = np.flatnonzero(seen.seen)
    usual = np.zeros((*seen.pose.shape[:2], 2))
    usual[at] = median_filter(seen.pose[at, :, :2], size=(WINDOW, 1, 1), mode="reflect")
    scale = np.full(len(usual), max(float(np.median(torso_length(usual[at]))), 1e-6))
    return usual, scale


def _deviation(pose: np.ndarray, usual: np.ndarray) -> np.ndarray:
    return np.linalg.norm(pose[..., :2] - usual, axis=-1)
