"""`make bench NAME=match`: scenes that fit, without giving the answer away."""

from tests.bench.figures import Figure, write_figures
from tests.bench.light_scenes import SETS, fitted
from tests.unit.scene_tables import forbidden

MOST_BITS = 1.0


def main() -> None:
    fits = {name: fitted(labels, "plausible") for name, labels in SETS.items()}
    by_chance = {name: fitted(labels, "any") for name, labels in SETS.items()}
    figures = [Figure("forbidden_pairs", len(forbidden()), "pairs", 100, at_most=False)]
    for name, fit in fits.items():
        usual = by_chance[name]
        figures += [
            Figure(f"{name}_planned_videos", fit.videos, "videos", 3600, at_most=False),
            Figure(f"{name}_implausible_pairs", fit.implausible, "videos", 0, at_most=True),
            Figure(
                f"{name}_implausible_reserves", fit.implausible_reserves, "photos", 0, at_most=True
            ),
            Figure(f"{name}_label_scene_bits", fit.bits, "bits", MOST_BITS, at_most=True),
            Figure(
                f"{name}_implausible_pairs_of_any", usual.implausible, "videos", None, at_most=True
            ),
            Figure(f"{name}_label_scene_bits_of_any", usual.bits, "bits", None, at_most=True),
        ]
    write_figures("match", figures)


if __name__ == "__main__":
    main()
