"""Write a release: a folder that stands by itself, or shards of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from understudy import __version__
from understudy.errors import UserError
from understudy.files import sha256, write_json, write_text
from understudy.gallery.names import points_names
from understudy.gallery.write import write_gallery
from understudy.progress import progress
from understudy.release.certificates import Credentials, signer_of, told_certificate
from understudy.release.croissant import METHOD, About, croissant
from understudy.release.facts import as_json, facts_of
from understudy.release.finish import Finisher
from understudy.release.names import CERTIFICATE, SPLIT, SUMS
from understudy.release.private import refuse_private
from understudy.release.shards import write_shards
from understudy.release.terms import objections

MANIFEST = "manifest.parquet"
PARTIAL = "partial"  # in a dataset's folder: the same files after a failed run
MOST_TOLD = 12  # objections in one message


def write_release(
    dataset: Path,
    about: About,
    out: Path,
    credentials: Credentials,
    shard_bytes: int | None = None,
    note: str | None = None,
) -> list[str]:
    """Write the videos that the list for training holds, signed, with their labels, as a release
    into `out`, which must not be there yet; returns lines on what was written.

    dataset: the folder of manifest.parquet. As a folder, a split's videos are numbered, below
    {split}/, with metadata.parquet beside them (VideoFolder of `datasets` reads it), and gallery/
    is a page to look through them; with shard_bytes, they are in {split}/*.tar of at most so many
    bytes (WebDataset). README.md, croissant.json, CITATION.cff, SHA256SUMS and certificate.pem, of
    the signatures, stand in both.
    note: a line that every frame shows. UserError, before anything is written, if an ingredient's
    licence or consent is unstated or forbids it.
    """
    source = dataset / MANIFEST
    if out.exists():
        raise UserError(f"{out}: is there already; give another folder, or move it away")
    manifest = pd.read_parquet(source)
    manifest = manifest[manifest["kept"]].reset_index(drop=True)
    if manifest.empty:
        raise UserError(f"{source}: no video passed its checks and is kept; nothing to release")
    _refuse(manifest, about)
    facts = facts_of(manifest)
    finisher = Finisher(credentials, note)
    with _whole(out) as folder:
        samples = _samples(manifest, facts, finisher)
        if shard_bytes is None:
            for row, (video, labels) in zip(facts.itertuples(), samples, strict=True):
                for name, content in ((row.file_name, video), (row.labels_name, labels)):
                    target = folder / SPLIT / str(name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            _write_gallery(about, facts, manifest, folder)
        else:
            texts = (as_json(row).encode() for _, row in facts.iterrows())
            files = (
                {"mp4": video, "npz": labels, "json": text}
                for (video, labels), text in zip(samples, texts, strict=True)
            )
            write_shards(files, folder / SPLIT, shard_bytes)
        metadata = folder / SPLIT / "metadata.parquet"
        # Not compressed, so that what it tells can be searched as it is.
        facts.to_parquet(metadata, index=False, compression=None)
        (folder / CERTIFICATE).write_bytes(credentials.chain)
        write_json(folder / "croissant.json", croissant(about, facts, sha256(metadata)))
        write_text(folder / "README.md", _readme(about, facts, credentials, note))
        write_text(folder / "CITATION.cff", _citation(about))
        refuse_private(folder)
        _write_sums(folder)
    return [
        f"{out}: {len(facts)} videos of {facts['label'].nunique()} actions, {about.licence}",
        f"signed by {_signer(credentials)}",
    ]


def dataset_of(folder: Path, partial: bool) -> Path:
    """The folder of the manifest to release: a dataset's own, or after a failed run that of the
    videos which are there. UserError if there is none."""
    found = folder / PARTIAL if partial else folder
    if (found / MANIFEST).is_file():
        return found
    if not partial and (folder / PARTIAL / MANIFEST).is_file():
        raise UserError(
            f"{folder / MANIFEST}: no such file, since the run has not finished; finish it, or "
            "release the videos that are there: --partial"
        )
    raise UserError(f"{found / MANIFEST}: no such file; make the dataset first")


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


def _samples(
    manifest: pd.DataFrame, facts: pd.DataFrame, finisher: Finisher
) -> Iterator[tuple[bytes, bytes]]:
    """Of each video, its own file and that of its labels, as they are released."""
    titles = [Path(name).name for name in facts["file_name"]]
    rows = progress(manifest.to_dict("records"), "signing", unit="video")
    for title, row in zip(titles, rows, strict=True):
        yield finisher.video(row, title), finisher.labels(row)


def _write_gallery(about: About, facts: pd.DataFrame, manifest: pd.DataFrame, out: Path) -> None:
    """Of the released videos alone: references are not released."""
    videos = facts.assign(video=[str(out / SPLIT / str(name)) for name in facts["file_name"]])
    labels = [Path(path) for path in manifest["labels"]]
    scripts = len(points_names(len(set(labels))))
    write_gallery(about.name, videos, labels, {}, scripts, out / "gallery")


def _write_sums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder)}\n" for path in files]
    write_text(folder / SUMS, "".join(lines))


def _signer(credentials: Credentials) -> str:
    """Who signed, and by which certificate that is known."""
    told = told_certificate(signer_of(credentials.chain, Path(CERTIFICATE)))
    return f"{told}; nobody else vouches for it" if credentials.self_made else told


def _readme(about: About, facts: pd.DataFrame, credentials: Credentials, note: str | None) -> str:
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
        "Each video carries a C2PA manifest, which says that it is synthetic and of what it is "
        f"made, signed by {_signer(credentials)}."
        + (f" Each shows the words “{note}”.\n\n" if note else "\n\n")
        + f"`{SPLIT}/metadata.parquet` has a row for each video; `labels_name` names a NumPy file "
        "of its body, camera, 133 keypoints and masks, frame by frame. `croissant.json` describes "
        f"all for machines, `{SUMS}` proves that nothing changed.\n"
    )


def _citation(about: About) -> str:
    return (
        "cff-version: 1.2.0\ntype: dataset\nmessage: If you use these videos, please cite them.\n"
        f"title: {about.name!r}\nauthors:\n  - name: {about.creator!r}\n"
        f"date-released: {about.date}\nlicense-url: {about.url!r}\nreferences:\n"
        "  - type: article\n    title: Synthetic Human Action Video Data Generation with Pose "
        f"Transfer\n    authors:\n      - name: V. Knapp and M. Bohacek\n    url: {METHOD}\n"
    )
