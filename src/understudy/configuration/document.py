"""The tables of keys in config/README.md, from the model: what a key means, its default, what is
allowed. `python -m understudy.configuration.document` prints them."""

import json
from collections.abc import Iterator

from pydantic import BaseModel

from understudy.configuration.demo import DemoBackground, DemoVideo
from understudy.configuration.experiments import GridLine
from understudy.configuration.fit import Flag
from understudy.configuration.model import Config
from understudy.configuration.recogniser import RecogniserSection
from understudy.configuration.words import allowed, resolved

HEAD = "| key | default | allowed | meaning |\n|---|---|---|---|\n"
NO_DEFAULT = {"frames": "`16`, SlowFast `32`"}  # else one without must be given
TABLES = {
    "Keys": Config,
    "The flags of a fit": Flag,
    "A model of `experiments.models`": RecogniserSection,
    "The grid": GridLine,
    "A video of the demo world": DemoVideo,
    "A background of the demo world": DemoBackground,
}
OF_THEIR_OWN = {model.__name__ for model in TABLES.values()}


def key_table(model: type[BaseModel]) -> str:
    """A table in Markdown of every key of a section, those of sections in it dotted; a section that
    has a table of its own is one row."""
    schema = model.model_json_schema()
    return HEAD + "".join(
        f"| `{key}` | {_default(key, node)} | {allowed(node, schema)} | {_meaning(node)} |\n"
        for key, node in _keys(schema, schema)
    )


def _keys(node: dict, schema: dict, prefix: str = "") -> Iterator[tuple[str, dict]]:
    for name, inner in node["properties"].items():
        section = resolved(inner, schema)
        if "properties" in section and section["title"] not in OF_THEIR_OWN:
            yield from _keys(section, schema, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def _default(key: str, node: dict) -> str:
    if "$ref" in node:
        return "as below"
    if "default" not in node:
        return NO_DEFAULT.get(key, "must be given")
    default = node["default"]
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _meaning(node: dict) -> str:
    return " ".join(node["description"].split())


if __name__ == "__main__":
    for title, model in TABLES.items():
        print(f"{title}\n\n{key_table(model)}")
