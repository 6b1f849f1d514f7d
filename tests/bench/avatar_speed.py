"""What avatars cost: training at the demo's size, animation, memory; and whether a killed training
continues to the same result. Each in its own process, as its job runs it.

`python -m tests.bench.avatar_speed train|animate ARGUMENT ...` is such a process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from tests.bench.avatar_world import BODY, IDENTITIES, LARGE, make_world
from tests.bench.figures import ROOT
from tests.bench.fit_alone import peak_gb

CORES = 2  # that the figures are given for
GAUSSIANS_EDGE = 0.0125  # m: some 44,000 Gaussians
FULL_EDGE, FULL_ITERATIONS = 0.006, 3000  # some 170,000 Gaussians
RUNS = 3  # of the animation
WAIT = 0.2  # s between polls of a training that is to be killed


def alone(*arguments: str | Path, kill_at: Path | None = None) -> dict:
    """What `python -m tests.bench.avatar_speed` printed; {} if killed once `kill_at` was there."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), str(CORES))
    environment = {**os.environ, **threads, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.bench.avatar_speed", *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        while kill_at is not None and process.poll() is None:
            if kill_at.is_file():
                process.kill()
                return {}
            time.sleep(WAIT)
        told = process.stdout.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return json.loads(told.splitlines()[-1])


def demo_training(device: str = "cpu") -> dict[str, float]:
    """{"seconds", "job_seconds", "gb"} of training the first person as the demo does.

    seconds: of training; job_seconds: with reading, evaluation and the turntable.
    """
    settings = yaml.safe_load((ROOT / "config/demo.yaml").read_text())["avatar"]
    with tempfile.TemporaryDirectory() as folder:
        return alone("train", IDENTITIES[0].person, folder, json.dumps(settings), device)


def animation(device: str = "cpu") -> dict[str, float]:
    """{"fps", "gaussians", "frames"}: the first person in the motion of the second, 512 x 512, from
    the files to both videos; the best of some runs."""
    with tempfile.TemporaryDirectory() as folder:
        return alone("animate", folder, device)


def gpu_costs() -> dict[str, float]:
    """{"train_minutes", "gb", "animate_fps"}: a training at full size, as many Gaussians as two
    subdivisions of SMPL-X make, and animation, both on the GPU."""
    make_world(LARGE)
    own = {"max_edge": FULL_EDGE, "iterations": FULL_ITERATIONS}
    settings = {"size": LARGE.size, "direct": own}
    with tempfile.TemporaryDirectory() as folder:
        trained = alone("train", LARGE.person, folder, json.dumps(settings), "cuda")
    return {
        "train_minutes": trained["seconds"] / 60,
        "gb": trained["gpu_gb"],
        "animate_fps": animation("cuda")["fps"],
    }


def resume_difference() -> float:
    """The largest difference of any tensor of an avatar whose training was killed without warning
    after its first checkpoint, and continued, from that of one that was not."""
    from safetensors.torch import load_file

    own = {"iterations": 150, "max_edge": 0.03}
    settings = {"size": 96, "checkpoint_seconds": 1.0, "direct": own}
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder, "whole"), Path(folder, "killed")
        arguments = ("train", IDENTITIES[0].person)
        alone(*arguments, whole, json.dumps(settings), "cpu")
        halves = alone(
            *arguments,
            killed,
            json.dumps(settings),
            "cpu",
            kill_at=killed / "checkpoint.safetensors",
        )
        assert not halves, "the training ended before its first checkpoint"
        alone(*arguments, killed, json.dumps(settings), "cpu")
        a, b = (load_file(path / "avatar.safetensors") for path in (whole, killed))
    return max(float((a[name].double() - b[name].double()).abs().max()) for name in a)


def save_untrained(path: Path, fit: Path, body: Path, max_edge: float) -> int:
    """Write an avatar of a fitted body before any training, in colours of noise; returns how many
    Gaussians it has."""
    import torch

    from understudy.artifacts.avatar import save_avatar
    from understudy.artifacts.fit import load_fit
    from understudy.avatar.training.direct.settings import DirectSettings
    from understudy.avatar.training.direct.surface_parameters import SurfaceParameters
    from understudy.body.load import load_body

    own, settings = load_fit(fit), DirectSettings(max_edge=max_edge)
    trainee = SurfaceParameters(load_body(body), own.betas, own.joint_offset, settings)
    noise = torch.randn(trainee.logits.shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        trainee.logits += 0.5 * noise  # images that cost an encoder what a person costs, or more
        avatar = trainee.avatar(trainee.offset())
    save_avatar(path, avatar, {})
    return len(avatar)


def _train(person: str, folder: str, settings: str, device: str) -> dict[str, float]:
    import torch

    from understudy.artifacts.trained import load_trained
    from understudy.avatar.training.direct.settings import DirectSettings
    from understudy.avatar.training.settings import TrainSettings
    from understudy.avatar.training.train import train_avatar

    told = json.loads(settings)
    people = (LARGE,) if told["size"] == LARGE.size else IDENTITIES
    identity = next(one for one in people if one.person == person)
    began = time.perf_counter()
    own = DirectSettings(**told.pop("direct"))
    train_avatar(*identity.inputs, folder, TrainSettings("direct", own, **told), device)
    return {
        "seconds": load_trained(Path(folder, "trained.npz")).seconds,
        "job_seconds": round(time.perf_counter() - began, 1),
        "gb": peak_gb(),
        "gpu_gb": torch.cuda.max_memory_allocated() / 1e9 if device == "cuda" else 0.0,
    }


def _animate(folder: str, device: str) -> dict[str, float]:
    from understudy.artifacts.fit import load_fit
    from understudy.scene.animate import animate_avatar
    from understudy.scene.settings import AnimateSettings

    own_fit, motion = (one.path("fit.npz") for one in IDENTITIES[:2])
    path = Path(folder, "avatar.safetensors")
    gaussians = save_untrained(path, own_fit, BODY, GAUSSIANS_EDGE)
    frames, seconds = len(load_fit(motion)), []
    for _ in range(1 + RUNS):  # the first compiles
        began = time.perf_counter()
        animate_avatar(
            path,
            motion,
            BODY,
            Path(folder, "out.mp4"),
            Path(folder, "out.labels.npz"),
            "source",
            AnimateSettings("ground", crf=16),
            Path(folder, "out.mkv"),
            device,
        )
        seconds.append(time.perf_counter() - began)
    return {"fps": frames / min(seconds[1:]), "gaussians": gaussians, "frames": frames}


if __name__ == "__main__":
    task = {"train": _train, "animate": _animate}[sys.argv[1]]
    print(json.dumps(task(*sys.argv[2:])))
