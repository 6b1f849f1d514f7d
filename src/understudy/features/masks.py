"""The masks feature: which pixels of each frame are the person."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.filming import from_note
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import PackedMasks, save_masks
from understudy.artifacts.origin import of_video
from understudy.errors import UserError
from understudy.features.company import FEWEST_JOINTS
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.registry import chosen
from understudy.video.probe import probe

SEEN = 0.3  # score of a point that is seen
EMPTY_ALLOWED = 0.8  # a video is refused if this share of its masks is empty


def extract_masks(
    video: Path | str,
    keypoints: Path | str,
    out: Path | str,
    backend: str,
    runtime: Runtime = EMBEDDED,
) -> None:
    """Segment the person that `keypoints` follow in every frame; write masks.npz.

    Raises UserError if the keypoints are from another video or hardly any mask is found.
    """
    segment = chosen("masks", backend)
    info, points = probe(video), load_keypoints(keypoints)
    if len(points["xy"]) != info.frames:
        raise UserError(
            f"{keypoints}: has {len(points['xy'])} frames but {video} has {info.frames}; "
            "delete it and rerun"
        )
    found, model = segment(video, info, points, runtime)
    if "stranger" in from_note(points.about):
        found = _of_the_person(found, points)
    masks = PackedMasks.of(found)
    empty = masks.empty_share
    if empty >= EMPTY_ALLOWED:
        raise UserError(
            f"{video}: no person could be segmented in {100 * empty:.0f} % of the frames; "
            "give a video that shows one person throughout"
        )
    about = {
        "backend": backend,
        "model": model,
        **of_video(video, info),
    }
    save_masks(out, masks, about)


def _of_the_person(masks: Iterable[np.ndarray], points: Arrays) -> Iterator[np.ndarray]:
    """The masks (h,w), empty where the keypoints, which know of somebody else, see nobody."""
    seen = (points["score"][:, :17] > SEEN).sum(1) >= FEWEST_JOINTS
    for mask, there in zip(masks, seen, strict=True):
        yield mask if there else np.zeros_like(mask)
