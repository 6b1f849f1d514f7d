"""The study's tables, config/study/*.tsv: `python -m tests.bench.study_tables` rewrites them.

As in NTU's split: some people in two rooms, to train on; other people in other rooms, to test on.
The synthetic videos show four more people, in front of rooms that no test video shows; their motion
comes from references that are training videos themselves.
"""

from pathlib import Path

from tests.bench.figures import ROOT
from understudy.demo.actions import ACTIONS

FOLDER = ROOT / "config/study"
WORLD = "results/study/world"
LICENCE = "CC0-1.0"
TRAINED, TRAINING_ROOMS = ("ben", "chiyo", "dov"), ("living_room", "office")
TESTED, TEST_ROOMS = ("finn", "gita", "ines"), ("gym", "classroom", "dining_room", "workshop")
NEW = {"ada": "hallway", "esi": "studio", "hao": "kitchen", "joao": "bedroom"}
BACKGROUNDS = ("kitchen", "bedroom", "hallway", "studio", "living_room", "office")
TAKES = 2  # of each person in each training room
# Videos in which MediaPipe sees two people: their second take is re-enacted.
REFUSED = ("throw_chiyo_103", "jump_up_dov_249")


def tables() -> dict[str, str]:
    """Name -> text of each table. Every performance has its own style."""
    train, test, references = [], [], []
    style = 0
    for action in ACTIONS:
        for person in TRAINED:
            for room in TRAINING_ROOMS:
                styles = range(style + 1, style + 1 + TAKES)
                takes = [_performance(person, action, room, one) for one in styles]
                style += TAKES
                train += [[*row, "train"] for row in takes]
                # Each person is re-enacted once in each room.
                references.append(next(row for row in takes if row[0] not in REFUSED))
        for person in TESTED:
            for room in TEST_ROOMS:
                style += 1
                test.append([*_performance(person, action, room, style), "test"])
    performed = ["id", "video", "label", "subject"]
    return {
        "identities": _table(
            ["id", "video"],
            [[who, f"{WORLD}/identities/{who}.{room}.mp4"] for who, room in NEW.items()],
        ),
        "references": _table(performed, references),
        "backgrounds": _table(
            ["id", "image"], [[room, f"{WORLD}/rooms/{room}.png"] for room in BACKGROUNDS]
        ),
        "real": _table([*performed, "split"], train + test),
    }


def _performance(person: str, action: str, room: str, style: int) -> list[str]:
    video = f"{WORLD}/real/{person}.{action}.{room}.{style}.mp4"
    return [f"{action}_{person}_{style}", video, action, person]


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [[*columns, "licence"], *([*row, LICENCE] for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def write_tables(folder: Path = FOLDER) -> None:
    for name, text in tables().items():
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_tables()
