"""A photo's focal length as its EXIF states it."""

import pytest
from PIL import Image

from understudy.room.exif import exif_focal, focal_px


def with_exif(path, size=(400, 300), **tags) -> str:
    exif = Image.Exif()
    names = {"focal": 0xA405, "width": 0xA002, "height": 0xA003}
    exif.get_ifd(0x8769).update({names[name]: value for name, value in tags.items()})
    Image.new("RGB", size).save(path, exif=exif)
    return str(path)


def test_exif_tells_the_focal_length(tmp_path):
    path = with_exif(tmp_path / "a.jpg", focal=26, width=4000, height=3000)
    assert exif_focal(path, 400, 300) == pytest.approx(26 / 43.267 * 500)
    assert focal_px(36, 3600, 2400) == pytest.approx(3600, rel=1e-3)


@pytest.mark.parametrize("tags", [{}, {"focal": 0}, {"focal": 26, "width": 4000, "height": 2000}])
def test_no_focal_length_is_taken_from_other_exif(tmp_path, tags):
    """None is stated, the stated one is no length, or the photo was cropped since."""
    assert exif_focal(with_exif(tmp_path / "a.jpg", **tags), 400, 300) is None
