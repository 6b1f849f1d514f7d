"""Which part of a reference is re-enacted when its person comes late, leaves early, or is away."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.avatar_scene import FPS, painted_avatar, standing_fit
from tests.unit.fit_quality import sound
from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import save_fit
from understudy.artifacts.shown import Shown, read_shown, shown
from understudy.scene.absence import emptied
from understudy.scene.animate import animate_avatar
from understudy.scene.settings import AnimateSettings
from understudy.video.probe import probe
from understudy.video.read import read_frames, read_rgba


def seen(*spans: tuple[int, int], frames: int = 140) -> np.ndarray:
    """A fit's confidence: 0.8 in these spans."""
    confidence = np.zeros(frames)
    for start, stop in spans:
        confidence[start:stop] = 0.8
    return confidence


def told(part: Shown) -> tuple[int, int, int, str | None]:
    return part.first, part.stop, int((~part.drawn).sum()), part.told()


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([(0, 140)], (0, 140, 0, None)),
        ([(50, 117)], (50, 117, 0, "nobody is seen before 2.0 s and after 4.7 s")),
        ([(50, 140)], (50, 140, 0, "nobody is seen before 2.0 s")),
        # Somebody else for a moment, 0.9 s after the person has left.
        ([(50, 117), (136, 140)], (50, 117, 0, "nobody is seen before 2.0 s and after 4.7 s")),
        # Hidden for less than a second, then for two.
        ([(0, 60), (80, 140)], (0, 140, 0, None)),
        ([(0, 45), (95, 140)], (0, 140, 50, "nobody is seen for 2.0 s in between")),
        ([], (0, 140, 0, None)),
        ([(7, 8)], (0, 140, 0, None)),
    ],
)
def test_the_part_that_shows_the_person_is_re_enacted(spans, found):
    assert told(shown(seen(*spans), 25.0)) == found


def test_frames_without_a_figure_show_what_is_behind_it():
    pictures = [np.full((3, 2, 2, 3), 7, np.uint8), np.full((2, 2, 2, 3), 7, np.uint8)]
    drawn = np.array([True, False, True, True, False])
    behind = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    done = np.concatenate([one for (one,) in emptied(((p,) for p in pictures), drawn, (behind,))])
    assert (done[drawn] == 7).all() and (done[~drawn] == behind).all()


def test_nobody_stands_frozen_at_the_edge(body, body_file, tmp_path):
    """12 frames a second: there from 0.5 to 1.5 s and from 3 to 4 s."""
    avatar = painted_avatar(body)
    fit = standing_fit(avatar, 50, (96, 64))
    confidence = np.zeros(50, np.float32)
    confidence[6:18] = confidence[36:48] = 0.9
    save_fit(tmp_path / "fit.npz", replace(fit, confidence=confidence), sound(50))
    save_avatar(tmp_path / "avatar.safetensors", avatar, {})
    rgba, white = tmp_path / "out.mkv", tmp_path / "out.mp4"
    files = (tmp_path / "avatar.safetensors", tmp_path / "fit.npz", body_file, white)
    files += (tmp_path / "labels.npz",)
    animate_avatar(*files, "source", AnimateSettings("ground", batch=8), rgba)
    part = read_shown(tmp_path / "fit.npz")
    assert (part.first, part.stop, part.fps) == (6, 48, FPS)
    assert probe(white).frames == len(part) == 42
    there = np.array([frame[..., 3].max() > 0 for frame in read_rgba(rgba)])
    assert there.tolist() == part.drawn.tolist() == [not 12 <= t < 30 for t in range(42)]
    assert read_frames(white)[12:30].min() > 250
