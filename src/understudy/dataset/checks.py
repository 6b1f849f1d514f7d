"""Check each finished synthetic video, from its file alone."""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from understudy.artifacts.checked import ORDER, load_checked, save_checked
from understudy.artifacts.people import SHOWS_SOMEBODY, load_people
from understudy.artifacts.placed import Placed, load_placed
from understudy.artifacts.provenance import read_note
from understudy.artifacts.shown import read_shown
from understudy.dataset.inputs import Synthetic
from understudy.errors import UserError
from understudy.files import file_digest, sha256
from understudy.progress import progress
from understudy.scene.framing import framed_photo
from understudy.scene.images import read_background
from understudy.scene.settings import Resize
from understudy.video.probe import VideoInfo, probe
from understudy.video.read import read_frames

CHECKS = {
    "decodes": "the file opens, and its first, middle and last frame decode",
    "frames": "as many frames as the part of the normalised reference that shows its person",
    "rate": "the frame rate of the normalised reference",
    "size": "the size of the normalised reference",
    "room": "the motion has all that it needs in the room: free floor, the picture, a seat",
    "alone": "nobody else is found in the background",
    "figure": "in one of three frames the figure hides 0.1 % to 95 % of the background",
    "unique": "no other video of the dataset has the same content",
}
# Compression moves a background's pixels by less than this; skin and clothes mostly by more.
HIDDEN_LEVEL = 32
HIDDEN_SHARE = (0.001, 0.95)


@dataclass(frozen=True)
class Checked:
    """info: None if the video cannot be opened; hidden: largest share of the background that
    the figure hides in the frames checked; problems: {check: what is wrong}."""

    info: VideoInfo | None
    hidden: float
    problems: dict[str, str]


@dataclass(frozen=True)
class Behind:
    """The image behind a person. in_room: shown as its room was calibrated (`scene.framing`)."""

    image: str
    resize: Resize
    in_room: bool

    @functools.lru_cache(maxsize=32)  # noqa: B019  (of a frozen value, by value)
    def frame(self, width: int, height: int) -> np.ndarray:
        """(height,width,3) int16."""
        read = framed_photo if self.in_room else read_background
        return read(self.image, width, height, self.resize).astype(np.int16)


def check_videos(
    clips: Iterable[Synthetic],
    notes: Mapping[str, Path],
    fits: Mapping[str, Path],
    images: Mapping[str, str],
    people: Mapping[str, Path],
    resize: Resize,
    out: Path | str,
) -> pd.DataFrame:
    """Check every clip but for its content being its own (`join_checked`), and write the table
    `out` (`artifacts.checked`). Returns it.

    notes: each reference's metadata from normalising; fits: each reference's fit; images: the
    background images' paths by id; people: the people.json of those in which nobody should be.
    """
    clips = sorted(clips, key=lambda clip: [getattr(clip, name) for name in ORDER])
    there = [clip for clip in clips if Path(clip.video).is_file()]
    references = {
        name: {**read_note(notes[name]), "frames": len(read_shown(fits[name]))}
        for name in {clip.reference for clip in there}
    }
    crowded = {id_ for id_, path in people.items() if load_people(path).boxes}
    digest_of = functools.cache(file_digest)
    placed_by = functools.cache(load_placed)  # composites of one pair share their labels
    found = {}
    for clip in progress(there, "checking videos", unit="video"):
        placed = placed_by(clip.labels)
        shown = placed.background if placed else clip.background
        behind = Behind(images[shown], resize, in_room=placed is not None)
        checked = check_video(clip.video, references[clip.reference], behind)
        if placed and placed.lacks:
            checked.problems["room"] = f"{shown}: {placed.lacks}"
        if shown in crowded:
            checked.problems["alone"] = f"{shown}: {SHOWS_SOMEBODY}"
        digest = {"sha256": sha256(clip.video), "background_digest": digest_of(images[shown])}
        found[clip.video] = _facts(checked) | _where(shown, placed) | digest
    rows = [
        {
            **asdict(clip),
            **{"there": clip.video in found, "passed": False},
            **found.get(clip.video, {}),
        }
        for clip in clips
    ]
    return save_checked(out, rows)


