"""What the licences and consents of a dataset's ingredients allow."""

import re
from dataclasses import dataclass

import pandas as pd

UNSTATED = ("", "unstated", "unknown", "nan", "tbd", "todo", "?")
# Words of licences and terms that allow no copy, or no changed copy, to be passed on.
FORBIDDING = re.compile(
    r"\bnd\b|no[- ]?deriv|all rights reserved|no[nt]?[- ](re)?(distribut|publi|releas)"
    r"|do not (share|publish|distribute|release)|\b(private|confidential|proprietary|internal)\b"
)
NON_COMMERCIAL = re.compile(r"\bnc\b|non[- ]?commercial|research[- ](use[- ])?only|academic")
SHARE_ALIKE = re.compile(r"\bsa\b|share[- ]?alike|\bgpl|copyleft")
REFUSED = re.compile(r"\b(no|none|not|never|refused|refuses|denied|withdrawn|revoked|pending)\b")

INGREDIENTS = ("reference", "identity", "background")


@dataclass(frozen=True)
class Objection:
    """Why a dataset may not be published: what (a source by name, or the dataset), and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def objections(manifest: pd.DataFrame, licence: str) -> list[Objection]:
    """Everything about the ingredients of the manifest's videos, and the licence under which they
    are to be published, that stands against it; [] if nothing does."""
    found = []
    if is_unstated(licence):
        found.append(Objection("the dataset", "its licence is unstated: set dataset.licence"))
    elif FORBIDDING.search(licence.lower()):
        found.append(Objection("the dataset", f"its licence, {licence}, lets nobody pass it on"))
    for side in INGREDIENTS:
        for id_, stated in _of_each(manifest, side, f"{side}_licence"):
            if why := _against(stated, licence):
                found.append(Objection(f"{side} {id_}", why))
    for id_, consent in _of_each(manifest, "identity", "identity_consent"):
        if is_unstated(consent):
            found.append(Objection(f"identity {id_}", "their consent is unstated"))
        elif REFUSED.search(consent.lower()):
            found.append(Objection(f"identity {id_}", f"consent: {consent}"))
    return found


def is_unstated(text: str) -> bool:
    return text.strip().lower() in UNSTATED


def _against(stated: str, licence: str) -> str | None:
    """Why an ingredient under `stated` may not be in a dataset under `licence`."""
    words, ours = _words(stated), _words(licence)
    if is_unstated(stated):
        return "its licence is unstated"
    if FORBIDDING.search(words):
        return f"its licence, {stated}, allows no changed copies to be passed on"
    if is_unstated(licence):
        return None
    if NON_COMMERCIAL.search(words) and not NON_COMMERCIAL.search(ours):
        return f"its licence, {stated}, is non-commercial, and the dataset's, {licence}, is not"
    if SHARE_ALIKE.search(words) and not SHARE_ALIKE.search(ours):
        return f"its licence, {stated}, asks for the same one, and the dataset's is {licence}"
    return None


def _words(licence: str) -> str:
    """In lower case, its parts apart: "CC BY-NC-ND 4.0" is "cc by nc nd 4.0"."""
    return re.sub(r"[-_/]+", " ", licence.lower()).replace("non commercial", "noncommercial")


def _of_each(manifest: pd.DataFrame, side: str, column: str) -> list[tuple[str, str]]:
    firsts = manifest.groupby(side)[column].first()
    return [(str(id_), str(stated)) for id_, stated in firsts.items()]
