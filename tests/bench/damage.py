"""`make bench NAME=damage`: is each damaged file, and each error of a disk or path, told in one
line by the job that meets it; does `understudy verify` find every damage, and no other?"""

import os
import tempfile
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.bench.damage_kinds import ANY, ERRORS, KINDS, WRITERS, Kind, harmed, refusing, restored
from tests.bench.figures import Figure, write_figures
from tests.bench.recorded_run import Ended, RecordedRun, record
from understudy.forecast.show import plan_of
from understudy.forecast.verify import find_damage
from understudy.plan.expected import expected_files

LEAST_DAMAGES = 100


def damage_told(run: RecordedRun, folder: Path) -> tuple[int, int, int]:
    """(cases, told in one line that names the file, tracebacks), of damaged files."""
    cases = told = tracebacks = 0
    for kind in KINDS:
        path = file_of(run, kind)
        for script in kind.readers:
            job = reader_of(run, script, path)
            for damage in kind.damages:
                case = run.copy(folder / "case")
                harmed(case / path, damage)
                ended = run.again(job, script, case)
                right = ended.tells(path)
                cases, told = cases + 1, told + right
                tracebacks += "Traceback" in ended.said
                if not right:
                    print(f"{kind.name}, {damage.__name__}, {script}: {last(ended)}", flush=True)
    return cases, told, tracebacks


def errors_told(run: RecordedRun, folder: Path) -> tuple[int, int, int]:
    """The same of errors of disks and paths, met at the first or the last step of writing."""
    cases = told = tracebacks = 0
    for script in WRITERS:
        for number, at_the_end in zip(ERRORS, cycle((False, True)), strict=False):
            case = run.copy(folder / "case")
            job = run.jobs[script][0]
            ended = run.again(job, script, case, lambda n=number, e=at_the_end: refusing(n, e))
            right = ended.tells("results/")
            cases, told = cases + 1, told + right
            tracebacks += "Traceback" in ended.said
            if not right:
                print(f"{script}, error {number}, {at_the_end}: {last(ended)}", flush=True)
    return cases, told, tracebacks


def file_of(run: RecordedRun, kind: Kind) -> str:
    """Its path from the checkout."""
    results = run.checkout.settings["results"]
    (job,) = [job for job in run.jobs["render_in_room"] if job.wildcards.reference == "wave"]
    if "LABELS" in kind.path:
        return str(job.output.labels)
    if "ROOM" in kind.path:
        return str(job.input.rooms[0])
    if kind.path.startswith("world"):
        table = run.checkout.table("references").read_text().splitlines()
        row = next(line.split("\t") for line in table if line.startswith("wave\t"))
        return next(cell for cell in row if cell.endswith(".mp4"))
    return f"{results}/{kind.path}"


def reader_of(run: RecordedRun, script: str, path: str) -> Any:
    """What the script was told in its job that reads a file."""
    if script == "check_videos":
        return run.jobs[script][0]
    if script == "normalise_video":
        return next(job for job in run.jobs[script] if job.params.path == path)
    if path.endswith(".npz") and "/room/" in path:  # of several rooms, a job reads the first
        return next(job for job in run.jobs[script] if job.input.rooms[0] == path)
    return next(job for job in run.jobs[script] if path in list(job.input))


def last(ended: Ended) -> str:
    lines = ended.said.splitlines()
    return f"{ended.code}: {lines[-1] if lines else 'not a word'}"


def verify_finds(run: RecordedRun) -> tuple[int, int, int]:
    """(damages, found, false alarms) of a finished run."""
    folder, results = run.checkout.folder, run.checkout.settings["results"]
    os.chdir(folder)
    plan = plan_of(Path("rooms.yaml"))
    expected = [item for item in expected_files(plan) if Path(item.path).exists()]
    alarms = len(find_damage(results, expected))
    damages = found = 0
    for item, damage in zip(expected * 9, cycle(ANY), strict=False):
        if damages >= LEAST_DAMAGES and item is expected[0]:
            break
        path, whole = Path(item.path), Path(item.path).with_name("whole.kept")
        os.link(path, whole)
        harmed(path, damage)
        damages += 1
        found += [one.path for one in find_damage(results, [item])] == [item.path]
        restored(path, whole)
        whole.unlink()
    return damages, found, alarms + len(find_damage(results, expected))


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="understudy-damage-") as name:
        run = record(Path(name) / "run")
        verified = verify_finds(run)
        files, errors = damage_told(run, Path(name)), errors_told(run, Path(name))
    print(f"files {files}, errors {errors}, verify {verified}")
    cases, told, tracebacks = (sum(pair) for pair in zip(files, errors, strict=True))
    damages, found, alarms = verified
    return [
        Figure("damage_told", 100 * told / cases, f"% of {cases}", 98, False),
        Figure("damage_tracebacks", tracebacks, "tracebacks", 0, True),
        Figure("verify_finds", 100 * found / damages, f"% of {damages}", 100, False),
        Figure("verify_false_alarms", alarms, "files", 0, True),
    ]


if __name__ == "__main__":
    write_figures("damage", figures())
