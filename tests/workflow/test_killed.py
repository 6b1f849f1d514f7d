"""A training killed within the workflow: its checkpoint stays, and the next run continues."""

import re
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import torch
import yaml
from safetensors.torch import load_file
from workflow_tools import Checkout

AVATAR = "avatar/esi/avatar.safetensors"
MOST_SECONDS = 300


@pytest.fixture(params=[signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def killed(request, finished, tmp_path) -> tuple[Checkout, str]:
    """The finished world with its avatar in training again, whose process gets a signal; and
    Snakemake's output."""
    checkout = finished.cloned(tmp_path / "clone", keep_times=True)
    settings = checkout.settings
    settings["avatar"]["checkpoint_seconds"] = 0.01
    (checkout.folder / checkout.config).write_text(yaml.safe_dump(settings))
    (checkout.results / AVATAR).unlink()
    with subprocess.Popen(
        checkout.command("--", str(checkout.results.relative_to(checkout.folder) / AVATAR)),
        cwd=checkout.folder,
        env=checkout.environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as run:
        script = training_of(run.pid, checkout.results / "avatar/esi/checkpoint.safetensors")
        script.send_signal(request.param)
        told, _ = run.communicate(timeout=MOST_SECONDS)
    assert run.returncode == 1, told
    return checkout, told


def training_of(snakemake: int, checkpoint: Path) -> psutil.Process:
    """The process of the script, as soon as it has saved a checkpoint."""
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end and psutil.pid_exists(snakemake):
        if checkpoint.exists():
            for process in psutil.Process(snakemake).children(recursive=True):
                script = any("train_avatar.py" in word for word in process.cmdline())
                if script and process.name().startswith("python"):
                    return process
        time.sleep(0.05)
    raise AssertionError("no checkpoint was seen")


def pieces_of_work(checkout: Checkout) -> int:
    """How many steps the last process of the training did, by its progress bar in the log."""
    log = (checkout.results / "logs/train_avatar/esi.log").read_text()
    return int(re.findall(r"training: 100%\S* (\d+)/\1 ", log)[-1])


def test_its_state_outlives_the_clean_up_and_is_taken_up(killed, finished):
    checkout, told = killed
    assert "Error in rule train_avatar" in told
    folder = checkout.results / "avatar/esi"
    assert (folder / "checkpoint.safetensors").is_file()
    assert not (folder / "avatar.safetensors").exists()
    run = checkout.snakemake("--", str(folder.relative_to(checkout.folder) / Path(AVATAR).name))
    assert run.returncode == 0, run.stdout[-3000:]
    assert 0 < pieces_of_work(checkout) < pieces_of_work(finished), "it began afresh"
    whole, resumed = (load_file(of.results / AVATAR) for of in (finished, checkout))
    for name, tensor in whole.items():
        assert torch.allclose(tensor.double(), resumed[name].double(), rtol=0, atol=1e-6), name
    made = {"avatar.safetensors", "trained.npz", "curves.csv", "metrics.json", "turntable.png"}
    assert {path.name for path in folder.iterdir() if path.name[0] != "."} == made
