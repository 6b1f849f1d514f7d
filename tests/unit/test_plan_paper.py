"""config/paper.yaml is planned at the paper's size, from trees named as the datasets are."""

from collections import Counter
from pathlib import Path

import paper_world
import pytest
import yaml

from understudy.configuration.read import read_config
from understudy.forecast.dryrun import jobs_due
from understudy.plan.expected import expected_files
from understudy.plan.planned import read_plan

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "workflow/schemas"
PAPER = ROOT / "config/paper.yaml"


@pytest.fixture(scope="module")
def trees(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    paper_world.write_trees(folder)
    return folder


@pytest.mark.parametrize(("dataset", "protocol"), paper_world.PROTOCOLS)
def test_the_paper_is_planned(trees, monkeypatch, dataset, protocol):
    monkeypatch.chdir(trees)
    config = paper_world.write_tables(dataset, protocol)
    plan = read_plan(config, SCHEMAS)
    rules = Counter(file.rule for file in expected_files(plan))
    told = plan.told_of_caps
    classes = 15 if protocol == "cv1" else 16  # one is never seen by camera 1
    assert len(config["labels"]) == classes
    assert len(plan.tables.references) == 5 * classes and len(plan.tables.identities) == 15
    assert len(plan.synthetic) == 5 * classes * 15 * 3  # 3,600
    assert rules["composite_background"] == len(plan.synthetic)
    assert rules["animate_avatar"] == 5 * classes * 15 and rules["train_avatar"] == 15
    assert rules["train_recogniser"] == 14, "table 1 of two models, figures 6 and 7 of one"
    by_model = Counter(run.model for run in plan.runs)
    assert by_model == {"resnet": 12, "slowfast": 2}
    capped = [line for line in told if line.startswith("n_real 225 is a cap; ")]
    assert bool(capped) == (dataset == "toyota" or protocol == "surreact")
    assert not any("synthetic" in line for line in told), "225 of each class are made"
    taken = plan.real_clips(plan.points["real225_synthetic225"], 0)
    counts = Counter(clip.label for clip in taken)
    assert max(counts.values()) <= 225 and min(counts.values()) >= 10
    by_angle = protocol == "surreact"  # which reports each angle
    tested = Counter((clip.label, clip.camera if by_angle else "") for clip in plan.test_clips)
    assert max(tested.values()) == 50


def test_ntus_tables_need_no_change_of_the_config(trees, monkeypatch):
    """As config/paper.yaml's head says: make the tables, then run it."""
    monkeypatch.chdir(trees)
    config = paper_world.write_tables("ntu", "paper")
    assert config == yaml.safe_load(PAPER.read_text())
    assert read_plan(read_config(PAPER), SCHEMAS).chosen == {
        "keypoints": "understudy.features.openmmlab.keypoints:detect_keypoints",
        "masks": "understudy.features.sam.masks:detect_masks",
        "depth": "understudy.features.depth_anything.depth:measure_depth",
        "expression": "understudy.features.deca.expression:read_faces",
        "hands": "understudy.features.hand4whole.hands:read_hands",
        "fit": "understudy.fitting.paper.preset:PaperPreset",
        "avatar": "understudy.avatar.training.exavatar.training:ExAvatarTraining",
        "room": "understudy.room.depth_anything:relative",
        "scene": "understudy.places.table:unseen",
    }


def test_snakemake_plans_the_paper(trees, monkeypatch):
    """With those avatars that are there already, which are read."""
    monkeypatch.chdir(trees)
    avatars = ("--avatars", "data/RANDOM_people/avatars_checkpoints")
    config = paper_world.write_tables("toyota", "cs", *avatars)
    Path("toyota.yaml").write_text(yaml.safe_dump(config))
    read = Path(config["tables"]["identities"]).read_text().count("snapshot_4.pth")
    assert 0 < read < 15
    due = jobs_due(ROOT / "Snakefile", ["--configfile", "toyota.yaml"])
    wanted = {
        **dict.fromkeys(("extract_keypoints", "extract_expression", "extract_hands"), 95),
        **{"extract_masks": 15, "train_avatar": 15 - read, "read_avatar": read, "score_avatar": 15},
        **{"join_flame": 1, "fit_body": 95, "animate_avatar": 1200},
        **{"composite_background": 3600, "train_recogniser": 14, "tabulate": 1},
    }
    assert {rule: due.get(rule) for rule in wanted} == wanted
