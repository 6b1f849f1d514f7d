"""What it costs to set a person into photos: frames a second, and the CPU time of a pair's jobs
next to that of the commit BEFORE, which pasted the person; each job in its own process.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import yaml

from tests.bench.avatar_speed import save_untrained
from tests.bench.figures import ROOT
from tests.bench.fit_world import Clip, make_body
from tests.bench.scene_slide import fit_of, longest_clip
from understudy.artifacts.room import Room, save_room
from understudy.artifacts.trained import Trained, save_trained

BEFORE = "128ba66"
WORLD = ROOT / "results/bench/scene_world"
CORES = 2  # that the frames a second are given for
RUNS = 2
CRF = "16"

# Each job as its script calls it: the library's call, on the process's arguments.
ANIMATE_BEFORE = """
import sys
from understudy.avatar.animate import animate_avatar
from understudy.avatar.settings import AnimateSettings
avatar, fit, body, rgba, white, crf = sys.argv[1:]
animate_avatar(avatar, fit, body, rgba, white, "source", AnimateSettings("ground", crf=int(crf)))
"""
COMPOSITE_BEFORE = """
import sys
from understudy.scene.composite import CompositeSettings, composite_background
rgba, image, out, crf = sys.argv[1:]
composite_background(rgba, image, out, CompositeSettings(crf=int(crf)))
"""
ANIMATE = """
import sys
from understudy.garbage import collect_seldom
collect_seldom()
from understudy.scene.animate import animate_avatar
from understudy.scene.settings import AnimateSettings
avatar, fit, body, white, labels, crf = sys.argv[1:]
animate_avatar(avatar, fit, body, white, labels, "source", AnimateSettings("ground", crf=int(crf)))
"""
RENDER = """
import sys, time
from understudy.garbage import collect_seldom
collect_seldom()
from understudy.scene.in_room import render_in_room
from understudy.scene.settings import CompositeSettings
avatar, trained, fit, body, room, image, out, record, crf, runs = sys.argv[1:]
settings = CompositeSettings(crf=int(crf))
for _ in range(int(runs)):
    began = time.perf_counter()
    render_in_room(
        avatar, trained, fit, body, {"a": room}, {"a": image}, "source", out, record, settings
    )
    print(time.perf_counter() - began)
"""


def learnt_by(clip: Clip, home: Path) -> tuple[Path, Path]:
    """What a training leaves of a clip's person, before it begins: an avatar with as many Gaussians
    as the demo's have, which takes no less time to render, and the record of its scene, a photo."""
    settings = yaml.safe_load((ROOT / "config/demo.yaml").read_text())["avatar"]
    avatar, trained = WORLD / "avatar.safetensors", WORLD / "trained.npz"
    save_untrained(avatar, fit_of(clip), make_body(), settings["direct"]["max_edge"])
    size = settings["size"], settings["size"]
    scene = cv2.resize(cv2.imread(str(home)), size)[..., ::-1].astype(np.float32) / 255
    none = [np.zeros(shape, np.float32) for shape in ((0, 23, 3), (0, 33, 3), (0, 50))]
    save_trained(trained, Trained(*none, scene, np.zeros(0, np.int64), 0, 0.0, 0.0, []))
    return avatar, trained


def written(photos: list[tuple[np.ndarray, Room]]) -> list[tuple[Path, Path]]:
    """The files of photos (h,w,3) and of what was found in them: room.npz, image."""
    files = []
    WORLD.mkdir(parents=True, exist_ok=True)
    for number, (photo, room) in enumerate(photos):
        paths = WORLD / f"room{number}.npz", WORLD / f"photo{number}.png"
        save_room(paths[0], room)
        cv2.imwrite(str(paths[1]), photo[..., ::-1])
        files.append(paths)
    return files


def composite_fps(room: Path, image: Path) -> float:
    """Frames of 512 x 512 a second, from the files to the video, on CORES cores; the best run after
    the first, which compiles."""
    clip = longest_clip()
    with tempfile.TemporaryDirectory() as folder:
        learnt = learnt_by(clip, image)
        files = (*learnt, fit_of(clip), make_body(), room, image)
        out = Path(folder, "out.mp4"), Path(folder, "out.labels.npz")
        told = _ran(ROOT / "src", RENDER, CORES, *files, *out, CRF, 1 + RUNS)[1]
    seconds = [float(line) for line in told.split()]
    return round(clip.seconds * clip.settings.fps) / min(seconds[1:])


def cost_ratio(rooms: list[tuple[Path, Path]]) -> float:
    """CPU time of a pair with these photos (room.npz, image) over that of BEFORE, in turn."""
    clip = longest_clip()
    learnt, fit = learnt_by(clip, rooms[0][1]), fit_of(clip)
    with checkout_before() as before, tempfile.TemporaryDirectory() as name:
        folder, ours, theirs = Path(name), [], []
        for _ in range(RUNS):
            theirs.append(_pasted(before / "workflow", folder, learnt[0], fit, rooms))
            ours.append(_in_rooms(ROOT / "src", folder, learnt, fit, rooms))
            print(f"a pair: {ours[-1]:.1f} CPU s, before {theirs[-1]:.1f}", flush=True)
    return min(ours) / min(theirs)


def _pasted(
    library: Path, folder: Path, avatar: Path, fit: Path, rooms: list[tuple[Path, Path]]
) -> float:
    """CPU seconds of the jobs of BEFORE: a master and a white video, composites of the master."""
    master, white, body = folder / "master.mkv", folder / "white.mp4", make_body()
    spent = _ran(library, ANIMATE_BEFORE, 1, avatar, fit, body, master, white, CRF)[0]
    for _, image in rooms:
        spent += _ran(library, COMPOSITE_BEFORE, 1, master, image, folder / "out.mp4", CRF)[0]
    return spent


def _in_rooms(
    library: Path,
    folder: Path,
    learnt: tuple[Path, Path],
    fit: Path,
    rooms: list[tuple[Path, Path]],
) -> float:
    """CPU seconds of today's jobs: the white video, a rendering in each room."""
    body, white = make_body(), folder / "white.mp4"
    outs = folder / "out.mp4", folder / "out.labels.npz"
    spent = _ran(library, ANIMATE, 1, learnt[0], fit, body, white, folder / "labels.npz", CRF)[0]
    for room, image in rooms:
        spent += _ran(library, RENDER, 1, *learnt, fit, body, room, image, *outs, CRF, 1)[0]
    return spent


def _ran(library: Path, code: str, threads: int, *arguments: object) -> tuple[float, str]:
    """CPU seconds that a process took for `code`, and what it printed."""
    count = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), str(threads))
    environment = {**os.environ, **count, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(library)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a job does not compile its libraries anew
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[2]} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, told


@contextmanager
def checkout_before() -> Iterator[Path]:
    """A checkout of BEFORE: the one that UNDERSTUDY_BEFORE names, or one made for it."""
    if named := os.environ.get("UNDERSTUDY_BEFORE"):
        yield Path(named)
        return
    with tempfile.TemporaryDirectory(prefix="understudy-scene-") as name:
        folder = Path(name) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), BEFORE], check=True)
        try:
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)
