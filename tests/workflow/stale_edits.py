"""Edits of a finished run, and cases: an edit with the jobs that it makes due.

An edit lasts while its context is open.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from workflow_tools import Checkout, edited, with_row

Edit = Callable[[Checkout], contextlib.AbstractContextManager]
LIBRARY = "src/understudy"


@dataclass(frozen=True)
class Case:
    """name; edit: of the checkout; due: rule -> jobs, without the target itself; target: as
    requested, with Snakemake's separator before it."""

    name: str
    edit: Edit = contextlib.nullcontext
    due: Mapping[str, int] = field(default_factory=dict)
    target: tuple[str, ...] = ()

    def found(self, finished: Checkout) -> Counter:
        """The jobs that Snakemake would run."""
        with self.edit(finished):
            jobs = finished.would_run(*self.target)
        return Counter(job.rule for job in jobs if job.rule not in TARGETS)


TARGETS = {
    *("all", "avatars", "white", "synthetic", "rooms", "dataset", "leakage", "experiments"),
    *("gallery", "release", "report"),
}


def config(change: Callable[[dict], object]) -> Edit:
    """The config, changed in place."""

    def edit(run: Checkout) -> contextlib.AbstractContextManager:
        settings = run.settings
        change(settings)
        return edited(run.folder / run.config, yaml.safe_dump(settings, sort_keys=False))

    return edit


def setting(path: str, value: object) -> Edit:
    """One key of the config, dotted."""

    def change(settings: dict) -> None:
        *sections, key = path.split(".")
        for section in sections:
            settings = settings.setdefault(section, {})
        settings[key] = value

    return config(change)


def model(**changes: object) -> Edit:
    """The settings of the one recogniser."""
    return config(lambda settings: settings["experiments"]["models"]["resnet"].update(changes))


def cell(table: str, column: str, *values: str) -> Edit:
    """A column at the end of a table, one value per row; rows beyond the values stay empty."""

    def edit(run: Checkout) -> contextlib.AbstractContextManager:
        path = run.table(table)
        head, *rows = path.read_text().splitlines()
        filled = [*values, *[""] * (len(rows) - len(values))]
        lines = [
            f"{line}\t{value}" for line, value in zip((head, *rows), (column, *filled), strict=True)
        ]
        return edited(path, "\n".join(lines) + "\n")

    return edit


def rewritten(table: str, change: Callable[[list[str]], list[str]]) -> Edit:
    """The rows of a table, changed."""

    def edit(run: Checkout) -> contextlib.AbstractContextManager:
        path = run.table(table)
        head, *rows = path.read_text().splitlines()
        return edited(path, "\n".join([head, *change(rows)]) + "\n")

    return edit


def row(table: str, *cells: str) -> Edit:
    return lambda run: edited(run.table(table), with_row(run.table(table), *cells))


def code(module: str, line: str = "CHANGED = True", before: str = "") -> Edit:
    """One more line in a file, at its end or before some text."""

    def edit(run: Checkout) -> contextlib.AbstractContextManager:
        path = run.folder / module
        text = path.read_text()
        new = text.replace(before, f"{line}\n{before}", 1) if before else f"{text}\n{line}\n"
        assert new != text, module
        return edited(path, new)

    return edit


def lost(*names: str) -> Edit:
    """Products, or whole folders of them, under the results."""

    @contextlib.contextmanager
    def edit(run: Checkout) -> Iterator[None]:
        aside = run.folder / "aside"
        aside.mkdir()
        moved = [(run.results / name, aside / str(number)) for number, name in enumerate(names)]
        for path, kept in moved:
            path.rename(kept)
        try:
            yield
        finally:
            for path, kept in moved:
                kept.rename(path)
            aside.rmdir()

    return edit


@contextlib.contextmanager
def both(run: Checkout, *edits: Edit) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for edit in edits:
            stack.enter_context(edit(run))
        yield


def together(*edits: Edit) -> Edit:
    return lambda run: both(run, *edits)


def a_file(name: str, edit: Edit) -> Edit:
    """A user's file that the edit names."""

    @contextlib.contextmanager
    def made(run: Checkout) -> Iterator[None]:
        path = run.folder / name
        path.write_bytes(b"weights")
        try:
            with edit(run):
                yield
        finally:
            path.unlink()

    return made
