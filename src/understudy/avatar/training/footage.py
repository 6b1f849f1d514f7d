"""The frames that an avatar is trained on: small, masked, cropped to the person."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.masks import load_masks
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.errors import UserError
from understudy.video.probe import probe
from understudy.video.read import read_frames

CHUNK = 32  # frames decoded at once
MARGIN = 0.08  # of the person's longer side, around the person
SIDE_STEP = 16  # px; boxes' sides are multiples of it, so that few sizes occur
SEEN = 0.3  # mask value above which a pixel counts as the person's, for the box
MIN_FRAMES = 8
EDGE_TRUST = 0.3  # in the colour of pixels on the mask's outline, where the wall is unknown
OUTLINE = 2  # px around the outline in which pixels are compared over the wall, where known
CLEAR_MASK_TRUST = 0.3  # in the mask there
AROUND = 15  # px, of the window in which the image next to the person must be like the wall
HOLDS = 0.8  # of its pixels
DOUBT = 5  # px inside the outline where the mask may hold pixels of the wall
LIKE_PLATE = 16  # grey levels: closer than this to the bare wall, such a pixel is taken to be it
PLATE_FRAMES = 48  # looked at for the bare wall


@dataclass(frozen=True)
class Box:
    """Pixels x0 ≤ x < x1, y0 ≤ y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def camera(self, K: Tensor) -> Tensor:
        """The camera (3,3) whose image is this box of K's image."""
        moved = K.clone()
        moved[0, 2] -= self.x0
        moved[1, 2] -= self.y0
        return moved


@dataclass(frozen=True)
class Footage:
    """n frames of one size: images (n,h,w,3) uint8, masks (n,h,w) uint8, 255 inside and soft at
    the edge; plate (h,w,3) float32: the scene without the person, NaN where they always stood;
    K (3,3) px of this size; boxes: around the person, None where nobody is."""

    images: np.ndarray
    masks: np.ndarray
    plate: np.ndarray
    K: Tensor
    boxes: tuple[Box | None, ...]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def usable(self) -> list[int]:
        """The frames in which the person is seen."""
        return [t for t, box in enumerate(self.boxes) if box is not None]

    def box(self, t: int) -> Box:
        """Around the person in frame t, which is a usable one."""
        box = self.boxes[t]
        assert box is not None
        return box

    def masked(self, t: int) -> MaskedFrame:
        """Frame t inside its box."""
        place = self.box(t).slices
        image, mask, plate = self.images[t][place], self.masks[t][place], self.plate[place]
        like = like_plate(image, plate)
        mistaken = like & mask_band(mask, DOUBT) & (mask > 0)
        edge = np.where(mask_band(mask, 1), EDGE_TRUST, 1.0) * ~mistaken
        clear = mask_band(mask, OUTLINE) & plate_holds(like, mask) & ~np.isnan(plate[..., 0])
        color_trust = np.where(clear, 1.0, edge)
        mask_trust = np.where(clear, CLEAR_MASK_TRUST, ~mistaken)
        return MaskedFrame(
            image=torch.from_numpy(image).float() / 255,
            mask=torch.from_numpy(mask)[..., None].float() / 255,
            color_trust=torch.from_numpy(color_trust)[..., None].float(),
            mask_trust=torch.from_numpy(mask_trust)[..., None].float(),
            wall=torch.from_numpy(np.nan_to_num(plate)) / 255,
            clear=torch.from_numpy(clear)[..., None],
        )

    def filled_plate(self) -> np.ndarray:
        """(h,w,3) uint8: the scene without the person; where they always stood, inpainted."""
        unknown = np.isnan(self.plate).any(-1).astype(np.uint8)
        plate = np.nan_to_num(self.plate).round().astype(np.uint8)
        return cv2.inpaint(plate, unknown, 3, cv2.INPAINT_TELEA)

    def camera(self, t: int) -> Tensor:
        """(3,3) for the view of frame t."""
        return self.box(t).camera(self.K)


def mask_band(mask: np.ndarray, width: int) -> np.ndarray:
    """(h,w) bool, within `width` px of the outline of a soft mask (h,w) uint8."""
    inside, square = (mask > 127).astype(np.uint8), np.ones((2 * width + 1,) * 2, np.uint8)
    return cv2.dilate(inside, square) != cv2.erode(inside, square)


