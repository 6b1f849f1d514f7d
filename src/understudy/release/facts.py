"""What a release says of each video: the manifest without the paths of who made it."""

import json

import pandas as pd

from understudy.release.names import SPLIT, stem_of

# Columns that tell a path of this machine, or what only its owner can look up.
PRIVATE = ("video", "labels", "passed", "kept", "sha256")
PRIVATE_ENDS = ("_video", "_image")


def facts_of(manifest: pd.DataFrame) -> pd.DataFrame:
    """A row for each video of a release, in the manifest's order: file_name and labels_name, from
    the split's folder, then the manifest's columns, less those that tell paths."""
    private = [name for name in manifest if name in PRIVATE or str(name).endswith(PRIVATE_ENDS)]
    told = manifest.drop(columns=private)
    names = [stem_of(number) for number in range(len(manifest))]
    told.insert(0, "file_name", [f"{name}.mp4" for name in names])
    told.insert(1, "labels_name", [f"{name}.npz" for name in names])
    told.insert(2, "split", SPLIT)
    return told.reset_index(drop=True)


def as_json(row: pd.Series) -> str:
    """One video's facts as JSON; what is empty is null."""
    values = {
        str(name): None if pd.isna(value) else getattr(value, "item", lambda v=value: v)()
        for name, value in row.items()
    }
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
