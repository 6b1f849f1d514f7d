"""Labels as one COCO-WholeBody JSON file (Jin et al., ECCV 2020): an image for each frame, with
the 133 points, a box and a mask as run lengths, which pycocotools reads."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from understudy.artifacts.label_arrays import OUTSIDE, VISIBLE
from understudy.artifacts.labels import Labels, load_labels
from understudy.body.landmarks import BODY, BODY_NAMES, FACE, FEET, LEFT_HAND, RIGHT_HAND
from understudy.files import atomic_path

PARTS = {
    "keypoints": BODY,
    "foot_kpts": FEET,
    "face_kpts": FACE,
    "lefthand_kpts": LEFT_HAND,
    "righthand_kpts": RIGHT_HAND,
}
BOXED = {"face": FACE, "lefthand": LEFT_HAND, "righthand": RIGHT_HAND}
SKELETON = [  # COCO's, counted from 1
    *([16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9]),
    *([8, 10], [9, 11], [2, 3], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7]),
]
CATEGORY = {
    **{"id": 1, "name": "person", "supercategory": "person"},
    **{"keypoints": list(BODY_NAMES), "skeleton": SKELETON},
}


def write_coco(videos: Mapping[str, Path], out: Path | str) -> int:
    """Write the labels of videos, paths by the videos' names, as one file; returns how many frames
    it has. An image's `video` and `frame` say where it is; its `file_name` is what
    `ffmpeg -i video -start_number 0 name/%06d.png` would write."""
    images: list[dict] = []
    annotations = _annotations(videos, images)
    with atomic_path(out) as temporary, temporary.open("w", encoding="utf-8") as stream:
        stream.write('{"annotations": [')
        for number, one in enumerate(annotations, 1):  # not all at once: they are large
            stream.write(",\n" if number > 1 else "\n")
            json.dump({"id": number, **one}, stream, allow_nan=False)
        rest = json.dumps({"images": images, "categories": [CATEGORY]}, allow_nan=False)
        stream.write(f"],\n{rest.removeprefix('{')}")
    return len(images)


def _annotations(videos: Mapping[str, Path], images: list[dict]) -> Iterator[dict]:
    """The people in all frames, one after the other; each frame's image is added to `images`."""
    for name, path in videos.items():
        labels = load_labels(path)
        height, width = labels.size
        for frame in range(len(labels)):
            number = len(images) + 1
            where = {"file_name": f"{Path(name).stem}/{frame:06d}.png", "video": name}
            images.append({"id": number, **where, "frame": frame, "width": width, "height": height})
            for found in _of_a_frame(labels, frame):
                yield {"image_id": number, **found}


def _of_a_frame(labels: Labels, frame: int) -> Iterator[dict]:
    """The person in a frame, if anything is seen of them."""
    box = labels.box(frame)
    if box is None:
        return
    mask, xy, seen = labels.masks[frame], labels.keypoints_2d[frame], labels.seen[frame]
    points = {name: _triples(xy[part], seen[part]) for name, part in PARTS.items()}
    there = seen != OUTSIDE
    valid = {f"{name}_valid": bool(there[part].any()) for name, part in BOXED.items()}
    boxes = {f"{name}_box": _box(xy[part][there[part]]) for name, part in BOXED.items()}
    counts = run_lengths(mask)
    yield {
        **{"category_id": 1, "iscrowd": 0, "bbox": list(box), "area": int(mask.sum())},
        **{"segmentation": {"size": list(mask.shape), "counts": counts}},
        **{"num_keypoints": int((seen[BODY] != OUTSIDE).sum()), **points, **valid, **boxes},
    }


def _triples(xy: np.ndarray, seen: np.ndarray) -> list[float]:
    """x, y and COCO's v of points (k,2): 2 seen, 1 hidden, 0 (with zeros) outside."""
    v = np.where(seen == VISIBLE, 2, np.where(seen == OUTSIDE, 0, 1))
    rows = np.column_stack([np.where(v[:, None] > 0, xy, 0).round(2), v])
    return [float(value) for value in rows.ravel()]


def _box(xy: np.ndarray) -> list[float]:
    """Left, top, width and height of points (k,2); zeros if there is none."""
    if not len(xy):
        return [0.0] * 4
    low, high = xy.min(0), xy.max(0)
    return [float(value) for value in (*low.round(2), *(high - low).round(2))]


def run_lengths(mask: np.ndarray) -> list[int]:
    """A mask (h,w) bool, column by column: how many pixels are not, then are, then are not in
    it, …"""
    flat = np.concatenate([[False], mask.ravel(order="F"), [False]])
    turns = np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate([[0], turns, [] if mask[-1, -1] else [mask.size]])
    return np.diff(ends).astype(int).tolist()
