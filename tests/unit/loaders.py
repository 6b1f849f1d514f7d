"""What the libraries of others read of a release, each in a process of its own, without a network:
`python -m tests.unit.loaders NAME FOLDER` prints it as JSON."""

import json
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import pandas as pd

MOST = 100  # records that are read one by one
OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")


def by_datasets(folder: Path) -> list[dict]:
    """Rows as Hugging Face's VideoFolder has them: their split, file and label."""
    from datasets import Video, load_dataset

    rows = load_dataset("videofolder", data_dir=str(folder))
    (split,) = rows
    videos = rows[split].cast_column("video", Video(decode=False))
    return [
        {"split": split, "file": Path(row["video"]["path"]).name, "label": row["label"]}
        for row in videos
    ]


def by_webdataset(folder: Path) -> list[dict]:
    """Samples of the shards: their key, label, and how many frames of labels."""
    import webdataset

    shards = [str(path) for path in sorted((folder / "train").glob("*.tar"))]
    samples = webdataset.WebDataset(shards, shardshuffle=False).decode()
    return [
        {
            "key": sample["__key__"],
            "label": sample["json"]["label"],
            "film": sample["mp4"][4:8] == b"ftyp",
            "frames": len(sample["npz"]["keypoints"]),
        }
        for sample in samples
    ]


def by_mlcroissant(folder: Path) -> list[dict]:
    """Records that the description leads to; an invalid description has none."""
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    issues = described.metadata.ctx.issues
    assert not issues.errors and not issues.warnings, issues.report()
    return [
        {name: _text(record[f"videos/{name}"]) for name in ("file_name", "label", "identity")}
        for record in islice(described.records("videos"), MOST)
    ]


def by_pycocotools(folder: Path) -> list[dict]:
    """Frames of the labels, exported as COCO-WholeBody: their video, and whether the mask of each
    person is as large as it says."""
    import numpy as np
    from pycocotools.coco import COCO

    from understudy.export.labels import export_labels

    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "coco.json")
        export_labels([folder / "train"], file, None)
        read = COCO(str(file))
    right = {
        one["image_id"]: np.sum(read.annToMask(one)) == one["area"] for one in read.anns.values()
    }
    return [
        {"video": Path(image["video"]).name, "right": bool(right[id_])}
        for id_, image in read.imgs.items()
    ]


def by_c2pa(folder: Path) -> list[dict]:
    """What each video's manifest says of itself."""
    import c2pa

    found = []
    for video in sorted((folder / "train").rglob("*.mp4")):
        with c2pa.Reader(video) as reader:
            manifest = reader.get_active_manifest() or {}
            state = reader.get_validation_state()
        kinds = [
            action.get("digitalSourceType", "").rpartition("/")[2]
            for assertion in manifest["assertions"]
            if assertion["label"].startswith("c2pa.actions")
            for action in assertion["data"]["actions"]
        ]
        found.append({"video": video.name, "state": state, "kind": kinds[0]})
    return found


def told(loader: str, facts: pd.DataFrame, frames: int) -> list[dict]:
    """What a library has to read of a release with these facts, each video of so many frames."""
    films = [Path(name).name for name in facts["file_name"]]
    labels = list(facts["label"])
    match loader:
        case "datasets":
            pairs = zip(films, labels, strict=True)
            return [{"split": "train", "file": film, "label": label} for film, label in pairs]
        case "webdataset":
            keys = [f"{number:06d}" for number in range(len(films))]
            pairs = zip(keys, labels, strict=True)
            return [
                {"key": k, "label": label, "film": True, "frames": frames} for k, label in pairs
            ]
        case "mlcroissant":
            return facts[["file_name", "label", "identity"]].head(MOST).to_dict("records")
        case "pycocotools":
            return [{"video": film, "right": True} for film in films for _ in range(frames)]
    return [{"video": film, "state": "Valid", "kind": "compositeSynthetic"} for film in films]


LOADERS = {
    "datasets": by_datasets,
    "webdataset": by_webdataset,
    "mlcroissant": by_mlcroissant,
    "pycocotools": by_pycocotools,
    "c2pa": by_c2pa,
}


def read_by(loader: str, folder: Path) -> list[dict]:
    """What a library reads of a release, in a process of its own."""
    with tempfile.TemporaryDirectory() as cache:
        run = subprocess.run(
            [sys.executable, "-m", __name__, loader, str(folder)],
            env={**os.environ, **dict.fromkeys(OFFLINE, "1"), "HF_HOME": cache},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
        )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    print(json.dumps(LOADERS[sys.argv[1]](Path(sys.argv[2]))))
