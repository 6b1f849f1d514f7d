"""The manifest and all that is written beside it, in one folder."""

import itertools
from pathlib import Path

import pandas as pd

from understudy.dataset.checks import CHECKS, Checked, check_video, repeated
from understudy.dataset.datasheet import datasheet
from understudy.dataset.inputs import DatasetInputs, Synthetic
from understudy.dataset.provenance import made_by, read_note
from understudy.errors import UserError
from understudy.files import atomic_path, file_digest, sha256, write_json, write_text
from understudy.progress import progress

UNSTATED = "unstated"
WHOLE_NUMBERS = ("frames", "width", "height")  # empty where a video cannot be opened


def write_dataset(inputs: DatasetInputs, out_dir: Path | str) -> pd.DataFrame:
    """Check every synthetic video and write into `out_dir`:

    manifest.parquet, manifest.csv   a row for each video that is there, every fact about it
    labels.json                      {label: index}
    lists/{synthetic,real_train,real_test}.txt   PyTorchVideo's "path index" lines; synthetic
                                     ones only of videos that passed every check
    datasheet.md                     what the dataset is, how made, under which licences
    checks.json                      which videos passed, failed (and why), or are missing

    Paths are as given: from the folder where the workflow runs. Returns the manifest. Raises
    UserError for a label that is not one of `labels` and where no video is there at all.
    """
    out_dir = Path(out_dir)
    there = [clip for clip in inputs.synthetic if Path(clip.video).is_file()]
    missing = [clip.video for clip in inputs.synthetic if not Path(clip.video).is_file()]
    if not there:
        raise UserError(f"{out_dir}: no synthetic video is there; see the logs of the jobs before")
    _refuse_unknown_labels(inputs)
    columns = _SourceColumns(inputs, there)
    digests = {clip.video: sha256(clip.video) for clip in there}
    same = repeated(digests)
    rows, failed = [], {}
    for clip in progress(there, "checking videos", unit="video"):
        note = columns.notes["reference"][clip.reference]
        image = inputs.backgrounds[clip.background]["image"]
        checked = check_video(clip.video, note, image, inputs.fit)
        if clip.video in same:
            checked.problems["unique"] = f"same as {same[clip.video]}"
        if checked.problems:
            failed[clip.video] = checked.problems
        rows.append(_row(clip, inputs, columns, checked) | {"sha256": digests[clip.video]})
    manifest = pd.DataFrame(rows).sort_values(["reference", "identity", "view", "background"])
    manifest = manifest.reset_index(drop=True).astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))
    checks = _summary(manifest, failed, missing)
    _write_tables(manifest, out_dir)
    _write_lists(manifest, inputs, out_dir)
    write_json(out_dir / "checks.json", checks)
    write_text(out_dir / "datasheet.md", datasheet(manifest, inputs, checks))
    return manifest


class _SourceColumns:
    """The columns that depend on the reference, the identity or the background alone."""

    def __init__(self, inputs: DatasetInputs, clips: list[Synthetic]) -> None:
        self.notes: dict[str, dict[str, dict]] = {}
        self.models: dict[str, dict[str, dict]] = {}
        used = {
            "reference": {clip.reference for clip in clips},
            "identity": {clip.identity for clip in clips},
        }
        for side, sources in (("reference", inputs.references), ("identity", inputs.identities)):
            self.notes[side] = {key: read_note(sources.normalised[key]) for key in used[side]}
            self.models[side] = {
                key: _models(side, sources.made.get(key, [])) for key in used[side]
            }
        self.image_digests = {
            key: file_digest(inputs.backgrounds[key]["image"])
            for key in {clip.background for clip in clips}
        }


def _models(side: str, made: list[Path]) -> dict[str, str]:
    """{"reference_keypoints_by": "mediapipe …", …, "reference_body": model id} from the notes."""
    columns = {}
    for note in map(read_note, made):
        columns[f"{side}_{note.get('kind', 'file')}_by"] = made_by(note)
        if note.get("body"):
            columns[f"{side}_body"] = note["body"]
    return columns