def join_checked(tables: Sequence[Path], out: Path | str) -> pd.DataFrame:
    """Join tables of checked videos to that of a dataset, `out`, in which no video has the content
    of an earlier one. Returns it. UserError if there is no video at all."""
    joined = pd.concat([load_checked(path) for path in tables], ignore_index=True)
    joined = joined.sort_values(ORDER, ignore_index=True)
    if not joined["there"].any():
        raise UserError(f"{out}: there are no synthetic videos; see the logs of the preceding jobs")
    same = repeated(dict(joined.loc[joined["there"], ["video", "sha256"]].itertuples(index=False)))
    for row in joined.index[joined["video"].isin(same)]:
        problems = json.loads(joined.at[row, "problems"])
        problems["unique"] = f"same as {same[joined.at[row, 'video']]}"
        joined.loc[row, ["passed", "problems"]] = False, json.dumps(problems, sort_keys=True)
    return save_checked(out, joined.to_dict("records"))


def _where(shown: str, placed: Placed | None) -> dict:
    """The columns of where a video shows its person."""
    if placed is None:
        return {"shown": shown}
    return {
        "shown": shown,
        "passed_over": json.dumps(placed.passed_over, sort_keys=True),
        "camera_height": placed.height,
        "camera_height_from": placed.height_from,
        "camera_pitch": round(placed.pitch, 3),
        "stands_right": round(placed.right, 3),
        "stands_forward": round(placed.forward, 3),
        "turned": round(placed.turn, 2),
        "blend": " ".join(placed.blended.parts),
        "occluded_share": nan if placed.blended.occluded is None else placed.blended.occluded,
    }


def _facts(checked: Checked) -> dict:
    info = checked.info
    return {
        "fps": float(info.fps) if info else None,
        "frames": info.frames if info else None,
        "seconds": round(info.seconds, 6) if info else None,
        "width": info.width if info else None,
        "height": info.height if info else None,
        "hidden_share": round(checked.hidden, 4),
        "passed": not checked.problems,
        "problems": json.dumps(checked.problems, sort_keys=True),
    }


def check_video(video: Path | str, reference: dict, behind: Behind) -> Checked:
    """Check one video against its normalised reference's metadata, `frames` that of the part which
    shows its person, and what is behind its person."""
    try:
        info = probe(video)
        frames = read_frames(video, [0, info.frames // 2, info.frames - 1])
    except UserError as error:
        return Checked(None, 0.0, {"decodes": str(error)})
    problems = {}
    if info.frames != reference["frames"]:
        problems["frames"] = f"{info.frames}, the reference {reference['frames']}"
    if abs(float(info.fps) - reference["fps"]) > 1e-3 * reference["fps"]:
        problems["rate"] = f"{float(info.fps):g}, the reference {reference['fps']:g}"
    if (info.width, info.height) != (reference["width"], reference["height"]):
        problems["size"] = (
            f"{info.width}x{info.height}, the reference {reference['width']}x{reference['height']}"
        )
    empty = behind.frame(info.width, info.height)
    differs = np.abs(frames.astype(np.int16) - empty).max(-1) > HIDDEN_LEVEL
    hidden = float(differs.mean((1, 2)).max())
    if not HIDDEN_SHARE[0] <= hidden <= HIDDEN_SHARE[1]:
        problems["figure"] = f"hides {100 * hidden:.2f} % of the background"
    return Checked(info, hidden, problems)


def repeated(digests: dict[str, str]) -> dict[str, str]:
    """{video: an earlier video of the same content}, from {video: digest}."""
    first: dict[str, str] = {}
    return {
        video: first[digest]
        for video, digest in digests.items()
        if first.setdefault(digest, video) != video
    }
