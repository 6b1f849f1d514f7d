"""Toyota Smarthome: what its file names say, the paper's 16 classes, its protocols.

Das et al., "Toyota Smarthome: Real-World Activities of Daily Living", ICCV 2019; the classes are
those of the paper's appendix 2.
"""

import re
from pathlib import Path

from understudy.converters.recordings import Dataset, Protocol, Recording, paper

TOYOTA_NAME = re.compile(
    r"(?P<activity>[A-Za-z]+(\.[A-Za-z]+)?)_p(?P<subject>\d+)_r(?P<room>\d+)_v(?P<version>\d+)"
    r"_c(?P<camera>\d+)\.(mp4|avi)"
)
TOYOTA_CLASSES = {  # as in file names, in lower case -> label
    name.lower(): name.lower().replace(".", "_")
    for name in (
        *("Cook.Cut", "Cook.Stir", "Cook.Usestove"),
        *("Drink.Frombottle", "Drink.Fromcan", "Drink.Fromcup"),
        *("Eat.Snack", "Getup", "Laydown", "Pour.Fromkettle", "Pour.Frombottle"),
        *("Sitdown", "Walk", "Usetelephone", "Maketea.Insertteabag", "Enter"),
    )
}
SPELT = {  # in lower case -> as the owners' file names spell all 31
    name.lower(): name
    for name in (
        *("Cook.Cleandishes", "Cook.Cleanup", "Cook.Cut", "Cook.Stir", "Cook.Usestove"),
        *("Cutbread", "Drink.Frombottle", "Drink.Fromcan", "Drink.Fromcup", "Drink.Fromglass"),
        *("Eat.Attable", "Eat.Snack", "Enter", "Getup", "Laydown", "Leave"),
        *("Makecoffee.Pourgrains", "Makecoffee.Pourwater"),
        *("Maketea.Boilwater", "Maketea.Insertteabag"),
        *("Pour.Frombottle", "Pour.Fromcan", "Pour.Fromkettle", "Readbook", "Sitdown"),
        *("Takepills", "Uselaptop", "Usetablet", "Usetelephone", "Walk", "WatchTV"),
    )
}
# Das et al. 2019, section 5
TOYOTA_TRAINING_SUBJECTS = {3, 4, 6, 7, 9, 12, 13, 15, 17, 19, 25}
TOYOTA_TEST_CAMERA = 2  # camera 5 is the validation set, which nothing here uses


def read_toyota(path: str) -> Recording | None:
    """What a name like Cook.Cut_p02_r00_v02_c03.mp4 says; None for any other."""
    match = TOYOTA_NAME.fullmatch(Path(path).name)
    if match is None:
        return None
    return Recording(
        path,
        TOYOTA_CLASSES.get(match["activity"].lower()),
        int(match["subject"]),
        int(match["camera"]),
        Path(path).name.rsplit("_c", 1)[0],
        activity=SPELT.get(match["activity"].lower(), match["activity"]),
    )


def toyota_cross_subject(recording: Recording) -> str | None:
    """CS: 11 of the 18 subjects train, the others test."""
    return "train" if recording.subject in TOYOTA_TRAINING_SUBJECTS else "test"


def toyota_cross_view(cameras: set[int]) -> Protocol:
    """CV1, CV2: train on what `cameras` saw, test on camera 2; people appear in both."""

    def split(recording: Recording) -> str | None:
        if recording.camera == TOYOTA_TEST_CAMERA:
            return "test"
        return "train" if recording.camera in cameras else None

    return split


TOYOTA = Dataset(
    read_toyota,
    tuple(TOYOTA_CLASSES.values()),
    {
        "paper": paper,
        "cs": toyota_cross_subject,
        "cv1": toyota_cross_view({1}),
        "cv2": toyota_cross_view({1, 3, 4, 6, 7}),
    },
    SPELT | {label: SPELT[name] for name, label in TOYOTA_CLASSES.items()},
)
