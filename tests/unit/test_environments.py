"""Environments, as far as they can be checked without conda, Apptainer or a network.

`python -m tests.bench.environments` asks the package index whether they resolve.
"""

import re
import subprocess
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
DEPLOYMENTS = sorted((ROOT / "envs").glob("*.post-deploy.sh"))
PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.]+)")


def pins(text: str) -> dict[str, str]:
    return {_plain(name): version for name, version in PIN.findall(text)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> dict[str, str]:
    """What `make install` pins."""
    files = ("requirements.txt", "requirements-gpu.txt", "Makefile")
    return pins("\n".join((ROOT / name).read_text() for name in files))


def pip_lines(path: Path) -> list[str]:
    return yaml.safe_load(path.read_text())["dependencies"][-1]["pip"]


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_is_one_that_conda_reads(path):
    told = yaml.safe_load(path.read_text())
    assert told.keys() == {"channels", "dependencies"}
    assert told["channels"] == ["conda-forge"]
    *conda, pip = told["dependencies"]
    assert conda == ["python=3.11", "pip"]
    assert pip.keys() == {"pip"}
    for line in pip["pip"]:
        assert PIN.fullmatch(line), f"{line}: pip's list of requirements takes no such line"


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_its_packages_agree_with_each_other(path):
    """What one pinned package wants of another is given, and what it wants beside them is known."""
    own, everything = pins("\n".join(pip_lines(path))), required()
    checked = 0
    for name in own:
        try:
            wanted = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:
            continue  # gsplat and its like, without a GPU
        for requirement in wanted:
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            other = _plain(requirement.name)
            version = own.get(other, everything.get(other))
            if version:
                assert requirement.specifier.contains(version, prereleases=True), (
                    f"{name} wants {requirement}, not {version}"
                )
                checked += 1
    assert checked


@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.name)
def test_what_is_done_after_an_environment_was_made(path):
    assert path.with_name(path.name.replace(".post-deploy.sh", ".yaml")) in ENVIRONMENTS
    subprocess.run(["bash", "-n", str(path)], check=True)
    for name, version in pins(path.read_text()).items():
        assert required()[name] == version


def test_the_container_holds_what_the_requirements_pin():
    text = (ROOT / "envs/understudy.def").read_text()
    assert re.search(r"^From: python:3\.11\.\d+-slim-\w+$", text, re.MULTILINE)
    for name in ("requirements.txt", "requirements-gpu.txt"):
        assert f"{name} /opt/understudy/{name}" in text
        assert f"-r /opt/understudy/{name}" in text
    for name, version in pins(text).items():
        assert required()[name] == version
