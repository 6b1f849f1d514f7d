"""DECA and Hand4Whole: parity with the public networks, the crops, and the features made from them.

tests/unit/data holds the public code's outputs (github.com/yfeng95/DECA, github.com/mks0601/
Hand4Whole_RELEASE, at their newest commits of 2023-02-22 and 2026-07-01) with the weights of
`seeded_state` on `seeded_pictures` (Hand4Whole in double precision), and the names and shapes of
its parameters.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fit_clips import points_of, waving, write_keypoints
from seeded import public_network, seeded_pictures, seeded_state

from tests.unit.parity import deca_parity, hand4whole_parity, seeded_network
from understudy.artifacts.arrays import load_arrays
from understudy.body.landmarks import FACE, LEFT_HAND, RIGHT_HAND
from understudy.body.rotation import axis_angle_to_matrix
from understudy.errors import UserError
from understudy.features.crops import Cut, cut_picture
from understudy.features.deca import expression as deca
from understudy.features.deca.expression import bridged, face_cut
from understudy.features.expression import extract_expression
from understudy.features.faces import from_the_front, seen_faces
from understudy.features.frames import ahead, batched
from understudy.features.hand4whole import hands as hand4whole
from understudy.features.hand4whole.hands import hand_scores, person_cut, relaxed
from understudy.features.hand4whole.network import PICTURE
from understudy.features.hand4whole.roi_align import roi_align
from understudy.features.hand4whole.rotation6d import columns_to_axis_angle
from understudy.features.hands import extract_hands
from understudy.features.runtime import Runtime
from understudy.fitting.features import read_features
from understudy.fitting.settings import FitSettings
from understudy.observation.observed import read_observed
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

FRAMES = 3


@pytest.fixture(scope="module")
def encoder():
    return seeded_network("deca")


@pytest.fixture(scope="module")
def hands_network():
    return seeded_network("hand4whole")


# As the public networks


@pytest.mark.parametrize("reader", [deca, hand4whole])
def test_a_checkpoint_holds_what_the_public_network_does(reader):
    assert reader.shapes(reader.NAME) == public_network(reader.NAME)[0]


def test_deca_gives_what_the_public_network_gives(encoder):
    codes = public_network("deca")[1]["codes"]
    assert np.abs(codes[0] - codes[1]).mean() > 0.05, "blind to the picture"
    assert deca_parity(encoder) < 1e-5


def test_hand4whole_gives_what_the_public_network_gives(hands_network):
    for name, pose in public_network("hand4whole")[1].items():
        assert np.abs(pose[0] - pose[1]).mean() > 0.05, f"{name}: blind to the picture"
    assert hand4whole_parity(hands_network) < 1e-5


def test_red_and_blue_are_not_the_same_to_it(hands_network):
    picture = seeded_pictures((1, 3, *PICTURE))
    right, wrong = hands_network(picture), hands_network(picture.flip(1))
    assert (right.hands - wrong.hands).abs().mean() > 0.01


def test_six_numbers_are_two_columns():
    turns = torch.tensor(np.random.default_rng(0).normal(0, 1, (50, 3)), dtype=torch.float64)
    six = axis_angle_to_matrix(turns)[..., :2].flatten(1)
    torch.testing.assert_close(columns_to_axis_angle(3 * six), turns)


@pytest.mark.parametrize("box", [(1.3, 2.2, 19.1, 25.0), (-6, -9, 9, 12), (15, 20, 40, 44)])
def test_squares_are_cut_as_roi_align_says(box):
    rng, size = np.random.default_rng(0), 5
    picture = rng.random((30, 22))
    x0, y0, x1, y1 = box
    count_x, count_y = (int(np.ceil(extent / size)) for extent in (x1 - x0, y1 - y0))
    wanted = np.zeros((size, size))
    for row, column in np.ndindex(size, size):
        for i, j in np.ndindex(count_y, count_x):
            y = y0 + (y1 - y0) / size * (row + (i + 0.5) / count_y)
            x = x0 + (x1 - x0) / size * (column + (j + 0.5) / count_x)
            wanted[row, column] += bilinear(picture, y, x) / (count_x * count_y)
    given = torch.tensor(picture)[None, None], torch.tensor([box], dtype=torch.float64)
    np.testing.assert_allclose(roi_align(*given, size)[0, 0], wanted, atol=1e-12)


def bilinear(picture: np.ndarray, y: float, x: float) -> float:
    """As in torchvision's kernel: nothing beyond a pixel outside, the edge's colour up to there."""
    height, width = picture.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    top, left = int(y), int(x)
    below, right = min(top + 1, height - 1), min(left + 1, width - 1)
    v, u = y - top, x - left
    return (1 - v) * ((1 - u) * picture[top, left] + u * picture[top, right]) + v * (
        (1 - u) * picture[below, left] + u * picture[below, right]
    )


# What they are shown


def slopes(height: int, width: int) -> np.ndarray:
    """A frame whose red is the column and whose green is the row, px."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, 0 * x], -1).astype(np.uint8)


