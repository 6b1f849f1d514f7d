"""How well a network tells composites from others of the same people in the same photos."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import nn

from understudy.recognition.models import Recogniser
from understudy.recognition.settings import RecogniserSettings

# The study's small network (config/study.yaml), on single frames.
NETWORK = RecogniserSettings(depth=18, width=16, frames=1, size=64, dropout=0.2)
STEPS, BATCH, RATE = 480, 24, 2e-3
MARGIN = 0.35  # of a person's height, around them
SHIFT = 4  # px that a crop moves in training


@dataclass(frozen=True)
class Pair:
    """The same person in a photo of a room, once so and once so: crops (s,s,3) uint8."""

    room: str
    first: np.ndarray
    second: np.ndarray


def cropped(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """What is around a mask (h,w) of a picture (h,w,3), a square as large as the network's."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    half = (0.5 + MARGIN) * max(np.ptp(rows), np.ptp(columns))
    middle = (columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2
    size = NETWORK.size
    scale = 2 * half / size
    warp = np.array([[scale, 0, middle[0] - half], [0, scale, middle[1] - half]])
    calm = cv2.GaussianBlur(picture, (0, 0), max(0.4 * scale, 0.01))  # no alias
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(calm, warp, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def told_pct(pairs: list[Pair], seed: int = 0) -> float:
    """Percent of the crops of rooms not trained on that a network tells right; each room is in one
    of two halves, one of which is trained on, and then the other."""
    rooms = sorted({pair.room for pair in pairs})
    halves = [[pair for pair in pairs if pair.room in rooms[half::2]] for half in (0, 1)]
    right = [_right(_trained(learnt, seed), asked) for learnt, asked in (halves, halves[::-1])]
    return 100 * float(np.concatenate(right).mean())


def _trained(pairs: list[Pair], seed: int) -> nn.Module:
    torch.manual_seed(seed)
    rng, net = np.random.default_rng(seed), Recogniser(NETWORK, 2)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=STEPS)
    pictures, classes = _stacked(pairs)
    net.train()
    for _ in range(STEPS):
        # Both of a pair together, so that the photo and the person tell nothing.
        which = rng.integers(len(pairs), size=BATCH // 2)
        chosen = np.concatenate([2 * which, 2 * which + 1])
        batch = np.stack([_varied(pictures[k], rng) for k in chosen])
        loss = nn.functional.cross_entropy(net(_clips(batch)), classes[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
    return net.eval()


def _right(net: nn.Module, pairs: list[Pair]) -> np.ndarray:
    """(2k,) bool: whether each crop of k pairs is told right."""
    pictures, classes = _stacked(pairs)
    with torch.no_grad():
        scores = sum(net(_clips(view)) for view in (pictures, pictures[:, :, ::-1]))
    return (scores.argmax(1) == classes).numpy()


def _stacked(pairs: list[Pair]) -> tuple[np.ndarray, torch.Tensor]:
    """Crops (2k,s,s,3), both of a pair side by side, and their classes."""
    pictures = [picture for pair in pairs for picture in (pair.first, pair.second)]
    return np.stack(pictures), torch.tensor([0, 1] * len(pairs))


def _varied(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mirrored by chance, moved a little."""
    mirrored = picture[:, ::-1] if rng.integers(2) else picture
    dy, dx = rng.integers(-SHIFT, SHIFT + 1, 2)
    padded = np.pad(mirrored, ((SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    side = len(picture)
    return padded[SHIFT + dy : SHIFT + dy + side, SHIFT + dx : SHIFT + dx + side]


def _clips(pictures: np.ndarray) -> torch.Tensor:
    """(b,s,s,3) uint8 as clips of one frame (b,3,1,s,s)."""
    scaled = torch.from_numpy(np.ascontiguousarray(pictures)).float() / 255
    return ((scaled - 0.45) / 0.225).permute(0, 3, 1, 2)[:, :, None]
