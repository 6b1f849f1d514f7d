"""Bad input: one clear line each, nothing half-made, other jobs finish, the report lists it."""

import contextlib
import html
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import imageio_ffmpeg
import pytest
import yaml
from bad_files import for_another_body, make_bad_image, make_bad_videos, source_of
from workflow_tools import Checkout, copy_repository, edited, with_row

from understudy.errors import UserError
from understudy.files import read_json

BOW_BEN = "results/demo/world/clip/ben.bow.living_room.1.mp4"  # a reference of the demo

# A command run with it sees a disk of two pages at the folder $0, unmounted when it ends. The file
# is there because Snakemake removes empty folders, and a mounted one cannot be removed.
TWO_PAGES = (
    *("unshare", "--map-root-user", "--mount", "sh", "-c"),
    'mount -t tmpfs -o size=8k tmpfs "$0" && touch "$0/mounted" && exec "$@"',
)


@dataclass(frozen=True)
class Refusal:
    """What a bad input must lead to: the log that has the error line, and how that line begins."""

    log: str
    told: str
    subject: str  # as the report names it

    @property
    def rule(self) -> str:
        return self.log.split("/")[0]


REFUSALS = {
    name: Refusal(log, told, subject)
    for name, log, told, subject in [
        ("absent", "normalise_reference/absent", "bad/absent.mp4: no such file", "absent"),
        ("empty", "normalise_reference/empty", "bad/empty.mp4: is empty (0 bytes)", "empty"),
        ("cut", "normalise_reference/cut", "bad/cut.mp4: is ", "cut"),
        ("text", "normalise_reference/text", "bad/text.mp4: is not a video", "text"),
        ("one_frame", "normalise_reference/one_frame", "bad/one_frame.mp4: holds a", "one_frame"),
        (
            "nobody",
            "extract_keypoints/reference/nobody",
            "results/tiny/video/reference/nobody.mp4: no person is seen",
            "nobody",
        ),
        (
            "two_people",
            "extract_keypoints/reference/two_people",
            "results/tiny/video/reference/two_people.mp4: shows 2 people",
            "two_people",
        ),
        ("identity", "normalise_identity/ghost", "bad/text.mp4: is not a video", "ghost"),
        ("room", "find_bystanders/torn", "bad/torn.png: is a damaged image", "torn"),
        (
            "body",
            "fit_body/reference/wave",
            "results/tiny/features/reference/wave/expression.npz: made for body model another",
            "wave",
        ),
        (
            "disk",
            "extract_keypoints/reference/crowded",
            "results/tiny/features/reference/crowded/keypoints.npz: no space left on the disk",
            "crowded",
        ),
    ]
}


@dataclass(frozen=True)
class Spoilt:
    """The checkout after its run on bad input, that run, and which refusals are due."""

    checkout: Checkout
    run: subprocess.CompletedProcess
    due: dict[str, Refusal]


@pytest.fixture(scope="module")
def spoilt(finished, tmp_path_factory) -> Spoilt:
    """The finished tiny world with all bad input next to the good, run again."""
    checkout = finished.cloned(tmp_path_factory.mktemp("spoilt") / "clone", keep_times=True)
    due = dict(REFUSALS)
    disk = checkout.results / "features/reference/crowded"
    disk.mkdir()
    within = [*TWO_PAGES, str(disk)]
    if subprocess.run([*within, "true"], capture_output=True).returncode != 0:
        within = []
        del due["disk"]
    bad = checkout.folder / "bad"
    bad.mkdir()
    make_bad_videos(bad, checkout)
    make_bad_image(bad / "torn.png", next(checkout.results.glob("world/rooms/*.png")))
    for_another_body(checkout.results / "features/reference/wave/expression.npz")
    references = ["absent", "empty", "cut", "text", "one_frame", "nobody", "two_people"]
    good = source_of(checkout, "bow")
    rows = {
        "references": [[name, f"bad/{name}.mp4", "bow"] for name in references]
        + ([["crowded", str(good.relative_to(checkout.folder)), "bow"]] if "disk" in due else []),
        "identities": [["ghost", "bad/text.mp4"]],
        "backgrounds": [["torn", "bad/torn.png"]],
    }
    for name, new in rows.items():
        table = checkout.table(name)
        for cells in new:
            table.write_text(with_row(table, *cells))
    settings = checkout.settings
    settings["backgrounds"]["per_pair"] = 4  # every pair gets every background
    (checkout.folder / checkout.config).write_text(yaml.safe_dump(settings))
    return Spoilt(checkout, checkout.snakemake(within=within), due)


