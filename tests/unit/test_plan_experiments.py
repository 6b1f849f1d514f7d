"""The grid of experiments, and the leaks that stop a plan."""

from pathlib import Path

import pytest
import yaml

from understudy.errors import UserError
from understudy.plan.experiments import planned_runs, told_of_caps
from understudy.plan.leakage import Allowed, allowed_pairs, refuse_leaks
from understudy.plan.tables import Tables
from understudy.recognition.points import Point, expand_grid

ROOT = Path(__file__).resolve().parents[2]
LABELS = ["bow", "nod"]
SEEDS = {"models": {"resnet": {}}, "seeds": [0]}


def tables(**changes) -> Tables:
    """Two references, two real training and two test videos; `changes` to rows by id."""
    references = {f"r_{label}": {"label": label, "video": f"r_{label}.mp4"} for label in LABELS}
    real = {
        f"{split}_{label}": {"label": label, "split": split, "video": f"{split}_{label}.mp4"}
        for split in ("train", "test")
        for label in LABELS
    }
    for name, values in changes.items():
        (references if name in references else real)[name].update(values)
    rows = {name: {"id": name, **row} for name, row in [*references.items(), *real.items()]}
    return Tables(
        {"ada": {}, "ben": {}},
        {name: rows[name] for name in references},
        {"gym": {}, "hall": {}},
        {name: rows[name] for name in real},
    )


SYNTHETIC = [
    (f"r_{label}", person, view, room)
    for label in LABELS
    for person in ("ada", "ben")
    for view in ("source", "az30_el0")
    for room in ("gym", "hall")
]


def test_a_list_stands_for_a_point_each():
    grid = [
        {"n_real": [1, 5], "n_synthetic": [0, 50, 100]},
        {"n_real": 5, "n_synthetic": 50},
        {"n_real": 0, "n_synthetic": 50, "identities": [1, 2], "background": "white"},
    ]
    points = expand_grid(grid, ["resnet"])
    assert points[:6] == [("resnet", Point(n, made)) for n in (1, 5) for made in (0, 50, 100)]
    assert points[6:] == [("resnet", Point(0, 50, "white", people)) for people in (1, 2)]


def test_a_line_may_be_for_some_models_alone():
    grid = [
        {"n_real": 225, "n_synthetic": 0, "models": "all"},
        {"n_real": 1, "n_synthetic": [0, 50], "models": "resnet"},
        {"n_real": 5, "n_synthetic": 0, "models": ["x3d", "resnet"]},
    ]
    assert expand_grid(grid, ["resnet", "slowfast", "x3d"]) == [
        *(("resnet", Point(*n)) for n in ((225, 0), (1, 0), (1, 50), (5, 0))),
        ("slowfast", Point(225, 0)),
        *(("x3d", Point(*n)) for n in ((225, 0), (5, 0))),
    ]


def test_the_papers_grid_is_table_one_and_two_figures():
    grid = yaml.safe_load((ROOT / "config/paper.yaml").read_text())["experiments"]["grid"]
    baseline = {(225, 0), (225, 225)}
    curves = {(real, made) for real in (1, 5) for made in (0, 50, 100, 150, 200)}
    found = expand_grid(grid, ["resnet", "slowfast"])
    assert {(p.n_real, p.n_synthetic) for m, p in found if m == "resnet"} == baseline | curves
    assert {(p.n_real, p.n_synthetic) for m, p in found if m == "slowfast"} == baseline
    assert len(found) == 14 and not any(point.is_unusual for _, point in found)


def test_names_keep_what_is_usual_unsaid():
    assert Point(1, 0).name == "real1_synthetic0"
    assert Point("all", "all").name == "realall_syntheticall"
    assert Point(5, 8, "white", 3, "source").name == "real5_synthetic8_white_identities3_source"
    assert not Point(5, 8).is_unusual and Point(5, 8, views="source").is_unusual


def runs(grid: list[dict]) -> list[str]:
    planned = planned_runs({**SEEDS, "grid": grid}, tables(), SYNTHETIC, LABELS)
    return [run.point.name for run in planned]


