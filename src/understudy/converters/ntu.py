"""NTU RGB+D and NTU RGB+D 120: what file names say, the paper's 16 classes, the protocols.

Shahroudy et al., "NTU RGB+D: A Large Scale Dataset for 3D Human Activity Analysis", CVPR 2016; the
classes are those of the paper's appendix 2.
"""

import re
from pathlib import Path

from understudy.converters.ntu_actions import ACTIONS, MUTUAL
from understudy.converters.recordings import TEST_BY_ANGLE, Dataset, Recording, paper

NTU_NAME = re.compile(
    r"S(?P<setup>\d{3})C(?P<camera>\d{3})P(?P<subject>\d{3})R(?P<replication>\d{3})"
    r"A(?P<action>\d{3})(_rgb)?\.(avi|mp4)"
)
NTU_CLASSES = {  # number of the action -> label
    1: "drink_water",
    2: "eat_meal",
    3: "brush_teeth",
    6: "pick_up",
    7: "throw",
    8: "sit_down",
    9: "stand_up",
    10: "clapping",
    23: "hand_waving",
    24: "kicking",
    27: "jump_up",
    31: "point",
    35: "bow",
    38: "salute",
    39: "palms_together",
    40: "cross_hands",
}
# (camera, replication) -> degrees between where a person looks and the camera. They look
# at camera 3 the first time and at camera 2 the second; camera 1 stands between the two.
NTU_ANGLES = {(1, 1): 45, (1, 2): 45, (2, 1): 90, (2, 2): 0, (3, 1): 0, (3, 2): 90}
# Shahroudy et al. 2016, section 4.2
NTU_TRAINING_SUBJECTS = {
    *(1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38),
}
NTU_SUBJECTS = range(1, 41)
NTU_SETUPS = range(1, 18)  # NTU 120 has 32
# Liu et al. 2019 (NTU RGB+D 120), section 3.3
NTU_120_TRAINING_SUBJECTS = NTU_TRAINING_SUBJECTS | {
    *(45, 46, 47, 49, 50, 52, 53, 54, 55, 56, 57, 58, 59, 70, 74, 78, 80, 81, 82, 83, 84, 85, 86),
    *(89, 91, 92, 93, 94, 95, 97, 98, 100, 103),
}
NTU_TEST_CAMERA = 1


def read_ntu(path: str) -> Recording | None:
    """What a name like S001C002P003R002A013_rgb.avi says; None for any other."""
    match = NTU_NAME.fullmatch(Path(path).name)
    if match is None:
        return None
    camera, replication = int(match["camera"]), int(match["replication"])
    action = int(match["action"])
    if not 1 <= action <= len(ACTIONS):
        return None
    return Recording(
        path,
        NTU_CLASSES.get(action),
        int(match["subject"]),
        camera,
        re.sub(r"C\d{3}", "", match[0].split("_")[0].split(".")[0]),
        NTU_ANGLES.get((camera, replication)),
        activity=ACTIONS[action - 1],
        setup=int(match["setup"]),
    )


def ntu_cross_subject(recording: Recording) -> str | None:
    """20 of the 40 subjects train, the others test; what NTU 120 adds does neither."""
    if not _is_of_ntu_60(recording):
        return None
    return "train" if recording.subject in NTU_TRAINING_SUBJECTS else "test"


def ntu_cross_view(recording: Recording) -> str | None:
    """X-View: cameras 2 and 3 train, camera 1 tests (Shahroudy et al. 2016, section 4.2)."""
    if not _is_of_ntu_60(recording):
        return None
    return "test" if recording.camera == NTU_TEST_CAMERA else "train"


def ntu_120_cross_subject(recording: Recording) -> str | None:
    """X-Sub120: 53 of the 106 subjects train, the others test."""
    return "train" if recording.subject in NTU_120_TRAINING_SUBJECTS else "test"


def ntu_120_cross_setup(recording: Recording) -> str | None:
    """X-Set120: setups with even numbers train, those with odd ones test."""
    return "test" if recording.setup % 2 else "train"


def _is_of_ntu_60(recording: Recording) -> bool:
    return recording.subject in NTU_SUBJECTS and recording.setup in NTU_SETUPS


def surreact_cross_view_subject(recording: Recording) -> str | None:
    """Train on the front view, test at 0, 45 and 90 degrees, on the test subjects of
    cross-subject (Varol et al., SURREACT, IJCV 2021: its cross-view-subject split)."""
    split = ntu_cross_subject(recording)
    if recording.angle is None or split is None:
        return None
    if split == "test":
        return TEST_BY_ANGLE
    return "train" if recording.angle == 0 else None


NTU = Dataset(
    read_ntu,
    tuple(NTU_CLASSES.values()),
    {
        "paper": paper,
        "cross_subject": ntu_cross_subject,
        "cross_view": ntu_cross_view,
        "cross_subject_120": ntu_120_cross_subject,
        "cross_setup_120": ntu_120_cross_setup,
        "surreact": surreact_cross_view_subject,
    },
    {
        **{f"a{number:03d}": name for number, name in enumerate(ACTIONS, 1)},
        **{str(number): name for number, name in enumerate(ACTIONS, 1)},
        **{name: name for name in ACTIONS},
        **{label: ACTIONS[number - 1] for number, label in NTU_CLASSES.items()},
    },
    frozenset(ACTIONS[number - 1] for number in MUTUAL),
)
