"""Faults that happen on clusters, each done to a running workflow, and the recovery from it.

Each scenario injects the kinds of fault that its docstring counts, and finishes the
workflow as the documentation says. `harm` reports what they cost.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import psutil
import yaml
from safetensors import safe_open

from tests.slurm.ledger import Made
from tests.slurm.slurm_cluster import Cluster, wait_until
from tests.slurm.slurm_tools import SlurmRun, on_gpus
from tests.workflow.workflow_tools import Checkout
from understudy.artifacts.trained import load_trained

WORLD = ("world", "body")  # the demo world's videos
FEATURES = (*WORLD, "video", "features", "fit")  # what a training needs
FITTED = (*FEATURES, "avatar")  # what an animation needs
VIEWS = ["source", "az30_el0"]
# Of the whole table: rightly made again when a row is fixed, and all videos are the demo's again.
OF_ALL_ROWS = ("leakage.json", "rulegraph.dot")
ANIMATIONS = 4  # two references, one person, two views: more than there are GPUs


@dataclass(frozen=True)
class Harm:
    """What a fault cost, in files: finished ones that are gone, and ones made more than once."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]


def harm(run: SlurmRun) -> Harm:
    """Computed at the end of all calls from the ledger of what scripts made."""
    made, folder = run.times_made(), run.checkout.folder
    lost = tuple(path for path in made if not (folder / path).exists())
    twice = (path for path, times in made.items() if times > 1)
    return Harm(lost, tuple(path for path in twice if Path(path).name not in OF_ALL_ROWS))


def only(checkout: Checkout, kept: tuple[str, ...]) -> None:
    """Remove all results except the named folders."""
    for path in checkout.results.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def configured(checkout: Checkout, name: str, **sections: object) -> Checkout:
    """The checkout with its own config: sections replaced or added to."""
    settings = checkout.settings
    for section, value in sections.items():
        old = settings.get(section, {})
        settings[section] = {**old, **value} if isinstance(value, dict) else value
    (checkout.folder / name).write_text(yaml.safe_dump(settings))
    return Checkout(checkout.folder, name)


@dataclass(frozen=True)
class Scenario:
    """A way to harm a run; `kinds`: how many kinds of fault; `kept`: results already there."""

    inject: Callable[..., object]
    kinds: int
    kept: tuple[str, ...]
    accounting: bool
    changes: dict[str, object]

    @property
    def name(self) -> str:
        return self.inject.__name__

    def prepared(self, checkout: Checkout, cluster: Cluster, **training: float) -> SlurmRun:
        """A run of what is left to make. `training`: iterations and interval of a long avatar."""
        ready = long_training if training else two_views
        return SlurmRun.prepared(ready(checkout, self.kept, **training), cluster, **self.changes)


def two_views(checkout: Checkout, kept: tuple[str, ...]) -> Checkout:
    """Only the named results are there, and there are more animations than GPUs."""
    only(checkout, kept)
    return configured(checkout, "views.yaml", render={"views": VIEWS})


def long_training(
    checkout: Checkout, kept: tuple[str, ...], iterations: int, interval: float
) -> Checkout:
    """An avatar that takes this many steps and is saved every `interval` seconds."""
    only(checkout, kept)
    own = {"iterations": iterations, "align_at": [1.0]}
    settings = {"checkpoint_seconds": interval, "direct": own}
    return configured(checkout, "long.yaml", avatar=settings)


def lose_jobs(run: SlurmRun) -> None:
    """1: a job cancelled by hand, 2: a node taken down, 3: a video of nobody; then it is fixed."""
    table = run.checkout.table("references")
    good = table.read_text()
    room = next(run.checkout.results.glob("world/rooms/*.png"))
    _still(room, run.checkout.folder / "nobody.mp4")
    table.write_text(good.rstrip("\n") + "\nempty\tnobody.mp4\tbow\n")
    process = run.start()
    run.wait_for_script("animate_avatar")
    cancelled = cancel_a_job(run)
    run.wait_for_script("animate_avatar", 3)
    requeued = take_a_node_down(run)
    said = run.ended(process, 1)
    assert "Error in rule extract_keypoints: reference empty, log " in said
    assert "error: results/tiny/video/reference/empty.mp4: no person is seen" in said
    assert cancelled in run.cluster.queue("cancelled")
    assert requeued in run.cluster.queue("completed")
    assert made_whole(run, "synthetic") == ANIMATIONS
    table.write_text(good)
    run.snakemake()


def cancel_a_job(run: SlurmRun) -> str:
    """As a user does it by hand; the job's id."""
    job = _animating(run)
    run.cluster.ask("scancel", job)
    return job


def take_a_node_down(run: SlurmRun) -> str:
    """Take down a node with a job, which SLURM gives to the other node; the job's id."""
    job = _animating(run)
    (node,) = run.cluster.ask("squeue", "-h", "-j", job, "-o", "%N").split()
    run.cluster.node(node, "down")
    wait_until("requeued job", lambda: job in run.cluster.queue("pending"))

    def given_again() -> bool:
        run.cluster.ask("scontrol", "update", f"jobid={job}", "starttime=now", check=False)
        return job not in run.cluster.queue("pending")  # SLURM's own hold takes two minutes

    wait_until("second start", given_again)
    return job


def _animating(run: SlurmRun) -> str:
    """The job of the animation that began last: one already done would be made again if its job
    were lost before it ended."""
    return _last(run, "animate_avatar").job


def _last(run: SlurmRun, script: str) -> Made:
    """The run of a script that began last and has not ended."""
    return [made for made in run.history() if made.script == script and not made.end][-1]


