"""`make bench NAME=paper`: every stage of config/paper.yaml in one chain at its smallest, planning
at the paper's size for both datasets and all protocols, the losses against the public code where
its checkouts are named (`tests.bench.parity_public`), and the paper's sentences. What refinement
brings is measured by `make bench NAME=parity`.
"""

import contextlib
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import yaml

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.paper_parity import parity_figures
from tests.bench.parity_public import checkouts
from tests.bench.scale import Workflow
from understudy.body.build import build_body

MOST_PLAN_S = 15
LEAST_MET = 95  # %

for folder in ("tests/workflow", "tests/unit"):  # their modules import each other by bare names
    sys.path.insert(0, str(ROOT / folder))


def stages_figure() -> Figure:
    """How many stages of the paper's path run, from videos to a table."""
    chain = import_module("paper_chain")
    with tempfile.TemporaryDirectory(prefix="understudy-paper-") as name:
        folder = Path(name)
        build_body(folder / "body.npz")
        checkout = chain.prepared(folder / "checkout", folder / "body.npz")
        chain.run_chain(checkout)
        ran = len(chain.stages_run(checkout))
    return Figure("paper_config_stages", ran, "stages", len(chain.STAGES), at_most=False)


def plan_figures() -> list[Figure]:
    """CPU seconds of a dry run of the paper's size, for each dataset and protocol."""
    world = import_module("paper_world")
    found = []
    with tempfile.TemporaryDirectory(prefix="understudy-paper-") as name, contextlib.chdir(name):
        world.write_trees(Path(name))
        for dataset, protocol in world.PROTOCOLS:
            file = f"{dataset}_{protocol}.yaml"
            config = world.write_tables(dataset, protocol)
            Path(file).write_text(yaml.safe_dump(config), encoding="utf-8")
            options = ("-s", str(ROOT / "Snakefile"), "--configfile", file)
            used = Workflow(Path(name), options).snakemake("-n", "--quiet")
            print(f"{dataset}, {protocol}: {used}")
            found.append(used.cpu_s)
    unit = f"CPU s, the slowest of {len(found)}"
    return [Figure("plan_paper_s", max(found), unit, MOST_PLAN_S, True)]


def sentences_figure() -> Figure:
    met = import_module("paper_page").share_met()
    return Figure("sentences_met", met, "%", LEAST_MET, at_most=False)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parity = parity_figures() if checkouts() else []
    write_figures("paper", [stages_figure(), *plan_figures(), *parity, sentences_figure()])
