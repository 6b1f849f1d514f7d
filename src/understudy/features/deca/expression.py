"""Expression by DECA's coarse encoder: FLAME's parameters from one image of a face.

Feng et al., "Learning an animatable detailed 3D face model from in-the-wild images", SIGGRAPH
2021. Network, crop and the order of the outputs are as in its public code (github.com/yfeng95/DECA:
models/encoders.py, datasets/datasets.py, utils/config.py); the user supplies the weights.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from understudy.artifacts.expression import Faces
from understudy.body.model import BodyModel
from understudy.features.crops import Cut, cut_picture
from understudy.features.faces import seen_faces
from understudy.features.frames import ahead, batched, check_length
from understudy.features.runtime import Runtime
from understudy.files import file_digest
from understudy.networks.checkpoints import (
    Shapes,
    State,
    load_strictly,
    read_checkpoint,
    shapes_of,
    state_in,
)
from understudy.networks.resnet import Trunk
from understudy.observation.observed import Observed
from understudy.progress import progress
from understudy.video.read import stream_frames

NAME = "deca"  # its row in config/weights.yaml
SIZE = 224  # px of the square image
BATCH = 32  # images
BRIDGE = 0.5  # s after which an unseen face is back at rest

# The outputs in order; of the six pose values, the head's three come before the jaw's.
_SHAPE, _EXPRESSION, _JAW, _OUTPUTS = slice(0, 100), slice(150, 200), slice(203, 206), 236
_MARGIN = 1.1 * 1.25  # side of the crop over that of the 68 points' box


class Encoder(nn.Module):
    """Images (n,3,224,224) RGB in [0,1] -> (n,236): shape 100, texture 50, expression 50, head 3
    and jaw 3 (axis-angle, rad), camera 3, light 27."""

    def __init__(self):
        super().__init__()
        self.encoder = Trunk(50)
        self.layers = nn.Sequential(
            nn.Linear(self.encoder.channels, 1024), nn.ReLU(), nn.Linear(1024, _OUTPUTS)
        )

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(self.encoder(pictures).mean((2, 3)))


def shapes(name: str) -> Shapes:
    """What the encoder's part of the checkpoint holds."""
    with torch.device("meta"):
        return shapes_of(Encoder())


def state_of(path: Path | str) -> State:
    """The encoder's part of `deca_model.tar`."""
    return state_in(read_checkpoint(path), "E_flame", path)


def face_cut(box: np.ndarray) -> Cut:
    """The square around a face's points, box (4,) x0, y0, x1, y1 px."""
    x0, y0, x1, y1 = box
    side = int((x1 - x0 + y1 - y0) / 2 * _MARGIN)  # whole pixels, as in DECA's code
    first = (x0 + x1 - side) / 2, (y0 + y1 - side) / 2
    return Cut(first, (side / (SIZE - 1),) * 2)


def read_faces(
    video: Path | str, observed: Observed, body: BodyModel, runtime: Runtime
) -> tuple[Faces, dict[str, str]]:
    """Expression, jaw and shape of every frame in which a face is seen; the others' shape is 0."""
    check_length(video, len(observed))
    path = runtime.weights[NAME]
    network = load_strictly(Encoder(), state_of(path), path, runtime.device)
    faces = seen_faces(observed)
    frames = np.flatnonzero(faces.valid)
    pictures = (
        cut_picture(frame, face_cut(box), (SIZE, SIZE), runtime.device)
        for frame, box in zip(
            stream_frames(video, frames.tolist()), faces.boxes[frames], strict=True
        )
    )
    codes = np.zeros((len(observed), _OUTPUTS))
    with torch.inference_mode():
        found = [
            network(torch.stack(batch)).cpu()
            for batch in batched(progress(ahead(pictures), "faces", len(frames)), BATCH)
        ]
    if found:
        codes[frames] = torch.cat(found).numpy()
    face = np.concatenate([codes[:, _EXPRESSION][:, : body.exprdirs.shape[-1]], codes[:, _JAW]], 1)
    face = bridged(face, faces.valid, BRIDGE * observed.fps)
    read = Faces(face[:, :-3], face[:, -3:], faces.valid, codes[:, _SHAPE])
    return read, {NAME: file_digest(path)}


def bridged(values: np.ndarray, valid: np.ndarray, reach: float) -> np.ndarray:
    """Values (n,k) over time, those of frames not valid (n,) blended from the nearest valid ones
    to zero over `reach` frames."""
    at, frames = np.flatnonzero(valid), np.arange(len(values))
    if not len(at):
        return np.zeros_like(values)
    drawn = np.stack([np.interp(frames, at, column[at]) for column in values.T], 1)
    away = np.abs(frames[:, None] - at).min(1)
    return drawn * np.clip(1 - away / reach, 0, 1)[:, None]
