"""Who is in the image: every person in sampled frames, and the one that matters.

MediaPipe's own trackers follow one person and choose silently. Its detector proposes several:
here each proposal is verified by the landmark model, over the whole frame and over overlapping
quarters (which show small figures larger).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from understudy.features.mediapipe.body import look_at_body, propose_bodies
from understudy.features.mediapipe.regions import Region, whole

NOSE, SHOULDERS, HIPS = 0, [11, 12], [23, 24]
TORSO = SHOULDERS + HIPS
JOINTS = [0, 11, 12, 13, 14, 23, 24, 25, 26, 27, 28]
LIMBS = [(11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28)]
BONES = np.array([(11, 12), (11, 23), (12, 24), (23, 24), *LIMBS])

SAME_CENTRE, SAME_SIDE = 0.2, 1.3  # of two regions that show the same body: in sides; as a ratio


def find_people(frame: np.ndarray) -> np.ndarray:
    """People in an RGB frame (h,w,3): landmarks (k,33,3) x, y in continuous px, visibility."""
    height, width = frame.shape[:2]
    proposed: list[Region] = []
    for x0, y0, x1, y1 in _tiles(width, height):
        part = frame[y0:y1, x0:x1]
        for region in propose_bodies(part, whole(part)):
            moved = replace(region, centre=region.centre + np.array([x0, y0]))
            if not any(_alike(moved, other) for other in proposed):
                proposed.append(moved)
    bodies = [look_at_body(frame, region) for region in proposed]
    found = [body.continuous for body in bodies if body is not None]
    return distinct_people(np.array(found).reshape(-1, 33, 3), width, height)


def _alike(region: Region, other: Region) -> bool:
    near = np.linalg.norm(region.centre - other.centre) < SAME_CENTRE * other.side
    return bool(near and 1 / SAME_SIDE < region.side / other.side < SAME_SIDE)


def _tiles(width: int, height: int, part: float = 0.6) -> list[tuple[int, int, int, int]]:
    """The whole frame and its four overlapping corners, as x0, y0, x1, y1."""
    w, h = round(part * width), round(part * height)
    corners = [(x, y, x + w, y + h) for y in (0, height - h) for x in (0, width - w)]
    return [(0, 0, width, height), *corners]


def torso_length(people: np.ndarray) -> np.ndarray:
    """Mid-shoulders to mid-hips plus half the shoulders' width, px: (...,33,3) -> (...)."""
    shoulders, hips = people[..., SHOULDERS, :2], people[..., HIPS, :2]
    trunk = np.linalg.norm(shoulders.mean(-2) - hips.mean(-2), axis=-1)
    breadth = np.linalg.norm(shoulders[..., 0, :] - shoulders[..., 1, :], axis=-1)
    return trunk + breadth / 2


def distinct_people(
    found: np.ndarray, width: int, height: int, smallest: float = 0.35
) -> np.ndarray:
    """Detections (k,33,3) without duplicates, body parts and distant passers-by, largest first.

    A detection counts if its torso is visible and inside the frame, if its head does not lie on
    another's body (then it is a leg mistaken for a body, or that person again), and if its torso is
    at least `smallest` times the largest one's.
    """
    torso = found[:, TORSO]
    inside = ((torso[..., :2] >= 0) & (torso[..., :2] < (width, height))).all(-1)
    good = found[(torso[..., 2] * inside).mean(-1) >= 0.7]
    kept: list[np.ndarray] = []
    for person in good[np.argsort(-torso_length(good), kind="stable")]:
        length = torso_length(person)
        if kept and length < smallest * torso_length(kept[0]):
            break
        if not any(_is_part_of(person, length, other) for other in kept):
            kept.append(person)
    return np.array(kept).reshape(-1, 33, 3)


def _is_part_of(person: np.ndarray, length: np.ndarray, other: np.ndarray) -> bool:
    """Whether a detection is `other` (33,3) again, or one of its limbs."""
    scale = max(float(torso_length(other)), float(length))
    apart = np.median(np.linalg.norm((person - other)[JOINTS, :2], axis=1))
    if apart < 0.5 * scale:
        return True
    neck = other[SHOULDERS, :2].mean(0)
    starts = np.concatenate([other[BONES[:, 0], :2], neck[None]])
    ends = np.concatenate([other[BONES[:, 1], :2], other[NOSE, :2][None]])
    return bool(_distance_to_bones(person[NOSE, :2], starts, ends).min() < 0.3 * scale)


def _distance_to_bones(point: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """From a point (2,) to each segment (k,2)-(k,2), px."""
    along = ends - starts
    share = ((point - starts) * along).sum(1) / np.maximum((along**2).sum(1), 1e-9)
    return np.linalg.norm(starts + np.clip(share, 0, 1)[:, None] * along - point, axis=1)


@dataclass(frozen=True)
class BodyTrack:
    """One person through the sampled frames: indices (m,) and landmarks (m,33,3) in px."""

    frames: np.ndarray
    people: np.ndarray

    def boxes(self) -> np.ndarray:
        """The box of each sample's landmarks, (m,4) x0, y0, x1, y1."""
        xy = self.people[..., :2]
        return np.concatenate([xy.min(1), xy.max(1)], axis=1)


def follow_people(frames: Sequence[int], people: Sequence[np.ndarray]) -> list[BodyTrack]:
    """Link detections of successive sampled frames, the most prominent person first.

    A detection joins the track whose last body lies nearest, within twice its torso's length.
    Prominence is the sum of torso lengths over a track: seen for long and large.
    """
    tracks: list[tuple[list[int], list[np.ndarray]]] = []
    for frame, detections in zip(frames, people, strict=True):
        pairs = [
            (_apart(detection, track[1][-1]), i, j)
            for i, detection in enumerate(detections)
            for j, track in enumerate(tracks)
        ]
        taken_i: set[int] = set()
        taken_j: set[int] = set()
        for distance, i, j in sorted(pairs):
            if distance < 2 and i not in taken_i and j not in taken_j:
                taken_i.add(i)
                taken_j.add(j)
                tracks[j][0].append(frame)
                tracks[j][1].append(detections[i])
        for i, detection in enumerate(detections):
            if i not in taken_i:
                tracks.append(([frame], [detection]))
    linked = [BodyTrack(np.array(at), np.array(bodies)) for at, bodies in tracks]
    return sorted(linked, key=lambda track: -float(torso_length(track.people).sum()))


def _apart(person: np.ndarray, other: np.ndarray) -> float:
    """Median distance of joints, in torso lengths of the larger."""
    scale = max(float(torso_length(person)), float(torso_length(other)), 1e-9)
    return float(np.median(np.linalg.norm((person - other)[JOINTS, :2], axis=1)) / scale)
