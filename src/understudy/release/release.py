"""Write a release: a folder that stands by itself, or shards of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from understudy import __version__
from understudy.errors import UserError
from understudy.files import sha256, write_json, write_text
from understudy.progress import progress
from understudy.release.croissant import METHOD, About, croissant
from understudy.release.facts import facts_of
from understudy.release.names import SPLIT
from understudy.release.private import refuse_private
from understudy.release.shards import write_shards
from understudy.release.terms import objections

SUMS = "SHA256SUMS"
MOST_TOLD = 12  # objections in one message


def write_release(
    dataset: Path, about: About, out: Path, shard_bytes: int | None = None
) -> list[str]:
    """Write the videos that the list for training holds, with their labels, as a release into
    `out`, which must not be there yet; returns lines on what was written.

    dataset: the folder of manifest.parquet. As a folder, a split's videos are numbered, below
    {split}/, with metadata.parquet beside them (VideoFolder of `datasets` reads it); with
    shard_bytes, they are in {split}/*.tar of at most so many bytes (WebDataset). README.md,
    croissant.json, CITATION.cff and SHA256SUMS stand in both. UserError, before anything is
    written, if an ingredient's licence or consent is unstated or forbids it.
    """
    source = dataset / "manifest.parquet"
    if not source.is_file():
        raise UserError(f"{source}: no such file; make the dataset first")
    if out.exists():
        raise UserError(f"{out}: is there already; give another folder, or move it away")
    manifest = pd.read_parquet(source)
    manifest = manifest[manifest["kept"]].reset_index(drop=True)
    if manifest.empty:
        raise UserError(f"{source}: no video passed its checks and is kept; nothing to release")
    _refuse(manifest, about)
    facts = facts_of(manifest)
    with _whole(out) as folder:
        files = _files(manifest, facts)
        if shard_bytes is None:
            for path, name in progress(files, "copying", unit="file"):
                target = folder / SPLIT / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        else:
            write_shards(manifest, facts, folder / SPLIT, shard_bytes)
        metadata = folder / SPLIT / "metadata.parquet"
        facts.to_parquet(metadata, index=False)
        write_json(folder / "croissant.json", croissant(about, facts, sha256(metadata)))
        write_text(folder / "README.md", _readme(about, facts))
        write_text(folder / "CITATION.cff", _citation(about))
        refuse_private(folder)
        _write_sums(folder)
    return [f"{out}: {len(facts)} videos of {facts['label'].nunique()} actions, {about.licence}"]


def verify_release(folder: Path) -> list[str]:
    """What of a release is missing, changed or added, a line each; [] if it is as it was written.
    UserError if it is no release."""
    sums = folder / SUMS
    if not sums.is_file():
        raise UserError(f"{sums}: no such file; give the folder of a release")
    told = {}
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        told[name] = digest
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    wrong = [f"{name}: missing" for name in sorted(told.keys() - there)]
    wrong += [f"{name}: not of the release" for name in sorted(there - told.keys() - {SUMS})]
    for name in progress(sorted(told.keys() & there), "verifying", unit="file"):
        if sha256(folder / name) != told[name]:
            wrong.append(f"{name}: changed")
    return wrong


def _refuse(manifest: pd.DataFrame, about: About) -> None:
    found = objections(manifest, about.licence)
    if not found:
        return
    lines = [str(one) for one in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        lines.append(f"and {len(found) - MOST_TOLD} more")
    raise UserError(
        f"not released, {'; '.join(lines)}; state it in the tables (columns licence, consent), or "
        "take the rows out"
    )


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder beside `out` that becomes it at the end, and goes on any error."""
    folder = out.parent / f".{out.name}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(manifest: pd.DataFrame, facts: pd.DataFrame) -> list[tuple[Path, str]]:
    """The files to copy: where they are, and their names in the split's folder."""
    pairs = []
    for old, new in (("video", "file_name"), ("labels", "labels_name")):
        pairs += [
            (Path(path), str(name)) for path, name in zip(manifest[old], facts[new], strict=True)
        ]
    for path, _ in pairs:
        if not path.is_file():
            raise UserError(f"{path}: no such file; run the workflow again, then release")
    return pairs


def _write_sums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder)}\n" for path in files]
    write_text(folder / SUMS, "".join(lines))


def _readme(about: About, facts: pd.DataFrame) -> str:
    """The card: YAML that Hugging Face reads, then what there is."""
    counts = facts.groupby("label").size()
    rows = "\n".join(f"| {label} | {videos} |" for label, videos in counts.items())
    people = facts.groupby("identity").first()
    consents = "\n".join(
        f"| {id_} | {row.identity_licence} | {row.identity_consent} |"
        for id_, row in people.iterrows()
    )
    return (
        f"---\nlicense: other\nlicense_name: {about.licence!r}\npretty_name: {about.name!r}\n"
        "task_categories:\n- video-classification\ntags:\n- synthetic\n- human-action\n---\n\n"
        f"# {about.name}\n\n**Synthetic.** No video shows what happened: {len(people)} people "
        f"re-enact {facts['reference'].nunique()} reference videos as avatars. Say so wherever a "
        f"video is shown. Published by {about.creator}, {about.date}, under {about.licence}; made "
        f"with Understudy {__version__} after {METHOD}.\n\n"
        f"| action | videos |\n|---|---|\n{rows}\n\n"
        f"| person | licence | agreed to |\n|---|---|---|\n{consents}\n\n"
        "For training action recognisers; never for testing them, nor for recognising people.\n\n"
        "```python\nfrom datasets import load_dataset\n\n"
        'videos = load_dataset("videofolder", data_dir="THIS FOLDER")["train"]\n```\n\n'
        f"`{SPLIT}/metadata.parquet` has a row for each video; `labels_name` names a NumPy file of "
        "its body, camera, 133 keypoints and masks, frame by frame. `croissant.json` describes all "
        f"for machines, `{SUMS}` proves that nothing changed.\n"
    )


def _citation(about: About) -> str:
    return (
        "cff-version: 1.2.0\ntype: dataset\nmessage: If you use these videos, please cite them.\n"
        f"title: {about.name!r}\nauthors:\n  - name: {about.creator!r}\n"
        f"date-released: {about.date}\nlicense-url: {about.url!r}\nreferences:\n"
        "  - type: article\n    title: Synthetic Human Action Video Data Generation with Pose "
        f"Transfer\n    authors:\n      - name: V. Knapp and M. Bohacek\n    url: {METHOD}\n"
    )
