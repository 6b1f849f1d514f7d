"""Contact sheets: what went in, and what each stage made of it, for one person or one reference."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.depth import load_depth
from understudy.artifacts.fit import load_fit
from understudy.artifacts.fit_quality import read_report
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import load_masks
from understudy.artifacts.placed import load_placed
from understudy.artifacts.shown import read_shown
from understudy.body.load import load_body
from understudy.plan.shown import BACKGROUNDS_SHOWN, PEOPLE_SHOWN
from understudy.report.grid import Row, columns_for, evenly, fitted, make_sheet, write_jpeg
from understudy.report.overlay import overlay_frames
from understudy.report.skeleton import SEEN, draw_keypoints
from understudy.video.probe import probe
from understudy.video.read import read_frames

MARGIN = 0.12  # about the person's box, in units of its longer side
DRAWN_WIDTH = 480  # px at least, so that thin lines stay visible on small images


@dataclass(frozen=True)
class Reenactment:
    """One avatar's clips of a reference: who, from which view, on white, and on each background."""

    identity: str
    view: str
    white: Path
    composites: tuple[Path, ...]


def sheet_identity(
    video: Path,
    keypoints: Path,
    masks: Path,
    depth: Path,
    fit: Path,
    body: Path,
    turntable: Path,
    out: Path,
) -> None:
    """A person: frames, keypoints, mask, depth, fitted body, and the avatar turning around.

    Frames are cropped to where the person is. Rows whose files are missing are left out: after a
    failure the sheet shows how far the run got. Writes a JPEG.
    """
    info = probe(video)
    points = load_keypoints(keypoints) if _there(keypoints) else None
    whole = Crop(0, 0, info.width, info.height)
    crop = person_box(points, whole) if points else whole
    indices = evenly(info.frames, columns_for(crop.width, crop.height))
    frames = read_frames(video, indices)
    rows = [Row("identity video", crop.of(frames))]
    if points:
        rows.append(_keypoint_row(crop, frames, points, indices))
    if _there(masks):
        rows.append(Row("mask", crop.of(cut_out(frames, load_masks(masks)[indices]))))
    if _there(depth):
        pictures = _depth_pictures(depth, frames.shape[1:3], indices)
        rows.append(Row("depth, near is bright", crop.of(pictures)))
    if _there(fit, body):
        rows.append(_fit_row(crop, frames, fit, body, indices))
    if _there(turntable):
        rows.append(Row("avatar, turned round", _picture(turntable)[None]))
    write_jpeg(out, make_sheet(rows))


def sheet_reference(
    video: Path,
    keypoints: Path,
    fit: Path,
    body: Path,
    reenactments: list[Reenactment],
    planned: tuple[int, int],
    out: Path,
) -> None:
    """A reference: frames, keypoints, fitted body, then who re-enacts it, on white and composited;
    all of them of the part that shows its person.

    Whole frames, to show where the figure stands. Rows whose files are missing are left out. At
    most PEOPLE_SHOWN re-enactments are drawn, and a footnote says out of how many: `planned` is
    how many re-enactments this reference has, and backgrounds each of them. Writes a JPEG.
    """
    info = probe(video)
    crop = Crop(0, 0, info.width, info.height)
    columns = columns_for(info.width, info.height)
    part = read_shown(fit).part if _there(fit) else slice(0, info.frames)
    indices = part.start + evenly(part.stop - part.start, columns)
    frames = read_frames(video, indices)
    rows = [Row("reference video", frames)]
    if _there(keypoints):
        rows.append(_keypoint_row(crop, frames, load_keypoints(keypoints), indices))
    if _there(fit, body):
        rows.append(_fit_row(crop, frames, fit, body, indices))
    for shown in reenactments[:PEOPLE_SHOWN]:
        who = shown.identity if shown.view == "source" else f"{shown.identity}, {shown.view}"
        rows.append(Row(f"{who} on white", sampled(shown.white, columns)))
        for path in shown.composites[:BACKGROUNDS_SHOWN]:
            rows.append(Row(f"{who} · {_behind(path)}", sampled(path, columns)))
    write_jpeg(out, make_sheet(rows, _footnote(*planned)))


def group_reenactments(white: list[Path], synthetic: list[Path]) -> list[Reenactment]:
    """From files …/white/{reference}/{identity}/{view}.mp4 and …/{view}/{background}.mp4."""
    composites: dict[tuple[str, str], list[Path]] = {}
    for path in map(Path, synthetic):
        composites.setdefault((path.parts[-3], path.parts[-2]), []).append(path)
    keys = {(path.parts[-2], path.stem): path for path in map(Path, white)}
    return [
        Reenactment(identity, view, path, tuple(composites.get((identity, view), ())))
        for (identity, view), path in keys.items()
    ]


