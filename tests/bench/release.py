"""A release: who reads it, what signs it, what it tells, how fast it is written and looked through.
`make bench NAME=release`; it needs Debian's Chromium, which it installs if it may."""

import random
import re
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from tests.bench.figures import Figure, write_figures
from tests.bench.release_leaks import leaks
from tests.unit import browser
from tests.unit.dataset_world import write_releasable
from tests.unit.loaders import LOADERS, read_by, told
from tests.unit.refused_tables import TABLES
from tests.unit.some_labels import some_labels
from understudy.artifacts.label_arrays import VISIBLE
from understudy.artifacts.labels import save_labels
from understudy.artifacts.masks import PackedMasks
from understudy.errors import UserError
from understudy.files import file_digest, sha256
from understudy.release.certificates import make_credentials
from understudy.release.croissant import About
from understudy.release.names import CERTIFICATE
from understudy.release.release import write_release
from understudy.release.signing import Signer, Verifier
from understudy.release.verify import verify_release
from understudy.video.write import VideoWriter

ABOUT = About("waves", "CC BY-NC 4.0", "A lab", "https://example.org/waves", "2026-11-30")
VIDEOS, FILMS = 3600, 12  # the release; the different films in it
SIZE, FRAMES, FPS = 512, 75, 25
TRIES = 100


