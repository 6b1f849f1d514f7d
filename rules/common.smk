# Turns configuration and tables into plain dicts, the fan-out and code versions. The logic is in
# the library (src/understudy/plan).
import gc
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, astuple
from pathlib import Path

BASE = Path(workflow.basedir)
BASE = BASE.parent if BASE.name == "workflow" else BASE
sys.path[:0] = [str(BASE / "src"), str(BASE / "workflow")]

# Snakemake creates millions of objects that live until it exits, so collect garbage rarely.
gc.set_threshold(200_000, 20, 50)

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import PersistenceBackend

from planner.by_need import ask_by_need
from planner.lean import plan_leanly
from planner.quickly import plan_quickly, start_without_limit
from understudy.cluster.queue import NoAnswerError, refuse_while_queued
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.files import write_json
from understudy.plan import effective, records
from understudy.plan.code import code_version, rules_version
from understudy.plan.dataset import real_rows, shown_backgrounds
from understudy.plan.digests import record_digests
from understudy.plan.expected import expected_files
from understudy.plan.finished import pack_finished
from understudy.plan.layout import LISTS
from understudy.plan.lost import lost_files
from understudy.plan.planned import pairs_of, read_plan
from understudy.plan.reporting import on_sheet, report_inputs, report_shown
from understudy.release.settings import ReleaseSettings, publisher_of

if "{" in f"{BASE}{Path.cwd()}" or "}" in f"{BASE}{Path.cwd()}":
    raise WorkflowError(
        f"{BASE}: Snakemake takes {{ and }} in a path for wildcards; give the folder another name"
    )
try:
    for file in workflow.configfiles:
        read_config(file)  # of duplicate keys, Snakemake silently takes the last
    PLAN = read_plan(config, BASE / "workflow/schemas")
except UserError as error:
    raise WorkflowError(str(error))

CONFIG, TABLES, LAYOUT = PLAN.config, PLAN.tables, PLAN.layout
SYNTHETIC, RUNS = PLAN.synthetic, PLAN.runs
RESULTS = CONFIG["results"]
RECORDS = LAYOUT.sources
WORLD = CONFIG["demo"]["world"]
DATASET, BODY, IS_DEMO = PLAN.dataset, PLAN.body, PLAN.is_demo
IDENTITIES, REFERENCES, BACKGROUNDS = TABLES.identities, TABLES.references, TABLES.backgrounds
PAIRS = pairs_of(SYNTHETIC)
REAL_ID = {row["video"]: id_ for id_, row in TABLES.real.items()}
GPU = 1 if CONFIG["device"] == "cuda" else 0
WEIGHTS = PLAN.weights  # of each feature's back-end: name -> file
CHOSEN = PLAN.chosen  # what each name in the config stands for

if workflow.is_main_process:
    for line in [*PLAN.told_of_sources(), *PLAN.told_of_scenes()]:
        print(f"warning: {line}", file=sys.stderr)
    for line in PLAN.told_of_caps:
        print(f"note: {line}", file=sys.stderr)
    try:
        records.refuse_other_records(
            Path.cwd(), workflow.workflow_settings.persistence_backend == PersistenceBackend.DB
        )
        records.follow_folder(Path.cwd())
    except UserError as error:
        raise WorkflowError(str(error))
    if Path(RECORDS).is_dir() and records.are_missing(Path.cwd()):
        print(
            "warning: .snakemake/metadata is gone: existing outputs are accepted as they are, "
            "whatever they were made with; restore the folder, or force what changed (--forcerun RULE)",
            file=sys.stderr,
        )


wildcard_constraints:
    kind="identity|reference",
    id=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    identity=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    reference=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    background=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    view=r"source|az-?\d+_el-?\d+",
    dataset=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    model=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    point=(
        r"real(\d+|all)_synthetic(\d+|all)(_white)?(_identities\d+)?(_source)?"
        "(_quality|_hardness|_covariance)?"
    ),
    seed=r"\d+",


def gpu_of(feature):
    """One GPU if the back-end is a network."""
    return GPU if WEIGHTS[feature] else 0


def uses_gpu(name):
    """Whether jobs of the rule of this name use a GPU."""
    feature = name.removeprefix("extract_")
    return bool(gpu_of(feature) if feature in WEIGHTS else GPU)


