"""Configuration, code versions, planned runs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.configuration.check import checked_config
from understudy.errors import UserError
from understudy.places.match import Shown
from understudy.plan import code
from understudy.plan.effective import room_backend
from understudy.plan.fanout import fan_out
from understudy.plan.planned import Plan, read_plan
from understudy.plan.scenes import pools
from understudy.plan.tables import Tables
from understudy.registry import FEATURES, import_path
from understudy.sources import record_path, remember

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "workflow/schemas"
MEMORIES = (code._imports, code._module_files, code._data_files, code._read, code._read_before)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"flame": {"model": "FLAME.npz"}}, "only flame.model is given; give both"),
        (
            {"flame": {"vertex_ids": "ids.npy"}, "body": "SMPLX.npz"},
            "only flame.vertex_ids is",
        ),
        ({"flame": {"model": "FLAME.npz", "vertex_ids": "ids.npy"}}, "set body to an SMPL-X file"),
        ({"features": {"expression": "deca"}}, "deca reads FLAME's expressions"),
        ({"features": {"masks": "samm"}}, "no back-end 'samm'; choose from mediapipe"),
    ],
)
def test_what_does_not_go_together_is_refused(config, told):
    with pytest.raises(UserError, match=told):
        read_plan({"labels": ["bow"], **config}, SCHEMAS)


NETWORKS = {"expression": "deca", "hands": "hand4whole"}


def weights_by(config: dict) -> dict:
    checked = checked_config({"labels": ["bow"], **config})
    return Plan(checked, Tables({}, {}, {}, {})).weights


def test_weights_are_planned_for_networks_alone():
    assert weights_by({}) == {feature: {} for feature in FEATURES}
    weights = weights_by({"features": NETWORKS, "weights": "/lab"})
    assert weights["expression"] == {"deca": "/lab/deca_model.tar"}
    assert weights["hands"] == {"hand4whole": "/lab/snapshot_6.pth.tar"}
    assert weights["masks"] == {}


def test_missing_weights_are_told_of_before_any_job(tmp_path):
    config = {"labels": ["bow"], "weights": str(tmp_path), "features": {"hands": "hand4whole"}}
    told = "snapshot_6.pth.tar: no such file, but features.hands: hand4whole needs it; get it from"
    with pytest.raises(UserError, match=told):
        read_plan(config, SCHEMAS)


@pytest.mark.parametrize(
    ("config", "body"),
    [
        ({}, "out/body/SMPLX_NEUTRAL.npz"),
        ({"body": "SMPLX.npz"}, "SMPLX.npz"),
        (
            {"body": "SMPLX.npz", "flame": {"model": "FLAME.npz", "vertex_ids": "ids.npy"}},
            "out/body/SMPLX_FLAME.npz",
        ),
    ],
)
def test_the_body_is_built_given_or_joined(config, body):
    checked = checked_config({"labels": ["bow"], "results": "out", **config})
    assert Plan(checked, Tables({}, {}, {}, {})).body == body


ROOMS = {
    "hall": {"id": "hall", "image": "hall.jpg", "floor": "yes"},
    "loft": {"id": "loft", "image": "loft.jpg", "floor": "masks/loft.png"},
    "yard": {"id": "yard", "image": "yard.jpg"},
}


def test_a_mask_of_a_floor_is_a_users_file(tmp_path, monkeypatch):
    """Its content counts; if it was read before and is gone, what was made from it is kept."""
    monkeypatch.chdir(tmp_path)
    plan = Plan(checked_config({"labels": ["bow"]}), Tables({}, {}, ROOMS, {}))
    assert [key for key in plan.sources if key[0] == "floor"] == [("floor", "loft")]
    assert plan.sources["floor", "loft"] == "masks/loft.png"
    for path in ("loft.jpg", "masks/loft.png"):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text("as it was")
        kind = "floor" if path.endswith("png") else "background"
        remember(record_path(plan.layout.sources, kind, "loft"), "loft", path, "1")
    Path("masks/loft.png").unlink()
    assert plan.version("floor", "loft") == "1"
    assert plan.is_room_away("loft") and not plan.is_room_away("hall")


@pytest.mark.parametrize(
    ("depth", "word"), [("body_plane", "lines"), ("depth_anything_s", "depth_anything_s")]
)
def test_backgrounds_are_looked_at_by_the_network_of_depth(depth, word):
    config = checked_config({"labels": ["bow"], "features": {"depth": depth}})
    assert room_backend(config) == word
    assert Plan(config, Tables({}, {}, {}, {})).chosen["room"] == import_path("room", word)


def test_each_action_has_a_preview_before_any_has_two():
    config = checked_config({"labels": ["bow", "clap"]})
    rows = {f"r{k:02d}": {"label": "bow" if k < 13 else "clap"} for k in range(20)}
    previewed = Plan(config, Tables({}, rows, {}, {})).previewed
    assert previewed == ["r00", "r13", *(f"r{k:02d}" for k in range(1, 11))]
    labels = [f"action{k}" for k in range(16)]
    rows = {label: {"label": label} for label in labels}
    plan = Plan(checked_config({"labels": labels}), Tables({}, rows, {}, {}))
    assert plan.previewed == labels


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A tiny package: a script that imports `a`, which imports `b`; `c` is not reached."""
    for name, text in {
        "workflow/scripts/job.py": "",
        "workflow/scripts/run.py": "from job import job\nfrom understudy.a import f\n",
        "src/understudy/__init__.py": "",
        "src/understudy/a.py": "def f():\n    from understudy import b\n    return b\n",
        "src/understudy/b.py": "x = 1\n",
        "src/understudy/c.py": "y = 1\n",
        "src/understudy/other/__init__.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(code, "ROOT", tmp_path)
    monkeypatch.setattr(code, "SOURCE", tmp_path / "src")
    monkeypatch.setattr(code, "SCRIPTS", tmp_path / "workflow/scripts")
    monkeypatch.setattr(code, "READ_BEFORE", tmp_path / "memory/read_before.json")

    def version(*chosen):
        """As a fresh process computes it."""
        for cached in MEMORIES:
            cached.cache_clear()
        return code.code_version("run", *chosen)

    return tmp_path / "src/understudy", version


@pytest.mark.parametrize(
    ("module", "text", "changes"),
    [
        ("b.py", "x = 2\n", True),
        ("b.py", '"""Told."""\n\n# a remark\nx = 1\n', False),
        ("c.py", "y = 2\n", False),
        ("words.txt", "data beside a reached module", True),
        ("data/words.txt", "data in a folder beside it", True),
        ("other/words.txt", "data of a package that is not reached", False),
    ],
)
def test_code_version_follows_content_of_what_is_reached(world, module, text, changes):
    folder, version = world
    before = version()
    (folder / module).parent.mkdir(exist_ok=True)
    (folder / module).write_text(text)
    assert (version() != before) == changes


@pytest.mark.parametrize("kept", ["", "no JSON", None])
def test_what_was_read_before_changes_no_version(world, tmp_path, kept):
    _, version = world
    before = version()
    memory = tmp_path / "memory/read_before.json"
    assert version() == before, "told from memory"
    memory.unlink() if kept is None else memory.write_text(kept)
    assert version() == before
    assert version() == before, "the damaged memory was replaced"
    assert json.loads(memory.read_text())


def test_of_what_a_word_chooses_only_the_chosen_counts(world):
    folder, version = world
    (folder / "d.py").write_text("z = 1\n")
    one, other = version("understudy.c:run"), version("understudy.d:run")
    assert len({version(), one, other}) == 3
    (folder / "c.py").write_text("y = 3\n")
    assert version("understudy.c:run") != one
    assert version("understudy.d:run") == other


def test_a_words_table_and_the_packages_version_count_for_nothing(world, monkeypatch):
    folder, version = world
    monkeypatch.setattr(code, "NOT_COUNTED", ("b.py", "other"))
    before = version()
    (folder / "b.py").write_text("x = 2\n")
    (folder / "__init__.py").write_text('__version__ = "9.9"\n')
    assert version() == before


@given(
    st.integers(0, 99),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(1, 5),
)
def test_fan_out_has_every_pair_with_g_backgrounds(seed, n_t, n_a, n_b, g):
    names = lambda letter, n: {f"{letter}{i}": {"label": "bow"} for i in range(n)}  # noqa: E731
    photos = {id_: Shown(None, {}) for id_ in names("b", n_b)}
    if g > n_b:
        with pytest.raises(UserError, match="per_pair"):
            pools("any", ["bow"], photos, g)
        return
    arguments = (seed, names("t", n_t), names("a", n_a), pools("any", ["bow"], photos, g), g)
    arguments = (*arguments, ["source"])
    rows = fan_out(*arguments)
    assert len(rows) == len(set(rows)) == n_t * n_a * g
