"""What each source was flagged for: its fit, and whatever else was measured of it."""

from collections.abc import Mapping
from pathlib import Path

from understudy.artifacts.fit_quality import read_report
from understudy.artifacts.flags import Flagged, save_flags
from understudy.fitting.flags import flags
from understudy.fitting.settings import FlagSettings


def flag_sources(
    references: Mapping[str, str],
    identities: Mapping[str, str],
    limits: FlagSettings,
    out: Path | str,
) -> Flagged:
    """Judge every fit by `limits` and write `out`, a flags.json; returns its content.

    references, identities: the fit file of each id.
    """
    flagged = Flagged(
        *(
            {id_: flags(read_report(path), limits) for id_, path in fits.items()}
            for fits in (references, identities)
        )
    )
    save_flags(out, flagged)
    return flagged
