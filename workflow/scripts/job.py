"""What every script does first and last: threads, the log, one clear line for a user's error."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))


@contextlib.contextmanager
def job(snakemake) -> Iterator[None]:
    """Run a script's one library call with its threads and log.

    A UserError, or what a disk refused, ends the script with one line "error: …" and exit code 1;
    anything else is a bug of ours and keeps its traceback.
    """
    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[variable] = str(snakemake.threads)
    # NumPy's matrices here are small: more BLAS threads only spin: a fit cost 8 times as much.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(".snakemake/numba").resolve()))
    # Cancelling ends a script as an error does: half-made outputs are removed on the way out.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    from understudy.errors import UserError
    from understudy.files import refusal
    from understudy.garbage import collect_seldom
    from understudy.log import Tee, open_log

    collect_seldom()
    terminal, log = sys.stderr, open_log(Path(snakemake.log[0]))
    sys.stderr = Tee(terminal, log)
    try:
        yield
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if told := refusal(error):
            print(f"error: {told}", file=sys.stderr)
        else:
            traceback.print_exc(file=sys.stderr)
        sys.exit(1)
    finally:
        sys.stderr = terminal
        with contextlib.suppress(OSError):
            log.close()
