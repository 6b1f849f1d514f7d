"""Scenes that fit: the table, what is drawn by it, what is told, and how little it gives away."""

import random
import re

import pytest

from tests.unit.scene_tables import NTU, SMARTHOME, forbidden, planned, write_tables
from understudy.converters.ntu import NTU_CLASSES
from understudy.converters.toyota import TOYOTA_CLASSES
from understudy.errors import UserError
from understudy.places.found import Photo, save_scenes
from understudy.places.information import shared_bits
from understudy.places.kinds import KINDS, kind_in, kind_of
from understudy.places.match import Shown, fitting
from understudy.places.plausible import PLAUSIBLE, fits_everywhere, kinds_for

EACH = {f"{kind}_{i}": kind for kind in KINDS for i in range(2)}  # two photos of each kind


def test_the_table_has_the_papers_labels_and_the_datasets_own_names():
    assert set(NTU) == set(NTU_CLASSES.values())
    assert set(SMARTHOME) == set(TOYOTA_CLASSES.values())
    for label in (*NTU, *SMARTHOME, "Cook.Cut", "WatchTV", "nod head/bow", "Makecoffee.Pourgrains"):
        assert kinds_for(label), label
    assert kinds_for("juggle swords") is None and fits_everywhere("juggle swords")
    assert len(PLAUSIBLE) >= 120 + 31
    assert all(kinds <= set(KINDS) for kinds in PLAUSIBLE.values()) and len(KINDS) == 20


@pytest.mark.parametrize("labels", [NTU, SMARTHOME], ids=["ntu", "smarthome"])
def test_each_kind_of_scene_serves_labels(labels):
    for kind in KINDS:
        assert sum(kind in kinds_for(label) for label in labels) >= 3, kind


def test_no_forbidden_pair_is_in_the_table():
    pairs = forbidden()
    assert len(pairs) >= 100
    for (label, kind), why in pairs.items():
        assert kind in KINDS and kinds_for(label) is not None and len(why) > 5
        assert kind not in kinds_for(label), (label, kind)


def test_scenes_are_read_in_peoples_own_words():
    for text, kind in {
        "Living room": "living_room",
        "living-room 2": "living_room",
        "Lounge": "living_room",
        "kitchen": "kitchen",
        "Home Office": "study",
        "conference_room": "meeting_room",
        "backyard": "garden",
        "castle": None,
    }.items():
        assert kind_of(text) == kind, text


def test_the_names_of_files_speak_of_scenes():
    for name, kind in {
        "modern-kitchen_01": "kitchen",
        "IMG_2034": None,
        "living_room_2": "living_room",
        "pexels-empty-street-at-night-123": "street",
        "street_cafe": None,  # which of both?
        "homematch_cc0_mock-home-1": None,
    }.items():
        assert kind_in(name) == kind, name


def test_bits_are_those_of_known_tables():
    labels = [f"label{i}" for i in range(16)]
    same = [(label, label) for label in labels] * 1000
    assert shared_bits(same) == pytest.approx(4, abs=0.01)
    halves = [(label, str(i % 2)) for i, label in enumerate(labels)] * 1000
    assert shared_bits(halves) == pytest.approx(1, abs=0.01)
    every = [(label, kind) for label in labels for kind in KINDS]
    assert shared_bits(every * 50) == pytest.approx(0, abs=0.02)
    assert shared_bits([]) == 0


def test_the_bias_of_few_videos_is_taken_out():
    """240 independent draws of 16 × 20: the plug-in estimate is 0.7 bits off."""
    drawn = random.Random(3)
    found = [
        shared_bits([(str(drawn.randrange(16)), str(drawn.randrange(20))) for _ in range(960)])
        for _ in range(20)
    ]
    assert sum(found) / len(found) < 0.05