def refusal_of(spoilt: Spoilt, name: str) -> Refusal:
    if name not in spoilt.due:
        pytest.skip("no small disk can be mounted here; tests/unit/test_files.py simulates one")
    return spoilt.due[name]


@pytest.mark.parametrize("name", REFUSALS)
def test_each_bad_input_has_one_clear_line(spoilt, name):
    refusal = refusal_of(spoilt, name)
    log = (spoilt.checkout.results / f"logs/{refusal.log}.log").read_text()
    errors = [line for line in log.splitlines() if "error" in line.lower()]
    assert len(errors) == 1, log
    assert errors[0].startswith(f"error: {refusal.told}"), log
    assert "; " in errors[0], "says what to do"
    assert errors[0] in spoilt.run.stdout


def test_the_run_fails_and_no_other_job_does(spoilt):
    assert spoilt.run.returncode == 1
    failed = sorted(re.findall(r"^Error in rule (\w+):", spoilt.run.stdout, re.MULTILINE))
    assert failed == sorted(refusal.rule for refusal in spoilt.due.values())
    assert "Traceback" not in spoilt.run.stdout


def test_the_other_jobs_finish(spoilt):
    composites = spoilt.checkout.results / "synthetic/bow/esi/source"
    assert {path.stem for path in composites.iterdir()} == {"gym", "bedroom", "classroom"}
    for name in ("nobody", "two_people"):
        assert (spoilt.checkout.results / f"video/reference/{name}.mp4").is_file()


def test_nothing_half_made_is_left(spoilt):
    results = spoilt.checkout.results
    assert not [path for path in results.rglob(".*") if path.name != ".snakemake_timestamp"]
    assert not (results / "fit/reference/wave.npz").exists()
    for name in ("absent", "empty", "cut", "text", "one_frame"):
        assert not list(results.glob(f"video/*/{name}*"))
    for name in ("nobody", "two_people"):
        assert not list(results.glob(f"features/*/{name}/*.npz"))


def test_the_dataset_holds_what_is_there_and_tells_why_not_the_rest(spoilt):
    results = spoilt.checkout.results
    checks = read_json(results / "dataset/partial/checks.json")
    rows = (results / "dataset/partial/manifest.csv").read_text().splitlines()
    made = [path.relative_to(results) for path in results.glob("synthetic/bow/esi/source/*.mp4")]
    assert len(rows) - 1 == len(made) == checks["videos"] == 3
    shown = (results / "dataset/partial/gallery/videos.js").read_text()
    links = re.findall(r'"([^"]*/synthetic/[^"]*\.mp4)"', shown)
    page = results / "dataset/partial/gallery"
    assert {(page / link).resolve() for link in links} == {
        (results / one).resolve() for one in made
    }
    whys = {video.removeprefix("results/tiny/"): why for video, why in checks["missing"].items()}
    assert not set(whys) & {str(path) for path in made}
    assert {"synthetic/bow/esi/source/torn.mp4", "synthetic/cut/esi/source/gym.mp4"} <= set(whys)
    assert whys["synthetic/bow/esi/source/torn.mp4"].startswith("find_bystanders torn: bad/torn")
    assert whys["synthetic/cut/esi/source/gym.mp4"].startswith("normalise_reference cut: bad/cut")
    # There, but nobody knows from which motion: its reference's fit is gone.
    assert whys["synthetic/wave/esi/source/classroom.mp4"].startswith("fit_body wave: ")
    assert "not made yet" not in whys.values()


