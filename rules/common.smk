# Configuration and tables -> plain dicts, the fan-out, code versions. No logic: that is in the
# library (workflow/understudy/plan, quality, scene).
import os
import subprocess
import sys
from pathlib import Path

BASE = Path(workflow.basedir)
BASE = BASE.parent if BASE.name == "workflow" else BASE
sys.path.insert(0, str(BASE / "workflow"))

from snakemake.exceptions import WorkflowError

from understudy.errors import UserError
from understudy.files import write_json
from understudy.plan.code import code_version, rules_version
from understudy.plan.config import checked_config
from understudy.plan.experiments import planned_runs
from understudy.plan.fanout import fan_out
from understudy.plan.layout import Layout
from understudy.plan.reporting import previewed, report_inputs
from understudy.plan.tables import read_tables

try:
    CONFIG = checked_config(config, BASE / "workflow/schemas/config.schema.yaml")
    TABLES = read_tables(CONFIG["tables"], CONFIG["labels"], BASE / "workflow/schemas")
    SYNTHETIC = fan_out(
        CONFIG["seed"],
        TABLES.references,
        TABLES.identities,
        TABLES.backgrounds,
        CONFIG["backgrounds"]["per_pair"],
        CONFIG["render"]["views"],
    )
    RUNS = planned_runs(CONFIG["experiments"], TABLES, SYNTHETIC, CONFIG["labels"])
except UserError as error:
    raise WorkflowError(str(error))

RESULTS = CONFIG["results"]
LAYOUT = Layout(RESULTS)
WORLD = CONFIG["demo"]["world"]
DATASET = CONFIG["experiments"]["dataset"]
IDENTITIES, REFERENCES, BACKGROUNDS = TABLES.identities, TABLES.references, TABLES.backgrounds
PAIRS = list(dict.fromkeys(row[:3] for row in SYNTHETIC))
GPU = 1 if CONFIG["device"] == "cuda" else 0
BODY = CONFIG["body"] or f"{RESULTS}/body/SMPLX_NEUTRAL.npz"
IS_DEMO = all(
    row["video"].startswith(f"{WORLD}/") for row in (*IDENTITIES.values(), *REFERENCES.values())
)
REPORT = report_inputs(LAYOUT, TABLES, SYNTHETIC, RUNS, CONFIG, BODY)


wildcard_constraints:
    kind="identity|reference",
    id=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    identity=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    reference=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    background=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    view=r"source|az-?\d+_el-?\d+",
    dataset=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    model=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    n_real=r"\d+|all",
    n_synthetic=r"\d+|all",
    seed=r"\d+",


def source(path):
    """A table's file as an input, if it is there or a rule makes it. A missing one is told of by
    the job that needs it, so that the other jobs go on."""
    return path if path.startswith(f"{WORLD}/") or Path(path).exists() else []


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
    first = {row[1]: row for row in reversed(SYNTHETIC) if row[0] == reference}
    return [LAYOUT.synthetic(*first[identity]) for identity in list(IDENTITIES)[:2]]


def partial_report():
    """After a failure: the report of what there is, and of what is missing and why."""
    inputs, target = f"{RESULTS}/report/inputs.json", f"{RESULTS}/report.html"
    environment = {**os.environ, "PYTHONPATH": str(BASE / "workflow")}
    command = [sys.executable, "-m", "understudy.report", inputs, target]
    try:
        write_json(inputs, REPORT)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
    else:
        if subprocess.run(command, env=environment).returncode == 0:
            print(f"Some jobs failed; what is missing and why: {target}", file=sys.stderr)
