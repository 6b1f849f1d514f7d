"""What each source was flagged for: its fit, how it was filmed, and what it shows of a person."""

from collections.abc import Mapping
from pathlib import Path

from understudy.artifacts.coverage import load_coverage
from understudy.artifacts.fit_quality import read_report
from understudy.artifacts.flags import Flagged, save_flags
from understudy.coverage.flags import coverage_flags
from understudy.coverage.settings import CoverageLimits
from understudy.fitting.flags import flags
from understudy.fitting.settings import FlagSettings


def flag_sources(
    references: Mapping[str, str],
    identities: Mapping[str, str],
    coverage: Mapping[str, str],
    limits: FlagSettings,
    coverage_limits: CoverageLimits,
    out: Path | str,
) -> Flagged:
    """Judge every fit and every identity's coverage, and write `out`, a flags.json.

    references, identities: the fit file of each id; coverage: the coverage file of each identity.
    Returns what was written.
    """
    of_fits = [
        {id_: flags(read_report(path), limits) for id_, path in fits.items()}
        for fits in (references, identities)
    ]
    for id_, path in coverage.items():
        of_fits[1][id_] |= coverage_flags(load_coverage(path), coverage_limits)
    flagged = Flagged(*of_fits)
    save_flags(out, flagged)
    return flagged