def test_planned_runs_are_each_made_once():
    grid = [{"n_real": 1, "n_synthetic": 0}, {"n_real": 1, "n_synthetic": [0, 4]}]
    experiments = {"models": {"resnet": {}, "slowfast": {}}, "grid": grid, "seeds": [0, 1]}
    planned = planned_runs(experiments, tables(), SYNTHETIC, LABELS)
    assert len(planned) == len(set(planned)) == 2 * 2 * 2
    with pytest.raises(UserError, match="'wave' has no test video"):
        planned_runs(experiments, tables(), SYNTHETIC, [*LABELS, "wave"])


@pytest.mark.parametrize(
    ("point", "most"),
    [
        ({}, 8),
        ({"background": "white"}, 4),
        ({"views": "source"}, 4),
        ({"identities": 1}, 4),
        ({"identities": 1, "views": "source", "background": "white"}, 1),
    ],
)
def test_as_many_synthetic_videos_as_there_will_be(point, most):
    def told(n_synthetic: int) -> list[str]:
        asked = Point(**{"n_real": 0, "n_synthetic": n_synthetic, **point})
        return told_of_caps([asked], tables(), SYNTHETIC, LABELS)

    few = f"classes with fewer synthetic videos: bow {most}, nod {most}"
    assert told(most) == [] and told(most + 1) == [f"n_synthetic {most + 1} is a cap; {few}"]


def test_a_cap_that_a_class_does_not_reach_is_told_of():
    more = tables(train_bow={"label": "nod"}, test_bow={"split": "train"})
    points = [Point(2, 0), Point(2, 8), Point("all", 8)]
    told = "n_real 2 is a cap; classes with fewer real videos: bow 1"
    assert told_of_caps(points, more, SYNTHETIC, LABELS) == [told]
    assert runs([{"n_real": [1, 225], "n_synthetic": [0, 225]}]) == [
        *("real1_synthetic0", "real1_synthetic225", "real225_synthetic0", "real225_synthetic225")
    ]


def test_what_no_cap_can_mend_is_refused():
    def planned(point: dict, synthetic: list) -> list:
        one_class = tables(train_bow={"label": "nod"})
        return planned_runs({**SEEDS, "grid": [point]}, one_class, synthetic, LABELS)

    with pytest.raises(UserError, match=r"real1_synthetic4 asks for real .* class 'bow' has none"):
        planned({"n_real": 1, "n_synthetic": 4}, SYNTHETIC)
    nods = [row for row in SYNTHETIC if row[0] == "r_nod"]
    with pytest.raises(UserError, match=r"asks for synthetic .* class 'bow' has none; .*remove"):
        planned({"n_real": "all", "n_synthetic": 4}, nods)
    with pytest.raises(UserError, match="finds no training video of class 'bow'"):
        planned({"n_real": "all", "n_synthetic": "all"}, nods)
    assert len(planned({"n_real": "all", "n_synthetic": "all"}, SYNTHETIC)) == 1
    with pytest.raises(UserError, match="asks for 3 identities, but there are 2"):
        runs([{"n_real": 0, "n_synthetic": 1, "identities": 3}])
    assert runs([{"n_real": "all", "n_synthetic": "all"}]) == ["realall_syntheticall"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"test_nod": {"video": "r_bow.mp4"}}, "reference 'r_bow' and test video 'test_nod'"),
        ({"test_nod": {"video": "./x/../r_bow.mp4"}}, "reference 'r_bow' and test video"),
        ({"test_nod": {"video": "train_bow.mp4"}}, "training video 'train_bow' and test video"),
        (
            {"r_nod": {"subject": "ada"}, "test_bow": {"subject": "ada"}},
            "subject 'ada' of reference 'r_nod' also performs test video 'test_bow'",
        ),
    ],
)
def test_a_leak_is_named(changes, told):
    with pytest.raises(UserError, match=told):
        refuse_leaks(tables(**changes), "subject", [])


