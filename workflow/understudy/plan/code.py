"""A version of the code that a rule's script runs: its own text and every module it reaches.

Snakemake's code trigger goes by a script's time stamp and never looks at imports. Here the
version is a digest of what the code means: the syntax trees, without comments, layout and
docstrings, so that only a change of content makes an output stale.
"""

import ast
import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

WORKFLOW = Path(__file__).resolve().parents[2]
PACKAGE = "understudy"
BACK_END = re.compile(rf"{PACKAGE}(\.\w+)+:\w+$")  # how a registry names a back-end
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_version(script: str) -> str:
    """12 hex digits for `workflow/scripts/{script}.py` with all it imports of this package."""
    digest = hashlib.sha256()
    for path in sorted(_reached(WORKFLOW / "scripts" / f"{script}.py")):
        digest.update(str(path.relative_to(WORKFLOW)).encode())
        digest.update(_content(path))
    return digest.hexdigest()[:12]


def _reached(script: Path) -> set[Path]:
    """The script, the modules it imports (transitively), and the data files in their folders."""
    reached: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        if path.suffix == ".py":
            waiting.extend(_imports(path))
    return reached


@functools.cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Files of this package that a Python file names in its imports, and its data files."""
    found: list[Path] = []
    for name in _imported_names(_tree(path)):
        if name == "job":
            found.append(WORKFLOW / "scripts" / "job.py")
        elif name.split(".")[0] == PACKAGE:
            found.extend(_module_files(name))
        else:
            continue
    if path.parent != WORKFLOW / "scripts":
        found.extend(_data_files(path.parent))
    return tuple(found)


def _imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and BACK_END.match(str(node.value)):
            yield node.value.split(":")[0]


def _module_files(name: str) -> list[Path]:
    """The file of a dotted name, and the __init__.py of each package above it."""
    path = WORKFLOW.joinpath(*name.split("."))
    files = [parent / "__init__.py" for parent in (path, *path.parents) if parent != WORKFLOW]
    candidates = [path.with_suffix(".py"), *files]
    return [file for file in candidates if WORKFLOW in file.parents and file.is_file()]


def _data_files(package: Path) -> list[Path]:
    """Files that modules of a package read: templates and tables beside them or in a data folder.

    Those of the packages below it are not its own.
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


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def _content(path: Path) -> bytes:
    if path.suffix != ".py":
        return path.read_bytes()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree).encode()


def rules_version() -> str:
    """12 hex digits for the Snakefile and the rules: what the job graph looks like."""
    digest = hashlib.sha256()
    for path in [WORKFLOW.parent / "Snakefile", *sorted((WORKFLOW.parent / "rules").glob("*.smk"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
