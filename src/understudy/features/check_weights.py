"""Checks, before jobs start, that a configuration's weights exist and are the right ones."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from understudy.body.flame import VERTEX_IDS, joined_arrays
from understudy.body.load import load_body
from understudy.errors import UserError
from understudy.features.weights import Weights, named_weights, weights_of
from understudy.files import sha256
from understudy.networks.checkpoints import misfit
from understudy.registry import import_path

BODY_SOURCE = "smpl-x.is.tue.mpg.de (after registration; non-commercial research only)"
FLAME_SOURCE = "flame.is.tue.mpg.de (after registration; non-commercial research only)"


@dataclass(frozen=True)
class Checked:
    """A file. wrong: what is wrong with it and what to do, "" if nothing; by: how it was
    identified."""

    path: Path
    wrong: str
    by: str = ""


def check_weights(words: dict[str, str], folder: Path | str) -> list[Checked]:
    """Every file that the back-ends need; words: feature -> back-end, from the config's `features`.

    A file is identified by its SHA-256 if that is public, else by the names and shapes of its
    contents. Raises UserError for a back-end that does not exist.
    """
    found = []
    for feature, word in words.items():
        module = import_path(feature, word).split(":")[0]
        found += [_check(row, Path(folder, row.file), module) for row in weights_of(feature, word)]
    return found


def check_named(config: dict) -> list[Checked]:
    """The networks whose files a checked configuration names itself: those of LPIPS."""
    return [_check(row, path, "") for row, path in named_weights(config)]


def check_models(words: dict[str, str]) -> list[Checked]:
    """The built-in back-end's networks, if it is selected; they came with the environment."""
    if "mediapipe" not in words.values():
        return []
    misfits = import_module("understudy.features.mediapipe.models").misfits
    return [Checked(path, wrong, "SHA-256") for path, wrong in misfits().items()]


def check_bodies(
    body: Path | str | None, flame: Path | str | None, vertex_ids: Path | str | None
) -> list[Checked]:
    """The body files of a configuration; vertex_ids: which of the body's vertices are FLAME's."""
    if body is None:
        return []
    sources = {body: BODY_SOURCE, flame: FLAME_SOURCE, vertex_ids: BODY_SOURCE}
    absent = {
        path: Checked(Path(path), f"missing; get it from {source}")
        for path, source in sources.items()
        if path is not None and not Path(path).is_file()
    }
    if body in absent:
        return list(absent.values())
    found = [_read(body, lambda: f"{len(load_body(body).v_template):,} vertices")]
    if flame is not None and vertex_ids is not None and not absent:
        found.append(_read(flame, lambda: f"{_shared(body, flame, vertex_ids):,} vertices shared"))
    return found + list(absent.values())


def _shared(body: Path | str, flame: Path | str, vertex_ids: Path | str) -> int:
    return len(joined_arrays(body, flame, vertex_ids)[VERTEX_IDS])


def _read(path: Path | str, read: Callable[[], str]) -> Checked:
    try:
        return Checked(Path(path), "", read())
    except UserError as error:
        return Checked(Path(path), str(error).removeprefix(f"{path}: "))


def as_text(checked: list[Checked]) -> str:
    """One line per file: what is wrong with it, or how it was identified."""
    if not checked:
        return "The back-ends and the body need no weights."
    return "\n".join(f"{one.path}: {one.wrong or f'right ({one.by})'}" for one in checked)


def _check(row: Weights, path: Path, module: str) -> Checked:
    if not path.is_file():
        return Checked(path, f"missing; get it from {row.source} ({row.licence})")
    if row.bytes and path.stat().st_size != row.bytes:
        size = path.stat().st_size
        return Checked(path, f"has {size:,} bytes, not {row.bytes:,}; download it again")
    if row.sha256:
        found = sha256(path)[: len(row.sha256)]
        if found != row.sha256:
            return Checked(path, f"SHA-256 is {found}, not {row.sha256}; download it again")
        return Checked(path, "", "SHA-256")
    return _check_shapes(row, path, module)


def _check_shapes(row: Weights, path: Path, module: str) -> Checked:
    reader = import_module(module)
    try:
        found = {name: tuple(tensor.shape) for name, tensor in reader.state_of(path).items()}
    except UserError as error:
        return Checked(path, str(error).removeprefix(f"{path}: "))
    wrong = misfit(reader.shapes(row.name), found)
    if wrong:
        return Checked(path, f"another network's file: it {wrong}; get the right one")
    return Checked(path, "", f"{len(found):,} names and shapes")
