"""How often a job looks for garbage."""

import gc
import subprocess
import sys

LAST = "atexit.register(lambda: print(gc.get_freeze_count() > 0))"  # called after all others
JOB = f"import atexit, gc; {LAST}; from understudy.garbage import collect_seldom; collect_seldom()"


def told(code: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_all_objects_are_looked_through_seldom_and_not_at_the_end():
    *threshold, frozen = told(f"{JOB}; print(*gc.get_threshold())")
    assert [int(number) for number in threshold[:2]] == list(gc.get_threshold()[:2])
    assert int(threshold[2]) > 10 and frozen == "True"


def test_garbage_still_goes():
    cycle = "class A: pass\na = A(); a.a = a; import weakref; r = weakref.ref(a); del a"
    made = "[[] for _ in range(100_000)]"
    assert told(f"{JOB}\n{cycle}\nx = {made}\nprint(r() is None)")[0] == "True"