def test_a_cut_lies_where_it_says():
    cut = Cut((20.25, 30.5), (0.75, 1.5))
    picture = cut_picture(slopes(200, 240), cut, (60, 80), "cpu") * 255
    for row, column in ((0, 0), (59, 79), (17, 42)):
        place = cut.to_frame([column + 0.5, row + 0.5]) - 0.5  # a pixel's centre holds its number
        np.testing.assert_allclose(picture[:2, row, column], place, atol=1e-3)


def test_outside_the_frame_it_is_black():
    frame = np.full((40, 40, 3), 200, np.uint8)
    picture = cut_picture(frame, Cut((-10.0, 5.0), (1.0, 1.0)), (20, 30), "cpu")
    assert picture[:, :, :9].max() == 0 and picture[:, :, 12:].min() > 0.78


def test_a_face_fills_its_square_as_decas_own_crop():
    box = np.array([60.0, 50.0, 100.0, 110.0])
    cut = face_cut(box)
    corners = cut.to_frame(np.array([[0.5, 0.5], [deca.SIZE - 0.5] * 2]))
    side = int((40 + 60) / 2 * 1.1 * 1.25)
    np.testing.assert_allclose(corners, [[80 - side / 2, 80 - side / 2], [80 + side / 2] * 2])


def test_a_person_is_shown_upright_at_three_to_four():
    xy = np.array([[200.0, 100.0], [260.0, 400.0]])
    cut = person_cut(xy, (480, 640))
    corners = cut.to_frame(np.array([[0.5, 0.5], [PICTURE[1] + 0.5, PICTURE[0] + 0.5]]))
    np.testing.assert_allclose(corners.mean(0), [230, 250])
    height = 300 * 1.1 * 1.25
    np.testing.assert_allclose(corners[1] - corners[0], [height * 3 / 4, height])


def test_a_face_on_the_back_of_a_head_is_none():
    face = np.zeros((2, 68, 2))
    face[:, 36:42], face[:, 42:48], face[:, 48:68] = (40, 50), (60, 50), (50, 80)
    face[1, :, 0] = 100 - face[1, :, 0]  # left and right unchanged, seen from behind
    seen = np.ones((2, 68), bool)
    assert from_the_front(face, seen).tolist() == [True, False]
    lying = np.stack([-face[..., 1], face[..., 0]], -1)
    assert from_the_front(lying, seen).tolist() == [True, False]
    assert not from_the_front(face, seen & (np.arange(68) < 48)).any()


