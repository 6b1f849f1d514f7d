"""Metrics against simple known cases; tables against users' mistakes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from snakemake.utils import validate

from understudy.errors import UserError
from understudy.fitting.metrics import iou, mpjpe, pa_mpjpe, procrustes
from understudy.plan.tsv import read_table

SCHEMAS = Path(__file__).resolve().parents[2] / "workflow/schemas"
TABLES = ("identities", "references", "backgrounds", "real")


# Metrics


def test_iou_of_boxes():
    a, b = np.zeros((2, 10, 10), bool), np.zeros((2, 10, 10), bool)
    a[0, :4, :5], b[0, 2:6, :5] = True, True
    assert iou(a, b).tolist() == pytest.approx([10 / 30, 1.0])
    assert iou(a, a).tolist() == [1, 1]


def test_mpjpe_ignores_where_the_root_is():
    true = np.random.default_rng(0).normal(size=(3, 22, 3))
    assert mpjpe(true + np.array([5.0, -2.0, 1.0]), true) == pytest.approx(np.zeros(3))
    moved = true.copy()
    moved[:, 7, 1] += 0.22
    assert mpjpe(moved, true) == pytest.approx(np.full(3, 0.01))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pa_mpjpe_ignores_every_similarity(seed):
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(4, 22, 3))
    turns = Rotation.random(4, rng=rng).as_matrix()
    scales = rng.uniform(0.2, 5, (4, 1, 1))
    moved = scales * true @ turns + rng.normal(size=(4, 1, 3))
    assert np.allclose(procrustes(moved, true), true, atol=1e-9)
    assert np.allclose(pa_mpjpe(moved, true), 0, atol=1e-9)
    noisy = true + rng.normal(0, 0.05, true.shape)
    assert (pa_mpjpe(noisy, true) <= mpjpe(noisy, true) * 1.5).all()


def test_procrustes_does_not_mirror_and_is_least_squares():
    rng = np.random.default_rng(0)
    true = rng.normal(size=(1, 22, 3))
    mirrored = true * [[[-1, 1, 1]]]
    assert pa_mpjpe(mirrored, true)[0] > 0.1
    noisy = true + rng.normal(0, 0.2, true.shape)
    best = ((procrustes(noisy, true) - true) ** 2).sum()
    for _ in range(50):
        nudge = Rotation.from_rotvec(rng.normal(0, 0.05, 3)).as_matrix()
        near = procrustes(noisy, true) @ nudge * rng.uniform(0.95, 1.05) + rng.normal(0, 0.02, 3)
        assert ((near - true) ** 2).sum() >= best - 1e-9


# Tables


@pytest.fixture
def table(tmp_path):
    def read(text, name="references", labels=("bow", "kick")):
        path = tmp_path / f"{name}.tsv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(path, SCHEMAS / f"{name}.schema.yaml", labels)

    return read


def test_a_good_table(table):
    rows = table(
        b"\xef\xbb\xbf# who performs what\r\nid\tvideo\tlabel\tstart\tend\tlicence\r\n\r\n"
        b"a1\tvideos/one two.mp4\tbow\t1.5\t4\tCC0\r\nB-2_x\tb.mp4\tkick\t\t\t\r\nc\tc.mp4\tbow\r\n"
    )
    assert rows == [
        {
            "id": "a1",
            "video": "videos/one two.mp4",
            "label": "bow",
            "start": 1.5,
            "end": 4.0,
            "licence": "CC0",
        },
        {"id": "B-2_x", "video": "b.mp4", "label": "kick"},
        {"id": "c", "video": "c.mp4", "label": "bow"},
    ]


HEAD = "id\tvideo\tlabel\n"
MISTAKES = {
    "unknown column": ("id\tvideo\tlable\n", 1, ["'lable'", "did you mean 'label'?"]),
    "missing column": ("id\tvideo\na\ta.mp4\n", 1, ["'label' is missing"]),
    "column twice": ("id\tvideo\tlabel\tid\n", 1, ["'id' appears twice"]),
    "commas": ("id,video,label\na,a.mp4,bow\n", 1, ["not separated by tabs"]),
    "duplicate id": (HEAD + "a\ta.mp4\tbow\nb\tb.mp4\tbow\na\tc.mp4\tbow", 4, ["'a'", "line 2"]),
    "slash": (HEAD + "a/b\ta.mp4\tbow", 2, ["id 'a/b'", "letters"]),
    "space": (HEAD + "a b\ta.mp4\tbow", 2, ["id 'a b'", "letters"]),
    "leading dot": (HEAD + ".a\ta.mp4\tbow", 2, ["id '.a'"]),
    "parent": (HEAD + "..\ta.mp4\tbow", 2, ["id '..'"]),
    "leading dash": (HEAD + "-n\ta.mp4\tbow", 2, ["id '-n'"]),
    "umlaut": (HEAD + "jürgen\ta.mp4\tbow", 2, ["id 'jürgen'"]),
    "unknown label": (HEAD + "a\ta.mp4\tbwo", 2, ["'bwo'", "did you mean 'bow'?", "bow, kick"]),
    "empty cell": (HEAD + "\n# note\na\t\tbow", 4, ["'video' is empty"]),
    "extra cell": (HEAD + "a\ta.mp4\tbow\tx", 2, ["4 cells for 3 columns"]),
    "text for number": (
        "id\tvideo\tlabel\tstart\na\ta.mp4\tbow\tten",
        2,
        ["start 'ten'", "number"],
    ),
    "nan": ("id\tvideo\tlabel\tstart\na\ta.mp4\tbow\tnan", 2, ["start 'nan'"]),
    "infinity": ("id\tvideo\tlabel\tend\na\ta.mp4\tbow\tinf", 2, ["end 'inf'"]),
    "negative": ("id\tvideo\tlabel\tstart\na\ta.mp4\tbow\t-1", 2, ["start '-1.0'", "at least 0"]),
    "end first": ("id\tvideo\tlabel\tstart\tend\na\ta.mp4\tbow\t3\t2", 2, ["end 2", "start 3"]),
    "wildcard": (HEAD + "a\tv/{x}.mp4\tbow", 2, ["video 'v/{x}.mp4'", "without { and }"]),
    "long id": (HEAD + "a" * 81 + "\ta.mp4\tbow", 2, ["at most 80"]),
    "no rows": (HEAD, None, ["no rows"]),
    "no text": ("\n\n", None, ["is empty"]),
    "not text": (b"id\tvideo\xff\xfe\tlabel\n", None, ["not UTF-8"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told_by_file_and_line(table, tmp_path, mistake):
    text, line, words = MISTAKES[mistake]
    with pytest.raises(UserError) as error:
        table(text)
    told = str(error.value)
    place = tmp_path / "references.tsv"
    assert told.startswith(f"{place}: " if line is None else f"{place}:{line}: "), told
    assert all(word in told for word in words) and "\n" not in told and ";" in told, told


def test_wrong_split_and_missing_table(table, tmp_path):
    with pytest.raises(UserError, match=r"real.tsv:2: split 'val' cannot be used; use one of"):
        table("id\tvideo\tlabel\tsplit\na\ta.mp4\tbow\tval", "real")
    with pytest.raises(UserError, match="no such table"):
        read_table(tmp_path / "none.tsv", SCHEMAS / "real.schema.yaml")


def test_any_label_where_none_are_given(table):
    assert table(HEAD + "a\ta.mp4\tanything", labels=None)[0]["label"] == "anything"


ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True)
cells = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": ids, "video": ids, "label": st.sampled_from(["bow", "kick"])},
            optional={"start": st.floats(0, 1e4), "licence": cells},
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row["id"],
    )
)
def test_what_is_written_is_read(tmp_path_factory, rows):
    columns = ["licence", "id", "start", "label", "video"]
    rows = [{k: v for k, v in row.items() if not str(v).startswith("#")} for row in rows]
    rows = [{"licence": "x", "video": "v.mp4", **row} for row in rows]
    lines = ["\t".join(columns)]
    lines += ["\t".join(str(row.get(name, "")) for name in columns) for row in rows]
    path = tmp_path_factory.mktemp("table") / "references.tsv"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    assert read_table(path, SCHEMAS / "references.schema.yaml", ["bow", "kick"]) == rows


@pytest.mark.parametrize("name", TABLES)
def test_schemas_describe_every_column_and_serve_snakemake(name):
    schema = yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text())
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])
    assert all(column.get("description") for column in schema["properties"].values())
    row = {"id": "a", "video": "a.mp4", "image": "a.png", "label": "bow", "split": "train"}
    row = {key: value for key, value in row.items() if key in schema["properties"]}
    validate(pd.DataFrame([row]), str(SCHEMAS / f"{name}.schema.yaml"))
    with pytest.raises(Exception, match="colour"):
        validate(pd.DataFrame([row | {"colour": "red"}]), str(SCHEMAS / f"{name}.schema.yaml"))
