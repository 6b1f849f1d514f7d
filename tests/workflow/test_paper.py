"""Every stage of the paper's path by config/paper.yaml, from videos to table, at its smallest."""

import json

import pandas as pd
import pytest
from paper_chain import STAGES, PaperCheckout, prepared, run_chain, stages_run

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.fit import load_fit
from understudy.body.build import build_body
from understudy.plan.layout import Layout
from understudy.video.probe import probe

LAYOUT = Layout("results/paper")


@pytest.fixture(scope="module")
def chain(tmp_path_factory, made_once) -> PaperCheckout:
    body_file = made_once("SMPLX_NEUTRAL.npz", build_body)
    checkout = prepared(tmp_path_factory.mktemp("paper"), body_file)
    run_chain(checkout)
    return checkout


def test_every_stage_ran(chain):
    assert stages_run(chain) == list(STAGES)


def test_each_stage_ran_with_the_papers_own_tool(chain):
    def about(path: str) -> dict:
        kind = path.rpartition("/")[2].removesuffix(".npz")
        return load_arrays(chain.folder / path, kind).about

    words = {"keypoints": "mmpose", "masks": "sam", "expression": "deca", "hands": "hand4whole"}
    for name, word in words.items():
        assert about(LAYOUT.feature("identity", "anna", name))["backend"] == word
    assert about(LAYOUT.feature("identity", "anna", "depth"))["backend"] == "depth_anything"
    fit = load_fit(chain.folder / LAYOUT.fit("reference", "drink"))
    assert fit.about["preset"] == "paper" and fit.K[0, 0] == 2000
    metrics = json.loads((chain.folder / LAYOUT.avatar("anna", "metrics.json")).read_text())
    assert metrics["held_out"]["lpips"] > 0


def test_the_synthetic_video_is_as_the_reference(chain):
    made = chain.folder / LAYOUT.synthetic("drink", "anna", "source", "room")
    reference = probe(chain.folder / LAYOUT.video("reference", "drink"))
    info = probe(made)
    assert (info.frames, info.fps) == (reference.frames, 25)
    assert (info.height, info.width) == (reference.height, reference.width)


def test_the_table_says_what_the_caps_took(chain):
    table = (chain.folder / LAYOUT.experiments("ntu", "table1.md")).read_text()
    assert "n_real = 225 is a cap: of the training set there are fewer of drink_water 1." in table
    summary = pd.read_csv(chain.folder / LAYOUT.experiments("ntu", "table1.csv"))
    assert sorted(zip(summary.model, summary.n_real, summary.synthetic_most, strict=True)) == [
        ("resnet", 1, 0),
        ("resnet", 225, 1),
        ("slowfast", 225, 1),
    ]
