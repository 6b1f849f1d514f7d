"""`make bench NAME=match`: scenes that fit, without giving the answer away."""

from tests.bench.figures import Figure, write_figures
from tests.bench.light_scenes import SETS, fitted
from tests.unit.scene_tables import forbidden

MOST_BITS = 1.0


def main() -> None:
    fits = {name: fitted(labels, "plausible") for name, labels in SETS.items()}
    by_chance = {name: fitted(labels, "any") for name, labels in SETS.items()}
    implausible = sum(fit.implausible + fit.implausible_reserves for fit in fits.values())
    most = max(fit.bits for fit in fits.values())
    videos = min(fit.videos for fit in fits.values())
    figures = [
        Figure("forbidden_pairs", len(forbidden()), "pairs", 100, at_most=False),
        Figure("planned_videos", videos, "of each set", 3600, at_most=False),
        Figure("implausible_pairs", implausible, "videos", 0, at_most=True),
        Figure("label_scene_bits", most, "bits", MOST_BITS, at_most=True),
    ]
    for name, fit in fits.items():
        usual = by_chance[name]
        told = {
            "label_scene_bits": (fit.bits, "bits"),
            "implausible_pairs_of_any": (usual.implausible, "videos"),
            "label_scene_bits_of_any": (usual.bits, "bits"),
        }
        figures += [
            Figure(f"{name}_{figure}", value, unit, None, at_most=True)
            for figure, (value, unit) in told.items()
        ]
    write_figures("match", figures)


if __name__ == "__main__":
    main()
