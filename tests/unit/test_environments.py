"""The lock and the environments, as far as they can be checked without conda or a network.

`python -m tests.bench.environments` checks with the package index that they resolve.
"""

import re
import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import understudy
from envs import generate
from envs.generate import PROJECT, ROOT, plain

VERSIONS = generate.versions()
EXCLUDED = set(PROJECT["tool"]["uv"]["exclude-dependencies"])
OVERRIDDEN = set(PROJECT["tool"]["uv"]["override-dependencies"])
OF_A_BUILD = {"requests"}  # what c2pa-python downloads its library with, as toml
NOT_OF_JOBS = set(generate.ON_DEMAND) - {"signing"}  # extras that no environment holds
FILES = generate.generated_files()
ENVIRONMENTS = [path for path in FILES if path.suffix == ".yaml"]
DEPLOYMENTS = [path for path in FILES if path.suffix == ".sh"]
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.]+)")


def needs(name: str) -> list[Requirement]:
    """What a package requires on this machine; nothing if it is not installed."""
    try:
        wanted = [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return []
    return [one for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})]


def pip_lines(path: Path) -> list[str]:
    return yaml.safe_load(path.read_text())["dependencies"][-1]["pip"]


def packages_of(environment: str) -> set[str]:
    """What its files install."""
    paths = (path for path in FILES if path.name.partition(".")[0] == environment)
    return {name for path in paths for name, _ in PIN.findall(path.read_text())}


def test_the_lock_answers_the_project():
    """If it does not: `make lock`."""
    for line in generate.direct():
        requirement = Requirement(line)
        assert requirement.specifier.contains(VERSIONS[plain(requirement.name)]), line


def test_the_lock_holds_what_its_packages_need():
    checked = 0
    for name in VERSIONS:
        for requirement in needs(name):
            other = plain(requirement.name)
            if other not in EXCLUDED | OVERRIDDEN:
                assert requirement.specifier.contains(VERSIONS[other]), f"{name}: {requirement}"
                checked += 1
    assert checked > len(VERSIONS)


def test_the_locks_are_for_every_machine():
    text = generate.LOCK.read_text() + generate.TEST_LOCK.read_text()
    entries = re.findall(r"^\S+==.*(?:\n    --hash=\S+(?: \\)?)*", text, re.MULTILINE)
    assert len(entries) == len(VERSIONS) - 1  # torch
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not [name for name in VERSIONS if re.match(r"nvidia-|cuda-|triton", name)]
    assert "://" not in text


def test_users_get_nothing_that_is_for_tests_or_not_free():
    extras = (lines for name, lines in generate.EXTRAS.items() if name not in generate.ON_DEMAND)
    named = sum(extras, start=PROJECT["project"]["dependencies"])
    pinned, tested = (
        {entry.partition("==")[0] for entry in generate.entries(lock)}
        for lock in (generate.LOCK, generate.TEST_LOCK)
    )
    assert (
        generate.with_needed(plain(Requirement(line).name) for line in named) - {"torch"} == pinned
    )
    assert not pinned & tested
    assert {"pytest", "mediapipe", "mypy", "smplx"} <= tested


def test_a_version_stands_in_one_place():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"]
    assert cited == understudy.__version__
    for path in ("Makefile", "envs/understudy.def"):
        assert not PIN.search((ROOT / path).read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_environment_is_as_it_would_be_generated(path):
    """If it is not: `make lock`."""
    assert path.read_text() == generate.generated(path)


@pytest.mark.parametrize("environment", generate.ENVIRONMENTS)
def test_an_environment_holds_what_its_packages_need(environment):
    packages = packages_of(environment)
    named = set(generate.ENVIRONMENTS[environment])
    lines = (line for extra in NOT_OF_JOBS for line in generate.EXTRAS[extra])
    assert named <= packages
    assert named <= {Requirement(line).name for line in generate.direct()} - {
        Requirement(line).name for line in lines
    }
    for name in packages:
        assert {plain(one.name) for one in needs(name)} <= packages | EXCLUDED | OF_A_BUILD, name


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_is_one_that_conda_and_pip_read(path):
    told = yaml.safe_load(path.read_text())
    assert told.keys() == {"channels", "dependencies"}
    assert told["channels"] == ["conda-forge"]
    *conda, pip = told["dependencies"]
    assert conda == ["python=3.11", "pip"]
    assert pip.keys() == {"pip"}
    for line in pip["pip"]:
        name = PIN.fullmatch(line)[1]
        asked = {plain(one.name) for one in needs(name)}
        assert name == "torch" or not asked & EXCLUDED, f"{name}: put it in without-dependencies"


def test_the_table_of_environments_is_complete():
    assert {path.stem for path in ENVIRONMENTS} == set(generate.ENVIRONMENTS)


@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.name)
def test_what_is_done_after_an_environment_was_made(path):
    assert path.with_name(path.name.replace(".post-deploy.sh", ".yaml")) in ENVIRONMENTS
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_the_container_is_made_from_the_lock():
    text = (ROOT / "envs/understudy.def").read_text()
    assert re.search(r"^From: python:3\.11\.\d+-slim-\w+$", text, re.MULTILINE)
    for name in ("pyproject.toml", generate.LOCK.name):
        assert f"{name} /opt/understudy/{name}" in text
