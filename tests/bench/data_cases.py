"""Whether what users of neighbouring tools ran into is right here: each case has its tests."""

import subprocess
import sys

from tests.bench.figures import ROOT, Figure

UNIT = "tests/unit"
CASES = {  # case -> its tests
    "C04 waist-up reference": (
        f"{UNIT}/test_dataset.py::test_what_was_flagged_reaches_every_file",
        f"{UNIT}/test_dataset.py::test_the_rule_says_whose_videos_are_kept",
    ),
    "C05 false leaks": (
        f"{UNIT}/test_recognition_duplicates.py::test_light_that_changes_alike_makes_no_copies",
        f"{UNIT}/test_recognition_duplicates.py::test_every_pair_is_told_and_allowed_ones_pass",
    ),
    "C09 other classes": (
        f"{UNIT}/test_converters_classes.py::test_all_classes_as_the_dataset_spells_them",
        f"{UNIT}/test_converters_classes.py::test_classes_by_name",
        f"{UNIT}/test_converters_classes.py::test_a_file_of_classes_gives_labels_and_joins_classes",
    ),
    "C18 backgrounds as people have them": (
        f"{UNIT}/test_video_images.py",
        f"{UNIT}/test_dataset.py::test_a_background_with_somebody_in_it_is_told_and_left_out",
    ),
    "C23 protocols by their names": (
        f"{UNIT}/test_converters_draw.py::test_ntus_cross_view_trains_on_cameras_2_and_3",
        f"{UNIT}/test_converters_draw.py::test_surreact_trains_from_the_front",
    ),
    "C24 a side never shown": (
        f"{UNIT}/test_coverage.py::test_case_c24_a_side_that_is_never_shown_is_told",
    ),
    "X5 classes of different size": (
        f"{UNIT}/test_recognition_classes.py::test_balanced_epochs_draw_every_class_alike",
        f"{UNIT}/test_recognition_classes.py::test_the_mean_of_classes_counts_each_class_alike",
    ),
}


def is_right(tests: tuple[str, ...]) -> bool:
    """Whether they all pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


def figures() -> list[Figure]:
    """Of the bench `data`."""
    right = {case: is_right(tests) for case, tests in CASES.items()}
    for case, passed in right.items():
        print(f"  {case}: {'right' if passed else 'WRONG'}")
    return [Figure("cases_right", sum(right.values()), "cases", len(CASES), at_most=False)]
