"""Who is trained on and who is tested on: the datasets' own protocols, as functions of a recording.

Each gives "train", "test", EITHER or None (in neither). All test sets are real videos.
"""

from collections.abc import Callable

from understudy.converters.names import Recording

EITHER = "either"  # drawn by seed
Protocol = Callable[[Recording], str | None]

# Shahroudy et al. 2016, section 4.2
NTU_TRAINING_SUBJECTS = {
    *(1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38),
}
NTU_SUBJECTS = range(1, 41)
# Das et al. 2019, section 5
TOYOTA_TRAINING_SUBJECTS = {3, 4, 6, 7, 9, 12, 13, 15, 17, 19, 25}
TOYOTA_TEST_CAMERA = 2  # camera 5 is the validation set, which nothing here uses


def paper(recording: Recording) -> str | None:
    """The paper names no subjects: training and test videos are drawn from all of them, so that
    people are in both (experiments.disjoint_by: video)."""
    return EITHER


def ntu_cross_subject(recording: Recording) -> str | None:
    """20 of the 40 subjects train, the others test; NTU 120's further subjects do neither."""
    if recording.subject not in NTU_SUBJECTS:
        return None
    return "train" if recording.subject in NTU_TRAINING_SUBJECTS else "test"


def ntu_cross_view(recording: Recording) -> str | None:
    """Trained on what is seen from the front, tested from 0, 45 and 90 degrees, on the test
    subjects of cross-subject (Varol et al., SURREACT, IJCV 2021: its cross-view-subject split)."""
    split = ntu_cross_subject(recording)
    if recording.angle is None or (split == "train" and recording.angle != 0):
        return None
    return split


def toyota_cross_subject(recording: Recording) -> str | None:
    """CS: 11 of the 18 subjects train, the others test."""
    return "train" if recording.subject in TOYOTA_TRAINING_SUBJECTS else "test"


def toyota_cross_view(cameras: set[int]) -> Protocol:
    """CV1, CV2: trained on what `cameras` saw, tested on camera 2; people are in both."""

    def split(recording: Recording) -> str | None:
        if recording.camera == TOYOTA_TEST_CAMERA:
            return "test"
        return "train" if recording.camera in cameras else None

    return split


PROTOCOLS: dict[str, dict[str, Protocol]] = {
    "ntu": {"paper": paper, "cross_subject": ntu_cross_subject, "cross_view": ntu_cross_view},
    "toyota": {
        "paper": paper,
        "cs": toyota_cross_subject,
        "cv1": toyota_cross_view({1}),
        "cv2": toyota_cross_view({1, 3, 4, 6, 7}),
    },
}
