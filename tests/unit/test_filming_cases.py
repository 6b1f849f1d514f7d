"""Reported cases on real films: what is told of each. Runs if the films are there: in the folder
that UNDERSTUDY_REALDATA names, with `cases` beside it, or next to the checkout."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from understudy.artifacts.filming import from_note
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import load_masks
from understudy.artifacts.shown import shown
from understudy.errors import UserError
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.observation.observed import read_observed
from understudy.observation.settings import ReadingSettings
from understudy.video.normalise import normalise_video
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings
from understudy.video.write import VideoWriter

ROOT = Path(__file__).resolve().parents[2]
REALDATA = Path(os.environ.get("UNDERSTUDY_REALDATA", ROOT.parent / "shared/realdata"))
CASES = REALDATA.parent / "cases/inputs"
SETTINGS = NormaliseSettings(seconds=20, fps=25, policy="trim", size=640)

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the films are not there")


def keypoints_of(film: Path, folder: Path, people: str = "refuse") -> Path:
    video = folder / "normalised.mp4"
    normalise_video(film, video, folder / "note.json", SETTINGS)
    extract_keypoints(video, folder / "keypoints.npz", "mediapipe", people)
    return folder / "keypoints.npz"


def told(keypoints: Path) -> dict[str, str]:
    events = from_note(load_keypoints(keypoints).about)
    return {name: event.says for name, event in events.items()}


def test_a_camera_that_follows_the_performer_is_told(tmp_path):
    """C11: a crop that moves by 288 px to the right and 200 down, of 710: 36 % at its fastest."""
    found = told(keypoints_of(CASES / "case_panning.mp4", tmp_path))
    assert list(found) == ["camera"] and found["camera"].startswith("the camera pans from 0.")


def test_who_comes_late_and_goes_early_is_shown_while_there(tmp_path):
    """C14: 2 s of a garden, a woman crosses, then nobody, and somebody else for a moment."""
    keypoints = keypoints_of(CASES / "case_enters_and_leaves.mp4", tmp_path)
    observed, _ = read_observed(keypoints, ReadingSettings())
    part = shown(observed.seen.astype(float), observed.fps)
    assert part.first / part.fps == pytest.approx(1.8, abs=0.3)
    assert part.stop / part.fps == pytest.approx(4.6, abs=0.3)
    assert part.drawn.all() and told(keypoints) == {}


def test_a_cut_to_another_side_is_told_with_its_second(tmp_path):
    """C19: the same man from another camera, from 0.9 s on, in a film that is a little dark."""
    films = [REALDATA / f"references/pose2sim_single_cam0{i}.mp4" for i in (3, 4)]
    first, second = (read_frames(film, range(0, 100, 2)) for film in films)
    with VideoWriter(tmp_path / "cut.mp4", *first.shape[2:0:-1], fps=30) as video:
        video.write(np.concatenate([first[:27], second[27:]]))
    found = told(keypoints_of(tmp_path / "cut.mp4", tmp_path))
    assert found == {"cut": "the picture changes at 0.9 s"}


def test_of_two_people_the_one_named_is_followed(tmp_path):
    """X1: refused by name; the left one, who is further away, if the table says so."""
    film = REALDATA / "negatives/pose2sim_multi_cam02.mp4"
    with pytest.raises(UserError, match=r"shows 2 people .* say in the column who"):
        keypoints_of(film, tmp_path)
    stored = load_keypoints(keypoints_of(film, tmp_path, "right"))
    assert stored.about["several_people"] == "follows the right of several people"
    good = stored["score"][0, :17] > 0.3
    assert stored["xy"][0, :17][good][:, 0].mean() > 0.45 * stored.about["size"][1]


def test_a_small_bystander_is_no_second_person(tmp_path):
    """X1: somebody walks far behind the performer; the camera stands still."""
    keypoints = keypoints_of(CASES / "case_bystander_behind.mp4", tmp_path)
    assert "several_people" not in load_keypoints(keypoints).about and told(keypoints) == {}


def test_somebody_else_who_comes_later_is_left_out_and_told(tmp_path):
    """X1's kind: a man, 0.6 s of nobody, and another man in the same place: one at a time. The
    masks of the second one are empty."""
    first = _small(read_frames(REALDATA / "references/pose2sim_single_cam03.mp4", range(0, 84, 4)))
    other = _small(read_frames(REALDATA / "identities/turn.mp4", range(0, 28, 2)))
    nobody = np.full((16, 384, 384, 3), 120, np.uint8)
    with VideoWriter(tmp_path / "two.mp4", 384, 384, fps=25) as video:
        video.write(np.concatenate([first, nobody, other]))
    keypoints = keypoints_of(tmp_path / "two.mp4", tmp_path)
    assert told(keypoints)["stranger"] == "somebody else is seen from 1.5 s on, and left out"
    assert not load_keypoints(keypoints)["score"][len(first) :].any()
    extract_masks(tmp_path / "normalised.mp4", keypoints, tmp_path / "masks.npz", "mediapipe")
    found = load_masks(tmp_path / "masks.npz")
    assert found[:20].any((1, 2)).all() and not found[len(first) :].any()


def _small(frames: np.ndarray) -> np.ndarray:
    """Frames (n,h,w,3) scaled into 384 px squares."""
    squares = np.full((len(frames), 384, 384, 3), 120, np.uint8)
    scale = 384 / max(frames.shape[1:3])
    for square, frame in zip(squares, frames, strict=True):
        part = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left = (384 - part.shape[1]) // 2
        square[: part.shape[0], left : left + part.shape[1]] = part
    return squares