def test_the_report_lists_who_is_missing_and_why(spoilt, finished):
    whole = "report.html"  # the one of the earlier run, older than what it would be made from now
    assert (spoilt.checkout.results / whole).read_bytes() == (finished.results / whole).read_bytes()
    report = (spoilt.checkout.results / "report.partial.html").read_text()
    section = report[report.index('<section id="failures">') :]
    rows = re.findall(
        r'<tr><td>(.*?)</td><td>(.*?)</td><td><span class="why">(.*?)</span>', section
    )
    listed = {(rule, html.unescape(subject)): html.unescape(why) for rule, subject, why in rows}
    due = {(refusal.rule, refusal.subject): refusal.told for refusal in spoilt.due.values()}
    assert listed.keys() == due.keys()
    for key, told in due.items():
        assert listed[key].startswith(told)
    waiting = section[section.index("waiting for these") :]
    for told in (
        *("train_avatar · ghost", "fit_body · nobody", "animate_avatar · empty × esi"),
        "composite_background · bow × esi × source × torn",
    ):
        assert told in html.unescape(waiting)


def test_a_later_run_makes_what_is_missing_and_no_more(spoilt, finished):
    """Once the bad rows are out of the tables, and the feature of another body is deleted."""
    wrong = spoilt.checkout.results / "features/reference/wave/expression.npz"
    kept = wrong.read_bytes()
    checkout, tables = spoilt.checkout, ("references", "identities", "backgrounds")
    whole = {checkout.table(name): finished.table(name).read_text() for name in tables}
    settings = {**checkout.settings, "backgrounds": {"per_pair": 3}}
    whole[checkout.folder / checkout.config] = yaml.safe_dump(settings)
    with contextlib.ExitStack() as stack:
        for path, text in whole.items():
            stack.enter_context(edited(path, text))
        wrong.unlink()
        stack.callback(wrong.write_bytes, kept)
        jobs = checkout.would_run()
    made = {path for job in jobs for path in job.outputs}
    assert "results/tiny/fit/reference/wave.npz" in made
    assert "results/tiny/dataset/manifest.parquet" in made
    done = ("synthetic/bow/", "avatar/", "fit/reference/bow", "video/")
    assert not [path for path in made if path.startswith(tuple(f"results/tiny/{x}" for x in done))]


def test_a_job_tells_its_error_though_the_log_has_no_room(tmp_path, monkeypatch, capsys):
    """The log is on a full disk: /dev/full fails as one does."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2] / "workflow/scripts")
    for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(variable, "1")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    from job import job

    log = tmp_path / "job.log"
    log.symlink_to("/dev/full")
    with (
        pytest.raises(SystemExit) as ended,
        job(SimpleNamespace(threads=1, log=[str(log)])),
    ):
        raise UserError("clip.mp4: no space left on the disk; free some and rerun")
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told == "error: clip.mp4: no space left on the disk; free some and rerun\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Checkout:
    """This module's own checkout, to break its config and tables one at a time."""
    return Checkout(copy_repository(tmp_path_factory.mktemp("plain")), "config/demo.yaml")


