"""CONTRIBUTING.md: its worked examples work, its hooks are `make test`'s, what it names exists."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workflow_tools import Checkout, copy_repository

from tests.bench.additions import PAGES, ROOT, USES, read_example, use
from tests.unit.fit_quality import sound
from tests.unit.moving import moving_fit
from understudy.artifacts.fit import save_fit

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Checkout:
    """A copy of the checkout to which every example was added."""
    folder = copy_repository(tmp_path_factory.mktemp("contributed"))
    for name in PAGES:
        read_example(name).apply(folder)
    return Checkout(folder)


def run_in(checkout: Checkout, *command: str) -> None:
    done = subprocess.run(
        [*command],
        cwd=checkout.folder,
        env=checkout.environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", USES)
def test_an_example_works(checkout, body_file, name):
    use(name, checkout.folder, body_file)


@pytest.mark.parametrize("name", ["backend", "model", "loss"])
def test_an_addition_touches_three_files_at_most(name):
    assert read_example(name).files <= 3


def test_every_example_of_the_page_is_used():
    headings = re.findall(r"^### .*$", PAGE.split("## Worked examples")[1], re.MULTILINE)
    own = [heading for page, heading in PAGES.values() if page == "CONTRIBUTING.md"]
    assert headings == ["### A back-end", *own]
    assert set(USES) == set(PAGES)


def test_every_block_of_code_is_part_of_an_example():
    blocks = len(re.findall(r"^```(?:python|diff)$", PAGE, re.MULTILINE))
    examples = [
        read_example(name) for name, (page, _) in PAGES.items() if page == "CONTRIBUTING.md"
    ]
    assert sum(len(example.new) + len(example.edits) for example in examples) == blocks


def test_the_stage_runs(checkout):
    """All of its jobs are planned, and one job runs on a fit that is there."""
    due = {job.outputs for job in checkout.would_run() if job.rule == "measure_motion"}
    assert due == {(f"results/tiny/motion/{id_}.npz",) for id_ in ("wave", "bow")}
    fit = checkout.results / "fit/reference/wave.npz"
    fit.parent.mkdir(parents=True)
    save_fit(fit, moving_fit(5), sound(5))
    made = "results/tiny/motion/wave.npz"
    run = checkout.snakemake("--allowed-rules", "measure_motion", "--", made)
    assert run.returncode == 0, run.stdout
    assert (checkout.folder / made).exists()


def test_the_examples_pass_the_checks(checkout):
    """Of `make test`, what takes seconds."""
    for command in lint_commands():
        run_in(checkout, *[word.replace("$(BIN)", str(BIN)) for word in shlex.split(command)])
    document = "understudy.configuration.document"
    run_in(checkout, sys.executable, "-m", document, "config/README.md")
    tests = (
        "tests/unit/test_architecture.py",
        "tests/unit/test_configuration.py",
        "tests/unit/test_forecast.py::test_each_planned_file_is_the_output_of_its_rule",
        "tests/unit/test_dataset.py::test_manifest_holds_every_fact",
    )
    run_in(checkout, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def lint_commands() -> list[str]:
    """The commands of `make lint`, without Snakemake's own slow lint."""
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    commands = [part.strip() for line in recipe.splitlines() for part in line.split("&&")]
    return [line for line in commands if "snakemake --lint" not in line]


def test_the_hooks_run_what_make_test_runs():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert all(hook["language"] == "system" for hook in repository["hooks"])
    assert not any(hook["pass_filenames"] for hook in repository["hooks"])
    entries = [hook["entry"] for hook in repository["hooks"]]
    assert entries == [line.replace("$(BIN)", ".venv/bin") for line in lint_commands()]


def test_what_the_page_names_exists():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^|`)make (\w+)", PAGE, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    before = PAGE.split("## Worked examples")[0]
    for path in re.findall(r"(?<=[` ])((?:src|tests|findings|envs)/[\w./]*)", before):
        assert (ROOT / path).exists() or "NAME" in path, path
    for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", PAGE):
        assert (ROOT / link).exists(), link
