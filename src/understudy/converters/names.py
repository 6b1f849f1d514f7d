"""What the file names of Toyota Smarthome and NTU RGB+D say, and the paper's 16 classes of each.

Das et al., "Toyota Smarthome: Real-World Activities of Daily Living", ICCV 2019; Shahroudy et al.,
"NTU RGB+D: A Large Scale Dataset for 3D Human Activity Analysis", CVPR 2016; the classes are those
of the paper's appendix 2.
"""

import re
from dataclasses import dataclass
from pathlib import Path

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
# (camera, replication) -> degrees between where a person looks and the camera. Who is filmed looks
# at camera 3 first and at camera 2 the second time; camera 1 stands between the two.
NTU_ANGLES = {(1, 1): 45, (1, 2): 45, (2, 1): 90, (2, 2): 0, (3, 1): 0, (3, 2): 90}


@dataclass(frozen=True)
class Recording:
    """One video: path; label, None for a class that the paper does not use; subject and camera, the
    numbers in its name; angle, degrees from the front, where the dataset tells; performance: the
    same for all cameras that saw one."""

    path: str
    label: str | None
    subject: int
    camera: int
    performance: str
    angle: int | None = None

    @property
    def id(self) -> str:
        """For tables and file names."""
        return re.sub(r"[^A-Za-z0-9_-]", "-", Path(self.path).stem)

    @property
    def seen_from(self) -> str:
        """Its camera, as accuracy is told by: the angle where it is known."""
        return f"c{self.camera:02d}" if self.angle is None else str(self.angle)


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
    )


def read_ntu(path: str) -> Recording | None:
    """What a name like S001C002P003R002A013_rgb.avi says; None for any other."""
    match = NTU_NAME.fullmatch(Path(path).name)
    if match is None:
        return None
    camera, replication = int(match["camera"]), int(match["replication"])
    return Recording(
        path,
        NTU_CLASSES.get(int(match["action"])),
        int(match["subject"]),
        camera,
        re.sub(r"C\d{3}", "", match[0].split("_")[0].split(".")[0]),
        NTU_ANGLES.get((camera, replication)),
    )
