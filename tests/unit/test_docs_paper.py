"""docs/paper.md: every sentence has its place, and what the page names exists."""

import re
from collections import Counter
from pathlib import Path

from paper_page import PAGE, sentences, share_met

from understudy.configuration.check import checked_config
from understudy.configuration.read import read_config

ROOT = Path(__file__).resolve().parents[2]


def test_nearly_every_sentence_is_met_and_each_other_one_has_its_reason():
    told = sentences()
    assert len(told) >= 60 and share_met() >= 95
    assert all(len(sentence.how) > 20 for sentence in told if not sentence.met)
    assert len({(one.section, one.text) for one in told}) == len(told)
    chapters = Counter(sentence.section[0] for sentence in told)
    assert {"1", "2", "3", "4", "5"} <= chapters.keys() and chapters["3"] > 20


def test_the_files_it_names_exist():
    text = PAGE.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:config|tests|rules|docs)/[\w/.]+\.\w+)`", text):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`(\w+/\w+\.py)`", text):
        assert (ROOT / "src/understudy" / name).is_file(), name
    for name in re.findall(r"\]\((\w+\.md)", text):
        assert (ROOT / "docs" / name).is_file(), name


def test_the_config_has_the_values_it_names():
    config = checked_config(read_config(ROOT / "config/paper.yaml"))
    text = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`((?:features|fit|avatar|render|backgrounds)\.[\w.]+): ([\w-]+)`", text)
    elsewhere = {("avatar.exavatar.preset", "paper"), ("backgrounds.resize", "stretch")}
    assert len(named) >= 12
    for key, value in named:
        found = config
        for part in key.split("."):
            found = found[part]
        assert str(found) == value or (key, value) in elsewhere, key
