"""Whether a release is as it was written, and its videos as they were signed."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from understudy.errors import UserError
from understudy.files import sha256
from understudy.progress import progress
from understudy.release.certificates import signer_of, told_certificate
from understudy.release.names import CERTIFICATE, SPLIT, SUMS
from understudy.release.signing import Verifier


def verified(folder: Path, certificate: Path | None = None) -> str:
    """A line on a release that is as it was written; UserError, a line on each thing, if not."""
    if wrong := verify_release(folder, certificate):
        raise UserError("\nerror: ".join(wrong))
    signed_with = certificate or folder / CERTIFICATE
    signer = told_certificate(signer_of(signed_with.read_bytes(), signed_with))
    return f"{folder}: as it was written, and each video signed by {signer}"


def verify_release(folder: Path, certificate: Path | None = None) -> list[str]:
    """What of a release is missing, changed, added or not signed, a line each; [] if it is as it
    was written.

    certificate: that of the publisher, whose signature each video has to carry; None: the one that
    is in the release. UserError if it is no release.
    """
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
    for name in progress(sorted(told.keys() & there), "comparing", unit="file"):
        if sha256(folder / name) != told[name]:
            wrong.append(f"{name}: changed")
    return wrong + _not_signed(folder, certificate or folder / CERTIFICATE)


def _not_signed(folder: Path, certificate: Path) -> list[str]:
    """What is wrong with each video's signature, a line each."""
    if not certificate.is_file():
        return [f"{certificate}: missing: who signed the videos cannot be told"]
    verifier = Verifier(certificate.read_bytes(), certificate)
    found = []
    for name, video in progress(_videos(folder / SPLIT), "verifying", unit="video"):
        if (why := verifier.objection(video)) is not None:
            found.append(f"{SPLIT}/{name}: {why}")
    return found


def _videos(split: Path) -> Iterator[tuple[str, bytes]]:
    """Each video of a release: its name below the split's folder, and its content."""
    for path in sorted(split.rglob("*.mp4")):
        yield str(path.relative_to(split)), path.read_bytes()
    for path in sorted(split.glob("*.tar")):
        with tarfile.open(path) as shard:
            for entry in shard:
                if entry.name.endswith(".mp4") and (content := shard.extractfile(entry)):
                    yield f"{path.name}/{entry.name}", content.read()
