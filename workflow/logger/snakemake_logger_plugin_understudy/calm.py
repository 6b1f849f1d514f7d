"""What of Snakemake's records a user wants to see, and how the run stands after each."""

import logging
import os
import re
from pathlib import Path
from typing import Protocol, cast

from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_understudy import words
from snakemake_logger_plugin_understudy.run import Job, Run, Stage

# A bar's line may go on with an error.
ERROR = re.compile(r"(?:^|(?<=\]))(error: |Traceback \(most recent call last\))", re.MULTILINE)
LAST_LINES = 20  # of a log that has neither
RETRY = re.compile(r"Trying to restart job (\d+)\.")
NO_OUTPUT = re.compile(r"^Job +(\d+) +completed successfully, but", re.MULTILINE)
STOPPING = "Terminating processes on user request"
DRAINING = "Will exit after finishing currently running jobs"
# What Snakemake says of itself before a run, and at the end where our last lines say more.
CHATTER = (
    *("Assuming unrestricted shared", "Using shell:", "host: "),
    *("Conda environments: ignored", "Singularity containers: ignored", "Group jobs: inactive"),
    *("Exiting because a job execution failed", "Complete log", "Elapsed time: ", "None"),
)
SILENT = "ended without a word"
ENDED = "At least one job did not complete successfully."
MOST_FAILED = 20  # named at the end


class Output(Protocol):
    """Where a run is shown."""

    def say(self, text: str, style: str = "") -> None:
        """Lines to keep; style: a colour, where there are any."""

    def update(self, run: Run, now: float) -> None:
        """How it stands."""

    def close(self) -> None:
        """Give back what is held."""


class Record(logging.LogRecord):
    """What Snakemake's event adds to a record, and, for a failed job, what `keep_logs` does.

    told: the error in its logs; end: of the last log.
    """

    benchmark: str | None
    job_id: int
    jobid: int
    log: list[str] | None
    rule_msg: str | None
    rule_name: str
    stats: dict[str, int]
    told: str
    end: str


class Calm:
    """Takes Snakemake's records one after another."""

    def __init__(self, output: Output):
        self.output = output
        self.run: Run | None = None
        self._log = ""
        self._now = 0.0
        self._stopping = False
        self._warned: set[str] = set()
        self._died: dict[int | None, str] = {}  # thread -> how its last process ended

    def take(self, record: logging.LogRecord) -> None:
        """Count what it tells, and say what is worth a line."""
        self._now = record.created
        told = {
            LogEvent.RUN_INFO: self._begin,
            LogEvent.JOB_INFO: self._job_begins,
            LogEvent.JOB_FINISHED: self._job_ends,
            LogEvent.JOB_ERROR: self._job_fails,
            LogEvent.ERROR: self._error,
            None: self._message,
        }.get(getattr(record, "event", None))
        if told:
            told(cast(Record, record))
        if self.run:
            self.output.update(self.run, self._now)

    def close(self) -> None:
        """How the run ended."""
        self.output.close()
        if self.run is None:
            return
        run, self.run = self.run, None
        passed = words.took(self._now - run.since)
        self.output.say(f"{words.count(run.done, run.total)} jobs done in {passed}.")
        if run.failed:
            self.output.say(f"{words.count(len(run.failed))} failed:", "red")
            for job in list(run.failed.values())[:MOST_FAILED]:
                self.output.say(f"    {job}" + (f"  {job.log}" if job.log else ""))
            if len(run.failed) > MOST_FAILED:
                self.output.say(f"    and {words.count(len(run.failed) - MOST_FAILED)} more")
        if self._log:
            self.output.say(f"Snakemake's log: {self._log}")

    def _begin(self, record: Record) -> None:
        counts = {rule: number for rule, number in record.stats.items() if rule != "total"}
        self.run = Run(record.created, {rule: Stage(number) for rule, number in counts.items()})
        self._log = snakemakes_log()
        told = f"{words.count(self.run.total)} jobs of {words.count(len(counts))} rules"
        self.output.say(told + (f"; log: {self._log}" if self._log else ""))

    def _job_begins(self, record: Record) -> None:
        if self.run:
            self.run.begin(record.jobid, _job_of(record), record.benchmark)

    def _job_ends(self, record: Record) -> None:
        if self.run:
            self.run.finish(record.job_id, record.created)

    def _job_fails(self, record: Record) -> None:
        job = self.run and self.run.running.get(record.jobid)
        job = job or _job_of(record)
        died = self._died.pop(record.thread, "")
        if self.run and (self._stopping or "SIGINT" in died):  # the user ended it
            self.run.running.pop(record.jobid, None)
            return
        if self.run:
            self.run.fail(record.jobid, job)
        why = record.told or "\n".join(
            filter(None, [record.rule_msg or died or SILENT, record.end])
        )
        place = f"log {', '.join(record.log)}" if record.log else ""
        where = ", ".join(filter(None, [job.subject, place]))
        self.output.say(f"Error in rule {job.rule}: {where}\n{why}", "red")

    def _error(self, record: Record) -> None:
        text = record.getMessage()
        if "CalledProcessError" in text:  # the job's own error follows, from this thread
            self._died[record.thread] = text.rpartition("' ")[2]
        elif ENDED not in text:
            self._lose(text)
            self.output.say(text, "red")

    def _lose(self, text: str) -> None:
        """Count a job whose files are not there after it; no event tells of that."""
        missing = NO_OUTPUT.search(text)
        if not self.run or not missing:
            return
        id_ = int(missing[1])
        if job := self.run.running.get(id_):
            self.run.fail(id_, job)

    def _message(self, record: Record) -> None:
        text = record.getMessage()
        again = RETRY.match(text)
        self._stopping |= text.startswith(STOPPING)
        if again and self.run:
            job = self.run.failed.pop(int(again[1]), None)
            self.output.say(f"{job or 'job ' + again[1]} is tried again")
        elif text.startswith(CHATTER) or not text.strip():
            return
        elif record.levelno >= logging.ERROR:
            self.output.say(text, "red")
        elif record.levelno >= logging.WARNING:
            if text not in self._warned:  # a cluster's executor warns for each job
                self._warned.add(text)
                self.output.say(text, "yellow")
        elif self.run is None or text.startswith((STOPPING, DRAINING)):
            self.output.say(text)


def keep_logs(record: logging.LogRecord) -> bool:
    """Read a failed job's log at once: a second try deletes it, before a plugin's thread looks."""
    if getattr(record, "event", None) is LogEvent.JOB_ERROR:
        record = cast(Record, record)
        texts = [text for text in map(_text, record.log or []) if text]
        errors = [text[found.start() :] for text in texts if (found := ERROR.search(text))]
        record.told = next(iter(errors), "")
        record.end = "\n".join(texts[-1].splitlines()[-LAST_LINES:]) if texts else ""
    return True


def snakemakes_log() -> str:
    """The file that Snakemake writes everything to; empty where there is none."""
    for handler in logging.getLogger("snakemake.logging").handlers:
        if isinstance(handler, logging.FileHandler):
            return os.path.relpath(handler.baseFilename)
    return ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _job_of(record: Record) -> Job:
    wildcards = getattr(record, "wildcards", None) or {}
    log = next(iter(record.log or []), "")
    subject = " ".join(map(str, wildcards.values()))
    submitted = not getattr(record, "local", True)
    return Job(record.rule_name, subject, log, record.created, submitted)
