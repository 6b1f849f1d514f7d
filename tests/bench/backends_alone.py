"""One back-end in its own process, as its job runs it: time per frame, and memory.

`python -m tests.bench.backends_alone FOLDER FEATURE WORD DEVICE HOW FRAMES` works on the clips that
`tests.bench.backends` made in FOLDER; HOW is `batched`, or `single` for one frame at a time without
reading ahead; FRAMES the clip's length. With only FOLDER FEATURE WORD it writes the checkpoints
that the back-end reads there, of the official layout, with random weights.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import torch

from tests.bench.fit_alone import peak_gb
from tests.unit.seeded import seeded_state
from understudy.artifacts.arrays import load_arrays
from understudy.errors import UserError
from understudy.features.depth import EVERY, extract_depth
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.features.runtime import Runtime
from understudy.features.weights import weights_of
from understudy.registry import chosen, import_path

BATCHED = ("rtmdet", "mmpose_keypoints", "sam_masks", "depth_anything", "deca", "hand4whole")
PREFIX = {"deca": ("E_flame", ""), "hand4whole": ("network", "module.")}  # in their checkpoints


def write_checkpoints(folder: Path, feature: str, word: str) -> None:
    """Write each file that the back-end needs, with random weights."""
    module = import_module(import_path(feature, word).split(":")[0])
    for row in weights_of(feature, word):
        if row.name in PREFIX:
            part, prefix = PREFIX[row.name]
            state = seeded_state(module.shapes(row.name))
            whole = {part: {prefix + name: tensor for name, tensor in state.items()}}
        else:
            torch.manual_seed(0)
            state = module.NETWORKS[row.name]().state_dict()
            whole = {"state_dict": state} if feature == "keypoints" else state
        torch.save(whole, folder / row.file)


def one_at_a_time() -> None:
    """Networks see one frame at a time, and nothing is read ahead."""
    for name in BATCHED:
        module = import_module(f"understudy.features.{name}")
        module.BATCH, module.ahead = 1, iter


class Clock:
    """Time from the first frame that a back-end asks for: what is loaded before does not count."""

    def __init__(self):
        self.begun: tuple[float, float] | None = None

    def start(self) -> None:
        if self.begun is None:
            self.begun = time.perf_counter(), time.process_time()

    def progress(self, items: Iterable, *_: object) -> Iterator:
        self.start()
        yield from items

    def watch(self) -> None:
        """Hook into every loop over frames; and hash no file, which takes long."""
        for name, module in list(sys.modules.items()):
            if name.startswith("understudy.features."):
                for known, other in (("progress", self.progress), ("file_digest", str)):
                    if hasattr(module, known):
                        setattr(module, known, other)

    def read(self) -> tuple[float, float]:
        """Wall-clock and CPU seconds."""
        wall, processor = self.begun
        return time.perf_counter() - wall, time.process_time() - processor


def extract(folder: Path, feature: str, word: str, device: str, frames: int) -> Clock:
    """Make the feature of the clip of this many frames."""
    clip, files = folder / str(frames), {row.name: row.file for row in weights_of(feature, word)}
    runtime = Runtime(device, {name: folder / file for name, file in files.items()})
    video, keypoints, body = clip / "video.mp4", clip / "keypoints.npz", folder / "body.npz"
    out, clock = folder / f"{feature}-{word}.npz", Clock()
    chosen(feature, word)  # imported
    clock.watch()
    if feature == "keypoints":
        extract_keypoints(video, out, word, "flag", runtime)
    elif feature == "masks":
        extract_masks(video, keypoints, out, word, runtime)
    elif feature == "depth":
        masks, fit = folder / "masks.npz", folder / "fit.npz"
        extract_depth(video, masks, fit, body, out, word, "linear", runtime)
    else:
        if word == "landmarks":  # no loop over frames
            clock.start()
        run = {"expression": extract_expression, "hands": extract_hands}[feature]
        run(video, keypoints, body, out, word, runtime)
    return clock


def a_frame(folder: Path, feature: str, word: str, device: str, frames: int) -> dict[str, float]:
    """Seconds per frame (per map, for depth), from the first one to the written file."""
    if device == "cuda" or not weights_of(feature, word):
        extract(folder, feature, word, device, frames)  # kernels are compiled, caches filled
    wall, processor = extract(folder, feature, word, device, frames).read()
    count = len(range(0, frames, EVERY)) if feature == "depth" else frames
    if feature == "masks":  # per frame in which somebody is seen
        seen = load_arrays(folder / str(frames) / "keypoints.npz", "keypoints")["score"]
        count = int((seen > 0).any(1).sum())
    gpu = torch.cuda.max_memory_allocated() / 1024**3 if device == "cuda" else 0.0
    found = {"wall": wall / count, "processor": processor / count}
    return found | {"gb": peak_gb(), "gpu_gb": gpu}


if __name__ == "__main__":
    place, arguments = Path(sys.argv[1]), sys.argv[2:]
    if len(arguments) == 2:
        write_checkpoints(place, *arguments)
    else:
        *chosen, how, frames = arguments
        if how == "single":
            one_at_a_time()
        try:
            print(json.dumps(a_frame(place, *chosen, int(frames))))
        except UserError as error:
            sys.exit(f"error: {error}")