@dataclass(frozen=True)
class Crop:
    """A box of pixels: left, top, width, height."""

    left: int
    top: int
    width: int
    height: int

    def of(self, frames: np.ndarray) -> np.ndarray:
        """The box of frames (n,h,w,3)."""
        right, bottom = self.left + self.width, self.top + self.height
        return frames[:, self.top : bottom, self.left : right]


def person_box(points: Arrays, whole: Crop) -> Crop:
    """Where the keypoints ever are, with a margin, within the `whole` image."""
    seen = points["score"] > SEEN
    if not seen.any():
        return whole
    low, high = np.percentile(points["xy"][seen], (0.5, 99.5), axis=0)
    margin = MARGIN * (high - low).max()
    left, top = np.maximum(np.floor(low - margin), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + margin), (whole.width, whole.height)).astype(int)
    return Crop(int(left), int(top), int(right - left), int(bottom - top))


def cut_out(frames: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Frames (n,h,w,3) with what masks (n,h,w) leave out greyed and darkened."""
    grey = frames.mean(-1, keepdims=True) * 0.28 + 10
    return np.where(masks[..., None], frames, grey).astype(np.uint8)


def sampled(video: Path, columns: int) -> np.ndarray:
    """Evenly spaced frames (columns,h,w,3) of a whole clip."""
    return read_frames(video, evenly(probe(video).frames, columns))


def _behind(composite: Path) -> str:
    """The background that a composite shows, and which one it had drawn."""
    drawn, labels = composite.stem, composite.with_suffix(".labels.npz")
    shown = load_placed(labels) if labels.is_file() else None
    if shown is None:
        return drawn
    told = f"{shown.background}, {shown.height:.2f} m camera"
    if shown.background != drawn:
        told += f" (drawn: {drawn}, which has no room for it)"
    told += f"; {', '.join(shown.blended.parts) or 'pasted'}"
    if shown.blended.occluded:
        told += f"; {100 * shown.blended.occluded:.0f} % behind things"
    return told + (f"; {shown.lacks}" if shown.lacks else "")


def _there(*paths: Path) -> bool:
    return all(Path(path).is_file() for path in paths)


def _keypoint_row(crop: Crop, frames: np.ndarray, points: Arrays, indices: np.ndarray) -> Row:
    pictures = fitted(crop.of(frames), max(DRAWN_WIDTH, crop.width))
    scale = pictures.shape[2] / crop.width
    places = (points["xy"][indices] - (crop.left, crop.top)) * scale
    drawn = [
        draw_keypoints(picture, xy, score)
        for picture, xy, score in zip(pictures, places, points["score"][indices], strict=True)
    ]
    return Row("keypoints", np.stack(drawn))


def _fit_row(crop: Crop, frames: np.ndarray, fit: Path, body: Path, indices: np.ndarray) -> Row:
    model = load_body(body)
    fitted_body = load_fit(fit, model.model_id)
    part_seen = read_report(fit).quality.part_seen
    drawn = overlay_frames(frames, fitted_body, part_seen, model, indices.tolist())
    bridged = fitted_body.confidence[indices] == 0
    told = "; pink: not seen" if not part_seen[indices][~bridged].all() else ""
    told += "; grey: nobody seen, bridged" if bridged.any() else ""
    return Row(f"fitted body: left orange, right blue{told}", crop.of(drawn))


def _depth_pictures(depth: Path, size: tuple[int, int], indices: np.ndarray) -> np.ndarray:
    """Near is bright: the depth maps next to the frames `indices`, coloured, (n,h,w,3) uint8."""
    stored = load_depth(depth)
    nearest = np.abs(stored["frames"][None] - indices[:, None]).argmin(1)
    maps = stored["depth"][nearest].astype(np.float32)
    known = np.isfinite(maps) & (maps > 0)
    near, far = np.percentile(maps[known], (1, 99)) if known.any() else (0.0, 1.0)
    shade = 1 - np.clip((maps - near) / max(far - near, 1e-6), 0, 1)
    coloured = (matplotlib.colormaps["magma"](shade)[..., :3] * 255).astype(np.uint8)
    coloured[~known] = 0
    resized = [np.asarray(Image.fromarray(picture).resize(size[::-1])) for picture in coloured]
    return np.stack(resized)


def _picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _footnote(reenactments: int, backgrounds: int) -> str:
    parts = []
    if reenactments > PEOPLE_SHOWN:
        parts.append(f"{PEOPLE_SHOWN} of {reenactments} re-enactments")
    if backgrounds > BACKGROUNDS_SHOWN:
        parts.append(f"{BACKGROUNDS_SHOWN} of {backgrounds} backgrounds each")
    return f"shown: {', '.join(parts)}" if parts else ""