def test_all_leaks_are_told_but_those_that_are_allowed():
    """Case C05."""
    changes = {"test_bow": {"video": "r_bow.mp4"}, "test_nod": {"video": "train_nod.mp4"}}
    pair = {"test": "test_bow", "other": "r_bow", "reason": "the one film there is"}
    both = tables(**changes)
    with pytest.raises(UserError) as told:
        refuse_leaks(both, "video", [])
    assert str(told.value).startswith(
        "leakage: r_bow.mp4 is reference 'r_bow' and test video 'test_bow'; train_nod.mp4 is "
        "training video 'train_nod' and test video 'test_nod': "
    )
    with pytest.raises(UserError, match=r"leakage: train_nod\.mp4 is"):
        refuse_leaks(both, "video", allowed_pairs(both, [pair]))
    other = {"test": "test_nod", "other": "train_nod", "reason": "the same"}
    refuse_leaks(both, "video", allowed_pairs(both, [pair, other]))


def test_what_is_no_leak_passes():
    refuse_leaks(tables(), "subject", [])
    unknown = {"r_bow": {"subject": "ada"}, "train_bow": {"subject": "ada"}}
    refuse_leaks(tables(**unknown), "subject", [])
    refuse_leaks(tables(**unknown, test_bow={"subject": "ada"}), "video", [])


def test_a_link_to_a_reference_is_the_reference(tmp_path):
    (tmp_path / "a.mp4").touch()
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    changes = {"r_bow": {"video": str(tmp_path / "a.mp4")}}
    changes["test_bow"] = {"video": str(tmp_path / "b.mp4")}
    with pytest.raises(UserError, match="reference 'r_bow' and test video 'test_bow'"):
        refuse_leaks(tables(**changes), "video", [])


def test_allowed_pairs_are_of_the_tables():
    """Case C05: a pair that the user allows, with the reason."""
    pair = {"test": "test_bow", "other": "r_bow", "reason": "another take"}
    (found,) = allowed_pairs(tables(), [pair])
    assert found == Allowed("test_bow", "test_bow.mp4", "r_bow", "r_bow.mp4", "another take")
    (trained,) = allowed_pairs(tables(), [{**pair, "other": "train_nod"}])
    assert trained.other_video == "train_nod.mp4"
    for wrong in ({"test": "train_bow"}, {"test": "absent"}, {"other": "test_nod"}):
        with pytest.raises(UserError, match=r"experiments\.allowed_pairs: .* is not the id of"):
            allowed_pairs(tables(), [{**pair, **wrong}])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"selection": "hardness", "background": "white"}, "choose background: image"),
        ({"selection": "hardness", "n_real": 0}, "needs real videos; set n_real to 1 or more"),
        ({"selection": "covariance"}, "needs real videos; set n_real to 2 or more"),
        ({"selection": "hardness", "models": "slowfast"}, "slowfast learns from the real videos"),
        ({"selection": "hardness", "n_real": "all"}, "add to the grid n_real: all, n_synthetic: 0"),
    ],
)
def test_a_selection_by_features_needs_the_model_that_saw_the_real_videos_alone(line, told):
    grid = [
        {"n_real": 1, "n_synthetic": 0, "models": "resnet"},
        {"n_real": 1, "n_synthetic": 1, "models": "resnet", **line},
    ]
    experiments = {"models": {"resnet": {}, "slowfast": {}}, "seeds": [0], "grid": grid}
    with pytest.raises(UserError, match=r"^config: experiments\.grid: real") as raised:
        planned_runs(experiments, tables(), SYNTHETIC, LABELS)
    assert told in str(raised.value) and line["selection"] in str(raised.value)


def test_a_selection_by_features_is_a_point_of_its_own():
    grid = [
        {"n_real": "all", "n_synthetic": 0},
        {"n_real": "all", "n_synthetic": 1, "selection": ["random", "covariance"]},
    ]
    runs = planned_runs({**SEEDS, "grid": grid}, tables(), SYNTHETIC, LABELS)
    names = [run.point.name for run in runs]
    assert names[1:] == ["realall_synthetic1", "realall_synthetic1_covariance"]
    assert [run.point.is_embedded for run in runs] == [False, False, True]
    assert runs[2].point.alone == runs[0].point
