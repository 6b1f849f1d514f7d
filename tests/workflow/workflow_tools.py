"""A checkout of the repository in which Snakemake runs, and the jobs it says it would run."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from numba.core.caching import _CacheLocator

from tests.workflow import loaded_snakemake

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = "tests/workflow/tiny.yaml"
MADE = ("results", ".snakemake")  # what a run makes in a checkout
COMPILED = ".numba_cache"


@dataclass(frozen=True)
class Job:
    """One job that Snakemake would run: its rule and its output files."""

    rule: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Checkout:
    """A folder in which Snakemake is run with one config file, named from that folder."""

    folder: Path
    config: Path | str = TINY

    @property
    def settings(self) -> dict:
        return yaml.safe_load((self.folder / self.config).read_text())

    @property
    def results(self) -> Path:
        return self.folder / self.settings["results"]

    def table(self, name: str) -> Path:
        return self.folder / self.settings["tables"][name]

    def command(self, *arguments: str) -> list[str]:
        """Snakemake's command line, to be run in the folder."""
        return [sys.executable, "-m", "snakemake", *self.options(*arguments)]

    def options(self, *arguments: str) -> list[str]:
        """What Snakemake is told there."""
        return [
            *("--workflow-profile", "profiles/default", "--cores", "2"),
            *("--configfile", str(self.config)),
            *arguments,
        ]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "NUMBA_CACHE_DIR": str(self.folder / COMPILED),
            "PYTHONPATH": f"{self.folder / 'src'}:{self.folder / 'workflow/logger'}",
        }

    def snakemake(
        self, *arguments: str, within: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake, stdout and stderr captured together; `within`: a command before it."""
        return subprocess.run(
            [*within, *self.command(*arguments)],
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def dry_run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Like `snakemake`, but nothing is made, and Snakemake is loaded already."""
        options = self.options("-n", *arguments)
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            code = loaded_snakemake.run(options, self.folder, self.environment, output)
            return subprocess.CompletedProcess(options, code, output.read_text())

    def understudy(self, what: str) -> subprocess.CompletedProcess[str]:
        """`understudy plan` or `understudy status` of this config."""
        return subprocess.run(
            [sys.executable, "-m", "understudy", what, "--configfile", str(self.config)],
            cwd=self.folder,
            env=self.environment,
            text=True,
            capture_output=True,
        )

    def would_run(self, *arguments: str) -> list[Job]:
        """The jobs of a dry run: all that its table of counts lists."""
        run = self.dry_run(*arguments)
        assert run.returncode == 0, run.stdout
        jobs = []
        for block in re.split(r"\n(?=(?:local)?rule \w+:)", run.stdout):
            rule = re.match(r"(?:local)?rule (\w+):", block)
            if rule:
                outputs = re.search(r"\n    output: (.*)", block)
                jobs.append(Job(rule[1], tuple(outputs[1].split(", ")) if outputs else ()))
        total = re.search(r"\ntotal +(\d+)\n", run.stdout)
        assert len(jobs) == (int(total[1]) if total else 0), run.stdout
        return jobs

    def cloned(self, folder: Path, keep_times: bool) -> "Checkout":
        """The same code in a new folder, with the results that were made here moved there.

        A fresh clone has fresh timestamps; `keep_times` keeps them, and what was compiled.
        """
        copy_file = shutil.copy2 if keep_times else shutil.copyfile
        left_out = shutil.ignore_patterns(*MADE, COMPILED, *([] if keep_times else ["__pycache__"]))
        shutil.copytree(self.folder, folder, ignore=left_out, copy_function=copy_file)
        for name in MADE:
            shutil.copytree(self.folder / name, folder / name, symlinks=True)
        if keep_times:
            share_compiled(self.folder, self.folder / COMPILED, folder)
        return Checkout(folder, self.config)


def rules_of(jobs: list[Job]) -> set[str]:
    return {job.rule for job in jobs}


def outputs_of(jobs: list[Job], rule: str) -> set[str]:
    return {output for job in jobs if job.rule == rule for output in job.outputs}


def copy_repository(target: Path) -> Path:
    """The files that a fresh clone would have, with their present content and timestamps."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        text=True,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file() and Path(name).parts[0] not in MADE:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    cache = Path(os.environ.get("NUMBA_CACHE_DIR", REPOSITORY / COMPILED))
    share_compiled(REPOSITORY, cache, target)
    return target


def share_compiled(source: Path, cache: Path, target: Path) -> None:
    """Give a copy of a checkout what numba compiled for it; numba stores it by the folder's path.

    Without any, it compiles again: numba checks the timestamp and size of each source file.
    """
    for folder in (source / "src/understudy").rglob("*/"):
        compiled = cache / _compiled_name(folder)
        if compiled.is_dir():
            name = _compiled_name(target / folder.relative_to(source))
            shutil.copytree(compiled, target / COMPILED / name)


def _compiled_name(folder: Path) -> str:
    return _CacheLocator.get_suitable_cache_subpath(str(folder / "module.py"))


@contextlib.contextmanager
def edited(path: Path, text: str) -> Iterator[None]:
    """A context in which the file has another text."""
    before, times = path.read_text(), path.stat()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def with_row(table: Path, *cells: str) -> str:
    """The text of a table with one more row."""
    return table.read_text().rstrip("\n") + "\n" + "\t".join(cells) + "\n"
