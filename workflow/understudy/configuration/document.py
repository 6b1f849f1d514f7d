"""The tables of keys in config/README.md, from the model: what a key means, its default, what is
allowed. `python -m understudy.configuration.document` prints them."""

import json
from collections.abc import Iterator

from pydantic import BaseModel

from understudy.configuration.experiments import GridLine
from understudy.configuration.model import Config
from understudy.configuration.recogniser import Recogniser
from understudy.configuration.words import allowed, resolved

HEAD = "| key | default | allowed | meaning |\n|---|---|---|---|\n"
NO_DEFAULT = {"frames": "`16`, SlowFast `32`"}  # else one without must be given
TABLES = {"Keys": Config, "A model of `experiments.models`": Recogniser, "The grid": GridLine}


def key_table(model: type[BaseModel]) -> str:
    """A table in Markdown of every key of a section, those of sections in it dotted."""
    schema = model.model_json_schema()
    return HEAD + "".join(
        f"| `{key}` | {_default(key, node)} | {allowed(node, schema)} | {_meaning(node)} |\n"
        for key, node in _keys(schema, schema)
    )


def _keys(node: dict, schema: dict, prefix: str = "") -> Iterator[tuple[str, dict]]:
    for name, inner in node["properties"].items():
        section = resolved(inner, schema)
        if "properties" in section:
            yield from _keys(section, schema, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def _default(key: str, node: dict) -> str:
    if "default" not in node:
        return NO_DEFAULT.get(key, "must be given")
    default = node["default"]
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _meaning(node: dict) -> str:
    return " ".join(node["description"].split())


if __name__ == "__main__":
    for title, model in TABLES.items():
        print(f"{title}\n\n{key_table(model)}")