def made(*paths):
    """Those of the tables' files that rules make, as inputs. The user's own files are not inputs:
    jobs have their path and version, so a file that is missing today neither stops the plan nor
    makes anything stale, and a job that needs it reports it."""
    return [path for path in paths if PLAN.is_made(path)]


def source(kind, id_, *products):
    """A row's file as an input, if rules make it; none if it is the user's. If that file cannot be
    read today and something was made from it, a file that does not exist: Snakemake then leaves the
    outputs alone, whatever else has changed, and a run deletes none."""
    path = PLAN.sources[kind, id_]
    if PLAN.is_away(kind, id_) and any(Path(product).exists() for product in products):
        return [f"{path} (cannot be read today)"]
    return made(path)


def room_sources(background):
    """A background's photo, and the mask of its floor if there is one, as `source` gives them."""
    kinds = [kind for kind in ("background", "floor") if (kind, background) in PLAN.sources]
    return [file for kind in kinds for file in source(kind, background, LAYOUT.room(background))]


def room_told(background):
    """What the table says of a background's room, by the fields of `Told`."""
    names = ("focal", "camera_height", "horizon", "floor")
    return {name: BACKGROUNDS[background].get(name) for name in names}


def shown_on(wildcards):
    """The background of a synthetic video, then those that may take its place."""
    row = (wildcards.reference, wildcards.identity, wildcards.view, wildcards.background)
    return PLAN.shown_on(row)


def behind(wildcards):
    """All backgrounds that the synthetic videos of a reference may show."""
    rows = PLAN.by_reference[wildcards.reference]
    return sorted({id_ for row in rows for id_ in PLAN.shown_on(row)})


def unstated_behind(wildcards):
    """Those of them whose row does not overrule what is found in them."""
    return [id_ for id_ in behind(wildcards) if "floor" not in BACKGROUNDS[id_]]


def labels_of(wildcards, input):
    """The labels of each synthetic video of a reference. Where they are follows from
    how the videos were made: it alone makes nothing stale."""
    return [PLAN.labels(row) for row in PLAN.by_reference[wildcards.reference]]


def mask_version(background):
    """The version of the mask of a background's floor; None without one."""
    masked = ("floor", background) in PLAN.sources
    return PLAN.version("floor", background) if masked else None


def clips_of(wildcards):
    """The same for all real videos that a training uses."""
    products = [f"{RUN}/train.tsv".format(**wildcards)]
    clips = [*real_of(wildcards), *PLAN.test_clips]
    return [file for clip in clips for file in source("real", REAL_ID[clip.path], *products)]


def told(value):
    """A parameter that does not affect the output. As a function of the input, its value does not
    trigger a rerun."""
    return lambda wildcards, input: value


def version(kind, name="id"):
    """The version of the file that a row names; the wildcard `name` holds its id."""
    return lambda wildcards: PLAN.version(kind, wildcards[name])


def part_of(rows):
    """Start and end, in seconds, of the part of its video that a row uses."""
    return lambda wildcards: [rows[wildcards.id].get(name) or None for name in ("start", "end")]


def whom(kind, id_):
    """What to do with several people in a row's video: follow the one that its row names, or what
    the config says."""
    rows = {"identity": IDENTITIES, "reference": REFERENCES}[kind]
    return rows[id_].get("who", CONFIG["features"]["people"])


def mirrored(rows):
    """Whether a row's video shows left and right swapped."""
    return lambda wildcards: rows[wildcards.id].get("mirror") == "yes"


def seen_by(wildcards):
    """The data that a training uses."""
    return PLAN.points[wildcards.point]


def pretrained_of(wildcards):
    """The weights that a recogniser starts from."""
    return CONFIG["experiments"]["models"][wildcards.model].get("pretrained") or []


def embedding_of(wildcards):
    """What the same model, trained on the real videos alone, makes of all videos, if the synthetic
    ones are selected by it."""
    point = seen_by(wildcards)
    if not point.is_embedded:
        return []
    folder = LAYOUT.run(DATASET, wildcards.model, point.alone.name, wildcards.seed)
    return f"{folder}/embedding.npz"


def real_of(wildcards):
    """The real videos that a training uses."""
    return PLAN.real_clips(seen_by(wildcards), int(wildcards.seed))


