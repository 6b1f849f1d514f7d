"""Ten kinds of damage to each of eight kinds of file, and twelve errors of disks and paths."""

import errno
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

Damage = Callable[[Path], object]
PAGE = "<!DOCTYPE html><html><body>404 Not Found</body></html>\n" * 20


def empty(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    _cut(path, 0.5)


def without_its_end(path: Path) -> None:
    _cut(path, 0.95)


def without_its_head(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes(min(64, len(data))) + data[64:])


def hole(path: Path) -> None:
    """A third in the middle is zeros, as where a disk lost its blocks."""
    data = bytearray(path.read_bytes())
    a, b = len(data) // 3, 2 * len(data) // 3
    data[a:b] = bytes(b - a)
    path.write_bytes(data)


def noise(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(max(1000, path.stat().st_size)))


def web_page(path: Path) -> None:
    path.write_text(PAGE)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _cut(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])


ANY = (empty, half, without_its_end, without_its_head, hole, noise, web_page, folder)


def not_numbers(path: Path) -> None:
    """Every array of floats is NaN."""

    def harmed(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {
            name: np.full_like(array, np.nan) if array.dtype.kind == "f" else array
            for name, array in arrays.items()
        }

    _rewritten(path, harmed)


def too_short(path: Path) -> None:
    """The first entry of the largest array of more than bytes is missing."""

    def harmed(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        known = {name: array for name, array in arrays.items() if array.ndim and array.itemsize > 1}
        name = max(known, key=lambda name: known[name].nbytes)
        return {**arrays, name: np.ascontiguousarray(known[name][1:])}

    _rewritten(path, harmed)


def _rewritten(
    path: Path, harmed: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
) -> None:
    if path.suffix == ".safetensors":
        with safe_open(path, "np") as stored:
            about = stored.metadata()
        save_file(harmed(load_file(path)), path, about)
        return
    with np.load(path) as stored:
        arrays = harmed({name: stored[name] for name in stored.files})
    np.savez(path, **arrays)


def too_few(path: Path) -> None:
    """The last entry of the largest array is missing, whatever it holds."""

    def harmed(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        name = max(arrays, key=lambda name: arrays[name].nbytes)
        return {**arrays, name: arrays[name][:-1]}

    _rewritten(path, harmed)


def sound_alone(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000)
        for number in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 16000, 1024 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def playlist(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile /etc/hostname\n")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, the file (in the results folder), the damage of its own, and
    scripts that read it."""

    name: str
    path: str
    own: tuple[Damage, Damage]
    readers: tuple[str, ...]

    @property
    def damages(self) -> tuple[Damage, ...]:
        return (*ANY, *self.own)


ARRAYS, VIDEO = (not_numbers, too_short), (sound_alone, playlist)
KINDS = (
    Kind("a user's video", "world/clips/wave.mp4", VIDEO, ("normalise_video",)),
    Kind("normalised video", "video/reference/wave.mp4", VIDEO, ("extract_keypoints",)),
    Kind("keypoints", "features/reference/wave/keypoints.npz", ARRAYS, ("extract_expression",)),
    Kind("masks", "features/identity/esi/masks.npz", (too_few, too_short), ("measure_coverage",)),
    Kind("fit", "fit/reference/wave.npz", ARRAYS, ("render_in_room", "animate_avatar")),
    Kind("avatar", "avatar/esi/avatar.safetensors", ARRAYS, ("render_in_room",)),
    Kind("room", "room/ROOM.npz", ARRAYS, ("render_in_room",)),
    Kind("labels", "synthetic/LABELS.npz", ARRAYS, ("check_videos",)),
)

ERRORS = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP, errno.ESTALE, errno.EIO, errno.ETIMEDOUT),
)
WRITERS = (
    *("normalise_video", "extract_expression", "build_body", "calibrate_background"),
    *("sheet_reference", "write_dataset"),
)


def refusing(number: int, at_the_end: bool) -> None:
    """From now on this process can write no file in results: the system refuses to create it, or
    only to bring it to its place."""
    if at_the_end:

        def replace(source: object, target: object, **_: object) -> None:
            raise OSError(number, os.strerror(number), str(source), None, str(target))

        os.replace = replace
        return
    real = os.open

    def open_(path: object, flags: int, *more: object, **named: object) -> int:
        if flags & os.O_CREAT and "results/" in str(path) and "/logs/" not in str(path):
            raise OSError(number, os.strerror(number), str(path))
        return real(path, flags, *more, **named)

    os.open = open_


def harmed(path: Path, damage: Damage) -> None:
    """Damage a file that is a link to one that stays as it is."""
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole)
    damage(path)


def restored(path: Path, whole: Path) -> None:
    """The undamaged file in its place again, with its time stamp."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    os.link(whole, path)
