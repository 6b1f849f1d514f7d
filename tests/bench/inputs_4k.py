"""A long 4K clip of a phone through normalise, keypoints, masks and fit: seconds and memory, as of
this checkout and as of BEFORE."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import yaml
from PIL import Image

from tests.bench.figures import ROOT
from understudy.demo.world import WorldSettings, make_identity

SIZE = (2160, 3840)
FPS = 60
PIECE = 3  # s, of the film that is repeated
SECONDS = int(os.environ.get("UNDERSTUDY_4K_SECONDS", "60"))
TARGETS = ("results/fit/identity/person.npz", "results/features/identity/person/masks.npz")
EVERY = 0.1  # s, between two looks at memory


@dataclass(frozen=True)
class Cost:
    """gb: the most resident memory of all processes of a job together; normalise: s."""

    gb: float
    normalise: float


def film_4k(path: Path) -> None:
    """A demo person who turns around, as a phone would film it."""
    with tempfile.TemporaryDirectory() as folder:
        small, piece = Path(folder) / "small.mp4", Path(folder) / "piece.mp4"
        settings = WorldSettings(360, 640, 12, PIECE, depth_every=1000)
        make_identity("ada", "kitchen", small, Path(folder) / "truth.npz", settings)
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
        grown = f"scale={SIZE[0]}:{SIZE[1]}:flags=bicubic,fps={FPS},noise=alls=6:allf=t"
        encoder = ("-c:v", "libx264", "-preset", "superfast", "-crf", "30", "-pix_fmt", "yuv420p")
        subprocess.run([*ffmpeg, "-i", small, "-vf", grown, *encoder, piece], check=True)
        again = ("-stream_loop", str(SECONDS // PIECE - 1))
        subprocess.run([*ffmpeg, *again, "-i", piece, "-c", "copy", path], check=True)


def cost_of(checkout: Path, film: Path) -> Cost:
    """Of a checkout with an environment of its own; its defaults are the config."""
    with tempfile.TemporaryDirectory(prefix="understudy-4k-") as name:
        folder = Path(name)
        Image.new("RGB", (640, 480), "gray").save(folder / "wall.png")
        for table, text in {
            "identities": f"id\tvideo\nperson\t{film}\n",
            "references": f"id\tvideo\tlabel\nmotion\t{film}\tturn\n",
            "backgrounds": "id\timage\nwall\twall.png\n",
        }.items():
            (folder / f"{table}.tsv").write_text(text, encoding="utf-8")
        tables = {name: f"{name}.tsv" for name in ("identities", "references", "backgrounds")}
        mine: dict[str, object] = {
            "labels": ["turn"],
            "tables": {**tables, "real": None},
            "results": "results",
        }
        mine["backgrounds"] = {"per_pair": 1}
        (folder / "mine.yaml").write_text(yaml.safe_dump(mine), encoding="utf-8")
        command: list[object] = [
            checkout / ".venv/bin/snakemake",
            "--snakefile",
            checkout / "Snakefile",
        ]
        command += ["--directory", folder, "--cores", "2", "--configfile"]
        command += [checkout / "config/config.yaml", folder / "mine.yaml", "--", *TARGETS]
        environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
        run = subprocess.Popen([*map(str, command)], cwd=folder, env=environment)
        watch = _Watch(run.pid)
        watch.start()
        if run.wait() != 0:
            raise RuntimeError(f"{checkout}: the run failed")
        watch.join()
        times = list(folder.glob("results/**/normalise_identity/person*"))
        seconds = next(path for path in times if path.suffix in (".tsv", ".txt"))
        return Cost(watch.peak / 1e9, float(seconds.read_text().splitlines()[1].split()[0]))


class _Watch(threading.Thread):
    """The most memory, bytes, that a child of a process and all below it held together: a job."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak = pid, 0

    def run(self) -> None:
        while Path(f"/proc/{self.pid}/stat").exists() and not _ended(self.pid):
            jobs = [sum(map(_resident, family)) for family in _families(self.pid)]
            self.peak = max(self.peak, *jobs, 0)
            time.sleep(EVERY)


def _ended(pid: int) -> bool:
    return _stat(pid)[0] == "Z"


def _stat(pid: int) -> list[str]:
    """State, parent, …: what follows a process's name in /proc; a lone Z if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return ["Z", "0"]


def _families(pid: int) -> list[list[int]]:
    """Of each child of a process, itself and all below it."""
    everybody = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parent = {one: int(_stat(one)[1]) for one in everybody}
    families = []
    for child in (one for one in everybody if parent[one] == pid):
        found = frontier = [child]
        while frontier:
            frontier = [one for one in everybody if parent[one] in frontier]
            found = found + frontier
        families.append(found)
    return families


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def costs(before: Path) -> tuple[Cost, Cost]:
    """Before and now, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "phone.mp4"
        film_4k(film)
        return cost_of(before, film), cost_of(ROOT, film)
