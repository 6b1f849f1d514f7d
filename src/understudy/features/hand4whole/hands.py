"""Poses of body and hands by Hand4Whole, from one image of the person per frame."""

from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.hands import BodyPose, Hands
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import LEFT_HAND, RIGHT_HAND
from understudy.body.model import BodyModel
from understudy.features.crops import Cut, cut_picture
from understudy.features.frames import ahead, batched, check_length
from understudy.features.hand4whole.network import PICTURE, Hand4Whole
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
from understudy.observation.observed import Observed, believable
from understudy.progress import progress
from understudy.video.read import stream_frames

NAME = "hand4whole"  # its row in config/weights.yaml
BATCH = 16  # images
BRIDGE = 0.5  # s after which an unseen hand is relaxed
FEWEST = 10  # of a hand's 21 points, for it to be seen

_MARGIN = 1.25  # of the crop over the person's box, as in the network's training
# The boxes it was trained with hold the whole figure; keypoints end at brows and ankles.
_FIGURE = 1.1
_PREFIX = "module."  # of a network that was trained on several GPUs


def shapes(name: str) -> Shapes:
    """What the network's part of the checkpoint holds."""
    with torch.device("meta"):
        return shapes_of(Hand4Whole())


def state_of(path: Path | str) -> State:
    """The network's part of `snapshot_6.pth.tar`."""
    state = state_in(read_checkpoint(path), "network", path)
    return {name.removeprefix(_PREFIX): tensor for name, tensor in state.items()}


def person_cut(xy: np.ndarray, size: tuple[int, int]) -> Cut:
    """The part of a frame of size (h,w) that shows a person, by their seen points xy (k,2) px."""
    low, high = xy.min(0), xy.max(0)
    middle, half = (low + high) / 2, (high - low) / 2 * _FIGURE
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half, (size[1], size[0]))
    middle, (width, height) = (low + high) / 2, high - low
    step = _MARGIN * max(width / PICTURE[1], height / PICTURE[0])
    first = middle - step * np.array([PICTURE[1] / 2, PICTURE[0] / 2])
    return Cut(tuple(first), (step, step))


def read_hands(
    video: Path | str, observed: Observed, body: BodyModel, runtime: Runtime
) -> tuple[Hands, dict[str, str]]:
    """Root, body and finger joints of every frame in which the person is seen.

    Frames without the person are bridged between their neighbours. A hand whose points are not
    seen, or lie outside the image, has score 0 and relaxes.
    """
    check_length(video, len(observed))
    path = runtime.weights[NAME]
    network = load_strictly(Hand4Whole(), state_of(path), path, runtime.device)
    frames = np.flatnonzero(observed.seen)
    cuts = [
        person_cut(xy[score > 0], observed.size)
        for xy, score in zip(observed.xy[frames], observed.score[frames], strict=True)
    ]
    pictures = (
        cut_picture(frame, cut, PICTURE, runtime.device)
        for frame, cut in zip(stream_frames(video, frames.tolist()), cuts, strict=True)
    )
    found = []
    with torch.inference_mode():
        for batch in batched(progress(ahead(pictures), "hands", len(frames)), BATCH):
            poses = network(torch.stack(batch))
            joints = [poses.root[:, None], poses.body, poses.hands.flatten(1, 2)]
            found.append(torch.cat(joints, 1).cpu())
    turns = np.zeros((len(observed), 52, 3))
    turns[frames] = torch.cat(found).numpy()
    # The network's fingers are relative to MANO's mean hand, which the smplx package adds.
    mean = body.hands_mean.numpy().astype(float)
    hands, score = turns[:, 22:].reshape(-1, 2, 15, 3) + mean, hand_scores(observed)
    reach = BRIDGE * observed.fps
    sides = [relaxed(hands[:, i], score[:, i] > 0, mean[i], reach) for i in (0, 1)]
    turns = rot.log(rot.fill(rot.exp(turns[:, :22]), observed.seen))
    read = Hands(np.stack(sides, 1), score, BodyPose(turns[:, 0], turns[:, 1:]))
    return read, {NAME: file_digest(path)}


def relaxed(pose: np.ndarray, seen: np.ndarray, mean: np.ndarray, reach: float) -> np.ndarray:
    """A hand's pose (n,15,3) rad; where it is not seen (n,), blended over `reach` frames from the
    nearest seen pose to the relaxed hand `mean` (15,3)."""
    if not seen.any():
        return np.tile(mean, (len(pose), 1, 1))
    rest, known = rot.exp(mean), rot.fill(rot.exp(pose), seen)
    away = np.abs(np.arange(len(pose))[:, None] - np.flatnonzero(seen)).min(1)
    share = np.clip(1 - away / reach, 0, 1)[:, None, None]
    return rot.log(rest @ rot.exp(share * rot.log(np.swapaxes(rest, -1, -2) @ known)))


def hand_scores(observed: Observed) -> np.ndarray:
    """(n,2): the mean score of each hand's points, 0 if too few lie in the image."""
    believed = believable(observed, np.ones(len(observed)))
    height, width = observed.size
    inside = ((believed.xy >= 0) & (believed.xy < (width, height))).all(-1)
    score = believed.score * inside * observed.seen[:, None]
    sides = [score[:, side] for side in (LEFT_HAND, RIGHT_HAND)]
    return np.stack([np.where((s > 0).sum(1) >= FEWEST, s.mean(1), 0.0) for s in sides], 1)