def refused_plan(checkout: Checkout, told: str) -> None:
    """The plan stops with one line that contains `told`, before any file is made."""
    run = checkout.dry_run()
    assert run.returncode != 0
    assert sum(told in line for line in run.stdout.splitlines()) == 1, run.stdout
    assert "Traceback" not in run.stdout
    assert not checkout.results.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: c.update(devise="cpu"), "config: devise: unknown key, did you mean 'device'?"),
        (
            lambda c: c["tables"].update(references="none.tsv"),
            "tables.references: none.tsv: no such file",
        ),
        (lambda c: c["backgrounds"].update(per_pair=99), "config: backgrounds.per_pair is 99"),
    ],
    ids=["unknown key", "missing table", "too few backgrounds"],
)
def test_bad_configs_stop_the_plan_in_one_line(plain, change, told):
    settings = plain.settings
    change(settings)
    with edited(plain.folder / plain.config, yaml.safe_dump(settings)):
        refused_plan(plain, told)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: [*lines, lines[1]], "references.tsv:8: id 'bow_ben' already appears"),
        (lambda lines: changed(lines, "id", "a/b"), "references.tsv:2: id 'a/b' cannot be used"),
        (lambda lines: changed(lines, "id", "a b"), "references.tsv:2: id 'a b' cannot be used"),
        (lambda lines: changed(lines, "label", "bwo"), "references.tsv:2: unknown label 'bwo'"),
        (
            lambda lines: [lines[0].replace("subject", "subjetc"), *lines[1:]],
            "references.tsv:1: unknown column 'subjetc', did you mean 'subject'?",
        ),
    ],
    ids=["duplicate id", "id with slash", "id with space", "unknown label", "unknown column"],
)
def test_bad_tables_stop_the_plan_in_one_line(plain, spoil, told):
    table = plain.table("references")
    with edited(table, "\n".join(spoil(table.read_text().splitlines())) + "\n"):
        refused_plan(plain, told)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda lines: changed(changed(lines, "video", BOW_BEN), "split", "test"),
            f"leakage: {BOW_BEN} is reference 'bow_ben' and test video 'bow_dov_101'",
        ),
        (
            lambda lines: [line.replace("gita\ttest", "ben\ttest") for line in lines],
            "leakage: subject 'ben' of reference 'bow_ben' also performs test video",
        ),
    ],
    ids=["video", "subject"],
)
def test_a_planted_leak_stops_the_plan(plain, spoil, told):
    table = plain.table("real")
    with edited(table, "\n".join(spoil(table.read_text().splitlines())) + "\n"):
        refused_plan(plain, told)


def test_a_planted_copy_stops_before_any_training(finished, tmp_path):
    """A reference, re-encoded under another name, among the test videos."""
    checkout = finished.cloned(tmp_path / "clone", keep_times=True)
    copy = checkout.folder / "innocent.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source_of(checkout, "bow")]
    subprocess.run([*command, "-vf", "scale=160:160", "-crf", "30", copy], check=True)
    table = checkout.table("real")
    table.write_text(with_row(table, "innocent", "innocent.mp4", "bow", "test"))
    run = checkout.snakemake("--", "experiments")
    assert run.returncode == 1
    assert re.findall(r"^Error in rule (\w+):", run.stdout, re.MULTILINE) == ["check_leakage"]
    errors = {line for line in run.stdout.splitlines() if line.startswith("error: ")}
    assert len(errors) == 1, run.stdout
    source = source_of(checkout, "bow").relative_to(checkout.folder)
    told = re.escape(f" as {source}; remove one of each pair from its table")
    assert re.match(
        r"error: leakage: test video innocent.mp4 has the same frames .*" + told, *errors
    )


def test_unreadable_real_videos_are_told_all_at_once_before_any_training(finished, tmp_path):
    """By row, and why; a video that decord could not read is none of them."""
    checkout = finished.cloned(tmp_path / "clone", keep_times=True)
    source = source_of(checkout, "bow")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source]
    encoder = ("-c:v", "libsvtav1", "-preset", "12")
    subprocess.run([*command, *encoder, checkout.folder / "modern.mp4"], check=True)
    half = source.read_bytes()
    (checkout.folder / "half.mp4").write_bytes(half[: len(half) // 2])
    table = checkout.table("real")
    for name, split in (("modern", "train"), ("half", "train"), ("absent", "test")):
        table.write_text(with_row(table, name, f"{name}.mp4", "bow", split))
    run = checkout.snakemake("--", "experiments")
    assert run.returncode == 1
    assert re.findall(r"^Error in rule (\w+):", run.stdout, re.MULTILINE) == ["check_leakage"]
    rows = re.findall(r"^  row '(\w+)': (\S+): (.*)$", run.stdout, re.MULTILINE)
    assert [row[:2] for row in rows] == [("absent", "absent.mp4"), ("half", "half.mp4")], run.stdout
    assert "no such file" in rows[0][2] and "is damaged at frame" in rows[1][2]
    assert not any("delete" in why for *_, why in rows)


def changed(lines: list[str], column: str, value: str) -> list[str]:
    """The table with one cell of its first row changed."""
    cells = lines[1].split("\t")
    cells[lines[0].split("\t").index(column)] = value
    return [lines[0], "\t".join(cells), *lines[2:]]