def clips_told(clips):
    """Clips as parameters, each with its file's version."""
    return [[*astuple(clip), PLAN.version("real", REAL_ID[clip.path])] for clip in clips]


def master(path):
    """The lossless RGBA master is deleted once composited, unless the config keeps it."""
    return path if CONFIG["render"]["keep_rgba"] else temp(path)


def truth_of(row):
    """The ground truth of a demo video."""
    return row["video"].removesuffix(".mp4") + ".truth.npz"


def held_out_of(row):
    """The held-out poses of the person of a demo identity video."""
    return f"{WORLD}/held_out/{Path(row['video']).stem}.npz"


def one_each(reference):
    """One composite for each of the first two people who re-enact a reference."""
    first = {row[1]: row for row in reversed(PLAN.by_reference[reference])}
    return [LAYOUT.synthetic(*first[identity]) for identity in list(IDENTITIES)[:2]]


def cast_of(wildcards):
    """The identities that re-enact a reference."""
    return list(dict.fromkeys(row[1] for row in PLAN.by_reference[wildcards.reference]))


def manifest_to_release(wildcards):
    """The manifest, if the config says all that a release needs: no job starts without."""
    try:
        publisher_of(ReleaseSettings(**CONFIG["release"]))
    except UserError as error:
        raise WorkflowError(str(error))
    return LAYOUT.dataset("manifest.parquet")


def in_report(name, caption):
    """A result that `snakemake --report` shows too."""
    path = LAYOUT.experiments(DATASET, name)
    return report(path, caption=f"../workflow/report/{caption}.rst", category="Recognisers")


def lost(target):
    """The missing files that a target depends on."""
    return lambda wildcards: lost_files(PLAN, target)


def no_older_jobs():
    """Jobs that a killed Snakemake left in the queue would write the same files as this run's."""
    try:
        refuse_while_queued(Path.cwd())
    except NoAnswerError as error:
        if not workflow.local_exec:  # SLURM's commands without a cluster must not block a local run
            raise WorkflowError(str(error))
    except UserError as error:
        raise WorkflowError(str(error))


def record_run():
    """The digests of what was made, for `understudy verify`; then small files are packed."""
    expected = list(expected_files(PLAN))
    try:
        record_digests(RESULTS, expected)
        pack_finished(RESULTS, expected)
    except (UserError, OSError) as error:
        print(f"warning: what was made could not be recorded: {error}", file=sys.stderr)


PARTIAL_REPORT = f"{RESULTS}/report.partial.html"  # as report.html, Snakemake would take it for the
# full one, and a later run would find nothing to do


PARTIAL_DATASET = LAYOUT.dataset("partial")  # for the same reason not dataset/ itself
MOST_SO_FAR = 1000  # videos that are checked once more when a run has failed: some 20 a second


def results_so_far():
    """After a failure: the dataset of the videos that are there, and a report on what there is,
    what is missing and why."""
    folder = Path(RESULTS, "report")
    try:
        write_json(folder / "plan.json", {"config": CONFIG, "tables": asdict(TABLES)})
        write_json(folder / "inputs.json", report_inputs(PLAN))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return
    if len(SYNTHETIC) <= MOST_SO_FAR:
        _understudy("dataset", folder / "plan.json", PARTIAL_DATASET)
    else:
        command = f"understudy dataset {folder / 'plan.json'} {PARTIAL_DATASET}"
        print(f"For the dataset of the videos that are there: {command}", file=sys.stderr)
    if _understudy("report", folder / "inputs.json", PARTIAL_REPORT):
        print(f"Some jobs failed; see what is missing and why: {PARTIAL_REPORT}", file=sys.stderr)


def _understudy(*arguments):
    """Whether a command of ours succeeds; in a process of its own, for planning loads no NumPy."""
    environment = {**os.environ, "PYTHONPATH": str(BASE / "src")}
    command = [sys.executable, "-m", "understudy", *map(str, arguments)]
    return subprocess.run(command, env=environment).returncode == 0


def forget_results_so_far():
    """After a success."""
    Path(PARTIAL_REPORT).unlink(missing_ok=True)
    shutil.rmtree(PARTIAL_DATASET, ignore_errors=True)
