"""A configuration's model in words: what a key allows, and what is wrong with a value."""

import contextlib
import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from understudy.configuration.former import FORMER

LONGEST_VALUE = 60  # characters
TYPES = {"string": "text", "boolean": "true or false", "null": "null"}


def first_error(error: ValidationError, config: dict, model: type[BaseModel]) -> str:
    """The first thing that is wrong, with its key and what is allowed.

    Unknown keys come first: a key that seems missing may be misspelt.
    """
    schema = model.model_json_schema()
    unknown = ("extra_forbidden", "invalid_key")
    wrong = min(error.errors(include_url=False), key=lambda one: one["type"] not in unknown)
    path, node = _walked(wrong["loc"], schema)
    key = dotted(path)
    if wrong["type"] in unknown:
        odd = [shown(name) for name in _value(config, path) if not isinstance(name, str)]
        name = odd[0] if wrong["type"] == "invalid_key" else str(wrong["loc"][-1])
        key = dotted([*path, name])
        if key in FORMER:
            return f"{key} {FORMER[key]}"
        return f"{key}: unknown key{_known(name, resolved(node, schema))}"
    if wrong["type"] == "missing":
        return f"{key}: is missing; give {allowed(node, schema)}"
    if "[key]" in wrong["loc"]:
        above, models = _walked(path[:-1], schema)
        wanted = allowed(resolved(models, schema)["propertyNames"], schema)
        return f"{dotted(above)}: {shown(path[-1])} cannot be a name; give {wanted}"
    if told := str(wrong.get("ctx", {}).get("error", "")):
        return f"{key}: {told}"
    value, wanted = _value(config, path), allowed(node, schema)
    return f"{key}: {shown(value)} cannot be used; give {wanted}{_hint(value, wrong['type'])}"


def allowed(node: dict, schema: dict) -> str:
    """What a node of a model's JSON schema allows."""
    node = resolved(node, schema)
    if "allowed" in node:
        return node["allowed"]
    if "anyOf" in node:
        return ", or ".join(allowed(branch, schema) for branch in node["anyOf"])
    if "enum" in node or "const" in node:
        return _listed([str(word) for word in node.get("enum", [node.get("const")])])
    if node["type"] == "array":
        some = "one or more items" if node.get("minItems") else "items"
        return f"a list of {some}, each {allowed(node['items'], schema)}"
    if node["type"] == "object":
        names = node.get("properties")
        return f"a section with the keys {', '.join(names)}" if names else "named sections"
    if node["type"] in ("integer", "number"):
        return _number(node)
    return TYPES[node["type"]]


def dotted(path: list) -> str:
    """A path of keys and indices as a user writes it: experiments.grid[0].n_real."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{_printable(part)}"
    return text.removeprefix(".")


def shown(value: object) -> str:
    """A value in one line, much as YAML writes it."""
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    try:
        text = repr(value)
    except ValueError:  # an integer with thousands of digits
        return "a value of that size"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _printable(text: str) -> str:
    return text if text.isprintable() else repr(text)


def _inner(node: dict, part: object, schema: dict) -> dict | None:
    """The child node, by key or index; None for what names no value, like a union's branch."""
    node = resolved(node, schema)
    if "anyOf" in node:
        branches = (_inner(branch, part, schema) for branch in node["anyOf"])
        return next((inner for inner in branches if inner is not None), None)
    if node.get("type") == "array":
        return node["items"] if isinstance(part, int) else None
    if "propertyNames" in node:  # a mapping by name
        return next(iter(node["patternProperties"].values()))
    return node.get("properties", {}).get(part)


def _walked(place: Sequence, schema: dict) -> tuple[list, dict]:
    """The part of an error's location that is a path to a value, and the node there."""
    path, node = [], schema
    for part in place:
        inner = _inner(node, part, schema)
        if inner is None:
            break
        path.append(part)
        node = inner
    return path, node


def resolved(node: dict, schema: dict) -> dict:
    return schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def _value(config: Any, path: list) -> Any:
    for part in path:
        config = config[part]
    return config


def _known(name: str, section: dict) -> str:
    names = list(section["properties"])
    close = difflib.get_close_matches(name, names, n=1)
    return f", did you mean '{close[0]}'?" if close else f"; known keys: {', '.join(names)}"


def _number(node: dict) -> str:
    kind = "a whole number" if node["type"] == "integer" else "a number"
    if "multipleOf" in node:
        kind = f"a multiple of {node['multipleOf']}"
    if "minimum" in node and "maximum" in node:
        return f"{kind} from {node['minimum']:.15g} to {node['maximum']:.15g}"
    limits = [
        f"{word} {node[limit]:.15g}"
        for limit, word in (
            ("minimum", "of at least"),
            ("exclusiveMinimum", "above"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "below"),
        )
        if limit in node
    ]
    return " ".join([kind, " and ".join(limits)]).strip()


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _hint(value: object, wrong: str) -> str:
    """A hint where YAML reads a value as a type that its writer did not mean."""
    if wrong == "string_type" and not isinstance(value, dict | list):
        return "; put text that YAML would read as something else in quotes"
    if wrong in ("float_type", "int_type") and isinstance(value, str):
        with contextlib.suppress(ValueError, OverflowError):  # text that is not a number, inf
            number = float(value)
            written = int(number) if number == int(number) else number
            return f"; YAML reads this as text: write {written!r}, without quotes"
    return ""
