"""Which videos a recogniser is trained and tested on: the draw, the lists."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.walks import LABELS
from understudy.artifacts.flags import Flagged
from understudy.errors import UserError
from understudy.recognition.lists import read_list, synthetic_clips, write_list
from understudy.recognition.orders import by_quality
from understudy.recognition.risks import Risks
from understudy.recognition.selection import (
    Clip,
    choose_clips,
    choose_identities,
    real_clips,
    refuse_untaught,
    taken,
    told_of_cap,
)

NOTHING = Flagged({}, {})  # left out


def pool(counts: dict[tuple[str, str], int]) -> list[Clip]:
    return [
        Clip(f"{kind}/{label}/{i}.mp4", label, kind)
        for (label, kind), count in counts.items()
        for i in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.integers(0, 5), st.integers(0, 8), st.randoms())
def test_a_larger_sample_contains_the_smaller(seed, n_real, n_synthetic, random):
    clips = pool({(label, kind): 9 for label in LABELS for kind in ("real", "synthetic")})
    chosen = choose_clips(clips, LABELS, n_real, n_synthetic, seed)
    more = choose_clips(clips, LABELS, n_real + 1, n_synthetic + 1, seed)
    assert set(chosen) < set(more)
    for label in LABELS:
        kinds = [clip.kind for clip in chosen if clip.label == label]
        assert (kinds.count("real"), kinds.count("synthetic")) == (n_real, n_synthetic)
    shuffled = random.sample(clips, len(clips))
    assert choose_clips(shuffled, LABELS, n_real, n_synthetic, seed) == chosen


def test_seeds_draw_differently_and_all_takes_all():
    clips = pool({("across", "real"): 50, ("across", "synthetic"): 3})
    draws = {tuple(choose_clips(clips, ["across"], 3, 0, seed)) for seed in range(5)}
    assert len(draws) == 5
    assert set(choose_clips(clips, ["across"], "all", "all", 0)) == set(clips)


def test_a_class_with_fewer_videos_gives_what_it_has():
    clips = pool({("across", "real"): 3, ("down", "real"): 1, ("down", "synthetic"): 2})
    chosen = choose_clips(clips, LABELS, 2, 5, 0)
    found = taken(chosen, LABELS)
    others = dict.fromkeys(LABELS, 0)
    assert found["real"] == {**others, "across": 2, "down": 1}
    assert found["synthetic"] == {**others, "down": 2}
    told = "n_real 2 is a cap; classes with fewer real videos: down 1"
    assert told_of_cap("real", 2, {"across": 2, "down": 1}) == told
    assert told_of_cap("real", 1, {"down": 1}) == told_of_cap("real", "all", {"down": 0}) == ""
    refuse_untaught(chosen, ["across", "down"])
    with pytest.raises(UserError, match="no video of class 'up' is left to train on"):
        refuse_untaught(chosen, ["across", "up"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(1, 8))
def test_more_people_contain_the_fewer(seed, count):
    people = [f"p{i}" for i in range(9)]
    fewer, more = (choose_identities(people, n, seed) for n in (count, count + 1))
    assert len(fewer) == count and set(fewer) < set(more)
    assert choose_identities(reversed(people), count, seed) == fewer


def test_people_are_drawn_by_seed():
    people = [f"p{i}" for i in range(9)]
    assert len({tuple(choose_identities(people, 2, seed)) for seed in range(8)}) > 4
    assert choose_identities(people, "all", 0) == people
    with pytest.raises(UserError, match="9 identities, but 10 were requested"):
        choose_identities(people, 10, 0)


def test_real_clips_come_from_the_table():
    real = {
        "a": {"video": "a.mp4", "label": "across", "split": "train"},
        "b": {"video": "b.mp4", "label": "down", "split": "test", "camera": "90"},
    }
    assert real_clips(real, "train") == [Clip("a.mp4", "across")]
    assert real_clips(real, "test") == [Clip("b.mp4", "down", camera="90")]


LABELLED = {"r": "across"}


@pytest.fixture
def checked(tmp_path):
    """Two people re-enact one reference in two views on two backgrounds; one video failed."""
    rows = [
        {
            "video": f"{person}_{view}_{room}.mp4",
            "reference": "r",
            "identity": person,
            "view": view,
            "background": room,
            "passed": (person, view, room) != ("ada", "source", "gym"),
        }
        for person in ("ada", "ben")
        for view in ("source", "az30_el0")
        for room in ("gym", "hall")
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "checked.parquet")
    return tmp_path / "checked.parquet"


def test_people_are_drawn_from_those_who_are_not_left_out(checked):
    out = Flagged({}, {"ada": {"left_leg": "not seen"}})
    for seed in range(4):
        clips = synthetic_clips(checked, out, LABELLED, seed, identities=1)
        assert len(clips) == 4 and all("ben" in clip.path for clip in clips)
    with pytest.raises(UserError, match="1 identities, but 2"):
        synthetic_clips(checked, out, LABELLED, 0, identities=2)


def test_synthetic_clips_are_those_that_passed(checked):
    clips = synthetic_clips(checked, NOTHING, LABELLED, seed=0)
    assert len(clips) == 7 and {clip.kind for clip in clips} == {"synthetic"}
    assert "ada_source_gym.mp4" not in {clip.path for clip in clips}


def test_synthetic_clips_of_some_people_views_or_on_white(checked):
    of_one = [synthetic_clips(checked, NOTHING, LABELLED, seed, identities=1) for seed in range(8)]
    assert {len(clips) for clips in of_one} == {3, 4}
    assert all(len({clip.path[:3] for clip in clips}) == 1 for clips in of_one)
    source = synthetic_clips(checked, NOTHING, LABELLED, 0, views="source")
    assert [clip.path for clip in source] == [
        "ada_source_hall.mp4",
        "ben_source_gym.mp4",
        "ben_source_hall.mp4",
    ]
    white = synthetic_clips(checked, NOTHING, LABELLED, 0, white=lambda *pair: "/".join(pair))
    assert [clip.path for clip in white] == [
        "r/ada/source",
        "r/ada/az30_el0",
        "r/ben/source",
        "r/ben/az30_el0",
    ]


def test_risky_videos_are_left_out_and_others_weighed(checked):
    of = {("r", "ben", "source", "gym"): 0.9, ("r", "ben", "source", "hall"): 0.25}

    def weights(**changes):
        clips = synthetic_clips(checked, NOTHING, LABELLED, 0, risks=Risks(of, **changes))
        return {clip.path: clip.weight for clip in clips}

    assert set(weights().values()) == {1.0}
    left = weights(most=0.5)
    assert len(left) == 6 and "ben_source_gym.mp4" not in left and set(left.values()) == {1.0}
    found = synthetic_clips(checked, NOTHING, LABELLED, 0, risks=Risks(of))
    for seed in range(4):
        best = choose_clips(found, ["across"], 0, 5, seed, by_quality)
        assert {clip.risk for clip in best} == {0}
        every = choose_clips(found, ["across"], 0, 7, seed, by_quality)
        assert [clip.risk for clip in every][-2:] == [0.25, 0.9]
    weighed = weights(weighed=True)
    assert weighed["ben_source_gym.mp4"] == pytest.approx(0.1)
    assert weighed["ben_source_hall.mp4"] == 0.75 and weighed["ada_source_hall.mp4"] == 1


def test_lists_are_read_as_they_were_written(tmp_path):
    clips = [
        Clip("a b.mp4", "across", "synthetic", weight=0.25),
        Clip("c.mp4", "down", camera="45"),
    ]
    write_list(tmp_path / "list.tsv", clips)
    assert read_list(tmp_path / "list.tsv", LABELS) == clips
    (tmp_path / "list.csv").write_text("path,label\nd.mp4,across\n")
    assert read_list(tmp_path / "list.csv", LABELS) == [Clip("d.mp4", "across")]


@pytest.mark.parametrize(
    "text, says",
    [
        (None, "no such list"),
        ("path\tlabel\n", "empty"),
        ("video\tlabel\na\tacross\n", "no column 'path'"),
        ("path\tlabel\na\tup\n", "line 2: unknown label 'up'"),
        ("path\tlabel\tkind\na\tacross\tfake\n", "kind 'fake'"),
        ("path\tlabel\tweight\na\tacross\t-1\n", "line 2: the weight is not a number"),
        ("path\tlabel\tweight\na\tacross\thalf\n", "line 2: the weight is not a number"),
    ],
)
def test_a_bad_list_is_one_line(tmp_path, text, says):
    path = tmp_path / "list.tsv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError, match=says):
        read_list(path, LABELS)
