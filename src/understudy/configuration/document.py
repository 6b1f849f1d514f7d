"""The tables of keys in config/README.md, from the model: each key's meaning, default and allowed
values. `python -m understudy.configuration.document config/README.md` updates them there."""

import ast
import functools
import inspect
import json
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from understudy.configuration.demo import DemoBackground, DemoVideo
from understudy.configuration.experiments import GridLine
from understudy.configuration.fit import Flag
from understudy.configuration.kinds import Section
from understudy.configuration.model import Config
from understudy.configuration.recogniser import RecogniserSection
from understudy.configuration.words import allowed, resolved
from understudy.files import write_text

HEAD = "| key | default | allowed | meaning |\n|---|---|---|---|\n"
NO_DEFAULT = {"frames": "`16`, SlowFast `32`"}  # other keys without a default are required
TABLES: dict[str, type[Section]] = {
    "Keys": Config,
    "The flags of a fit": Flag,
    "A model of `experiments.models`": RecogniserSection,
    "The grid": GridLine,
    "A video of the demo world": DemoVideo,
    "A background of the demo world": DemoBackground,
}
OF_THEIR_OWN = {model.__name__ for model in TABLES.values()}


def key_table(model: type[Section]) -> str:
    """A Markdown table of every key of a section, keys of nested sections dotted; a section with
    its own table is one row."""
    schema = model.model_json_schema()
    return HEAD + "".join(
        f"| `{key}` | {_default(key, node)} | {allowed(node, schema)} | {meaning} |\n"
        for key, node, meaning in _keys(schema, schema)
    )


def _keys(node: dict, schema: dict, prefix: str = "") -> Iterator[tuple[str, dict, str]]:
    for name, inner in node["properties"].items():
        section = resolved(inner, schema)
        if "properties" in section and section["title"] not in OF_THEIR_OWN:
            yield from _keys(section, schema, f"{prefix}{name}.")
        else:
            meaning = inner.get("description") or _meanings()[node["title"]][name]
            yield f"{prefix}{name}", inner, " ".join(meaning.split())


def _default(key: str, node: dict) -> str:
    if "$ref" in node:
        return "as below"
    if "default" not in node:
        return NO_DEFAULT.get(key, "must be given")
    default = node["default"]
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


@functools.cache
def _meanings() -> dict[str, dict[str, str]]:
    """For each section that mirrors settings of the library, what these mean."""
    return {
        section.__name__: {
            name: meaning
            for settings in reversed(section.of.__mro__[:-1])
            for name, meaning in docstrings(settings).items()
        }
        for section in _below(Section)
        if section.of
    }


def _below(section: type[Section]) -> Iterator[type[Section]]:
    for inner in section.__subclasses__():
        yield inner
        yield from _below(inner)


def docstrings(settings: type) -> dict[str, str]:
    """Field -> the docstring below it, of a dataclass's own fields."""
    (written,) = ast.parse(inspect.getsource(settings)).body
    assert isinstance(written, ast.ClassDef)
    return {
        field.target.id: text.value.value
        for field, text in pairwise(written.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def with_tables(page: str) -> str:
    """The text of config/README.md with every table as it should be."""
    for title, model in TABLES.items():
        above, below = page.split(f"# {title}\n")
        between, rows = below.split(HEAD, 1)
        after = re.sub(r"\A(\|.*\n)*", "", rows)
        page = f"{above}# {title}\n{between}{key_table(model)}{after}"
    return page


if __name__ == "__main__":
    path = Path(sys.argv[1])
    write_text(path, with_tables(path.read_text(encoding="utf-8")))
