"""Wrong values of the configuration are reported before any job, by key; right ones accepted."""

from collections import Counter

import pytest

from tests.unit.config_values import Case, cases

LEAST = {  # of each kind
    "unknown key": 60,
    "former key": 41,
    "wrong type": 110,
    "out of range": 100,
    "NaN and inf": 50,
    "empty": 30,
    "repeated": 8,
    "duplicate YAML key": 14,
    "missing file": 15,
    "odd name": 60,
    "file": 24,
    "right": 60,
}
REMEDIES = (
    *("give ", "did you mean", "known keys: ", "choose ", "correct ", "name a ", "lower "),
    *("remove it", "rename it"),
)


def _id(case: Case) -> str:
    return f"{case.kind}: {case.told}"


def test_there_are_enough_of_each_kind():
    counted = Counter(case.kind for case in cases())
    assert set(counted) == set(LEAST)
    assert all(counted[kind] >= least for kind, least in LEAST.items()), counted


@pytest.mark.parametrize("case", [case for case in cases() if case.told], ids=_id)
def test_a_wrong_value_is_told_in_one_line_by_its_key(case, tmp_path):
    refusal = case.refusal(tmp_path)
    assert refusal is not None, f"taken: {case.text.decode(errors='replace')}"
    assert case.told in refusal
    assert refusal.isprintable(), "one line"
    if case.kind not in ("file", "duplicate YAML key"):
        assert any(remedy in refusal for remedy in REMEDIES), refusal


@pytest.mark.parametrize("case", [case for case in cases() if not case.told])
def test_a_right_value_is_taken(case, tmp_path):
    assert case.refusal(tmp_path) is None, case.text.decode()
