"""Image files as people have them: each is read right, or its user is told what it is."""

import re

import numpy as np
import pytest
from PIL import Image

from tests.unit import image_profiles as icc
from tests.unit.image_files import RIGHT, TOLD, Kind
from tests.unit.image_making import RGB, levels
from understudy.errors import UserError
from understudy.video import image
from understudy.video.image import exif_of, open_image


@pytest.mark.parametrize("kind", RIGHT, ids=lambda kind: kind.name)
def test_it_is_read_right(kind: Kind, tmp_path):
    shown = open_image(kind.make(tmp_path))
    assert shown.mode == "RGB" and shown.size == kind.shows.shape[1::-1]
    off = np.abs(np.asarray(shown).astype(int) - kind.shows).mean()
    assert off <= kind.off


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.name)
def test_it_is_told_what_it_is_and_what_to_do(kind: Kind, tmp_path):
    path = kind.make(tmp_path)
    with pytest.raises(UserError) as told:
        open_image(path)
    assert str(told.value).startswith(f"{path}: ") and "\n" not in str(told.value)
    assert re.search(kind.shows, str(told.value)), told.value


def test_the_kinds_tell_colours_apart():
    """A reader that passes profiles over would be off by more than the kinds allow."""
    for other in (icc.in_space(RGB, icc.DISPLAY_P3), icc.in_space(RGB, icc.ADOBE, icc.ADOBE_GAMMA)):
        assert np.abs(np.asarray(levels(other)).astype(int) - RGB).mean() > 4


@pytest.mark.parametrize("name", ["large.jpg", "large.png"])
def test_a_picture_of_very_many_pixels_is_reduced(name, tmp_path, monkeypatch):
    monkeypatch.setattr(image, "READ_WHOLE", 60_000)
    photo = Image.fromarray(RGB).resize((960, 640))
    photo.save(tmp_path / name, quality=95)
    shown = open_image(tmp_path / name)
    assert shown.size == (300, 200)
    wanted = np.asarray(photo.resize(shown.size, Image.Resampling.BOX)).astype(int)
    assert np.abs(np.asarray(shown) - wanted).mean() < 3


def test_pillows_limit_is_no_limit_for_what_an_image_says_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.fromarray(RGB).save(tmp_path / "photo.jpg", exif=exif)
    assert exif_of(tmp_path / "photo.jpg")[0x010F] == "a camera"
    assert open_image(tmp_path / "photo.jpg").size == (96, 64)
    assert Image.MAX_IMAGE_PIXELS == 1000
