"""A folder in which config/paper.yaml can be planned: trees of files named as the datasets' owners
name them, of one byte each, the files that the config names, and the tables made from the trees."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import yaml

from understudy.cli import main
from understudy.features.weights import named_weights, weights_of

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = [
    *(("ntu", name) for name in ("paper", "cross_subject", "cross_view", "surreact")),
    *(("toyota", name) for name in ("paper", "cs", "cv1", "cv2")),
]
TOYOTA_SUBJECTS = (2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 25)
TOYOTA_VERSIONS = {  # class -> performances of each person: some are rare, most are not
    **dict.fromkeys(("Cook.Cut", "Maketea.Insertteabag", "Pour.Fromkettle"), 2),
    **dict.fromkeys(("Cook.Stir", "Cook.Usestove", "Drink.Fromcan"), 3),
    **dict.fromkeys(("Drink.Frombottle", "Drink.Fromcup", "Eat.Snack", "Pour.Frombottle"), 5),
    **dict.fromkeys(("Getup", "Laydown", "Sitdown", "Usetelephone", "Enter"), 6),
    **dict.fromkeys(("Walk", "WatchTV", "Readbook"), 10),
}
NOT_FROM_CAMERA_1 = "Pour.Fromkettle"
NTU_ACTIONS = (1, 2, 3, 6, 7, 8, 9, 10, 23, 24, 27, 31, 35, 38, 39, 40, 50)


def toyota_names() -> Iterator[str]:
    """Toyota Smarthome: 18 people, 7 cameras, of which three see a performance."""
    for name, versions in TOYOTA_VERSIONS.items():
        for person in TOYOTA_SUBJECTS:
            for version in range(1, versions + 1):
                for camera in {1 + (person + version + k) % 7 for k in (0, 2, 4)}:
                    if name != NOT_FROM_CAMERA_1 or camera != 1:
                        yield f"mp4/{name}_p{person:02d}_r00_v{version:02d}_c{camera:02d}.mp4"


def ntu_names() -> Iterator[str]:
    """NTU RGB+D: 40 people, two setups, three cameras, each action performed twice."""
    for action in NTU_ACTIONS:
        for person in range(1, 41):
            for setup, camera in ((s, c) for s in (person % 16 + 1, 17) for c in (1, 2, 3)):
                for replication in (1, 2):
                    yield (
                        f"nturgb+d_rgb/S{setup:03d}C{camera:03d}P{person:03d}R{replication:03d}"
                        f"A{action:03d}_rgb.avi"
                    )


def write_trees(folder: Path) -> None:
    """data/{toyota,ntu,RANDOM_people,backgrounds}, and the files that config/paper.yaml names."""
    _touch(folder / "data/toyota", toyota_names())
    _touch(folder / "data/ntu", ntu_names())
    beside = ("video.mp4", "masks.mp4", "depthmaps.mp4", "smplx_optimized/shape_param.json")
    people = (f"p{i:03d}/{name}" for i in range(100) for name in beside)
    _touch(folder / "data/RANDOM_people/avatars", people)
    snapshots = (f"p{i:03d}/snapshot_4.pth" for i in range(0, 100, 2))
    _touch(folder / "data/RANDOM_people/avatars_checkpoints", snapshots)
    _touch(folder / "data/backgrounds", (f"room_{i:02d}.jpg" for i in range(25)))
    config = yaml.safe_load((ROOT / "config/paper.yaml").read_text())
    needed = [config["body"], *config["flame"].values()]
    needed += [str(path) for _, path in named_weights(config)]
    for feature, word in config["features"].items():
        needed += [f"weights/{row.file}" for row in weights_of(feature, word)]
    _touch(folder, needed)


def write_tables(dataset: str, protocol: str, *of_people: str) -> dict:
    """The tables of a dataset and the paper's people and backgrounds, below the working folder;
    returns config/paper.yaml with what the command says to put in it. of_people: options."""
    into = f"config/{dataset}"
    said = _tables(dataset, f"data/{dataset}", into, "--protocol", protocol)
    _tables("people", "data/RANDOM_people/avatars", into, "--count", "15", *of_people)
    _tables("backgrounds", "data/backgrounds", into, "--count", "20")
    config = yaml.safe_load((ROOT / "config/paper.yaml").read_text())
    told = yaml.safe_load(said.split("In the config:\n")[1])
    config |= {name: told[name] for name in ("labels", "tables")}
    config["experiments"] |= told["experiments"]
    return config


def _tables(what: str, folder: str, into: str, *options: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        main(["tables", what, folder, "--out", into, *options], standalone_mode=False)
    return said.getvalue()


def _touch(folder: Path, names) -> None:
    made = set()
    for name in names:
        path = os.path.join(folder, name)
        if (above := os.path.dirname(path)) not in made:
            os.makedirs(above, exist_ok=True)
            made.add(above)
        with open(path, "wb") as stream:
            stream.write(b"x")
