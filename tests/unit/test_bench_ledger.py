"""Wall and CPU time of a command over several calls, however they end."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.bench.ledger import Call, read_ledger, run_noted

# A command whose children compute for a while: one that it waits for, then one that goes on.
COMPUTES = r"""
import subprocess, sys, time
one = [sys.executable, "-c", "import time\nwhile time.process_time() < 0.6: pass"]
subprocess.run(one, check=True)
if sys.argv[1:]:
    subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])
"""
NOTES = """
import sys
from pathlib import Path
from tests.bench.ledger import run_noted
run_noted(sys.argv[2:], Path("."), Path(sys.argv[1]), every=0.1)
"""


def test_calls_are_summed(tmp_path):
    ledger = tmp_path / "results/calls.tsv"
    assert read_ledger(ledger) == []
    assert run_noted([sys.executable, "-c", COMPUTES], tmp_path, ledger) == 0
    assert run_noted([sys.executable, "-c", "import sys; sys.exit(3)"], tmp_path, ledger) == 3
    first, second = read_ledger(ledger)
    assert first.cpu_seconds >= 0.6 and first.seconds >= 0.5
    assert second.cpu_seconds < first.cpu_seconds and first.began <= second.began


@pytest.fixture
def noting(tmp_path):
    """A process that notes a command, whose first child has ended and whose second sleeps."""
    ledger = tmp_path / "calls.tsv"
    command = [sys.executable, "-c", NOTES, ledger, sys.executable, "-c", COMPUTES, "on"]
    process = subprocess.Popen(command, start_new_session=True)
    until = time.monotonic() + 60
    while sum(call.cpu_seconds for call in read_ledger(ledger)) < 0.6:
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.05)
    yield process, ledger
    with contextlib.suppress(ProcessLookupError):  # all of it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_call_is_counted(noting):
    process, ledger = noting
    process.kill()
    process.wait()
    (call,) = read_ledger(ledger)
    assert call.cpu_seconds >= 0.6 and call.seconds >= 0.5


def test_an_interrupted_call_is_counted_once_it_has_ended(noting):
    process, ledger = noting
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) != 0
    (call,) = read_ledger(ledger)
    assert isinstance(call, Call) and call.cpu_seconds >= 0.6
