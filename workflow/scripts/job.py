"""What every script does first and last: threads, the log, one clear line for a user's error."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class Tee:
    """Writes to the terminal and, without the rewritten states of progress bars, to a log.

    A log that cannot be written (a full disk) ends no job: the terminal still tells.
    """

    def __init__(self, terminal: TextIO, log: TextIO):
        self.terminal, self.log, self.line = terminal, log, ""

    def write(self, text: str) -> int:
        self.terminal.write(text)
        for character in text:
            if character == "\n":
                with contextlib.suppress(OSError):
                    self.log.write(self.line + "\n")
                self.line = ""
            elif character == "\r":
                self.line = ""
            else:
                self.line += character
        return len(text)

    def flush(self) -> None:
        self.terminal.flush()

    def isatty(self) -> bool:
        return self.terminal.isatty()

    def fileno(self) -> int:
        return self.terminal.fileno()


@contextlib.contextmanager
def job(snakemake) -> Iterator[None]:
    """Run a script's one library call with its threads and log.

    A UserError ends the script with one line "error: …" and exit code 1; anything else is a
    bug of ours and keeps its traceback.
    """
    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[variable] = str(snakemake.threads)
    # NumPy's matrices here are small: threads of its BLAS spin, and made a fit 8 times dearer.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(".snakemake/numba").resolve()))
    # To be cancelled ends a script as an error does: what is half made is removed on the way out.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    from understudy.errors import UserError

    terminal, log = sys.stderr, _open_log(Path(snakemake.log[0]))
    sys.stderr = Tee(terminal, log)
    try:
        yield
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        sys.exit(1)
    finally:
        sys.stderr = terminal
        with contextlib.suppress(OSError):
            log.close()


def _open_log(path: Path) -> TextIO:
    """A log to write line by line; where there is no room for one, one that nobody reads."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", buffering=1)
    except OSError:
        return Path(os.devnull).open("w", encoding="utf-8")
