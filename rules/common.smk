# Configuration and tables -> plain dicts, the fan-out, code versions. No logic: that is in the
# library (src/understudy/plan, quality, scene).
import gc
import os
import subprocess
import sys
from dataclasses import asdict, astuple
from pathlib import Path

BASE = Path(workflow.basedir)
BASE = BASE.parent if BASE.name == "workflow" else BASE
sys.path.insert(0, str(BASE / "src"))

# Snakemake makes millions of objects that live to its end: garbage is looked for seldom.
gc.set_threshold(200_000, 20, 50)

from snakemake.exceptions import WorkflowError

from understudy.cluster.queue import NoAnswerError, refuse_while_queued
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.plan import effective
from understudy.plan.code import code_version, rules_version
from understudy.plan.layout import LISTS
from understudy.plan.planned import pairs_of, read_plan
from understudy.plan.lost import lost_files
from understudy.plan.reporting import on_sheet, report_inputs, report_shown

try:
    for file in workflow.configfiles:
        read_config(file)  # Snakemake takes the last of a key that stands twice
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
CHOSEN = PLAN.chosen  # what each word of the config stands for

if workflow.is_main_process:
    for line in PLAN.told_of_sources():
        print(f"warning: {line}", file=sys.stderr)
    if Path(RECORDS).is_dir() and not Path(".snakemake/metadata").is_dir():
        print(
            "warning: .snakemake/metadata is gone: what was made is taken as it is, whatever it was "
            "made with; bring the folder back, or force what changed (--forcerun RULE)",
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
    point=r"real(\d+|all)_synthetic(\d+|all)(_white)?(_identities\d+)?(_source)?",
    seed=r"\d+",


def gpu_of(feature):
    """A GPU for a back-end that is a network."""
    return GPU if WEIGHTS[feature] else 0


def made(*paths):
    """Those of the tables' files that rules make, as inputs. The user's own are no inputs: jobs
    have their path and version, so that one that is missing today stops no plan and makes nothing
    stale, and a job that needs it tells."""
    return [path for path in paths if PLAN.is_made(path)]


def source(kind, id_, *products):
    """The input that a row's file is: one that rules make; none, where it is the user's. Where that
    cannot be read today and something was made from it, a file that is not there: Snakemake then
    lets the products be, whatever else has changed, and a run deletes none."""
    path = PLAN.sources[kind, id_]
    if PLAN.is_away(kind, id_) and any(Path(product).exists() for product in products):
        return [f"{path} (cannot be read today)"]
    return made(path)


def clips_of(wildcards):
    """The same of all real videos that a training sees."""
    products = [f"{RUN}/train.tsv".format(**wildcards)]
    clips = [*real_of(wildcards), *PLAN.test_clips]
    return [file for clip in clips for file in source("real", REAL_ID[clip.path], *products)]


def told(value):
    """A parameter that makes no difference to what comes out. As a function of the input, its value
    is no trigger to run again."""
    return lambda wildcards, input: value


def version(kind, name="id"):
    """The version of the file that a row names; wildcard `name` holds its id."""
    return lambda wildcards: PLAN.version(kind, wildcards[name])


def part_of(rows):
    """From and to which second of its video a row takes."""
    return lambda wildcards: [rows[wildcards.id].get(name) or None for name in ("start", "end")]


def seen_by(wildcards):
    """What a training sees."""
    return PLAN.points[wildcards.point]


def pretrained_of(wildcards):
    """The weights that a recogniser starts from."""
    return CONFIG["experiments"]["models"][wildcards.model].get("pretrained") or []


def real_of(wildcards):
    """The real videos that a training sees."""
    return PLAN.real_clips(seen_by(wildcards), int(wildcards.seed))


def clips_told(clips):
    """Clips as parameters, each with its file's version."""
    return [[*astuple(clip), PLAN.version("real", REAL_ID[clip.path])] for clip in clips]


def master(path):
    """The lossless RGBA master is thrown away once composited, unless the config keeps it."""
    return path if CONFIG["render"]["keep_rgba"] else temp(path)


def truth_of(row):
    """The truth beside a demo video."""
    return row["video"].removesuffix(".mp4") + ".truth.npz"


def held_out_of(row):
    """The held-out poses of the person of a demo identity video."""
    return f"{WORLD}/held_out/{Path(row['video']).stem}.npz"


def one_each(reference):
    """One composite for each of the first two people who re-enact a reference."""
    first = {row[1]: row for row in reversed(PLAN.by_reference[reference])}
    return [LAYOUT.synthetic(*first[identity]) for identity in list(IDENTITIES)[:2]]


def lost(target):
    """What a target stands on and is not there."""
    return lambda wildcards: lost_files(PLAN, target)


def no_older_jobs():
    """Jobs that a killed Snakemake left in the queue would write the same files as this run's."""
    try:
        refuse_while_queued(Path.cwd())
    except NoAnswerError as error:
        if not workflow.local_exec:  # SLURM's commands without a cluster hinder no local run
            raise WorkflowError(str(error))
    except UserError as error:
        raise WorkflowError(str(error))


PARTIAL_REPORT = f"{RESULTS}/report.partial.html"  # under report.html, Snakemake would take it for
# the whole one, and a later run would find nothing to do


def partial_report():
    """After a failure: the report of what there is, and of what is missing and why."""
    from understudy.files import write_json  # NumPy comes with it, which no other job needs here

    inputs, target = f"{RESULTS}/report/inputs.json", PARTIAL_REPORT
    environment = {**os.environ, "PYTHONPATH": str(BASE / "src")}
    command = [sys.executable, "-m", "understudy", "report", inputs, target]
    try:
        write_json(inputs, report_inputs(PLAN))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
    else:
        if subprocess.run(command, env=environment).returncode == 0:
            print(f"Some jobs failed; what is missing and why: {target}", file=sys.stderr)
