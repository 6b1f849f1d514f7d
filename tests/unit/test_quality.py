"""How good a synthetic video is: measured on motions and pictures whose faults are known."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from tests.unit.fit_clips import CAMERA, SIZE, points_of, waving, write_keypoints
from tests.unit.some_labels import some_labels
from understudy.artifacts.figures import FIGURE_PARTS, load_figures, save_figures
from understudy.artifacts.fit import PARTS as FIT_PARTS
from understudy.artifacts.fit import Fit
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.label_arrays import VISIBLE
from understudy.artifacts.label_points import load_figure
from understudy.artifacts.labels import save_labels
from understudy.artifacts.masks import PackedMasks
from understudy.artifacts.quality import MEASURED, PARTS, load_quality, save_quality
from understudy.errors import UserError
from understudy.features.interfaces import Detected
from understudy.features.runtime import EMBEDDED
from understudy.quality.figure import Made, figure_parts, flicker, halo, look_at_figures
from understudy.quality.motion import motion_parts, unfamiliar
from understudy.quality.risk import Calibration, Term, calibration
from understudy.video.write import VideoWriter

FRAMES = 40


@pytest.fixture(scope="module")
def clip(tmp_path_factory, body):
    """A true fit of somebody who waves, the keypoints of that clip, and the body."""

    pose = waving(body, FRAMES)
    keypoints = tmp_path_factory.mktemp("quality") / "keypoints.npz"
    write_keypoints(keypoints, points_of(body, pose))
    fit = Fit(
        pose=pose,
        betas=torch.tensor([0.8, -0.5, 0.5]),
        joint_offset=torch.zeros(55, 3),
        K=torch.from_numpy(CAMERA).float(),
        fps=25.0,
        size=SIZE,
        confidence=np.ones(FRAMES, np.float32),
        error=dict.fromkeys(FIT_PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0], np.float32),
        about={"body": body.model_id},
    )
    return fit, load_keypoints(keypoints), body


def with_joints(fit: Fit, body_pose: torch.Tensor) -> Fit:
    return replace(fit, pose=replace(fit.pose, body_pose=body_pose))


def damaged(fit: Fit) -> dict[str, Fit]:
    joints = fit.pose.body_pose
    return {
        "frozen": with_joints(fit, joints[FRAMES // 2].expand(FRAMES, -1, -1)),
        "late": with_joints(fit, joints[(torch.arange(FRAMES) - 10).clamp(min=0)]),
        "another's": with_joints(fit, joints.flip(0) * 0.2),
    }


def test_a_true_motion_is_a_good_one(clip):
    parts = motion_parts(*clip)
    assert parts["residual"] < 1.0 and parts["out_of_step"] < 0.35
    assert parts["bridged"] == parts["unseen"] == parts["doubt"] == parts["beyond_limits"] == 0
    assert calibration().risk({**dict.fromkeys(PARTS, math.nan), **parts}) < 0.1


@pytest.mark.parametrize("how", ["frozen", "late", "another's"])
def test_a_damaged_motion_is_a_risk(clip, how):
    fit, seen, body = clip
    nothing = dict.fromkeys(PARTS, math.nan)
    good = nothing | motion_parts(fit, seen, body)
    bad = nothing | motion_parts(damaged(fit)[how], seen, body)
    assert bad["residual"] > 1.5 * good["residual"]
    assert bad["out_of_step"] > good["out_of_step"] + 0.1
    assert calibration().log_error(bad) > calibration().log_error(good) + 0.1


def test_what_is_not_seen_is_told(clip):
    fit, seen, body = clip
    score = seen["score"].copy()
    score[:10] = 0
    parts = motion_parts(fit, replace(seen, arrays={**seen.arrays, "score": score}), body)
    assert parts["unseen"] == parts["doubt"] == pytest.approx(0.25)
    without = {name: array for name, array in seen.arrays.items() if name != "world"}
    assert math.isnan(motion_parts(fit, replace(seen, arrays=without), body)["disagreement"])


def test_a_pose_is_as_unfamiliar_as_its_nearest_one_is_far():
    trained = np.zeros((3, 21, 3))
    trained[1, :, 0] = np.radians(60)
    asked = np.zeros((2, 21, 3))
    asked[:, :, 0] = np.radians([[0], [40]])
    assert unfamiliar(asked, trained) == pytest.approx((0 + 20) / 2, abs=1e-4)
    assert unfamiliar(trained, trained) == pytest.approx(0, abs=1e-3)


def disc(size: int = 64, radius: int = 20) -> np.ndarray:
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    return x**2 + y**2 < radius**2


def test_a_seam_is_told_and_a_clean_edge_is_not():
    mask = disc()
    clean = np.where(mask, 180, 60).astype(np.uint8)
    seam = clean.copy()
    seam[disc(radius=22) & ~disc(radius=19)] = 250
    dark = clean.copy()
    dark[disc(radius=22) & ~disc(radius=19)] = 0
    found = [halo(np.repeat(one[..., None], 3, 2), mask) for one in (clean, seam, dark)]
    assert found[0] < 1 < 20 < min(found[1:])
    assert math.isnan(halo(np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), bool)))


def test_flicker_is_a_change_of_change():
    mask = np.ones((8, 8), bool)

    def frames(levels):
        return [np.full((8, 8, 3), level, np.uint8) for level in levels]

    assert flicker(frames(range(0, 50, 5)), [mask] * 10) == 0  # it gets brighter
    assert flicker(frames([100, 110] * 5), [mask] * 10) == pytest.approx(20)
    assert math.isnan(flicker(frames([1, 2]), [mask] * 2))


def test_the_figure_is_compared_limb_by_limb_with_its_labels(tmp_path):
    frames, size = 12, 96
    points = np.zeros((frames, 133, 3))
    points[..., 0] = np.linspace(20, 70, 133)
    points[..., 1] = np.linspace(10, 80, 133)
    points[..., 2] = 1
    seen = np.full((frames, 133), VISIBLE, np.uint8)
    seen[:, 15] = 1  # behind a thing: not looked for
    labels = some_labels(frames, size)
    masks = PackedMasks.of([disc(size)] * frames)
    labels = replace(labels, keypoints=points, seen=seen, masks=masks)
    save_labels(tmp_path / "a.labels.npz", labels)
    with VideoWriter(tmp_path / "a.mp4", size, size, 25) as video:
        video.write(np.full((frames, size, size, 3), 90, np.uint8))
    figure = load_figure(tmp_path / "a.labels.npz")
    true = figure.points.xy

    def detect(moved, score):
        def found(path):
            xy = true[:8].copy()  # of eight frames, which are all alike
            xy[:, [7, 9], 0] += moved
            return Detected(xy, np.full((8, 133), score), {0: 1}, {}, {})

        return found

    right = figure_parts(tmp_path / "a.mp4", figure, detect(0, 0.9))
    assert right["redetected"] == right["undetected"] == right["flicker"] == 0
    assert right["out_of_sight"] == pytest.approx(1 / 133)
    off = figure_parts(tmp_path / "a.mp4", figure, detect(3, 0.9))
    assert off["redetected_left_arm"] > 5 and off["redetected_right_arm"] == 0
    assert off["redetected"] == pytest.approx(off["redetected_left_arm"] / 6)
    lost = figure_parts(tmp_path / "a.mp4", figure, detect(0, 0.1))
    assert lost["undetected"] == 1 and lost["redetected_head"] == 30
    assert lost.keys() == FIGURE_PARTS.keys()


def test_a_video_that_cannot_be_read_is_told_and_the_others_are_measured(tmp_path, capsys):
    save_labels(tmp_path / "a.labels.npz", some_labels(8, 96))
    with VideoWriter(tmp_path / "good.mp4", 96, 96, 25) as video:
        video.write(np.full((8, 96, 96, 3), 90, np.uint8))
    content = (tmp_path / "good.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    videos = [
        Made("ada", "source", name, tmp_path / f"{name}.mp4", tmp_path / "a.labels.npz")
        for name in ("cut", "good")
    ]
    look_at_figures(videos, "mediapipe", EMBEDDED, tmp_path / "figures.json")
    found = load_figures(tmp_path / "figures.json")
    cut, good = found["ada", "source", "cut"], found["ada", "source", "good"]
    assert all(math.isnan(value) for value in cut.values()) and good["out_of_sight"] == 1
    assert "not looked at: " in capsys.readouterr().err


def test_risk_grows_with_every_part_and_stays_a_probability():
    told = calibration()
    usual = dict.fromkeys(PARTS, math.nan)
    assert 0 < told.risk(usual) < 0.5
    for name, term in told.terms.items():
        assert term.weight > 0 and name in PARTS
        values = np.exp if term.logarithm else np.asarray
        low, high = (float(values(term.mean + k * term.spread)) for k in (-2, 2))
        assert told.risk({**usual, name: low}) < told.risk({**usual, name: high})
    worst = {name: 1e9 for name in PARTS}
    assert told.risk(usual) < told.risk(worst) <= 1


def test_risk_is_the_probability_of_a_worst_error():
    told = Calibration({"small": Term(False, 0.0, 1.0, 0.5)}, usual=4.0, bound=4.5, remains=0.5)
    assert told.risk({"small": 1.0}) == pytest.approx(0.5)
    assert told.risk({"small": 2.0}) == pytest.approx(0.8413, abs=1e-4)
    assert told.risk({"small": 99.0}) == told.risk({"small": 4.0})


def test_tables_are_read_as_they_were_written(tmp_path):
    parts = {name: float(k) for k, name in enumerate(FIGURE_PARTS)} | {"halo": math.nan}
    save_figures(tmp_path / "f.json", [(("ada", "source", "gym"), parts)], {})
    (video, read), *_ = load_figures(tmp_path / "f.json").items()
    assert video == ("ada", "source", "gym") and math.isnan(read["halo"])
    assert read["redetected_head"] == parts["redetected_head"]
    row = {"identity": "ada", "view": "source", "background": "gym", "risk": 0.25}
    save_quality(tmp_path / "q.parquet", [row | dict.fromkeys(PARTS, 1.0)])
    table = load_quality(tmp_path / "q.parquet")
    assert table["risk"].tolist() == [0.25] and set(MEASURED) < set(table)


@pytest.mark.parametrize("name, load", [("f.json", load_figures), ("q.parquet", load_quality)])
def test_a_damaged_table_is_refused_in_a_line(tmp_path, name, load):
    (tmp_path / name).write_text('{"videos": [{}]}')
    with pytest.raises(UserError, match=r"cannot be read .*; delete it and rerun"):
        load(tmp_path / name)
    pd.DataFrame({"risk": [1.0]}).to_parquet(tmp_path / "q.parquet")
    with pytest.raises(UserError, match="its columns are others"):
        load_quality(tmp_path / "q.parquet")
