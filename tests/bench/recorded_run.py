"""A finished run at the smallest size whose jobs can be run again, each in a process of its own
that has everything imported."""

import importlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import yaml

from tests.bench.figures import ROOT
from tests.workflow.workflow_tools import Checkout, copy_repository

RECORDED = Path(__file__).parent / "recorded"  # its sitecustomize.py keeps the jobs
SCRIPTS = ROOT / "workflow/scripts"
MODULES = (  # what scripts import when they run
    *("av", "cv2", "numba", "numpy", "pandas", "PIL.Image", "pyarrow.parquet", "scipy.optimize"),
    *("torch", "understudy.avatar.training.train", "understudy.body.load"),
    *("understudy.dataset.checks", "understudy.dataset.manifest", "understudy.features.keypoints"),
    *("understudy.features.expression", "understudy.features.masks", "understudy.fitting.fit"),
    *("understudy.report.sheets", "understudy.room.calibrate", "understudy.scene.animate"),
    *("understudy.scene.in_room", "understudy.video.normalise", "understudy.coverage.measure"),
)
PATIENCE_S = 120


@dataclass(frozen=True)
class Ended:
    """How a job ended: its exit code (None: it took too long) and what it printed."""

    code: int | None
    said: str

    def tells(self, path: str) -> bool:
        """Whether it told in one line what is wrong with a file: as its one error, or, if it could
        use it all the same, as a remark on it; and printed no traceback."""
        lines = self.said.splitlines()
        if "Traceback" in self.said:
            return False
        if self.code == 0:
            return any(line.startswith(f"{path}: ") for line in lines)
        errors = [line for line in lines if line.startswith("error: ")]
        return self.code == 1 and len(errors) == 1 and path in errors[0]


@dataclass(frozen=True)
class RecordedRun:
    """A checkout with finished results, and what each script was told: {script: [snakemake]}."""

    checkout: Checkout
    jobs: dict[str, list[Any]]

    def again(
        self, job: Any, script: str, case: Path, harm: Callable[[], object] = lambda: None
    ) -> Ended:
        """Run a job in a copy of the results, harmed within its process."""
        output = case / "said"
        began, child = time.monotonic(), os.fork()
        if child == 0:
            _run(job, script, case, output, harm)
        while time.monotonic() - began < PATIENCE_S:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return Ended(os.waitstatus_to_exitcode(status), output.read_text(errors="replace"))
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return Ended(None, output.read_text(errors="replace"))

    def copy(self, case: Path) -> Path:
        """The checkout's files again under another folder, as links until they are replaced."""
        shutil.rmtree(case, ignore_errors=True)
        for name in (self.checkout.settings["results"], "tests", "config"):
            shutil.copytree(self.checkout.folder / name, case / name, copy_function=os.link)
        return case


def record(folder: Path) -> RecordedRun:
    """The smallest run, with people in rooms, to its dataset, sheets and videos on white."""
    copy_repository(folder)
    checkout = Checkout(folder, "rooms.yaml")
    settings = Checkout(folder).settings | {"render": {"placement": "scene"}}
    (folder / "rooms.yaml").write_text(yaml.safe_dump(settings))
    kept = folder / "jobs"
    kept.mkdir()
    path = f"{RECORDED}:{checkout.environment['PYTHONPATH']}"
    sheets = f"{settings['results']}/sheets/reference/wave.jpg"
    run = subprocess.run(
        checkout.command("--", "dataset", "white", sheets),
        cwd=folder,
        env={**checkout.environment, "PYTHONPATH": path, "UNDERSTUDY_JOBS": str(kept)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if run.returncode:
        raise RuntimeError(run.stdout[-3000:])
    jobs: dict[str, list[Any]] = {}
    for path_of_job in sorted(kept.iterdir()):
        jobs.setdefault(path_of_job.name.split(".")[0], []).append(
            pickle.loads(path_of_job.read_bytes())
        )
    for module in MODULES:
        importlib.import_module(module)
    return RecordedRun(checkout, jobs)


def _run(job: Any, script: str, case: Path, output: Path, harm: Callable[[], object]) -> None:
    """The forked process: it never returns."""
    code = 1
    try:
        with output.open("wb") as stream:
            for descriptor in (1, 2):
                os.dup2(stream.fileno(), descriptor)
        sys.stdout = os.fdopen(1, "w", buffering=1)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        os.chdir(case)
        sys.path.insert(0, str(SCRIPTS))
        path = SCRIPTS / f"{script}.py"
        os.environ["NUMBA_NUM_THREADS"] = str(job.threads)
        numba.config.reload_config()  # it was imported with another number
        harm()
        exec(compile(path.read_text(), str(path), "exec"), {"snakemake": job})
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(code)