@pytest.mark.parametrize("labels", [NTU, SMARTHOME], ids=["ntu", "smarthome"])
def test_what_is_planned_fits_and_gives_little_away(labels, tmp_path):
    write_tables(tmp_path, list(labels), EACH, references=2, identities=5)
    plan = planned(tmp_path, list(labels))
    assert len(plan.synthetic) == 16 * 2 * 5 * 3
    pairs, in_reserve = [], 0
    for row in plan.synthetic:
        label = plan.tables.references[row[0]]["label"]
        shown = plan.shown_on(row)
        in_reserve += len(shown) - 1
        assert {EACH[id_] for id_ in shown} <= kinds_for(label)
        pairs.append((label, plan.scene_of(row[3])))
    assert in_reserve > len(plan.synthetic)
    assert not set(pairs) & forbidden().keys()
    assert shared_bits(pairs) <= 1
    assert plan.told_of_scenes() == []


def test_all_sorts_of_labels_give_little_away():
    """Any sixteen labels of the table."""
    drawn = random.Random(0)
    for _ in range(50):
        labels = drawn.sample(sorted(PLAUSIBLE), 16)
        pairs = [
            (label, drawn.choice(sorted(PLAUSIBLE[label]))) for label in labels for _ in range(225)
        ]
        assert shared_bits(pairs) <= 1, labels


def test_any_draws_as_before(tmp_path):
    write_tables(tmp_path, ["bow", "cook_cut"], EACH, 1, 2)
    drawn = planned(tmp_path, ["bow", "cook_cut"], "any")
    assert {EACH[row[3]] for row in drawn.synthetic} - kinds_for("cook_cut")
    assert drawn.told_of_scenes() == []


def test_a_new_photo_changes_only_what_draws_it(tmp_path):
    labels = ["cook_cut", "bow"]
    write_tables(tmp_path, labels, EACH, 4, 4)
    before = planned(tmp_path, labels)
    write_tables(tmp_path, labels, EACH | {"newcomer": "kitchen"}, 4, 4)
    after = planned(tmp_path, labels)
    new = [row for row in after.synthetic if row not in before.synthetic]
    assert new and {row[3] for row in new} == {"newcomer"}
    write_tables(tmp_path, labels, EACH | {"newcomer": "street"}, 4, 4)
    cooking = [row for row in planned(tmp_path, labels).synthetic if row[0].startswith("cook")]
    assert cooking == [row for row in before.synthetic if row[0].startswith("cook")]


def test_too_few_fitting_photos_are_told_in_one_line(tmp_path):
    few = {"flat_a": "living room", "flat_b": "bedroom", "cook_a": "kitchen", "hall": "gym"}
    write_tables(tmp_path, ["cook_cut", "bow", "brush_teeth"], few, 1, 1)
    told = (
        r"match: plausible: fewer than 3 \(backgrounds.per_pair\) of the 4 backgrounds fit "
        r"cook_cut \(1\), brush_teeth \(2\); add photos of, or state in the column scene: "
        r"kitchen, dining_room, .*; or choose match: any$"
    )
    with pytest.raises(UserError, match=told) as error:
        planned(tmp_path, ["cook_cut", "bow", "brush_teeth"])
    assert "\n" not in str(error.value)
    assert len(planned(tmp_path, ["cook_cut", "bow", "brush_teeth"], "any").synthetic) == 9


def test_photos_of_unknown_kind_serve_what_fits_everywhere(tmp_path):
    scenes = {"castle_a": "castle", "blank": "", **dict(list(EACH.items())[:6])}
    write_tables(tmp_path, ["cook_cut", "bow", "juggle swords"], scenes, 3, 8)
    plan = planned(tmp_path, ["cook_cut", "bow", "juggle swords"])
    used = {
        name: {row[3] for row in plan.synthetic if row[0].startswith(name)}
        for name in ("cook", "bow")
    }
    assert not used["cook"] & {"castle_a", "blank"} and {"castle_a", "blank"} <= used["bow"]
    unknown, untold = plan.told_of_scenes()
    assert re.search(
        r"no known kind \(scene: castle\) serve only .*: blank, castle_a; the", unknown
    )
    assert untold.endswith("are shown anywhere: juggle swords")


