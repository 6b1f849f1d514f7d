"""The depth feature: how far away the person and the floor are."""

from pathlib import Path

import numpy as np

from understudy.artifacts.depth import save_depth
from understudy.artifacts.origin import of_video
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.registry import chosen
from understudy.video.probe import probe

EVERY = 6  # frames


def extract_depth(
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str,
    relation: str,
    runtime: Runtime = EMBEDDED,
) -> None:
    """Write the depth of every sixth frame, from the first, to depth.npz: the camera is static, so
    more would hardly change the mean that a scene starts from.

    `relation`: how a network's numbers become metres, a word of `relative_depth.RELATIONS`.
    """
    measure = chosen("depth", backend)
    info = probe(video)
    frames = np.arange(0, info.frames, EVERY)
    depth, note = measure(video, masks, fit, body, frames, relation, runtime)
    about = {
        "backend": backend,
        **of_video(video, info),
        **note,
    }
    save_depth(out, depth, frames, about)
