"""The configuration: checked against its schema, defaults filled in, errors in one line each."""

import difflib
from pathlib import Path

import jsonschema
import yaml

from understudy.errors import UserError


def checked_config(config: dict, schema_file: Path) -> dict:
    """`config` with the schema's defaults filled in.

    Raises UserError naming the first key that is unknown, missing or of a wrong value.
    """
    schema = yaml.safe_load(schema_file.read_text(encoding="utf-8"))
    filled = _with_defaults(config, schema)
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(filled), key=lambda e: len(list(e.absolute_path)))
    if errors:
        raise UserError(f"config: {_one_line(errors[0])}; see config/README.md")
    return filled


def _with_defaults(value: object, schema: dict) -> object:
    """A copy of `value` in which absent keys have their schema's default.

    Keys come in the schema's order, free settings by name: to write them in another order
    changes no parameter of a job.
    """
    if not isinstance(value, dict):
        return value
    if "properties" not in schema:
        named = schema.get("additionalProperties")
        if isinstance(named, dict):  # things by name, in the user's order
            return {key: _with_defaults(entry, named) for key, entry in value.items()}
        return {key: value[key] for key in sorted(value, key=str)}
    filled = {}
    for key, sub in schema["properties"].items():
        if key in value:
            filled[key] = _with_defaults(value[key], sub)
        elif "default" in sub:
            filled[key] = sub["default"]
        elif "properties" in sub:
            filled[key] = _with_defaults({}, sub)
    return filled | {key: value[key] for key in value if key not in filled}


def _one_line(error: jsonschema.ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = sorted(set(error.instance) - set(known))[0]
        close = difflib.get_close_matches(unknown, known, n=1)
        hint = f", did you mean '{close[0]}'?" if close else f"; known keys: {', '.join(known)}"
        return f"unknown key '{'.'.join(filter(None, (where, unknown)))}'{hint}"
    return f"'{where}': {error.message.splitlines()[0]}"