def test_a_scene_that_gives_the_label_away_is_told(tmp_path):
    scenes = {f"kitchen_{i}": "kitchen" for i in range(3)} | {f"gym_{i}": "gym" for i in range(3)}
    scenes |= {f"bath_{i}": "bathroom" for i in range(3)}
    labels = ["cook_cut", "bounce ball", "brush teeth"]
    write_tables(tmp_path, [*labels[:1], "bow", "salute"], scenes, 3, 8)
    assert planned(tmp_path, [*labels, "bow", "salute"]).told_of_scenes() == []
    write_tables(tmp_path, labels, scenes, 3, 8)
    (line,) = planned(tmp_path, labels).told_of_scenes()
    assert re.match(r"label and scene share 1\.\d\d bits, so a recogniser can read", line)


def test_a_match_by_embedding_waits_for_a_network(tmp_path):
    write_tables(tmp_path, ["bow", "waltz"], EACH, 1, 2)
    with pytest.raises(UserError, match=r"set features\.scene: clip"):
        planned(tmp_path, ["bow", "waltz"], "embedding")


def looked_at(folder, kinds: dict[str, str], suits: dict[str, dict[str, float]]) -> None:
    photos = {id_: Photo("missing", kind, 0.9, suits[id_]) for id_, kind in kinds.items()}
    (folder / "results").mkdir(exist_ok=True)
    save_scenes(folder / "results/scenes.json", "clip_vit_b_32", photos)


def with_weights(folder) -> dict:
    (folder / "CLIP-ViT-B-32-laion2B-s34B-b79K.bin").touch()
    return {"weights": str(folder), "features": {"scene": "clip"}}


def test_what_a_network_found_fills_what_the_table_leaves_empty(tmp_path):
    scenes = {f"photo{i}": "" for i in range(6)} | {"told": "gym"}
    write_tables(tmp_path, ["cook_cut"], scenes, 2, 6)
    config = with_weights(tmp_path)
    with pytest.raises(UserError, match=r"cook_cut \(0\)"):
        planned(tmp_path, ["cook_cut"], **config)
    kinds = {id_: "kitchen" if id_ < "photo4" else "street" for id_ in scenes}
    looked_at(tmp_path, kinds, {id_: {"cook_cut": 0.9} for id_ in scenes})
    plan = planned(tmp_path, ["cook_cut"], **config)
    assert {row[3] for row in plan.synthetic} == {"photo0", "photo1", "photo2", "photo3"}
    assert plan.scenes["told"].kind == "gym"  # what the table says counts


def test_by_embedding_a_label_is_shown_where_it_suits(tmp_path):
    ids = [f"photo{i}" for i in range(8)]
    write_tables(tmp_path, ["waltz", "bow"], dict.fromkeys(ids, ""), 2, 6)
    config = with_weights(tmp_path)
    with pytest.raises(UserError, match=r"photo0, .* and 3 more with all labels; run make scenes"):
        planned(tmp_path, ["waltz", "bow"], "embedding", **config)
    suits = {id_: {"waltz": i / 8, "bow": 1 - i / 8} for i, id_ in enumerate(ids)}
    looked_at(tmp_path, dict.fromkeys(ids, "gym"), suits)
    plan = planned(tmp_path, ["waltz", "bow"], "embedding", **config)
    used = {
        name: {row[3] for row in plan.synthetic if row[0].startswith(name)}
        for name in ("waltz", "bow")
    }
    assert used["waltz"] == set(ids[4:]) and used["bow"] == set(ids[:5])
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/photo3.jpg").write_bytes(b"another photo")
    plan = planned(tmp_path, ["waltz", "bow"], "embedding", **config)  # tables name relative paths
    assert plan.scenes["photo3"].suits["bow"] == 0.625


def test_what_fits_hangs_on_the_photo_and_the_label_alone():
    photos = {"a": Shown("kitchen", {"bow": 0.7}), "b": Shown(None, {"bow": 0.2})}
    for match in ("any", "plausible", "embedding"):
        for label in ("bow", "cook_cut"):
            alone = [id_ for id_ in photos if fitting(match, label, {id_: photos[id_]})]
            assert fitting(match, label, photos) == alone
