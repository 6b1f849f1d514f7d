"""Whether copies of test videos are told from other takes in the same place.

Takes: people of the demo world before one still camera in a room, and parts of real films where
there are any (REAL). Each pair of takes in one place is shown under the same change of light, as a
room's lamp or a camera's exposure would change it, and is no copy. Each copy is made of one take.
"""

import itertools
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from tests.bench.figures import Figure
from understudy.demo.actions import perform
from understudy.demo.camera import phone_camera
from understudy.demo.film import Sensor, Shot, frames
from understudy.demo.ground import ground
from understudy.demo.people import make_person
from understudy.demo.rooms import make_room
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style
from understudy.recognition.duplicates import copies
from understudy.recognition.fingerprint import fingerprints
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

FPS, SECONDS, WIDTH, HEIGHT = 12, 2.6, 192, 144
ROOMS = {  # room -> who performs what there, in which style
    "living_room": (
        *(("ada", "drink_water", 1), ("ada", "drink_water", 2), ("ben", "drink_water", 3)),
        *(("ben", "hand_waving", 4), ("ada", "bow", 5), ("ben", "kicking", 6)),
    ),
    "office": (
        *(("dov", "clapping", 1), ("dov", "clapping", 7), ("gita", "throw", 2)),
        *(("gita", "hand_waving", 3), ("dov", "pick_up", 4), ("gita", "cross_hands", 5)),
    ),
}
REAL = Path(os.environ.get("UNDERSTUDY_REAL_CLIPS", "real_clips"))  # a folder of .mp4 films
REAL_SECONDS = 1.8
MOST_PARTS = 4  # of a real film


@dataclass(frozen=True)
class Take:
    """frames (n,h,w,3) uint8; place: takes of the same place share its name."""

    name: str
    place: str
    frames: np.ndarray
    fps: float


def takes() -> list[Take]:
    """All takes: of the demo's rooms, and of real films."""
    found = [take for room, cast in ROOMS.items() for take in _in_room(room, cast)]
    return found + [take for path in sorted(REAL.glob("*.mp4")) for take in _parts(path)]


def _in_room(room: str, cast: tuple) -> list[Take]:
    place = make_room(room)
    at = np.array([[-0.9, 0.0, -0.5], [0.9, 2.1, 0.5]])
    camera = phone_camera(WIDTH, HEIGHT, at)
    made = []
    for person, action, style in cast:
        figure = make_person(person)
        skeleton = Skeleton.of(figure.joints, figure.vertices)
        motion = perform(action, Style.drawn(style), FPS, SECONDS, skeleton)
        shot = Shot.in_room(figure, place.parts, place.lighting, camera)
        sensor = Sensor(2.0, style)
        pictures = frames(shot, ground(motion, figure.shaped()).pose())
        images = np.stack([sensor.read(picture) for picture, _ in pictures])
        made.append(Take(f"{room}_{person}_{action}_{style}", room, images, FPS))
    return made


def _parts(path: Path) -> list[Take]:
    """Parts of a real film, one after the other: other takes in the same place."""
    info = probe(path)
    fps = float(info.fps)
    length = round(REAL_SECONDS * fps)
    count = min(info.frames // length, MOST_PARTS)
    step = max(1, round(fps / 15))
    width = WIDTH
    height = round(width * info.height / info.width / 2) * 2
    made = []
    for number in range(count):
        indices = np.arange(number * length, (number + 1) * length, step)
        film = read_frames(path, indices)
        images = np.stack([_resized(image, width, height) for image in film])
        made.append(Take(f"{path.stem}_{number}", path.stem.rstrip("ab"), images, fps / step))
    return made


def _resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BOX))


