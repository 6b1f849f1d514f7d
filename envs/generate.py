"""Compile the locks from pyproject.toml, and write the pins of envs/ from it and the first two.

`make lock` runs it. Only `compile_locks` needs uv and a network.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"  # what only the tests and the other extras need
LOADERS_LOCK = ROOT / "requirements-loaders.lock"  # for the tests too; see LOADERS
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
ON_DEMAND = ("licensed", "signing", "test")  # extras that `make install` leaves out
ENVIRONMENTS: dict[str, list[str]] = PROJECT["tool"]["understudy"]["environments"]
WITHOUT_DEPENDENCIES = set(PROJECT["tool"]["understudy"]["without-dependencies"])

UV = "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header"
UV += " --no-emit-index-url"
ALL = ["--no-emit-package=torch", "pyproject.toml"]
# Apart from the rest: `datasets` needs huggingface-hub, which tool.uv.exclude-dependencies leaves
# out for all that follow it. pandas-stubs would have mypy check what it does not know.
LOADERS = ["--no-config", "--group=loaders"]
LOADERS += [f"--no-emit-package={name}" for name in ("pandas-stubs", "colorama", "httpx2-jsfetch")]
HEADER = """\
# Compiled by `make lock` from pyproject.toml, for Linux with Python 3.11 to 3.14. To be installed
# with --no-deps, since it is complete without what tool.uv.exclude-dependencies names, and with
# --ignore-requires-python, for depth-anything-v2. Without torch: each machine has its build.
"""
TEST_HEADER = """\
# Compiled by `make lock` from pyproject.toml: what the tests need besides requirements.lock, and
# what `make licensed` and `make signing` install.
"""
LOADERS_HEADER = """\
# Compiled by `make lock` from pyproject.toml: what others read a release with, which the tests do
# too; without what the other two locks hold.
"""
# On every line, and on depth-anything-v2's (see pyproject.toml); the lock is for nothing else.
MARKER = re.compile(
    r" ; (python_full_version >= '3.12' and )?python_full_version < '3.15' and "
    r"sys_platform == 'linux'(?= )"
)
ENTRY = re.compile(r"^(?=[\w.-]+==)", re.MULTILINE)
PINS = re.compile(r"(^ +(- )?[\w.-]+==\S+( \\)?\n)+", re.MULTILINE)


def compile_locks(options: list[str]) -> None:
    """Resolve pyproject.toml; what the locks already pin stays as it is where it can."""
    if not shutil.which("uv"):
        sys.exit("error: `make lock` needs uv: pip install uv")
    for_users = [f"--extra={extra}" for extra in EXTRAS if extra not in ON_DEMAND]
    _compile(LOCK, [*ALL, *options, *for_users])
    _compile(TEST_LOCK, [*ALL, *options, "--all-extras", f"--constraint={LOCK.name}"])
    LOCK.write_text(HEADER + MARKER.sub("", LOCK.read_text()))
    pinned = {_pin(entry) for entry in entries(LOCK)}
    own = (MARKER.sub("", entry) for entry in entries(TEST_LOCK))
    TEST_LOCK.write_text(TEST_HEADER + "".join(one for one in own if _pin(one) not in pinned))
    constraints = [f"--constraint={lock.name}" for lock in (LOCK, TEST_LOCK)]
    _compile(LOADERS_LOCK, [*LOADERS, *options, *constraints])
    pinned |= {_pin(entry) for entry in entries(TEST_LOCK)}
    own = entries(LOADERS_LOCK)
    LOADERS_LOCK.write_text(LOADERS_HEADER + "".join(one for one in own if _pin(one) not in pinned))


def _compile(lock: Path, options: list[str]) -> None:
    run = subprocess.run([*UV.split(), *options, f"--output-file={lock.name}"], cwd=ROOT)
    if run.returncode:
        sys.exit(run.returncode)


def entries(lock: Path) -> list[str]:
    """A lock's packages, each with its hashes and what needs it."""
    return ENTRY.split(lock.read_text())[1:]


def _pin(entry: str) -> str:
    """The package with its version and marker."""
    return entry.partition(" \\")[0]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct() -> list[str]:
    """The requirements that pyproject.toml states, with those of all extras."""
    return sum(EXTRAS.values(), start=PROJECT["project"]["dependencies"])


def versions() -> dict[str, str]:
    """Of every package: the locks' pins, and torch's in pyproject.toml."""
    torch = next(line for line in direct() if line.startswith("torch=="))
    locked = (_pin(entry).split()[0] for entry in entries(LOCK) + entries(TEST_LOCK))
    return dict(pin.split("==") for pin in (torch, *locked))


def with_needed(names: Iterable[str]) -> set[str]:
    """The packages and all that they need, by the "via" comments of the locks."""
    needed_by: dict[str, set[str]] = {}
    for entry in entries(LOCK) + entries(TEST_LOCK):
        name = entry.partition("==")[0]
        needed_by[name] = set(re.findall(r"^    #(?: via)? +([\w.-]+)", entry, re.MULTILINE))
    found, new = set(), set(names)
    while new:
        found |= new
        new = {name for name, by in needed_by.items() if by & found} - found
    return found


def generated(path: Path) -> str:
    """A file of envs/ with the pins that it should have; all else in it is written by hand."""
    pinned = versions()
    named = ENVIRONMENTS[path.name.partition(".")[0]]
    held = with_needed(named)
    if path.suffix == ".yaml":
        held, line, end = held - WITHOUT_DEPENDENCIES, "      - {}", "\n"
    else:
        held, line, end = held & WITHOUT_DEPENDENCIES, "    {}", " \\\n"
    block = end.join(line.format(f"{name}=={pinned[name]}") for name in sorted(held)) + "\n"
    text, blocks = PINS.subn(lambda _: block, path.read_text())
    if blocks != 1:
        raise ValueError(f"{path.name} has {blocks} blocks of pins")
    return text


def generated_files() -> list[Path]:
    folder = ROOT / "envs"
    deployments = (path for path in folder.glob("*.sh") if PINS.search(path.read_text()))
    return sorted([*folder.glob("*.yaml"), *deployments])


if __name__ == "__main__":
    compile_locks(sys.argv[1:])
    for path in generated_files():
        path.write_text(generated(path))
