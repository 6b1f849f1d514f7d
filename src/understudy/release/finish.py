"""What happens to each video before it is released: it gets its note and its signature."""

import hashlib
import tempfile
from pathlib import Path

from understudy.errors import UserError
from understudy.release.certificates import Credentials
from understudy.release.names import CERTIFICATE
from understudy.release.note import write_with_note
from understudy.release.signing import Signer, Verifier
from understudy.release.terms import INGREDIENTS


class Finisher:
    """Reads the files of the manifest's rows as they are to be released. note: a line that every
    frame is to show; None: the frames stay as they are."""

    def __init__(self, credentials: Credentials, note: str | None) -> None:
        self._signer = Signer(credentials)
        self._verifier: Verifier | None = Verifier(credentials.chain, Path(CERTIFICATE))
        self._note = note

    def video(self, row: dict, title: str) -> bytes:
        """The signed video of a row of the manifest. UserError if it is not the one that was
        checked, or cannot be signed."""
        path = Path(row["video"])
        content = _read(path)
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise UserError(
                f"{path}: has changed since it was checked; run the workflow again, then release"
            )
        if self._note is not None:
            with tempfile.TemporaryDirectory() as folder:
                noted = Path(folder, title)
                write_with_note(path, self._note, noted)
                content = noted.read_bytes()
        digests = {f"{side} {row[side]}": row[f"{side}_digest"] for side in INGREDIENTS}
        signed = self._signer.signed(content, title, digests)
        if self._verifier is not None:  # the first: a certificate may sign and not be valid
            if (why := self._verifier.objection(signed)) is not None:
                raise UserError(f"{title}: {why}; give another certificate")
            self._verifier = None
        return signed

    def labels(self, row: dict) -> bytes:
        """The labels of a row of the manifest."""
        return _read(Path(row["labels"]))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); run the workflow again, then release"
        ) from error