def like_plate(image: np.ndarray, plate: np.ndarray) -> np.ndarray:
    """(h,w) bool: pixels that look like the wall behind; never where no frame shows it.

    Near the mask's outline, inside, they are its errors: masks round off narrow gaps, such as
    between hair and shoulder, and what shows there would be painted on the skin.
    """
    off = cv2.absdiff(image.astype(np.float32), plate)  # NaN, where the wall was never seen
    return (off[..., 0] < LIKE_PLATE) & (off[..., 1] < LIKE_PLATE) & (off[..., 2] < LIKE_PLATE)


def plate_holds(like: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(h,w) bool: around here the image next to the person matches the plate: no shadow falls
    there, and the camera did not move. like (h,w): where image and plate are alike."""
    beside = ((mask == 0) & ~mask_band(mask, 1)).astype(np.float32)
    window = (AROUND, AROUND)
    alike = cv2.boxFilter(beside * like, -1, window, normalize=False)
    return alike > HOLDS * np.maximum(cv2.boxFilter(beside, -1, window, normalize=False), 1)


def bare_plate(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """(h,w,3) float32: the median over frames of what is not the person, NaN if there is none.

    An identity video's camera is static; if it is not, few pixels look like the
    median, and nothing is doubted.
    """
    some = np.linspace(0, len(images) - 1, min(PLATE_FRAMES, len(images))).astype(int)
    square = np.ones((2 * DOUBT + 1,) * 2, np.uint8)
    person = np.stack([cv2.dilate(masks[t], square) for t in some]) > 0
    bare = np.where(person[..., None], np.nan, images[some].astype(np.float32))
    with warnings.catch_warnings():  # a pixel that is never bare should be NaN
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmedian(bare, axis=0)


def person_box(mask: np.ndarray) -> Box | None:
    """The box around a soft mask (h,w) uint8 with a margin; None if it is empty."""
    inside = mask > SEEN * 255
    columns, rows = np.flatnonzero(inside.any(0)), np.flatnonzero(inside.any(1))
    if len(columns) == 0:
        return None
    margin = round(MARGIN * max(np.ptp(columns), np.ptp(rows))) + 4
    (x0, x1), (y0, y1) = (
        _side(where[0] - margin, where[-1] + 1 + margin, limit)
        for where, limit in ((columns, mask.shape[1]), (rows, mask.shape[0]))
    )
    return Box(x0, y0, x1, y1)


def _side(low: int, high: int, limit: int) -> tuple[int, int]:
    """Widen [low, high) to a multiple of SIDE_STEP and move it inside [0, limit)."""
    size = min(-(-(high - low) // SIDE_STEP) * SIDE_STEP, limit)
    low = min(max(int(low), 0), limit - size)
    return low, low + size


def load_footage(
    video: Path | str, masks: Path | str, K: Tensor, size: tuple[int, int], longer_side: int
) -> Footage:
    """Read a video and its masks.npz, its longer side reduced to `longer_side` px (never enlarged).

    K (3,3) is the camera at the video's own `size` (h,w). UserError if the files do not belong
    together or show too little of a person.
    """
    info, stored = probe(video), load_masks(masks)
    if (info.height, info.width) != size or len(stored) != info.frames:
        raise UserError(
            f"{masks}: {len(stored)} frames, but {video} has {info.frames} of "
            f"{info.width}x{info.height} and its fit is for {size[1]}x{size[0]}; "
            "delete the older of the files and rerun"
        )
    factor = min(1.0, longer_side / max(size))
    height, width = (max(SIDE_STEP, round(side * factor)) for side in size)
    images = np.empty((info.frames, height, width, 3), np.uint8)
    small = np.empty((info.frames, height, width), np.uint8)
    for start in range(0, info.frames, CHUNK):
        numbers = range(start, min(start + CHUNK, info.frames))
        for t, frame in zip(numbers, read_frames(video, numbers), strict=True):
            images[t] = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
            mask = stored[t].astype(np.uint8) * 255
            small[t] = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    scale = torch.tensor([width / size[1], height / size[0], 1.0])
    clip = Footage(
        images=images,
        masks=small,
        plate=bare_plate(images, small),
        K=K.float() * scale[:, None],
        boxes=tuple(map(person_box, small)),
    )
    if len(clip.usable) < MIN_FRAMES:
        raise UserError(
            f"{masks}: shows a person in {len(clip.usable)} frames, but an avatar needs "
            f"{MIN_FRAMES}; give a video that shows one person turning around"
        )
    return clip
