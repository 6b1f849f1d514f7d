"""The configuration's model: defaults, one form, what config/README.md says, reading files."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.settings import TrainSettings
from understudy.configuration.avatar import Direct
from understudy.configuration.check import checked_config
from understudy.configuration.document import TABLES, key_table
from understudy.configuration.fit import FitSection
from understudy.configuration.former import OF_DIRECT, SOLVER
from understudy.configuration.model import Config
from understudy.configuration.read import read_config
from understudy.configuration.recogniser import RecogniserSection
from understudy.demo.world import WorldSettings
from understudy.errors import UserError
from understudy.fitting.settings import FitSettings, FlagSettings
from understudy.plan.effective import avatar_settings, reading_settings
from understudy.plan.planned import read_plan
from understudy.recognition.settings import RecogniserSettings
from understudy.scene.settings import AnimateSettings, CompositeSettings

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [
    "config/config.yaml",
    "config/paper.yaml",
    "config/demo.yaml",
    "config/study.yaml",
    "tests/workflow/tiny.yaml",
]
LABELS = {"labels": ["bow"]}


def models(**settings) -> dict:
    return {**LABELS, "experiments": {"models": {"resnet": settings}}}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configs_are_valid_and_checking_twice_changes_nothing(name):
    checked = checked_config(read_config(ROOT / name))
    assert repr(checked_config(checked)) == repr(checked)


def test_defaults_are_filled_in_at_every_depth():
    config = checked_config({**LABELS, "video": {"identity": {"fps": 9}}})
    assert config["video"]["identity"]["fps"] == 9
    assert config["video"]["identity"]["seconds"] == 18
    assert config["render"]["views"] == ["source"]
    assert config["demo"]["background"] == {"width": 640, "height": 480}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {**LABELS, "seed": 3, "demo": {"clip": {"width": 64, "fps": 8}}},
            {"demo": {"clip": {"fps": 8, "width": 64}}, "seed": 3, **LABELS},
        ),
        (models(batch=8, lr=1), models(lr=1.0, epochs=5, batch=8)),
        (
            {**LABELS, "video": {"reference": {"fps": 12}}},
            {**LABELS, "video": {"reference": {"fps": 12.0}}},
        ),
        ({**LABELS, "fit": {"focal": 1, "flag": {"slide": 20}}}, LABELS),
        ({**LABELS, "results": "./out/"}, {**LABELS, "results": "out"}),
        ({**LABELS, "body": ".//SMPLX.npz"}, {**LABELS, "body": "SMPLX.npz"}),
        (
            {**LABELS, "experiments": {"grid": [{"n_synthetic": 0, "n_real": 1}]}},
            {**LABELS, "experiments": {"grid": [{"n_real": 1, "n_synthetic": 0, "views": "all"}]}},
        ),
    ],
)
def test_what_is_written_otherwise_and_means_the_same_is_the_same(one, other):
    """Snakemake compares parameters as text: another order would run every job again."""
    assert repr(checked_config(one)) == repr(checked_config(other))


def test_models_and_labels_keep_their_order():
    config = {"labels": ["throw", "bow"], "experiments": {"models": {"slow": {}, "fast": {}}}}
    checked = checked_config(config)
    assert checked["labels"] == ["throw", "bow"]
    assert list(checked["experiments"]["models"]) == ["slow", "fast"]


def test_frames_are_the_papers_of_each_architecture():
    config = {**LABELS, "experiments": {"models": {"a": {}, "b": {"architecture": "slowfast"}}}}
    checked = checked_config(config)["experiments"]["models"]
    assert [model["frames"] for model in checked.values()] == [16, 32]


def test_defaults_stand_once():
    """What a library's user gets without settings is what the configuration gives."""
    config = checked_config(models())
    fit, avatar, render = config["fit"], config["avatar"], config["render"]
    fit["flag"]["filming"] = tuple(fit["flag"]["filming"])
    assert FlagSettings(**fit["flag"]) == FlagSettings()
    own = {key: value for key, value in fit.items() if key not in ("preset", "flag", "flagged")}
    assert FitSettings(**own) == FitSettings()
    assert reading_settings(config).items() <= own.items()
    avatar["direct"]["align_at"] = tuple(avatar["direct"]["align_at"])
    for model, own in (("direct", DirectSettings()), ("exavatar", ExAvatarSettings())):
        avatar["model"] = model
        made = TrainSettings.from_config(avatar_settings(config), 0, avatar["checkpoint_seconds"])
        assert made == TrainSettings(model, own)
    assert AnimateSettings(render["placement"], crf=render["crf"]) == AnimateSettings()
    assert CompositeSettings(config["backgrounds"]["resize"], render["crf"]) == CompositeSettings()
    assert WorldSettings(**config["demo"]["clip"]) == WorldSettings()
    recogniser = config["experiments"]["models"]["resnet"]
    assert RecogniserSettings.from_dict(recogniser) == RecogniserSettings()
    assert list(RecogniserSection.model_fields) == [
        field.name for field in fields(RecogniserSettings)
    ]


@pytest.mark.parametrize("title", TABLES)
def test_the_readme_has_every_key(title):
    """`python -m understudy.configuration.document config/README.md` updates its tables."""
    readme = (ROOT / "config/README.md").read_text(encoding="utf-8")
    assert key_table(TABLES[title]) in readme.split(f"# {title}\n")[1]


def test_there_are_no_more_keys_than_users_set():
    rows = key_table(Config).splitlines()
    assert len(rows) - 2 <= 100
    assert sum(row.startswith("| `fit.") for row in rows) <= 8


def test_former_keys_are_none_and_stand_where_they_are_said_to():
    assert set(SOLVER) <= {field.name for field in fields(FitSettings)}
    assert not set(SOLVER) & set(FitSection.model_fields)
    assert set(OF_DIRECT) == set(Direct.model_fields)


def test_every_key_is_described():
    for model in TABLES.values():
        assert all(row.rsplit("|", 2)[1].strip() for row in key_table(model).splitlines())


def test_it_is_light():
    """Every job of a cluster reads it, twice."""
    code = (
        "import sys, understudy.configuration.check, understudy.configuration.read\n"
        "print(sorted({'numpy', 'torch', 'jsonschema', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True)
    assert done.stdout.decode().strip() == "[]", done.stderr.decode()


def test_a_written_path_changes_no_row(tmp_path):
    """`./` before the path of a table's video."""
    table = (ROOT / "tests/workflow/tiny/references.tsv").read_text()
    odd = tmp_path / "references.tsv"
    odd.write_text(table.replace("results/", ".//results/./"))
    config = read_config(ROOT / "tests/workflow/tiny.yaml")
    tables = {name: str(ROOT / path) for name, path in config["tables"].items()}
    plain = read_plan({**config, "tables": tables}, ROOT / "workflow/schemas")
    written = {**config, "tables": {**tables, "references": str(odd)}}
    assert read_plan(written, ROOT / "workflow/schemas").tables == plain.tables


def test_json_is_read_with_its_tabs(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{\n\t"labels": ["bow"]\n}')
    assert read_config(path) == LABELS
    path.write_text('{"labels": ["bow"], "seed": 1, "seed": 2}')
    with pytest.raises(UserError, match="key 'seed' appears twice"):
        read_config(path)


def test_keys_may_be_merged_from_elsewhere(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n")
    assert read_config(path) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}
