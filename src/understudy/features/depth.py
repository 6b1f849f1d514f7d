"""The depth feature: how far the person and the floor are, in some frames of an identity video.

depth.npz: depth (m,h,w) float16, 0 = not known; frames (m,) int64, which frames of the video.
About: kind, backend, unit ("m"), source (what the depth is made of), body, model (digest of a
network's weights), video, fps, size.
"""

from pathlib import Path

import numpy as np

from understudy.artifacts.origin import of_video
from understudy.features.runtime import EMBEDDED, Runtime
from understudy.files import Arrays, load_arrays, save_arrays
from understudy.registry import chosen
from understudy.video.probe import probe

EVERY = 6  # frames


def extract_depth(
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    out: Path | str,
    backend: str = "body_plane",
    relation: str = "linear",
    runtime: Runtime = EMBEDDED,
) -> None:
    """Write the depth of every sixth frame, those that ExAvatar trains on, to depth.npz.

    `relation`: how a network's numbers become metres, a word of `relative_depth.RELATIONS`.
    """
    measure = chosen("depth", backend)
    info = probe(video)
    frames = np.arange(0, info.frames, EVERY)
    depth, note = measure(video, masks, fit, body, frames, relation, runtime)
    about = {
        "kind": "depth",
        "backend": backend,
        **of_video(video, info),
        **note,
    }
    save_arrays(out, {"depth": depth.astype(np.float16), "frames": frames}, about)


def load_depth(path: Path | str, body: str | None = None) -> Arrays:
    """Read a depth.npz; UserError where it is something else or made for another body model."""
    return load_arrays(path, "depth", body)
