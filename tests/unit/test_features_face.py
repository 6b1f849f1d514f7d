"""Faces and hands: the face's network in parts, second looks, and MediaPipe's own face mesh."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from understudy.features.mediapipe.face import track_face
from understudy.features.mediapipe.face_closeup import SIZE, WIDTH, refined
from understudy.features.mediapipe.hands import track_hand
from understudy.features.mediapipe.models import load_model, model_file
from understudy.features.mediapipe.network import Network
from understudy.features.mediapipe.network_parts import NetworkFile
from understudy.features.mediapipe.windows import cut_window, to_frame

LEFT_LIDS, RIGHT_LIDS = [362, 385, 387, 263, 373, 380], [33, 160, 158, 133, 153, 144]
ENDS = ["regressors", "classificators"]


@pytest.fixture(scope="module")
def detector_file() -> NetworkFile:
    return NetworkFile(model_file("face_detection").read_bytes())


def test_a_network_in_two_parts_finds_what_it_finds_as_a_whole(detector_file):
    picture = np.random.default_rng(0).random((128, 128, 3))
    first = Network(detector_file.part(["input"], ["activation_8"]))
    second = Network(detector_file.part(["activation_8"], ENDS))
    whole = load_model("face_detection")(picture)
    for found, expected in zip(second(*first(picture)), whole, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_part_that_needs_more_than_it_is_given_is_refused(detector_file):
    with pytest.raises(ValueError, match="not from those at the start alone"):
        detector_file.part(["conv2d_1"], ["activation_1"])


def test_the_irises_lie_between_the_lids(filmed):
    face = refined(filmed.frames[0], filmed.holistic.face[0])
    for centre, lids in ((473, LEFT_LIDS), (468, RIGHT_LIDS)):
        low, high = face[lids].min(0), face[lids].max(0)
        assert (face[centre] > low).all() and (face[centre] < high).all()


def test_threads_do_not_disturb_each_other(filmed):
    pose = filmed.holistic.pose[0]

    def look(frame: np.ndarray) -> list[np.ndarray]:
        found = [track_face(frame, pose, None)]
        found += [track_hand(frame, pose, side, None) for side in (0, 1)]
        return [np.zeros(0) if part is None else part.points for part in found]

    frames = list(filmed.frames[:3]) * 4
    alone = [look(frame) for frame in frames]
    assert all(len(points) for points in alone[0])
    with ThreadPoolExecutor(4) as threads:
        for found, expected in zip(threads.map(look, frames), alone, strict=True):
            for ours, theirs in zip(found, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)


def test_a_hand_is_seen_where_it_was_though_the_body_points_elsewhere(filmed):
    frame, pose = filmed.frames[0], filmed.holistic.pose[0].copy()
    hand = track_hand(frame, pose, 0, None)
    size = np.ptp(hand.points, axis=0).max()
    pose[[15, 17, 19], :2] += (2 * size, 0)
    assert track_hand(frame, pose, 0, None) is None
    again = track_hand(frame, pose, 0, hand)
    assert np.median(np.linalg.norm(again.points - hand.points, axis=1)) < 0.15 * size


def test_a_face_that_is_not_there_stays_where_it_was():
    face = np.random.default_rng(0).uniform(40, 80, (478, 2))
    np.testing.assert_array_equal(refined(np.full((120, 120, 3), 128, np.uint8), face), face)


def test_the_close_look_is_that_of_the_face_mesh(filmed):
    mediapipe = pytest.importorskip("mediapipe")
    frame, face = filmed.frames[0], filmed.holistic.face[0]
    low, high = face.min(0), face.max(0)
    side = WIDTH * (high - low).max()
    window = np.array([*((low + high) / 2 - side / 2), side])
    with mediapipe.solutions.face_mesh.FaceMesh(
        static_image_mode=True, refine_landmarks=True, min_detection_confidence=0.1
    ) as model:
        (found,) = model.process(cut_window(frame, window, SIZE)).multi_face_landmarks
    expected = to_frame(np.array([(p.x, p.y) for p in found.landmark]) + 0.5 / SIZE, window)
    apart = np.linalg.norm(refined(frame, face) - expected, axis=1)
    assert apart.max() < 0.005 * (high - low).max()
