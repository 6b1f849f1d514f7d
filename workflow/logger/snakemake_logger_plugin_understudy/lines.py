"""A run in few plain lines: for a file, a pipe, CI, the output of a cluster's job."""

import time
from typing import TextIO

from snakemake_logger_plugin_understudy import words
from snakemake_logger_plugin_understudy.run import Run

WIDTH = 160
STEP = 0.04  # of all jobs
LEAST_S, MOST_S = 10, 600  # between two lines, while jobs end


class Lines:
    """One line whenever a part of the run is done, or a long time has passed."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self._done = 0
        self._when: float | None = None

    def say(self, text: str, style: str = "") -> None:
        """Lines to keep."""
        print(text, file=self.stream, flush=True)

    def update(self, run: Run, now: float) -> None:
        """Tell how it stands, if that is worth a line."""
        if self._when is None:
            self._when = now
        passed, more = now - self._when, run.done - self._done
        worth = passed >= LEAST_S and more >= STEP * run.total
        if not (more and run.running and (worth or passed >= MOST_S)):
            return
        self._done, self._when = run.done, now
        told = [f"{words.count(run.done, run.total)} jobs", words.left(run, now)]
        if run.failed:
            told.insert(1, f"{words.count(len(run.failed))} failed")
        line = f"{time.strftime('%H:%M:%S', time.localtime(now))}  {', '.join(filter(None, told))}"
        for word, submitted in (("now", False), ("submitted", True)):
            jobs = [job for job in run.running.values() if job.submitted is submitted]
            line += f"; {word} {words.which(jobs)}" if jobs else ""
        self.say(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…")

    def close(self) -> None:
        """Nothing is held."""
