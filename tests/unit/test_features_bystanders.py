"""Who is found in photos of the demo's rooms: somebody who is there, and nobody where nobody is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from understudy.artifacts.people import People, load_people
from understudy.demo.actions import perform
from understudy.demo.camera import tilted_camera
from understudy.demo.ground import ground
from understudy.demo.people import make_person
from understudy.demo.room_film import film, stage
from understudy.demo.room_view import Lens, view_room
from understudy.demo.rooms import make_room
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style
from understudy.errors import UserError
from understudy.features.mediapipe.bystanders import find_bystanders
from understudy.features.mediapipe.crowd import find_crowd, find_everybody

LENS = Lens(tilted_camera(np.array([0.4, 1.4, 2.6]), -14.0, 0.5, 4.0, 66.0, 640, 480))
PLACE = (0.3, -0.4)  # m: x and z


def found(picture: np.ndarray, folder) -> People:
    Image.fromarray(picture).save(folder / "photo.png")
    find_bystanders(folder / "photo.png", folder / "people.json")
    return load_people(folder / "people.json")


@pytest.fixture(scope="module")
def filmed():
    """A frame of somebody who stands in a room."""
    figure, room = make_person("ada"), make_room("office")
    skeleton = Skeleton.of(figure.joints, figure.vertices)
    pose = ground(perform("bow", Style.drawn(1), 1, 1, skeleton), figure.shaped()).pose()
    pose = replace(pose, transl=pose.transl + torch.tensor([PLACE[0], 0.0, PLACE[1]]))
    return next(film(stage(figure, room, LENS, PLACE), LENS, pose))


def test_somebody_who_stands_in_a_room_is_found_where_they_are(filmed, tmp_path):
    people = found(filmed.rgb, tmp_path)
    assert len(people.boxes) == 1 and people.picture == "photo.png" and len(people.model) == 2
    rows, columns = np.nonzero(filmed.mask)
    true = [columns.min(), rows.min(), columns.max(), rows.max()]
    np.testing.assert_allclose(people.boxes[0], true, atol=0.15 * np.ptp(rows))


def street_of(filmed, height: int) -> np.ndarray:
    """Twelve people so many px high, one behind the other here and there: (720,1280,3)."""
    rows, columns = np.nonzero(filmed.mask)
    box = np.s_[rows.min() - 8 : rows.max() + 8, columns.min() - 8 : columns.max() + 8]
    size = (np.array(filmed.mask[box].shape[::-1]) * height / np.ptp(rows)).round().astype(int)
    person, mask = (
        np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BOX))
        for part in (filmed.rgb[box], filmed.mask[box])
    )
    street = np.full((720, 1280, 3), (150, 145, 140), np.uint8)
    street[420:] = (110, 108, 105)
    for k in range(12):
        x, y = 40 + 100 * k, 370 + 17 * (k * 5 % 7)
        part = street[y : y + size[1], x : x + size[0]]
        part[mask] = person[mask]
    return street


def test_in_a_street_of_people_of_one_size_there_are_several(filmed):
    """An eighth of the picture high."""
    assert len(find_everybody(street_of(filmed, 90))) >= 2


def test_a_crowd_of_small_people_is_seen(filmed):
    """A sixteenth of the picture high; two of them are no crowd."""
    street = street_of(filmed, 45)
    assert len(find_crowd(street)) >= 6
    street[:, 240:] = street[:, :1]
    assert find_crowd(street) == []


@pytest.mark.parametrize("room", ["office", "bedroom"])
def test_furniture_is_nobody(room, tmp_path):
    picture = view_room(make_room(room), LENS).rgb
    assert not found(picture, tmp_path).boxes
    assert find_crowd(picture) == []


def test_a_damaged_record_is_told(tmp_path):
    (tmp_path / "people.json").write_text("{}")
    with pytest.raises(UserError, match="delete it and rerun"):
        load_people(tmp_path / "people.json")
