"""A version of the code that a rule's script runs: the script and every module it reaches.

Snakemake's code trigger goes by a script's timestamp and never looks at imports. Here the
version is a digest of what the code means: the syntax trees, without comments, layout and
docstrings, so that only a change of content makes an output stale. Of what the config
chooses by name (`understudy.choices`), only what is chosen counts; the package's own version number
never does.
"""

import ast
import contextlib
import functools
import hashlib
import json
import os
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]  # of the checkout
SOURCE, SCRIPTS = ROOT / "src", ROOT / "workflow/scripts"
PACKAGE = "understudy"
# One choice more or less changes no other choice's code; the config's model counts through the
# values that jobs get.
NOT_COUNTED = ("choices.py", "configuration")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# A cache of what was read, by content: each cluster job reads the rules twice, and parsing the
# whole library takes longer than everything else in them.
READ_BEFORE = Path(__file__).parent / "__pycache__/read_before.json"
# The syntax tree differs between versions of Python; what is kept of it is decided in this file.
READER = Path(__file__).read_bytes() + sys.version.encode()


def code_version(script: str, *chosen: str) -> str:
    """12 hex digits for `workflow/scripts/{script}.py` with all it imports of this package.

    chosen: what the config's choices refer to, each "module:name"; they are reached too.
    """
    known = len(_read_before())
    digest = hashlib.sha256(repr(chosen).encode())
    for path in sorted(reached(SCRIPTS / f"{script}.py", *chosen)):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(_content(path).encode())
    if len(_read_before()) > known:
        _remember()
    return digest.hexdigest()[:12]


def reached(script: Path, *chosen: str) -> set[Path]:
    """The script and what is chosen, the modules they import (transitively), and the data files in
    their folders."""
    found: set[Path] = set()
    waiting = [script, *(file for one in chosen for file in _module_files(one.split(":")[0]))]
    while waiting:
        path = waiting.pop()
        if path in found or _is_not_counted(path):
            continue
        found.add(path)
        if path.suffix == ".py":
            waiting.extend(_imports(path))
    return found


@functools.cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Files of this package that a Python file names in its imports, and its data files."""
    found: list[Path] = []
    for name in imported_names(path):
        if name == "job":
            found.append(SCRIPTS / "job.py")
        elif name.split(".")[0] == PACKAGE:
            found.extend(_module_files(name))
        else:
            continue
    if path.parent != SCRIPTS:
        found.extend(_data_files(path.parent))
    return tuple(found)


@functools.cache
def _module_files(name: str) -> list[Path]:
    """The file of a dotted name, and the __init__.py of each package above it."""
    path = SOURCE.joinpath(*name.split("."))
    files = [parent / "__init__.py" for parent in (path, *path.parents) if parent != SOURCE]
    candidates = [path.with_suffix(".py"), *files]
    return [file for file in candidates if SOURCE in file.parents and file.is_file()]


@functools.cache
def _data_files(package: Path) -> list[Path]:
    """Files that modules of a package read: templates and tables next to them or in a data folder.

    Those of its subpackages are not included.
    """
    inner = [init.parent for init in package.glob("*/**/__init__.py")]
    return [
        file
        for file in package.rglob("*")
        if file.is_file()
        and file.suffix != ".py"
        and "__pycache__" not in file.parts
        and not any(folder in file.parents for folder in inner)
    ]


def imported_names(path: Path) -> list[str]:
    """Dotted names of what a Python file imports."""
    return _read(path)[0]


def _content(path: Path) -> str:
    """A digest of what a file means."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return _read(path)[1]


@functools.cache
def _read(path: Path) -> tuple[list[str], str]:
    """Imported names, and a digest of the syntax tree without docstrings and version number."""
    source = path.read_bytes()
    key = hashlib.sha256(source + READER).hexdigest()
    if key not in _read_before():
        tree = ast.parse(source)
        names = list(_names_in(tree))
        for node in ast.walk(tree):
            if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                del node.body[0]
        tree.body = [node for node in tree.body if not _is_version(node)]
        _read_before()[key] = names, hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _read_before()[key]


def _names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_not_counted(path: Path) -> bool:
    package = SOURCE / PACKAGE
    return package in path.parents and path.relative_to(package).parts[0] in NOT_COUNTED


def _is_version(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"


@functools.cache
def _read_before() -> dict[str, tuple[list[str], str]]:
    """What `_read` returned in earlier runs, by digest of the file; losing it only costs time."""
    try:
        return json.loads(READ_BEFORE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _remember() -> None:
    """Keep it for later runs, if this folder is writable."""
    with contextlib.suppress(OSError):
        READ_BEFORE.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=READ_BEFORE.parent, delete=False
        ) as stream:
            json.dump(_read_before(), stream)
        os.replace(stream.name, READ_BEFORE)


def rules_version() -> str:
    """12 hex digits for the Snakefile and the rules, without their comments: what the job graph
    looks like."""
    digest = hashlib.sha256()
    for path in [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]:
        with path.open("rb") as stream:
            for token in tokenize.tokenize(stream.readline):
                if token.type not in (tokenize.COMMENT, tokenize.NL):
                    digest.update(f"{token.type} {token.string}\n".encode())
    return digest.hexdigest()[:12]