def make_films(folder: Path) -> list[tuple[Path, Path]]:
    """Films as large as synthetic videos are, and labels of their frames."""
    made = []
    rng = np.random.default_rng(0)
    for number in range(FILMS):
        video, labels = folder / f"{number}.mp4", folder / f"{number}.labels.npz"
        coarse = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        room = np.asarray(Image.fromarray(coarse).resize((SIZE, SIZE), Image.Resampling.BICUBIC))
        person = rng.integers(0, 256, (300, 120, 3), dtype=np.uint8) // 3
        with VideoWriter(video, SIZE, SIZE, FPS) as writer:
            for k in range(FRAMES):
                frame = room.copy()
                frame[150:450, 100 + 3 * k // 2 : 220 + 3 * k // 2] = person
                writer.write(frame)
        save_labels(labels, _labels(rng))
        made.append((video, labels))
    return made


def _labels(rng: np.random.Generator):
    """Points on a walk, and the outline of a person who walks with them."""
    at = rng.uniform(100, 400, (1, 133, 2)) + rng.normal(0, 1.5, (FRAMES, 133, 2)).cumsum(0)
    masks = []
    for k in range(FRAMES):
        y, x = np.ogrid[:SIZE, :SIZE]
        masks.append(((x - 160 - 1.5 * k) / 60) ** 2 + ((y - 300) / 150) ** 2 < 1)
    return replace(
        some_labels(FRAMES, SIZE),
        keypoints=np.concatenate([at, np.ones((FRAMES, 133, 1))], 2),
        joints=rng.normal(0, 1, (FRAMES, 55, 3)),
        seen=np.full((FRAMES, 133), VISIBLE, np.uint8),
        masks=PackedMasks.of(masks),
        fps=float(FPS),
    )


def stand_ins(root: Path, manifest: pd.DataFrame) -> Path:
    """The folder of a dataset of VIDEOS videos, of 16 actions, 15 people and 40 rooms; the rest of
    each row is as in a real manifest."""
    films = make_films(root)
    sums = [sha256(video) for video, _ in films]
    rows = []
    for number in range(VIDEOS):
        video, shared = films[number % FILMS]
        labels = root / f"{number:04d}.npz"  # each its own, as of people who stand in rooms
        labels.hardlink_to(shared)
        rows.append(
            {
                **manifest.iloc[number % len(manifest)].to_dict(),
                **{"video": str(video), "labels": str(labels), "sha256": sums[number % FILMS]},
                **{"label": f"action_{number % 16:02d}", "label_index": number % 16},
                **{"identity": f"person{number % 15}", "reference": f"ref{number // 45}"},
                **{"background": f"room{number % 40}", "scene": f"scene {number % 7}"},
                **{"fps": float(FPS), "frames": FRAMES, "seconds": FRAMES / FPS},
                **{"hidden_share": (number * 37 % VIDEOS) / VIDEOS, "kept": True},
            }
        )
    (root / "dataset").mkdir()
    table = pd.DataFrame(rows).astype({"frames": "Int64"})
    table.to_parquet(root / "dataset/manifest.parquet", index=False)
    return root / "dataset"


def signing(release: Path, films: list[Path], root: Path) -> list[Figure]:
    """What a signature costs, and what it finds."""
    credentials = make_credentials("A lab")
    signer = Signer(credentials)
    digests = {
        side: file_digest(films[0]) for side in ("reference a", "identity b", "background c")
    }
    contents = [film.read_bytes() for film in films]
    signer.signed(contents[0], "a.mp4", digests)
    seconds, added, signed = [], [], []
    for content in contents * 10:
        began = time.process_time()
        signed.append(signer.signed(content, "a.mp4", digests))
        seconds.append(time.process_time() - began)
        added.append(len(signed[-1]) - len(content))
    verifier = Verifier((release / CERTIFICATE).read_bytes(), release / CERTIFICATE)
    videos = sorted((release / "train").rglob("*.mp4"))
    valid = [verifier.objection(video.read_bytes()) is None for video in videos]
    mine = Verifier(credentials.chain, Path(CERTIFICATE))
    found, by_signature = tampered(mine, signed, root)
    return [
        Figure("sign_ms", 1000 * float(np.median(seconds)), "ms of CPU a video", 5, True),
        Figure("sign_kb", max(added) / 1000, "kB a video", 10, True),
        Figure("signed_valid", 100 * float(np.mean(valid)), "%", 100, False),
        Figure("tampered_found", found, "%", 100, False),
        Figure("tampered_found_by_signature", by_signature, "%", None, False),
    ]


def tampered(verifier: Verifier, signed: list[bytes], root: Path) -> tuple[float, float]:
    """Of TRIES changes of one bit anywhere in a released video, how many `--verify` finds, and how
    many the signature alone; %."""
    write_releasable(root / "small")
    release = root / "small/release"
    write_release(root / "small/dataset", ABOUT, release, make_credentials("A lab"))
    assert verify_release(release) == []
    rng = random.Random(0)
    videos = sorted(release.rglob("*.mp4"))
    found = by_signature = 0
    for _ in range(TRIES):
        video = rng.choice(videos)
        content = video.read_bytes()
        video.write_bytes(_flipped(content, rng))
        found += verify_release(release) != []
        video.write_bytes(content)
        by_signature += verifier.objection(_flipped(rng.choice(signed), rng)) is not None
    return 100 * found / TRIES, 100 * by_signature / TRIES


def _flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def accepting(root: Path) -> int:
    """How many of the five libraries read of a small release what is in it."""
    write_releasable(root)
    credentials = make_credentials("A lab")
    write_release(root / "dataset", ABOUT, root / "folder", credentials)
    write_release(root / "dataset", ABOUT, root / "shards", credentials, shard_bytes=25_000)
    facts = pd.read_parquet(root / "folder/train/metadata.parquet")
    right = 0
    for loader in LOADERS:
        folder = root / ("shards" if loader == "webdataset" else "folder")
        same = read_by(loader, folder) == told(loader, facts, frames=2)
        print(f"{loader}: {'as it is' if same else 'OTHERWISE'}", flush=True)
        right += same
    return right


def refused(dataset: Path, root: Path) -> float:
    """The share of the tables that forbid a release which are refused by name before anything is
    written; %."""
    manifest = pd.read_parquet(dataset / "manifest.parquet")
    right = 0
    for values, licence, why in TABLES.values():
        with tempfile.TemporaryDirectory(dir=root) as name:
            manifest.assign(**values).to_parquet(Path(name, "manifest.parquet"))
            out = Path(name, "out")
            try:
                about = replace(ABOUT, licence=licence)
                write_release(Path(name), about, out, make_credentials("A lab"))
            except UserError as error:
                right += bool(re.search(why, str(error))) and not out.exists()
    assert len(TABLES) == 20
    return 100 * right / len(TABLES)


def in_a_browser(page: Path) -> list[Figure]:
    """Of a gallery of VIDEOS videos: when it first shows something, and how long a filter takes
    until what it leaves is shown; the median of each."""
    paints, filters = [], []
    for _ in range(3):
        with browser.browser() as opened:
            opened.open(page)
            opened.wait("performance.getEntriesByName('first-contentful-paint').length")
            opened.wait("document.querySelectorAll('.card').length > 5")
            found = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            paints.append(float(str(opened.run(found))) / 1000)
            filters += [float(ms) for ms in opened.run(FILTER)]  # type: ignore[attr-defined]
            assert not opened.errors, opened.errors
            assert opened.run("ALL.length") == VIDEOS
    return [
        Figure("gallery_first_paint_s", float(np.median(paints)), "s", 2, True),
        Figure("gallery_filter_ms", float(np.median(filters)), "ms", 200, True),
    ]


FILTER = """(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const changes = [
    ["by-label", "action_03"], ["by-identity", "person3"], ["by-label", ""], ["search", "room7"],
    ["search", ""], ["order", "-hidden_share"], ["least", "0.5"], ["by-identity", ""],
    ["least", ""], ["order", "worst"],
  ];
  const found = [];
  for (const [id, value] of changes) {
    const field = document.getElementById(id);
    const began = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    await frame(); // what is left is laid out
    await frame(); // and painted
    found.push(performance.now() - began);
  }
  return found;
})()"""


def main() -> None:
    if reason := browser.unavailable():
        sys.exit(f"error: {reason}")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        figures = [Figure("loaders_accepting", accepting(root / "world"), "of 5", 5, False)]
        manifest = pd.read_parquet(root / "world/dataset/manifest.parquet")
        (root / "large").mkdir()
        dataset = stand_ins(root / "large", manifest)
        began, by_clock = time.process_time(), time.monotonic()
        write_release(dataset, ABOUT, root / "release", make_credentials("A lab"))
        speed = VIDEOS / (time.process_time() - began)
        size = sum(path.stat().st_size for path in (root / "release/train").rglob("*.mp4"))
        told_size = f"{size / VIDEOS / 1e3:.0f} kB a video, {time.monotonic() - by_clock:.0f} s"
        print(f"{VIDEOS} videos: {told_size} by the clock", flush=True)
        figures += signing(root / "release", sorted((root / "large").glob("*.mp4")), root)
        figures += [
            Figure("leaks", leaks(root), "words", 0, True),
            Figure("refusals", refused(root / "world/dataset", root), "%", 100, False),
            Figure("release_videos_s", speed, "videos/s of CPU", 100, False),
        ]
        figures += in_a_browser(root / "release/gallery/index.html")
    write_figures("release", figures)


if __name__ == "__main__":
    main()