# What light does, of frames (n,h,w,3) float and their times (n,) s: the same in every take.
def _fade(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    return images * np.clip(at / (8 / 30), 0, 1)[:, None, None, None]


def _black_first(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    return images * (at > 0)[:, None, None, None]


def _exposure(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    return images * (1 + 0.7 * np.exp(-at / 0.25))[:, None, None, None]


def _lamp(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A lamp at the left is switched on halfway."""
    height, width = images.shape[1:3]
    y, x = np.mgrid[:height, :width] / [[[height]], [[width]]]
    lit = 0.35 + 0.65 * np.exp(-((x - 0.1) ** 2 + (y - 0.2) ** 2) / 0.5)
    dark = np.where(at[:, None, None] < at[-1] / 2, 0.4, lit)
    return images * dark[..., None]


def _drift(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    return images + 15 * (at / at[-1])[:, None, None, None]


def _dim(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Light goes out towards the end."""
    gamma = 1 + 0.8 * (at / at[-1])[:, None, None, None]
    return 255 * (np.clip(images, 0, 255) / 255) ** gamma


LIGHT: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "as filmed": lambda images, at: images,
    "fade-in": _fade,
    "black first frame": _black_first,
    "exposure settles": _exposure,
    "lamp switched on": _lamp,
    "drift": _drift,
    "goes dim": _dim,
}
COPIES = {  # kind -> ffmpeg's options
    "quality": ["-crf", "36"],
    "size": ["-vf", "scale=96:128", "-crf", "28"],
    "rate": ["-r", "9"],
    "colour": ["-vf", "eq=brightness=0.08:contrast=0.8", "-crf", "30"],
    "codec": ["-c:v", "mpeg4", "-q:v", "9"],
    "faster": ["-vf", "setpts=PTS/1.25"],
    "slower": ["-vf", "setpts=PTS*1.3"],
    "mirrored": ["-vf", "hflip", "-crf", "30"],
    "cropped": ["-vf", "crop=iw*0.84:ih*0.84", "-crf", "28"],
    "cropped at one side": ["-vf", "crop=iw*0.88:ih:0:0", "-crf", "28"],
    "cropped and mirrored": ["-vf", "crop=iw*0.9:ih*0.9:iw*0.02:ih*0.08,hflip"],
    "bars": ["-vf", "pad=iw:iw:0:(ow-ih)/2", "-crf", "28"],
    "first part": ["-t", "1.5"],
    "middle part": ["-ss", "0.5", "-t", "1.3"],
    "last part, mirrored": ["-ss", "0.7", "-vf", "hflip"],
}


def write(take: Take, light: str, folder: Path) -> str:
    """A take under a light, as a video."""
    at = np.arange(len(take.frames)) / take.fps
    images = LIGHT[light](take.frames.astype(np.float32), at).clip(0, 255).astype(np.uint8)
    path = folder / f"{take.name}.{light.replace(' ', '_')}.mp4"
    with VideoWriter(path, images.shape[2], images.shape[1], take.fps) as video:
        video.write(images)
    return str(path)


def pairs_of_takes(made: list[Take], folder: Path) -> dict[str, list[tuple[str, str]]]:
    """By light: every pair of different takes in one place."""
    found = {}
    for light in LIGHT:
        path = {take.name: write(take, light, folder) for take in made}
        found[light] = [
            (path[one.name], path[two.name])
            for one, two in itertools.combinations(made, 2)
            if one.place == two.place
        ]
    return found


def copies_of(made: list[Take], folder: Path) -> dict[str, list[tuple[str, str]]]:
    """By kind: (copy, original) of each take."""
    found: dict[str, list[tuple[str, str]]] = {}
    for take in made:
        original = write(take, "as filmed", folder)
        for kind, options in COPIES.items():
            path = f"{original[:-4]}.{kind.replace(' ', '_')}.copy.mp4"
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-i", original]
            subprocess.run([*command, *options, path], check=True)
            found.setdefault(kind, []).append((path, original))
    return found


@dataclass(frozen=True)
class Leaks:
    """By light: how many pairs of different takes, and which were called copies; by kind: how many
    copies, and which were missed."""

    pairs: dict[str, int]
    false: dict[str, list[tuple[str, str, str]]]
    copies: dict[str, int]
    missed: dict[str, list[tuple[str, str]]]


def measure(folder: Path) -> Leaks:
    """Make all videos in `folder`, and compare them as the workflow does."""
    made = takes()
    pairs, copied = pairs_of_takes(made, folder), copies_of(made, folder)
    every = [
        path for kind in (pairs, copied) for two in kind.values() for one in two for path in one
    ]
    prints, unread = fingerprints(every)
    assert not unread, unread
    false, missed = {}, {}
    for light, two in pairs.items():
        told = [copies([one], [other], prints) for one, other in two]
        false[light] = [(c.test, c.other, c.how) for found in told for c in found]
    for kind, two in copied.items():
        missed[kind] = [pair for pair in two if not copies(pair[:1], pair[1:], prints)]
    return Leaks(
        {light: len(two) for light, two in pairs.items()},
        false,
        {kind: len(two) for kind, two in copied.items()},
        missed,
    )


def figures() -> list[Figure]:
    """Of the bench `data`."""
    with tempfile.TemporaryDirectory() as folder:
        leaks = measure(Path(folder))
    for light, found in leaks.false.items():
        print(f"  {light:20} {len(found)} of {leaks.pairs[light]} pairs called copies", *found)
    for kind, found in leaks.missed.items():
        print(f"  {kind:20} {len(found)} of {leaks.copies[kind]} copies missed")
    pairs, copied = sum(leaks.pairs.values()), sum(leaks.copies.values())
    false, missed = (sum(map(len, by.values())) for by in (leaks.false, leaks.missed))
    return [
        Figure("false_leaks", false, f"of {pairs} pairs", 0, at_most=True),
        Figure("false_leak_pairs", pairs, "pairs", 200, at_most=False),
        Figure("missed_copies", 100 * missed / copied, f"% of {copied}", 2, at_most=True),
        Figure("copies", copied, "copies", 200, at_most=False),
    ]
