"""Releases: what stands against one, what is in it, and that it tells nothing of who made it."""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.dataset_world import write_releasable
from tests.unit.refused_tables import TABLES
from understudy.cli import main
from understudy.configuration.check import checked_config
from understudy.errors import UserError
from understudy.release import private
from understudy.release.certificates import make_credentials
from understudy.release.croissant import About
from understudy.release.names import CERTIFICATE, SUMS
from understudy.release.publish import publish
from understudy.release.release import dataset_of, write_release
from understudy.release.settings import ReleaseSettings
from understudy.release.shards import _placed
from understudy.release.terms import objections
from understudy.release.verify import verify_release
from understudy.video.read import read_frames

CREDENTIALS = make_credentials("A lab")
ABOUT = About("waves", "CC BY-NC 4.0", "A lab", "https://example.org/waves", "2026-11-30")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """The folder of a dataset whose ingredients may all be published."""
    root = tmp_path_factory.mktemp("world")
    write_releasable(root)
    return root / "dataset"


@pytest.fixture(scope="module")
def manifest(dataset):
    return pd.read_parquet(dataset / "manifest.parquet")


@pytest.fixture(scope="module")
def release(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "waves"
    told = write_release(dataset, ABOUT, out, CREDENTIALS)
    videos = len(list(out.rglob("*.mp4")))
    assert told[0] == f"{out}: {videos} videos of 2 actions, CC BY-NC 4.0"
    assert told[1].startswith("signed by A lab (self-made certificate), SHA-256 ")
    assert told[1].endswith("nobody else vouches for it")
    return out


# What stands against it


@pytest.mark.parametrize("change", TABLES)
def test_what_forbids_it_is_told_by_name_before_anything_is_written(manifest, change, tmp_path):
    values, licence, told = TABLES[change]
    manifest.assign(**values).to_parquet(tmp_path / "manifest.parquet")
    with pytest.raises(UserError, match=f"not released, .*{told}"):
        write_release(tmp_path, replace(ABOUT, licence=licence), tmp_path / "out", CREDENTIALS)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.parquet"]


def test_a_non_commercial_ingredient_asks_for_such_a_licence(manifest):
    restricted = manifest.assign(identity_licence="CC BY-NC 4.0")
    assert not objections(restricted, "CC BY-NC 4.0")
    assert not objections(restricted, "research only")
    (first, *_) = objections(restricted, "CC BY 4.0")
    assert str(first) == (
        "identity anna: its licence, CC BY-NC 4.0, is non-commercial, and the dataset's, "
        "CC BY 4.0, is not"
    )


@pytest.mark.parametrize(
    "licence",
    ["CC0 1.0", "CC BY 4.0", "Apache-2.0", "MIT", "own footage", "public domain", "Unsplash"],
)
def test_free_ingredients_are_no_objection(manifest, licence):
    assert not objections(manifest.assign(background_licence=licence), "CC BY 4.0")


# What is in it


def test_each_video_has_its_row_its_labels_and_no_path(release, manifest):
    facts = pd.read_parquet(release / "train/metadata.parquet")
    kept = manifest[manifest["kept"]]
    assert len(facts) == len(kept) and list(facts["label"]) == list(kept["label"])
    for row, path in zip(facts.itertuples(), kept["video"], strict=True):
        copied = release / "train" / row.file_name
        assert np.array_equal(read_frames(copied), read_frames(path))
        assert (release / "train" / row.labels_name).is_file()
        assert re.fullmatch(r"\d{3}/\d{6}\.mp4", row.file_name)
    assert (facts["split"] == "train").all()
    text = facts.to_csv()
    assert not {"video", "reference_video", "identity_video", "background_image"} & set(facts)
    assert "/tmp" not in text and ".png" not in text


def test_its_gallery_shows_the_released_videos(release):
    told = (release / "gallery/videos.js").read_text()
    links = re.findall(r'"(\.\./train/[^"]*\.mp4)"', told)
    assert len(links) == len(list(release.rglob("*.mp4")))
    assert all((release / "gallery" / link).is_file() for link in links)
    assert '"references": {}' in told and (release / "gallery/points/000.js").is_file()


def test_its_papers_are_well_formed(release):
    citation = yaml.safe_load((release / "CITATION.cff").read_text())
    assert citation["title"] == "waves" and citation["type"] == "dataset"
    card = (release / "README.md").read_text()
    assert yaml.safe_load(card.split("---")[1])["license_name"] == "CC BY-NC 4.0"
    assert "Synthetic" in card and "signed, for publication" in card
    described = json.loads((release / "croissant.json").read_text())
    fields = [field["name"] for field in described["recordSet"][0]["field"]]
    assert fields == list(pd.read_parquet(release / "train/metadata.parquet"))
    assert described["rai:hasSyntheticData"] is True


def test_what_was_changed_is_found(release):
    assert verify_release(release) == []
    video = next((release / "train").rglob("*.mp4"))
    name, content = str(video.relative_to(release)), video.read_bytes()
    try:
        video.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert verify_release(release) == [
            f"{name}: changed",
            f"{name}: its signature is not valid (assertion.bmffHash.mismatch)",
        ]
        video.unlink()
        (release / "new.txt").touch()
        assert verify_release(release) == [f"{name}: missing", "new.txt: not of the release"]
    finally:
        video.write_bytes(content)
        (release / "new.txt").unlink(missing_ok=True)
    with pytest.raises(UserError, match=f"{SUMS}: no such file"):
        verify_release(release / "train")


def test_a_folder_that_is_there_stays_as_it_is(dataset, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        write_release(dataset, ABOUT, tmp_path, CREDENTIALS)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_shards_hold_each_video_with_its_facts_and_labels(dataset, manifest, tmp_path):
    largest = max((dataset / path).stat().st_size for path in manifest["video"])
    most = 2 * largest + 40_000
    write_release(dataset, ABOUT, tmp_path / "out", CREDENTIALS, shard_bytes=most)
    members, samples = [], {}
    for shard in sorted((tmp_path / "out/train").glob("*.tar")):
        assert shard.stat().st_size <= 2 * largest + 60_000
        with tarfile.open(shard) as read:
            for entry in read:
                assert (entry.uid, entry.uname, entry.mtime) == (0, "", 0)
                key, ending = entry.name.split(".")
                members.append(key)
                samples.setdefault(key, {})[ending] = read.extractfile(entry).read()
    assert len(samples) == manifest["kept"].sum()
    assert members == sorted(members)  # a sample's files are neighbours
    for sample in samples.values():
        facts = json.loads(sample["json"])
        assert facts["label"] in ("kicking_something", "hand_waving", "kicking")
        np.load(io.BytesIO(sample["npz"]))
    assert verify_release(tmp_path / "out") == []


@given(st.lists(st.integers(1, 4000), max_size=30), st.integers(1, 9000))
def test_shards_are_full_and_in_order(sizes, most):
    placed = list(_placed(({"mp4": bytes(size)} for size in sizes), most))
    assert [index for _, index, _ in placed] == list(range(len(sizes)))
    taken = [512 + -(-size // 512) * 512 for size in sizes]
    shards = [[index for _, index, _ in of] for _, of in groupby(placed, lambda one: one[0])]
    for shard, after in pairwise(shards):
        held = sum(taken[index] for index in shard)
        assert len(shard) == 1 or held <= most
        assert held + taken[after[0]] > most


def test_after_a_failed_run_what_is_there_is_released_on_request(dataset, tmp_path):
    assert dataset_of(dataset, partial=False) == dataset
    (tmp_path / "partial").mkdir()
    with pytest.raises(UserError, match=r"manifest\.parquet: no such file; make the dataset"):
        dataset_of(tmp_path, partial=False)
    (tmp_path / "partial/manifest.parquet").touch()
    with pytest.raises(UserError, match=r"run has not finished; .* --partial"):
        dataset_of(tmp_path, partial=False)
    assert dataset_of(tmp_path, partial=True) == tmp_path / "partial"


def test_a_video_that_was_made_again_is_not_released(dataset, manifest, tmp_path):
    changed = manifest.assign(sha256="0" * 64)
    changed.to_parquet(tmp_path / "manifest.parquet")
    with pytest.raises(UserError, match=r"\.mp4: has changed since it was checked; run the work"):
        write_release(tmp_path, ABOUT, tmp_path / "out", CREDENTIALS)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.parquet"]


# The command


@pytest.fixture
def run(dataset, monkeypatch):
    """Run the command on the dataset, by a config with this section; returns its result."""
    told = {"name": "waves", "licence": "CC BY-NC 4.0"}
    layout = SimpleNamespace(dataset=lambda name: f"{dataset}/{name}")

    def run(*arguments, **section):
        config = checked_config({"labels": ["bow"], "dataset": told, "release": section})
        plan = SimpleNamespace(config=config, layout=layout)
        monkeypatch.setattr("understudy.forecast.show.plan_of", lambda path: plan)
        return CliRunner().invoke(main, ["release", *map(str, arguments)])

    return run


WHO = ("--creator", "A lab", "--url", "https://example.org/waves")


def test_the_command_releases_and_verifies(run, tmp_path):
    written = run("--out", tmp_path / "waves", *WHO, "--note", "AI")
    assert written.exit_code == 0, written.output
    assert "videos of 2 actions" in written.output and "signed by A lab" in written.output
    assert "Each shows the words “AI”." in (tmp_path / "waves/README.md").read_text()
    verified = run("--verify", tmp_path / "waves")
    assert verified.exit_code == 0
    assert "as it was written, and each video signed by A lab (self-made" in verified.output
    (tmp_path / "other.pem").write_bytes(make_credentials("A lab").chain)
    other = run("--verify", tmp_path / "waves", "--certificate", tmp_path / "other.pem")
    assert other.exit_code == 1
    assert "error: train/000/000000.mp4: is signed with another certificate\n" in other.output


def test_a_publishers_certificate_is_used(run, tmp_path):
    mine = make_credentials("My lab")
    (tmp_path / "chain.pem").write_bytes(mine.chain)
    (tmp_path / "key.pem").write_bytes(mine.key)
    files = ("--certificate", tmp_path / "chain.pem", "--key", tmp_path / "key.pem")
    written = run("--out", tmp_path / "waves", *WHO, *files)
    assert written.exit_code == 0, written.output
    assert "signed by My lab" in written.output and "vouches" not in written.output
    assert (tmp_path / "waves" / CERTIFICATE).read_bytes() == mine.chain
    assert not [
        path for path in (tmp_path / "waves").rglob("*.pem") if b"PRIVATE" in path.read_bytes()
    ]
    alone = run("--out", tmp_path / "more", *WHO, *files[:2])
    assert alone.exit_code == 1 and "error: config: only release.certificate is" in alone.output


def test_what_no_option_says_is_as_configured(run, tmp_path):
    written = run("--out", tmp_path / "waves", *WHO, note="AI-generated", shards_mb=500)
    assert written.exit_code == 0, written.output
    assert [path.name for path in (tmp_path / "waves/train").glob("*.tar")] == ["00000.tar"]
    assert "Each shows the words “AI-generated”." in (tmp_path / "waves/README.md").read_text()


def test_an_option_is_checked_as_the_key_that_it_stands_for(run, tmp_path):
    wrong = run("--out", tmp_path / "waves", "--creator", "A lab", "--url", "example.org")
    assert wrong.exit_code == 1
    told = "error: config: release.url: 'example.org' cannot be used; give an http:// or https://"
    assert told in wrong.output


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"creator": None}, "config: release.creator must be given"),
        ({"url": None}, "config: release.url must be given"),
        (
            {"creator": None, "url": None},
            "config: release.creator and release.url must be given for a release: who publishes",
        ),
        ({"key": "key.pem"}, "config: only release.key is given; give both"),
        (
            {"certificate": "no.pem", "key": "no.pem"},
            "config: release.certificate: no.pem: no such file",
        ),
    ],
)
def test_settings_that_do_not_suffice_are_refused(dataset, tmp_path, changes, told):
    settings = ReleaseSettings(**{"creator": "A lab", "url": "https://example.org", **changes})
    with pytest.raises(UserError, match=re.escape(told)):
        publish(dataset, "waves", "CC0 1.0", settings, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_release_is_of_today_and_says_what_its_settings_say(dataset, tmp_path):
    settings = ReleaseSettings("A lab", "https://example.org/waves", shards_mb=0.01)
    publish(dataset, "waves", "CC BY-NC 4.0", settings, tmp_path / "out")
    described = json.loads((tmp_path / "out/croissant.json").read_text())
    assert described["datePublished"] == date.today().isoformat()
    assert (described["name"], described["creator"]["name"]) == ("waves", "A lab")
    assert described["url"] == "https://example.org/waves"
    assert len(list((tmp_path / "out/train").glob("*.tar"))) > 1


@pytest.mark.parametrize("missing", ["c2pa", "cryptography"])
def test_packages_that_are_not_there_are_told(missing):
    without = (
        f"import sys; sys.modules['{missing}'] = None; from understudy.cli import main; main()"
    )
    command = [sys.executable, "-c", without, "release", "--verify", "waves"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True)
    told = f"error: videos are signed with {missing}, which is not installed: make signing\n"
    assert (refused.returncode, refused.stderr) == (1, told)


# What it must not tell


def test_what_tells_of_the_machine_is_refused(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(private, "private_words", lambda: {"A lab"})
    with pytest.raises(UserError, match="tells 'A lab' of this machine"):
        write_release(dataset, ABOUT, tmp_path / "out", CREDENTIALS)
    assert not list(tmp_path.iterdir())


def test_a_word_is_found_where_two_pieces_meet(tmp_path, monkeypatch):
    monkeypatch.setattr(private, "CHUNK", 8)
    monkeypatch.setattr(private, "private_words", lambda: {"secret"})
    (tmp_path / "a.bin").write_bytes(b"01234secret89")
    with pytest.raises(UserError, match=r"a\.bin: tells 'secret'"):
        private.refuse_private(tmp_path)
