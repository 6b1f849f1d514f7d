"""A checkout whose workflow runs on a test cluster, and a ledger of what its scripts made."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.slurm.ledger import Made, read_ledger, variables
from tests.slurm.slurm_cluster import Cluster, wait_until
from tests.workflow.workflow_tools import COMPILED, REPOSITORY, Checkout

PROFILE = "profiles/slurm"
IMPATIENT = str(Path(__file__).with_name("impatient.py"))
SUBMITTED = (
    *("extract_keypoints", "extract_masks", "extract_depth"),
    *("train_avatar", "score_avatar", "animate_avatar", "train_recogniser", "embed_clips"),
)
WITHOUT_GPU = ("measure_coverage",)  # submitted too
QUICK = {  # the shipped profile, but polling the queue every second
    "slurm-init-seconds-before-status-checks": 1,
    "latency-wait": 5,
    "local-cores": 2,
}


def on_gpus(**asked: dict) -> dict[str, dict]:
    """Every rule of the queue requests a GPU, as with `device: cuda`; their scripts do without.

    `asked`: what else a rule requests.
    """
    return {rule: {"gpu": 1, **asked.get(rule, {})} for rule in SUBMITTED}


def local_rules() -> set[str]:
    """The local rules: those that a file of the workflow lists, and those that say so themselves,
    by the default configuration."""
    paths = [REPOSITORY / "Snakefile", *(REPOSITORY / "rules").glob("*.smk")]
    files = [path.read_text() for path in paths]
    lists = [
        names
        for text in files
        for names in re.findall(r"^localrules:\n((?: +\w+,\n)+)", text, re.M)
    ]
    rules = [rule for text in files for rule in re.split(r"^rule ", text, flags=re.M)]
    said = [rule.split(":")[0] for rule in rules if "\n    localrule:" in rule]
    return {*re.findall(r"\w+", "".join(lists)), *said}


@dataclass(frozen=True)
class SlurmRun:
    """A checkout on a cluster: its profile, its ledger, and what its environment has besides."""

    checkout: Checkout
    cluster: Cluster
    profile: Path
    ledger: Path
    besides: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def prepared(
        cls, checkout: Checkout, cluster: Cluster, resources: dict[str, dict], retries: int = 2
    ) -> "SlurmRun":
        """Write the shipped profile with `QUICK`, these `resources` of rules, and `retries`."""
        profile = yaml.safe_load((checkout.folder / PROFILE / "config.yaml").read_text())
        profile |= QUICK
        profile["set-threads"] = {rule: 1 for rule in SUBMITTED}
        if cluster.accounting:
            profile["default-resources"]["slurm_account"] = "understudy"
        for rule, asked in resources.items():
            profile["set-resources"].setdefault(rule, {}).update(asked)
        profile["retries"] = retries
        folder = checkout.folder / "test_profile"
        folder.mkdir(exist_ok=True)
        (folder / "config.yaml").write_text(yaml.safe_dump(profile))
        return cls(checkout, cluster, folder, checkout.folder / "ledger.jsonl")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.cluster.environment,
            "NUMBA_CACHE_DIR": str(self.checkout.folder / COMPILED),
            **variables(self.ledger, self.checkout.folder / "src"),
            **self.besides,
        }

    def command(self, *arguments: str) -> list[str]:
        return [
            *(sys.executable, IMPATIENT, "--workflow-profile", self.profile.name),
            *("--configfile", str(self.checkout.config), *arguments),
        ]

    def start(self, *arguments: str) -> subprocess.Popen:
        """Snakemake in the background; its output goes to `output`."""
        with self.output.open("w") as output:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.command(*arguments)],
                cwd=self.checkout.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> Path:
        return self.checkout.folder / "snakemake.out"

    def snakemake(self, *arguments: str, seconds: float = 1500) -> str:
        """Run to the end; returns its output."""
        return self.ended(self.start(*arguments), 0, seconds)

    def ended(self, process: subprocess.Popen, code: int | None, seconds: float = 1500) -> str:
        """Wait for Snakemake; returns its output. `code`: the exit code it must have."""
        with stopped(process):
            process.wait(seconds)
        assert code is None or process.returncode == code, self.said()[-6000:]
        return self.said()

    def tool(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`understudy queue …` in the working directory."""
        return subprocess.run(
            [sys.executable, "-m", "understudy", "queue", *arguments],
            cwd=self.checkout.folder,
            env=self.environment,
            text=True,
            capture_output=True,
        )

    def history(self) -> list[Made]:
        """Every script that began, in order."""
        return read_ledger(self.ledger)

    def finished(self) -> bool:
        """Whether there is nothing left to be made."""
        return "Nothing to be done" in self.snakemake("-n")

    def most_at_once(self) -> int:
        """The largest number of scripts on one GPU at a time; each must have seen one GPU."""
        submitted = [made for made in self.history() if made.script in SUBMITTED]
        assert all(made.gpu and made.gpu.isdigit() for made in submitted), submitted
        return max(
            sum(
                (other.node, other.gpu) == (made.node, made.gpu)
                and other.begin <= made.begin <= (other.end or other.begin)
                for other in submitted
            )
            for made in submitted
        )

    def times_made(self) -> Counter[str]:
        """file -> how often a script completed it."""
        return Counter(path for made in self.history() for path in made.files)

    def wait_for_script(self, script: str, count: int = 1) -> None:
        """Wait until this many runs of a script have begun."""

        def begun() -> bool:
            return sum(made.script == script for made in self.history()) >= count

        wait_until(f"{count} × {script}", begun, 600)

    def said(self) -> str:
        """The output of the last Snakemake that was started here."""
        return self.output.read_text() if self.output.exists() else ""


@contextmanager
def stopped(process: subprocess.Popen) -> Iterator[None]:
    """A context at whose end the process and its children are gone, whatever happens."""
    try:
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