def _row(clip: Synthetic, inputs: DatasetInputs, columns: _SourceColumns, checked: Checked) -> dict:
    reference, identity = (
        inputs.references.rows[clip.reference],
        inputs.identities.rows[clip.identity],
    )
    background = inputs.backgrounds[clip.background]
    reference_note = columns.notes["reference"][clip.reference]
    identity_note = columns.notes["identity"][clip.identity]
    info = checked.info
    return {
        "video": clip.video,
        "label": reference["label"],
        "label_index": inputs.labels.index(reference["label"]),
        "reference": clip.reference,
        "identity": clip.identity,
        "view": clip.view,
        "background": clip.background,
        "scene": background.get("scene", ""),
        "reference_subject": reference.get("subject", ""),
        "seed": inputs.seed,
        "fps": float(info.fps) if info else None,
        "frames": info.frames if info else None,
        "seconds": round(info.seconds, 6) if info else None,
        "width": info.width if info else None,
        "height": info.height if info else None,
        "speed": reference_note["speed"],
        "identity_speed": identity_note["speed"],
        "hidden_share": round(checked.hidden, 4),
        "passed": not checked.problems,
        **_origin("reference", reference, reference_note),
        **_origin("identity", identity, identity_note),
        "background_image": background["image"],
        "background_digest": columns.image_digests[clip.background],
        **columns.models["reference"][clip.reference],
        **columns.models["identity"][clip.identity],
        "licence": inputs.licence,
        "reference_licence": reference.get("licence", UNSTATED),
        "identity_licence": identity.get("licence", UNSTATED),
        "identity_consent": identity.get("consent", UNSTATED),
        "background_licence": background.get("licence", UNSTATED),
    }


def _origin(side: str, row: dict, note: dict) -> dict:
    """Which part of which file a source is, and how it was brought to its normal form."""
    return {
        f"{side}_video": row["video"],
        f"{side}_digest": note["source"]["digest"],
        f"{side}_first_second": note["first_source_second"],
        f"{side}_last_second": note["last_source_second"],
        f"{side}_policy": note["settings"]["policy"],
    }


def _refuse_unknown_labels(inputs: DatasetInputs) -> None:
    rows = itertools.chain(inputs.references.rows.items(), inputs.real.items())
    for key, row in rows:
        if row["label"] not in inputs.labels:
            raise UserError(f"'{key}': unknown label '{row['label']}'; correct the table")


def _summary(manifest: pd.DataFrame, failed: dict[str, dict], missing: list[str]) -> dict:
    return {
        "videos": len(manifest),
        "passed": int(manifest["passed"].sum()),
        "missing": missing,
        "failed": failed,
        "checks": {
            name: {"says": says, "failed": sum(name in problems for problems in failed.values())}
            for name, says in CHECKS.items()
        },
    }


def _write_tables(manifest: pd.DataFrame, out_dir: Path) -> None:
    with atomic_path(out_dir / "manifest.parquet") as path:
        manifest.to_parquet(path, index=False)
    with atomic_path(out_dir / "manifest.csv") as path:
        manifest.to_csv(path, index=False, lineterminator="\n")


def _write_lists(manifest: pd.DataFrame, inputs: DatasetInputs, out_dir: Path) -> None:
    """LabeledVideoPaths.from_csv of PyTorchVideo reads "path label-index" lines."""
    write_json(out_dir / "labels.json", {label: index for index, label in enumerate(inputs.labels)})
    passed = manifest[manifest["passed"]]
    lists = {"synthetic": list(zip(passed["video"], passed["label_index"], strict=True))}
    for split in ("train", "test"):
        lists[f"real_{split}"] = [
            (row["video"], inputs.labels.index(row["label"]))
            for row in inputs.real.values()
            if row["split"] == split
        ]
    for name, lines in lists.items():
        text = "".join(f"{video} {index}\n" for video, index in lines)
        write_text(out_dir / "lists" / f"{name}.txt", text)
