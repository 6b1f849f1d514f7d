"""A run on one screen of a terminal, drawn anew twice a second; what is said stays above it."""

import os
import sys
import time
from collections import Counter
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snakemake_logger_plugin_understudy import words
from snakemake_logger_plugin_understudy.run import Job, Run, Stage

Row = tuple[str, Stage, int]  # a rule, its jobs, how many failed
AROUND = 6  # lines that are no rule's and no job's
BAR = 16
LEAST_NOW = 3  # lines for what runs now


class Screen:
    """A live picture of the run."""

    def __init__(self, stream: TextIO, no_color: bool = False):
        self.console = Console(
            file=stream, force_terminal=True, no_color=no_color or None, highlight=False
        )
        self._live: Live | None = None

    def say(self, text: str, style: str = "") -> None:
        """Lines to keep, above the picture."""
        self.console.print(Text(text, style=style), soft_wrap=True)

    def update(self, run: Run, now: float) -> None:
        """The picture is of this run."""
        if self._live is None:
            self._live = Live(
                console=self.console,
                get_renderable=lambda: picture(run, time.time(), self._height()),
                refresh_per_second=2,
                transient=True,
                redirect_stdout=sys.stdout.isatty(),
            )
            self._live.start()

    def close(self) -> None:
        """The picture goes; the terminal is as it was."""
        if self._live:
            self._live.stop()

    def _height(self) -> int:
        """Of the terminal, however it is resized; rich would ask the descriptors of the jobs."""
        size = os.get_terminal_size(self.console.file.fileno())
        if size.columns and size.lines:
            self.console.size = size
        return self.console.height


def picture(run: Run, now: float, height: int) -> Group:
    """The run as it stands, no higher than the terminal."""
    jobs = sorted(list(run.running.values()), key=lambda job: job.since)
    room = max(4, height - AROUND)
    rules = min(len(run.stages), max(room - len(jobs), room - max(LEAST_NOW, room // 3)))
    blank = Text()
    return Group(
        _heading(run, now), blank, _stages(run, rules), blank, _now(jobs, now, room - rules)
    )


def _heading(run: Run, now: float) -> Table:
    told = [f"[bold]{words.count(run.done, run.total)}[/] jobs", words.took(now - run.since)]
    if run.failed:
        told.insert(1, f"[red]{words.count(len(run.failed))} failed[/]")
    row = Table.grid(padding=(0, 2))
    row.add_row(_bar(run.total, run.done), ", ".join(told), words.left(run, now))
    return row


def _stages(run: Run, room: int) -> Table:
    """A line for each rule; where there are too many, those that are done share one, and then those
    that have not begun."""
    failed = Counter(job.rule for job in list(run.failed.values()))
    going = {job.rule for job in list(run.running.values())}
    rows: dict[str, list[Row]] = {"done": [], "begun": [], "to come": []}
    for rule, stage in list(run.stages.items()):
        begun = "begun" if stage.done or rule in going or rule in failed else "to come"
        rows["done" if stage.done >= stage.total else begun].append((rule, stage, failed[rule]))
    for state in ("done", "to come"):
        if sum(map(len, rows.values())) > room:
            rows[state] = _together(rows[state], state)
    table = Table.grid(padding=(0, 2))
    for state, of in rows.items():
        for name, stage, number in of:
            told = f"{words.count(stage.done, stage.total)}"
            bar = _bar(stage.total, stage.done)
            style = "" if state == "begun" else "dim"
            told += f", [red]{words.count(number)} failed[/]" if number else ""
            table.add_row(f"  {name}", bar, told, style=style)
    return table


def _bar(total: int, done: int) -> ProgressBar:
    return ProgressBar(total, done, BAR, complete_style="green", finished_style="green")


def _together(rows: list[Row], state: str) -> list[Row]:
    """Many rows as one."""
    if len(rows) < 2:
        return rows
    total, done = (sum(getattr(row[1], name) for row in rows) for name in ("total", "done"))
    return [(f"{len(rows)} rules {state}", Stage(total, done), sum(row[2] for row in rows))]


def _now(jobs: list[Job], now: float, room: int) -> Table:
    """What runs, the oldest first; the last line has those for which there is no room."""
    table = Table.grid(padding=(0, 2))
    shown = jobs if len(jobs) <= room else jobs[: max(0, room - 1)]
    for job in shown:
        table.add_row(
            "  submitted" if job.submitted else "  now", Text(str(job)), words.took(now - job.since)
        )
    if len(shown) < len(jobs):
        table.add_row("", Text(f"and {words.count(len(jobs) - len(shown))} more"), "")
    return table
