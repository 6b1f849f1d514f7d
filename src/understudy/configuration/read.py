"""Read a configuration file, more strictly than YAML readers do."""

import json
from collections.abc import Hashable
from pathlib import Path

import yaml

from understudy.errors import UserError


def read_config(path: Path | str) -> dict:
    """The keys of a YAML or JSON file, unchecked.

    Raises UserError, one line with file and line, for a file that cannot be read, holds no keys,
    or has one twice: YAML readers silently take the last.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such file; give an existing config file")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not UTF-8 text; save it as such") from None
    config = _read_json(path, text) if text.lstrip().startswith("{") else _read_yaml(path, text)
    if config is None:
        raise UserError(f"{path}: is empty; give at least labels (config/README.md)")
    if not isinstance(config, dict):
        raise UserError(f"{path}: has no keys at its top level; begin with labels: [...]")
    return config


MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Refuses a key that appears twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        lines: dict[Hashable, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == MERGE:  # << merges keys from elsewhere; those written here win
                continue
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if isinstance(key, Hashable) and key in lines:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key!r} already appears in line {lines[key]}; remove one",
                    problem_mark=key_node.start_mark,
                )
            if isinstance(key, Hashable):
                lines[key] = line
        return super().construct_mapping(node, deep)


def _read_yaml(path: Path, text: str) -> object:
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UserError(f"{path}:{mark.line + 1}: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UserError(f"{path}:{line}: is not YAML: {error.reason}") from None
    except (ValueError, RecursionError) as error:  # an impossible date, too long a number
        raise UserError(f"{path}: is not YAML: {str(error).splitlines()[0]}") from None


def _read_json(path: Path, text: str) -> object:
    """JSON may hold tabs, which YAML refuses; what only looks like JSON is read as YAML."""
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(path, pairs))
    except ValueError:
        return _read_yaml(path, text)


def _once(path: Path, pairs: list[tuple[str, object]]) -> dict:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise UserError(f"{path}: key {key!r} appears twice in a mapping; remove one")
    return dict(pairs)
