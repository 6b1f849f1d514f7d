"""What a video shows of a person: a body that turns in front of a camera, by its own truth."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from fit_quality import sound

from tests.unit.fit_clips import CAMERA, SIZE, waving
from understudy.artifacts.coverage import PARTS, SIDES, Coverage, Seen, load_coverage
from understudy.artifacts.fit import PARTS as ERRORS
from understudy.artifacts.fit import Fit, save_fit
from understudy.artifacts.masks import PackedMasks, save_masks
from understudy.body.zbuffer import mesh_depth
from understudy.coverage.flags import coverage_flags, tell_coverage
from understudy.coverage.measure import measure_coverage
from understudy.coverage.picture import blur, brightness
from understudy.coverage.settings import FLAGS, CoverageLimits
from understudy.coverage.surface import body_surface
from understudy.errors import UserError
from understudy.video.write import VideoWriter

FPS = 8
ALL_ROUND = np.linspace(0, 2 * np.pi, 24, endpoint=False)


@pytest.fixture(scope="module")
def filmed(body, body_file, tmp_path_factory):
    """coverage(yaw (n,) rad, hide=(rows)): of a body that turns so; `hide`: rows behind a table."""

    def coverage(yaw: np.ndarray, hide: slice = slice(0, 0)) -> Coverage:
        folder = tmp_path_factory.mktemp("coverage")
        pose = waving(body, len(yaw), yaw)
        shaped = body.shaped(torch.zeros(10))
        vertices = shaped.pose(pose).vertices.numpy().astype(float)
        faces = body.faces.numpy()
        masks = np.stack([mesh_depth(one, faces, CAMERA, *SIZE[::-1]) > 0 for one in vertices])
        masks[:, hide] = False
        fit = Fit(
            *(pose, torch.zeros(10), torch.zeros(55, 3), torch.from_numpy(CAMERA).float()),
            *(FPS, SIZE, np.ones(len(yaw)), dict.fromkeys(ERRORS, 1.0), np.array([0, -1.0, 0])),
            {"body": body.model_id},
        )
        save_fit(folder / "fit.npz", fit, sound(len(yaw)))
        save_masks(folder / "masks.npz", PackedMasks.of(masks), {})
        rng = np.random.default_rng(0)
        with VideoWriter(folder / "v.mp4", *SIZE[::-1], FPS) as video:
            for mask in masks:
                cloth = rng.integers(90, 250, (SIZE[0] // 4, SIZE[1] // 4, 3), dtype=np.uint8)
                picture = cloth.repeat(4, 0).repeat(4, 1) * mask[..., None] + 40 * ~mask[..., None]
                video.write(picture.astype(np.uint8))
        out = folder / "coverage.json"
        files = (folder / "v.mp4", folder / "masks.npz", folder / "fit.npz", body_file, out)
        found = measure_coverage(*files)
        assert load_coverage(out) == found
        return found

    return coverage


def test_areas_sides_and_parts_are_a_bodys(body):
    surface = body_surface(body.shaped(torch.zeros(10)))
    assert 1.4 < surface.area.sum() < 2.3  # m² of skin
    by_part = {name: surface.area[surface.part == k].sum() for k, name in enumerate(PARTS)}
    assert by_part["trunk"] > by_part["left_leg"] > by_part["left_arm"] > by_part["left_hand"]
    for name in ("arm", "hand", "leg", "foot"):
        left, right = by_part[f"left_{name}"], by_part[f"right_{name}"]
        assert left == pytest.approx(right, rel=0.05)
    by_side = [surface.area[surface.side == k].sum() for k in range(len(SIDES))]
    assert by_side[2] == pytest.approx(by_side[3], rel=0.05) and min(by_side) > 0.1


def test_who_turns_all_round_is_seen_all_round(filmed):
    found = filmed(ALL_ROUND)
    assert all(seen.share > 0.85 and seen.square > 0.75 for seen in found.sides.values())
    assert all(found.parts[name].share > 0.8 for name in ("head", "trunk", "left_leg", "right_arm"))
    assert found.turned == 360 and found.frames == 24
    flags = set(coverage_flags(found, CoverageLimits()))
    assert not flags & {"side", "part", "oblique", "turn", "seated", "small", "dark"}


def test_case_c24_a_side_that_is_never_shown_is_told(filmed):
    """Case C24: somebody who only ever shows the left, from the front to the back."""
    found = filmed(-np.linspace(0.35, np.pi - 0.35, 16))
    shown, hidden = ("left", "right") if found.sides["left"].share > 0.5 else ("right", "left")
    assert found.sides[shown].share > 0.85 and found.sides[hidden].share < 0.3
    assert found.parts[f"{shown}_leg"].share > found.parts[f"{hidden}_leg"].share + 0.04
    flags = coverage_flags(found, CoverageLimits())
    assert f"% of the {hidden} side seen" in flags["side"] and "turn" in flags
    assert found.turned < 220


def test_the_back_is_not_seen_from_the_front(filmed):
    found = filmed(np.radians(np.linspace(-30, 30, 12)))
    assert found.sides["front"].share > 0.85 and found.sides["back"].share < 0.1
    assert "% of the back" in coverage_flags(found, CoverageLimits())["side"]


def test_what_is_behind_a_table_is_not_seen(filmed):
    found = filmed(ALL_ROUND, hide=slice(215, SIZE[0]))
    told = coverage_flags(found, CoverageLimits())["part"]
    assert found.parts["left_foot"].share < 0.05 and "left foot" in told and "right leg" in told
    assert found.parts["head"].share > 0.8 and "head" not in told


GOOD = Coverage(
    parts=dict.fromkeys(PARTS, Seen(0.95, 0.8)),
    sides=dict.fromkeys(SIDES, Seen(0.97, 0.9)),
    **{"height": 340.0, "turned": 360.0, "flexed": 6.0, "raised": 0.3},
    **{"light": 210.0, "blur": 0.35, "frames": 60},
)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"sides": {**GOOD.sides, "back": Seen(0.2, 0.8)}}, "side"),
        ({"parts": {**GOOD.parts, "left_hand": Seen(0.1, 0.8)}}, "part"),
        ({"sides": {**GOOD.sides, "left": Seen(0.9, 0.3)}}, "oblique"),
        ({"turned": 200.0}, "turn"),
        ({"flexed": 80.0}, "seated"),
        ({"height": 90.0}, "small"),
        ({"light": 40.0}, "dark"),
        ({"blur": 0.8}, "blurred"),
    ],
)
def test_each_flag_has_its_limit_and_is_told(changes, flag, capsys):
    limits = CoverageLimits()
    assert coverage_flags(GOOD, limits) == {}
    assert list(coverage_flags(replace(GOOD, **changes), limits)) == [flag] and flag in FLAGS
    tell_coverage("anna.mp4", replace(GOOD, **changes), limits)
    assert capsys.readouterr().err.startswith(f"warning: anna.mp4: {flag}: ")


def test_blur_and_light_of_pictures():
    rng = np.random.default_rng(1)
    cloth = rng.integers(60, 200, (1, 50, 40, 3), dtype=np.uint8).repeat(5, 1).repeat(5, 2)
    mask = np.ones(cloth.shape[:3], bool)
    values = [
        blur(np.stack([cv2.GaussianBlur(cloth[0], (0, 0), sigma)]), mask) for sigma in (0.1, 2, 5)
    ]
    assert values == sorted(values) and values[0] < 0.5 < 0.6 < values[2]
    assert brightness(cloth) == pytest.approx(brightness(cloth // 4 * 4), abs=5)
    assert brightness(cloth // 4) < 60 < 150 < brightness(cloth)
    assert blur(cloth, np.zeros_like(mask)) == 1.0


def test_a_damaged_file_is_one_line(tmp_path):
    (tmp_path / "coverage.json").write_text('{"parts": 3}')
    with pytest.raises(UserError, match="cannot be read"):
        load_coverage(tmp_path / "coverage.json")
