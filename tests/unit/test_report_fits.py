"""The report's table of fits: all their numbers, the flagged ones first."""

import re
from dataclasses import replace
from html import unescape

from report_run import write_fit
from strict_html import StrictPage

from tests.unit.dataset_world import COVERED
from understudy.artifacts.coverage import Seen, save_coverage
from understudy.files import write_text
from understudy.fitting.flags import FlagSettings
from understudy.plan.job import Expected
from understudy.report.fits import HEADS, Limits, judged_fits
from understudy.report.inputs import Person, ReportInputs
from understudy.report.page import build_report


def expected_fit(folder, kind, id_):
    path = folder / f"{id_}.npz"
    return Expected(str(path), "fit_body", str(folder / "log"), id_, (kind, id_))


def test_fits_are_told_with_the_flagged_ones_first(tmp_path):
    write_fit(tmp_path / "ada.npz", "some-body")
    write_fit(tmp_path / "sit_1.npz", "some-body", slide=34.0, bridged=0.5, longest_bridge=1.5)
    write_fit(tmp_path / "bow_1.npz", "some-body", jitter=float("nan"))
    write_text(tmp_path / "torn.npz", "")
    ids = ("ada", "identity"), ("sit_1", "reference"), ("absent", "reference")
    ids += ("bow_1", "reference"), ("torn", "reference")
    expected = tuple(expected_fit(tmp_path, kind, id_) for id_, kind in ids)
    config = {"fit": {"flag": {"slide": 30.0, "bridged": 0.6}}}
    inputs = ReportInputs("A run", expected=expected, config=config)
    build_report(inputs, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert StrictPage(page).problems == []
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
    fits = text.partition("How far each fitted body")[2].partition("What is missing")[0]
    assert "2 of 4 are flagged" in fits
    assert "feet slide 34 mm per frame, more than 30" in fits and "50 % of the frames" not in fits
    assert fits.count("its videos are left out of the lists for training") == 1
    order = [fits.index(name) for name in ("sit_1", "torn", "identity ada", "bow_1")]
    assert order == sorted(order)
    assert "not a readable fit file" in fits and "reference absent" not in fits


def test_each_number_stands_under_its_head(tmp_path):
    numbers = {"bridged": 0.25, "longest_bridge": 1.5, "jitter": 3.26, "fastest_turn": 200.4}
    numbers |= {"slide": float("nan"), "beyond_limits": 0.011}
    write_fit(tmp_path / "ada.npz", "some-body", **numbers)
    (fit,) = judged_fits([expected_fit(tmp_path, "identity", "ada")], Limits.of({}))
    told = dict(zip(HEADS, fit.cells, strict=True))
    assert told["body"] == told["face"] == "1.0 %"
    assert (told["bridged"], told["longest bridge"]) == ("25 %", "1.5 s")
    assert (told["jitter"], told["turn"], told["slide"]) == ("3.3", "200°/s", "–")
    assert (told["beyond limits"], told["legs seen"]) == ("1.1 %", "100 %")
    assert fit.reasons == ("one bridged span lasts 1.5 s, more than 1",)
    assert Limits.of({"fit": {"flag": {"slide": 7.0}}}).fit == FlagSettings(slide=7.0)


def test_an_identity_is_told_with_what_its_video_lacks(tmp_path):
    write_fit(tmp_path / "ada.npz", "some-body")
    sides = {**COVERED.sides, "back": Seen(0.1, 0.9)}
    save_coverage(tmp_path / "ada.json", replace(COVERED, sides=sides))
    covered = Expected(str(tmp_path / "ada.json"), "measure_coverage", "log", "ada", ("ada",))
    expected = [expected_fit(tmp_path, "identity", "ada"), covered]
    config = {"coverage": {"least_side": 0.3}, "dataset": {"keep": {"unless_identity": ["side"]}}}
    (fit,) = judged_fits(expected, Limits.of(config))
    assert "10 % of the back seen, less than 30 %" in fit.reasons and fit.left_out
    person = Person("ada", "", coverage=str(tmp_path / "ada.json"))
    build_report(ReportInputs("A run", people=(person,)), tmp_path / "report.html")
    assert "surface seen: front 50 %, back 10 %" in (tmp_path / "report.html").read_text()