def test_a_back_is_no_face_and_a_front_is(body, tmp_path):
    for world in (True, False):  # MediaPipe says where the trunk faces; other detectors do not
        for yaw, seen in ((0.3, True), (0.3 + np.pi, False)):
            points = points_of(body, waving(body, 6, yaw))
            keypoints = write_keypoints(tmp_path / "k.npz", points, noise=0.5, world=world)
            observed, _ = read_observed(keypoints, FitSettings())
            faces = seen_faces(observed)
            assert (faces.valid == seen).all()
            size = (faces.boxes[:, 2:] - faces.boxes[:, :2]).min(1)
            assert (size > 10).all() if seen else not size.any()


def test_what_is_not_seen_is_bridged_and_comes_to_rest():
    valid = np.array([True, False, True, *[False] * 5])
    found = bridged(np.where(valid, [1, 0, 3, 0, 0, 0, 0, 0], 9.0)[:, None], valid, 4.0)[:, 0]
    np.testing.assert_allclose(found, [1, 2 * 0.75, 3, 3 * 0.75, 1.5, 0.75, 0, 0])
    assert not bridged(np.ones((4, 2)), np.zeros(4, bool), 4.0).any()
    mean, pose = np.full((15, 3), 0.2), np.zeros((3, 15, 3))
    away = relaxed(pose, np.array([True, False, False]), mean, 2.0)
    np.testing.assert_allclose(away[:, 0, 0], [0, 0.1, 0.2], atol=1e-9)
    np.testing.assert_allclose(relaxed(pose, np.zeros(3, bool), mean, 2.0), mean[None] + pose)