def lose_snakemake(run: SlurmRun) -> None:
    """1: kill -9 of Snakemake with jobs in the queue, 2: the driver's allocation cancelled."""
    process = run.start("--", "synthetic")
    run.wait_for_script("animate_avatar")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert run.cluster.queue("running", "pending"), "its jobs are still there"
    assert "lock" in run.ended(run.start("--", "synthetic"), 1).lower()
    run.snakemake("--unlock")
    assert "still in the queue" in run.ended(run.start("--", "synthetic"), 1)
    first = submit_driver(run)
    run.wait_for_script("composite_background")
    run.cluster.ask("scancel", first)
    wait_for_driver(run, submit_driver(run))


def interrupt_snakemake(run: SlurmRun) -> None:
    """1: Ctrl-C. Snakemake cancels its jobs and ends; the next call makes the rest."""
    process = run.start("--", "synthetic")
    run.wait_for_script("animate_avatar")
    process.send_signal(signal.SIGINT)
    run.ended(process, 1)
    wait_until("empty queue", lambda: not run.cluster.queue("running", "pending"))
    run.snakemake("--", "synthetic")


def lose_a_training(run: SlurmRun, after: float) -> float:
    """1: kill -9 `after` seconds from a checkpoint, 2: the time limit. Each continues from there.

    Returns the seconds of work that kill -9 cost: since the last checkpoint.
    """
    process = run.start()
    saved = run.checkout.results / "avatar/esi/checkpoint.safetensors"
    wait_until("checkpoint", saved.exists)
    time.sleep(after)
    os.kill(_last(run, "train_avatar").pid, signal.SIGKILL)
    state = saved.stat().st_mtime
    lost, killed_at = time.time() - state, checkpoint_steps(saved)

    def timed_out() -> bool:
        return bool(run.cluster.queue("timeout"))

    wait_until("more steps", lambda: saved.stat().st_mtime > state or timed_out())
    again = [made for made in run.history() if made.script == "train_avatar"][-1]
    with contextlib.suppress(ProcessLookupError):
        os.kill(again.pid, signal.SIGSTOP)  # however fast the machine, it cannot finish in time
    wait_until("timeout", timed_out)
    with contextlib.suppress(ProcessLookupError):
        os.kill(again.pid, signal.SIGCONT)
    wait_until("its end", lambda: not psutil.pid_exists(again.pid))  # it saves its state first
    stopped_at = checkpoint_steps(saved)
    run.ended(process, 0)
    assert 0 < killed_at < stopped_at
    assert work_of_last_process(run) == work(run) - stopped_at
    return lost


SHORT_LIMIT = {"runtime": "1 if attempt == 2 else 30", "slurm_extra": "''"}  # SLURM's own signal
SCENARIOS = (
    Scenario(lose_jobs, 3, WORLD, True, {"resources": on_gpus(), "retries": 1}),
    Scenario(lose_a_training, 2, FEATURES, False, {"resources": on_gpus(train_avatar=SHORT_LIMIT)}),
    Scenario(lose_snakemake, 2, FITTED, False, {"resources": on_gpus()}),
    Scenario(interrupt_snakemake, 1, FITTED, True, {"resources": on_gpus()}),
)


def submit_driver(run: SlurmRun, target: str = "synthetic") -> str:
    """`sbatch profiles/slurm/driver.sh`; its job id."""
    venv = run.checkout.folder / ".venv"
    if not venv.exists():
        venv.symlink_to(sys.prefix)
    command = ["sbatch", "--parsable", "--cpus-per-task=2", "profiles/slurm/driver.sh"]
    answer = subprocess.run(
        [*command, "--configfile", str(run.checkout.config), "--", target],
        cwd=run.checkout.folder,
        env={**run.environment, "UNDERSTUDY_PROFILE": run.profile.name},
        text=True,
        capture_output=True,
        check=True,
    )
    return answer.stdout.strip()


def wait_for_driver(run: SlurmRun, job: str) -> None:
    wait_until("driver's end", lambda: job not in run.cluster.queue("running", "pending"))
    log = (run.checkout.folder / "understudy-driver.log").read_text()
    assert job in run.cluster.queue("completed"), log[-6000:]


def made_whole(run: SlurmRun, folder: str) -> int:
    """How many videos are in a folder of the results."""
    return len(list((run.checkout.results / folder).rglob("*.mp4")))


def checkpoint_steps(saved: Path) -> int:
    """Steps that a checkpoint holds."""
    with safe_open(saved, "pt") as stored:
        return json.loads(stored.metadata()["note"])["steps"]


def work(run: SlurmRun) -> int:
    """Steps of the whole training, and the frames whose poses are aligned after the last."""
    kept = load_trained(run.checkout.results / "avatar/esi/trained.npz")
    assert kept.steps == run.checkout.settings["avatar"]["direct"]["iterations"]
    return kept.steps + len(kept.trained)


def work_of_last_process(run: SlurmRun) -> int:
    """What the training's last process did: its progress bar's total."""
    log = (run.checkout.results / "logs/train_avatar/esi.log").read_text()
    bar = next(line for line in reversed(log.splitlines()) if line.startswith("training: 100%"))
    return int(re.search(r"(\d+)/\d+ \[", bar)[1])


def _still(picture: Path, video: Path) -> None:
    """Two seconds of an image, as a video."""
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-loop", "1", "-i", picture),
            *("-t", "2", "-r", "8", "-pix_fmt", "yuv420p", video),
        ],
        check=True,
    )
