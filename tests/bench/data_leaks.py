"""Whether copies of test videos are told from other takes in the same place.

Takes: people of the demo world before one still camera in a room, some of whom do the same there,
and parts of real films where there are any (REAL). Each pair of takes in one place is shown under
the same change of light, as a room's lamp or a camera's exposure would change it, and is no copy.
Each copy is made of one take. No threshold was set on these rooms, people and styles.

The demo world's takes are in results/bench/data_world/takes/ and are made once.
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
from PIL import Image

from tests.bench.figures import ROOT, Figure
from understudy.demo.actions import perform
from understudy.demo.camera import phone_camera
from understudy.demo.film import Sensor, Shot, frames
from understudy.demo.ground import ground
from understudy.demo.people import make_person
from understudy.demo.rooms import make_room
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style
from understudy.files import atomic_path
from understudy.recognition.duplicates import copies
from understudy.recognition.fingerprint import fingerprints
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

FPS, SECONDS, WIDTH, HEIGHT = 12, 2.6, 192, 144
ROOMS = {  # room -> who performs what there, in which style
    "kitchen": (
        *(("finn", "eat_meal", 11), ("hao", "jump_up", 12), ("ines", "jump_up", 13)),
        *(("finn", "jump_up", 14), ("hao", "clapping", 15), ("ines", "brush_teeth", 16)),
    ),
    "gym": (
        *(("joao", "throw", 21), ("joao", "throw", 22), ("esi", "kicking", 23)),
        *(("chiyo", "kicking", 24), ("esi", "hand_waving", 25), ("chiyo", "palms_together", 26)),
    ),
}
TAKES = ROOT / "results/bench/data_world/takes"
REAL = Path(os.environ.get("UNDERSTUDY_REALDATA", ROOT.parent / "shared/realdata"))
REAL_SECONDS = 1.8  # of a part of a real film; of a shorter film, its halves
MOST_PARTS = 4
COPIED = "pose2sim_single"  # the real films of which, whole, copies are made


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
    films = [path for kind in ("references", "identities") for path in REAL.glob(f"{kind}/*.mp4")]
    return found + [take for path in sorted(films) for take in _parts(path)]


def copied() -> list[Take]:
    """The takes of which copies are made."""
    found = [take for room, cast in ROOMS.items() for take in _in_room(room, cast)]
    films = sorted(REAL.glob(f"references/{COPIED}*.mp4"))
    return found + [_part(path, 0, probe(path).frames, path.stem) for path in films]


def _in_room(room: str, cast: tuple) -> list[Take]:
    made = []
    for person, action, style in cast:
        name = f"{room}_{person}_{action}_{style}"
        path = TAKES / f"{name}.npz"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(path) as whole:
                np.savez_compressed(whole, frames=_film(room, person, action, style))
        made.append(Take(name, room, np.load(path)["frames"], FPS))
    return made


def _film(room: str, person: str, action: str, style: int) -> np.ndarray:
    """The frames of somebody in a room, before the camera that is always the same there."""
    place, figure = make_room(room), make_person(person)
    at = np.array([[-0.9, 0.0, -0.5], [0.9, 2.1, 0.5]])
    camera = phone_camera(WIDTH, HEIGHT, at)
    skeleton = Skeleton.of(figure.joints, figure.vertices)
    motion = perform(action, Style.drawn(style), FPS, SECONDS, skeleton)
    shot = Shot.in_room(figure, place.parts, place.lighting, camera)
    sensor = Sensor(2.0, style)
    pictures = frames(shot, ground(motion, figure.shaped()).pose())
    return np.stack([sensor.read(picture) for picture, _ in pictures])


def _parts(path: Path) -> list[Take]:
    """Parts of a real film, one after the other: other takes in the same place."""
    info = probe(path)
    length = min(round(REAL_SECONDS * float(info.fps)), info.frames // 2)
    starts = [number * length for number in range(min(info.frames // length, MOST_PARTS))]
    return [_part(path, start, start + length, f"{path.stem}_{start}") for start in starts]


def _part(path: Path, start: int, end: int, name: str) -> Take:
    """The frames from start to end of a film, smaller and fewer a second."""
    info = probe(path)
    step = max(1, round(float(info.fps) / 15))
    height = round(WIDTH * info.height / info.width / 2) * 2
    film = read_frames(path, np.arange(start, end, step))
    images = np.stack([_resized(image, WIDTH, height) for image in film])
    return Take(name, path.stem, images, float(info.fps) / step)


def _resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
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
    "bars": ["-vf", "pad=max(iw\\,ih):ow:(ow-iw)/2:(oh-ih)/2", "-crf", "28"],
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
    pairs, again = pairs_of_takes(takes(), folder), copies_of(copied(), folder)
    every = [
        path for kind in (pairs, again) for two in kind.values() for one in two for path in one
    ]
    prints, unread = fingerprints(every)
    assert not unread, unread
    false, missed = {}, {}
    for light, two in pairs.items():
        told = [copies([one], [other], prints) for one, other in two]
        false[light] = [(c.test, c.other, c.how) for found in told for c in found]
    for kind, two in again.items():
        missed[kind] = [pair for pair in two if not copies(pair[:1], pair[1:], prints)]
    return Leaks(
        {light: len(two) for light, two in pairs.items()},
        false,
        {kind: len(two) for kind, two in again.items()},
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
    pairs, tried = sum(leaks.pairs.values()), sum(leaks.copies.values())
    false, missed = (sum(map(len, by.values())) for by in (leaks.false, leaks.missed))
    return [
        Figure("false_leaks", false, f"of {pairs} pairs", 0, at_most=True),
        Figure("false_leak_pairs", pairs, "pairs", 200, at_most=False),
        Figure("missed_copies", 100 * missed / tried, f"% of {tried}", 2, at_most=True),
        Figure("copies", tried, "copies", 200, at_most=False),
    ]
