"""A calm terminal for Snakemake: `--logger understudy`, as the profiles have it.

Where stderr is a terminal, one screen: each rule's jobs done, what runs now, the time left. Where
it is a file or a pipe, few plain lines. Errors come in full, once, with their log. The rest is in
Snakemake's own log, whose path is told.

Who asks for details gets Snakemake's own output: a dry run's list of jobs, --verbose,
--printshellcmds, --debug-dag.
"""

import logging
import sys
from typing import TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase

from snakemake_logger_plugin_understudy.calm import Calm, Output, keep_logs
from snakemake_logger_plugin_understudy.lines import Lines
from snakemake_logger_plugin_understudy.streams import Aside


class LogHandler(LogHandlerBase):
    """What Snakemake calls for each of its records, in a thread of its own."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False  # Snakemake's own goes by --quiet
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        asked = self.common_settings
        self._calm: Calm | None = None
        self._aside: Aside | None = None
        self._own: logging.Handler | None = None
        if asked.dryrun or asked.verbose or asked.printshellcmds or asked.debug_dag:
            from snakemake.logging import ColorizingTextHandler

            stream = sys.stdout if asked.stdout else sys.stderr
            self._own = ColorizingTextHandler(nocolor=asked.nocolor, stream=stream)
            return
        self._aside = Aside()
        self._calm = Calm(self._output(self._aside.terminal))
        _snakemakes_logger().addFilter(keep_logs)

    def _output(self, stream: TextIO) -> Output:
        if not stream.isatty():
            return Lines(stream)
        from snakemake_logger_plugin_understudy.screen import Screen

        return Screen(stream, no_color=self.common_settings.nocolor)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one record."""
        if self._own:
            self._own.setFormatter(self.formatter)
            self._own.emit(record)
            return
        try:
            assert self._calm and self._aside
            self._aside.trim()
            self._calm.take(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Say how the run ended and give the terminal back; Snakemake calls it more than once."""
        if self._calm and self._aside:
            _snakemakes_logger().removeFilter(keep_logs)
            calm, aside, self._calm, self._aside = self._calm, self._aside, None, None
            try:
                calm.close()
            finally:
                aside.close()
        super().close()


def _snakemakes_logger() -> logging.Logger:
    return logging.getLogger("snakemake.logging")