def test_frames_are_made_ahead_in_order():
    made = []

    def source():
        for number in range(10):
            made.append(number)
            yield number

    frames = ahead(source(), 4)
    assert next(frames) == 0
    frames.close()
    assert 1 <= len(made) <= 6, "no more than was asked for"
    assert list(batched(ahead(iter(range(10)), 3), 4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert list(ahead([], 3)) == []


def test_a_fault_in_what_is_made_ahead_is_told():
    def source():
        yield 1
        raise UserError("damaged")

    with pytest.raises(UserError, match="damaged"):
        list(ahead(source()))


# What is written


@pytest.fixture(scope="module")
def clip(tmp_path_factory, body):
    """A video of three frames and the keypoints of a person who is in it; in the last frame the
    left hand is outside the image and there is no face."""
    folder = tmp_path_factory.mktemp("networks")
    video, keypoints = folder / "clip.mp4", folder / "keypoints.npz"
    pictures = seeded_pictures((FRAMES, 3, 480, 640)).permute(0, 2, 3, 1).numpy()
    with VideoWriter(video, 640, 480, fps=25) as out:
        out.write((255 * pictures).astype(np.uint8))
    score = np.ones((FRAMES, 133))
    score[-1, LEFT_HAND] = score[-1, FACE] = 0
    write_keypoints(keypoints, points_of(body, waving(body, FRAMES)), noise=0, score=score)
    return video, keypoints


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Checkpoints like the official ones, including what else those contain."""
    folder = tmp_path_factory.mktemp("weights")
    encoder = seeded_state(public_network("deca")[0])
    other = {"E_detail": {"layers.2.bias": torch.zeros(128)}, "D_detail": {}}
    torch.save({"E_flame": encoder} | other, folder / "deca_model.tar")
    state = seeded_state(public_network("hand4whole")[0])
    network = {f"module.{name}": tensor for name, tensor in state.items()}
    rest = {"epoch": 6, "optimizer": {"state": {}, "param_groups": [{"lr": 1e-4}]}}
    torch.save({"network": network} | rest, folder / "snapshot_6.pth.tar")
    files = {"deca": folder / "deca_model.tar", "hand4whole": folder / "snapshot_6.pth.tar"}
    return {name: Runtime("cpu", {name: path}) for name, path in files.items()}


def test_expressions_of_a_clip(clip, weights, encoder, tmp_path, body, body_file):
    video, keypoints = clip
    out = tmp_path / "expression.npz"
    extract_expression(video, keypoints, body_file, out, "deca", weights["deca"])
    found = load_arrays(out, "expression", body.model_id)
    assert found["valid"].tolist() == [True, True, False]
    assert found["expression"].shape == (FRAMES, 50) and found["jaw_pose"].shape == (FRAMES, 3)
    assert found["face_shape"].shape == (FRAMES, 100)
    assert np.isfinite(found["expression"]).all() and found.about["model"].keys() == {"deca"}
    observed, _ = read_observed(keypoints, FitSettings())
    box = seen_faces(observed).boxes[1]
    frame = read_frames(video)[1]
    picture = cut_picture(frame, face_cut(box), (deca.SIZE, deca.SIZE), "cpu")
    codes = encoder(picture[None])[0].numpy()
    np.testing.assert_allclose(found["face_shape"][1], codes[:100], atol=1e-4)
    np.testing.assert_allclose(found["expression"][1], codes[150:200], atol=1e-4)
    np.testing.assert_allclose(found["jaw_pose"][1], codes[203:206], atol=1e-4)


def test_poses_of_a_clip(clip, weights, hands_network, tmp_path, body, body_file):
    video, keypoints = clip
    out, face = tmp_path / "hands.npz", tmp_path / "expression.npz"
    extract_hands(video, keypoints, body_file, out, "hand4whole", weights["hand4whole"])
    found = load_arrays(out, "hands", body.model_id)
    assert found["score"][-1, 0] == 0 and found["score"][:-1].min() > 0.9
    observed, _ = read_observed(keypoints, FitSettings())
    cut = person_cut(observed.xy[1], observed.size)
    poses = hands_network(cut_picture(read_frames(video)[1], cut, PICTURE, "cpu")[None])
    for name, wanted in (
        ("global_orient", poses.root[0]),
        ("body_pose", poses.body[0]),
        ("hand_pose", poses.hands[0] + body.hands_mean),
    ):
        turns = [axis_angle_to_matrix(torch.as_tensor(x)) for x in (found[name][1], wanted)]
        torch.testing.assert_close(*turns, atol=1e-4, rtol=0)
    extract_expression(video, keypoints, body_file, face, "landmarks")
    features = read_features(observed, keypoints, face, out, body.model_id)
    assert features.regressed.rotations.shape == (FRAMES, 22, 3, 3)


def test_a_video_of_another_length_is_refused(clip, weights, tmp_path, body, body_file):
    video, _ = clip
    longer = write_keypoints(tmp_path / "keypoints.npz", points_of(body, waving(body, 5)))
    files = video, longer, body_file, tmp_path / "out.npz"
    with pytest.raises(UserError, match=r"has 3 frames, but its keypoints 5; delete them"):
        extract_expression(*files, "deca", weights["deca"])
    with pytest.raises(UserError, match=r"has 3 frames, but its keypoints 5; delete them"):
        extract_hands(*files, "hand4whole", weights["hand4whole"])


def test_a_clip_without_faces_has_none(clip, weights, tmp_path, body, body_file):
    video, _ = clip
    score = np.ones((FRAMES, 133))
    score[:, FACE] = 0
    points = points_of(body, waving(body, FRAMES))
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points, score=score)
    extract_expression(video, keypoints, body_file, tmp_path / "out.npz", "deca", weights["deca"])
    found = load_arrays(tmp_path / "out.npz", "expression")
    assert not found["valid"].any() and not found["expression"].any()


def test_a_hand_out_of_the_picture_has_no_score(body, tmp_path):
    keypoints = write_keypoints(tmp_path / "k.npz", points_of(body, waving(body, FRAMES)), noise=0)
    observed, _ = read_observed(keypoints, FitSettings())
    assert hand_scores(observed).min() > 0.9
    right = observed.xy[:, RIGHT_HAND, 0].max()
    left_part = replace(observed, size=(480, int(right) - 60))
    assert (hand_scores(left_part) == 0).any()
    nobody = replace(observed, seen=np.zeros(FRAMES, bool))
    assert not hand_scores(nobody).any()
