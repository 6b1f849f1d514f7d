"""One thread per test, and what tests that run in parallel need: groups, an order, shared files.

`make test` gives the tests to several processes (pytest-xdist), one group at a time. A group is a
module, whose fixtures are then made once.
"""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

# BLAS threads waiting for each other cost four times the work they share.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy and torch are imported, after this

pytest_plugins = ["workflow_fixtures"]  # tests/workflow: a checkout, fresh or run to its end

COURTEOUS = 10  # nice value
FAULTS = "tests/slurm/test_faults.py"  # each of its tests has a cluster and mostly waits
EDITS = "tests/workflow/test_stale.py::test_an_edit"  # a hundred dry runs
# What comes first. The longest, so that none of it begins when all else is done; but as long as one
# process makes the finished run, which most of it needs, the others do what needs none.
ORDER = (
    f"{FAULTS}::test_end_to_end_through_a_killed_training",
    "tests/unit/test_contributing.py",
    "tests/unit/test_avatar",
    "tests/unit/test_exavatar",
    "tests/unit/test_fitting",
    FAULTS,
    "tests/workflow/",
)


def group_of(nodeid: str) -> str:
    """What runs in one process, one after the other."""
    if nodeid.startswith(FAULTS):
        return nodeid
    if nodeid.startswith(EDITS):
        return f"{EDITS} {zlib.crc32(nodeid.encode()) % 3}"
    return nodeid.split("::")[0]


def pytest_runtest_logstart(nodeid: str) -> None:
    """The processors are first for the process that makes the finished run: others wait for it."""
    first = nodeid.startswith(ORDER[0])
    if "PYTEST_XDIST_WORKER" in os.environ and not first and os.nice(0) < COURTEOUS:
        os.nice(COURTEOUS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

        def _assign_work_unit(self, node: object) -> None:
            """A process is given its next group early: behind a scenario, the last, a light one."""
            given = self.assigned_work[node].items()
            if any(group.startswith(FAULTS) and not all(unit.values()) for group, unit in given):
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            super()._assign_work_unit(node)

    return Groups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        starts = [item.nodeid.startswith(begin) for begin in ORDER]
        return starts.index(True) if any(starts) else len(ORDER)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id) -> Callable[[str, Callable[[Path], object]], Path]:
    """A file or folder that all processes of a test run share: `made_once(name, make)` is its path,
    and the first to ask for it makes it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def path_of(name: str, make: Callable[[Path], object]) -> Path:
        path = shared / name
        done = shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                make(path)
                done.touch()
        return path

    return path_of
