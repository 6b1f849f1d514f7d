"""Bad input: one clear line each, nothing half-made, the other jobs finish, the report tells."""

import subprocess

import pytest
import yaml
from conftest import copy_repository


@pytest.fixture(scope="module")
def spoilt(finished, tmp_path_factory):
    """The finished tiny world with a table of bad references beside the good ones, run again."""
    folder = finished.folder
    bad = folder / "bad"
    bad.mkdir()
    table = folder / "tests/workflow/tiny/references.tsv"
    rows = table.read_text().rstrip("\n").splitlines()
    good = rows[1].split("\t")
    video = folder / good[1]
    (bad / "empty.mp4").write_bytes(b"")
    (bad / "cut.mp4").write_bytes(video.read_bytes()[:2000])
    (bad / "text.mp4").write_text("not a video\n" * 100)
    ffmpeg("color=gray:s=192x192:d=2:r=8", bad / "nobody.mp4")
    ffmpeg("color=gray:s=192x192:d=0.125:r=8", bad / "one_frame.mp4")
    names = ["empty", "cut", "text", "nobody", "one_frame", "absent"]
    rows += ["\t".join([name, f"bad/{name}.mp4", *good[2:]]) for name in names]
    bad_table = folder / "bad/references.tsv"
    bad_table.write_text("\n".join(rows) + "\n")
    config = finished.edit_config(
        "spoilt", lambda c: c["tables"].update(references="bad/references.tsv")
    )
    return finished, finished.snakemake(config=config), names


def ffmpeg(source, target):
    import imageio_ffmpeg

    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source, target],
        check=True,
    )


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("empty", "normalise_reference"),
        ("cut", "normalise_reference"),
        ("text", "normalise_reference"),
        ("one_frame", "normalise_reference"),
        ("absent", "normalise_reference"),
        ("nobody", "extract_keypoints/reference"),
    ],
)
def test_each_bad_video_has_one_clear_line(spoilt, name, rule):
    checkout, run, _ = spoilt
    results = checkout.folder / yaml.safe_load(checkout.config.read_text())["results"]
    log = (results / "logs" / rule / f"{name}.log").read_text()
    errors = [line for line in log.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, log
    assert name in errors[0]
    assert "Traceback" not in log
    assert errors[0].removeprefix("error: ") in run.stdout
    assert not (results / f"features/reference/{name}/keypoints.npz").exists()


def test_the_run_fails_and_the_report_says_who_is_missing(spoilt):
    checkout, run, names = spoilt
    assert run.returncode != 0
    results = checkout.folder / yaml.safe_load(checkout.config.read_text())["results"]
    report = (results / "report.html").read_text()
    for name in names:
        assert name in report
    assert not list(results.rglob(".*.mp4"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: c.update(devise="cpu"), "unknown key 'devise'"),
        (lambda c: c["tables"].update(references="none.tsv"), "none.tsv"),
        (lambda c: c["backgrounds"].update(per_pair=99), "per_pair is 99"),
    ],
)
def test_bad_configs_stop_the_plan_in_one_line(fresh, change, told):
    config = fresh.edit_config("bad", change)
    run = fresh.snakemake("-n", config=config)
    assert run.returncode != 0
    lines = [line for line in run.stdout.splitlines() if told in line]
    assert len(lines) == 1, run.stdout
    assert "Traceback" not in run.stdout


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{first}", "twice"),
        ("a/b\t{rest}", "a/b"),
        ("a b\t{rest}", "a b"),
    ],
)
def test_bad_ids_stop_the_plan_in_one_line(tmp_path, row, told):
    folder = copy_repository(tmp_path)
    from conftest import Checkout

    checkout = Checkout(folder, folder / "config/demo.yaml")
    table = folder / "config/demo/references.tsv"
    lines = table.read_text().rstrip("\n").splitlines()
    rest = lines[1].split("\t", 1)[1]
    table.write_text("\n".join([*lines, row.format(first=lines[1], rest=rest)]) + "\n")
    run = checkout.snakemake("-n")
    assert run.returncode != 0
    assert told in run.stdout
    assert "Traceback" not in run.stdout
