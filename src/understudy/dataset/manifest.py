"""The manifest and everything written alongside it, in one folder."""

import itertools
import json
from dataclasses import asdict
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from understudy.artifacts.checked import ORDER, PLACED, load_checked
from understudy.artifacts.coverage import load_coverage
from understudy.artifacts.flags import Flagged, load_flags
from understudy.artifacts.manifest import save_manifest
from understudy.artifacts.provenance import made_by, read_note
from understudy.artifacts.quality import PARTS, UNMEASURED, load_qualities
from understudy.artifacts.shown import Shown, read_shown
from understudy.dataset.checks import CHECKS
from understudy.dataset.datasheet import datasheet
from understudy.dataset.inputs import DatasetInputs
from understudy.errors import UserError
from understudy.files import read_json, write_json, write_text

UNSTATED = "unstated"


def write_dataset(inputs: DatasetInputs, out_dir: Path | str) -> pd.DataFrame:
    """Write into `out_dir`, for the videos that were checked (`checks.check_videos`):

    manifest.parquet, manifest.csv   a row for each video that exists, with every fact about it
    labels.json                      {label: index}
    lists/{synthetic,real_train,real_test}.txt   PyTorchVideo's "path index" lines; in
                                     synthetic.txt only videos that passed every check,
                                     whose sources were flagged for nothing in `inputs.keep`, and
                                     whose risk is within it
    datasheet.md                     what the dataset is, how it was made, under which licences
    checks.json                      which videos passed, failed or are missing, and why; what was
                                     flagged, and what of it is left out of the lists; the worst

    Paths are as given: relative to the folder where the workflow runs. Returns the manifest. Raises
    UserError for a label that is not one of `labels`.
    """
    out_dir = Path(out_dir)
    _refuse_unknown_labels(inputs)
    planned = load_checked(inputs.checked)
    checked = planned[planned["there"]]
    flagged = load_flags(inputs.flags)
    columns = _SourceColumns(inputs, checked, flagged)
    rows = [_row(found, inputs, columns) for found in checked.to_dict("records")]
    manifest = save_manifest(out_dir, rows)
    gone = dict.fromkeys(planned["video"][~planned["there"]], "gone since it was made")
    checks = _summary(checked, gone | inputs.missing)
    checks |= _flags_told(manifest, flagged, columns.left_out)
    checks |= _risks_told(manifest, inputs.keep.most_risk)
    _write_lists(manifest, inputs, out_dir)
    write_json(out_dir / "checks.json", checks)
    write_text(out_dir / "datasheet.md", datasheet(manifest, inputs, checks))
    return manifest


class _SourceColumns:
    """The columns that are not in the table of checked videos."""

    def __init__(self, inputs: DatasetInputs, checked: pd.DataFrame, flagged: Flagged) -> None:
        self.psnr = {id_: _held_out(path) for id_, path in inputs.scores.items()}
        self.covered = {id_: _covered(inputs.coverage[id_]) for id_ in set(checked["identity"])}
        self.qualities = load_qualities(inputs.quality)
        self.most_risk = inputs.keep.most_risk
        self.flagged = flagged
        self.left_out = flagged.left_out(inputs.keep)
        self.notes: dict[str, dict[str, dict]] = {}
        self.models: dict[str, dict[str, dict]] = {}
        used = {side: sorted(set(checked[side])) for side in ("reference", "identity")}
        for side, sources in (("reference", inputs.references), ("identity", inputs.identities)):
            self.notes[side] = {key: read_note(sources.normalised[key]) for key in used[side]}
            self.models[side] = {
                key: _models(side, sources.made.get(key, [])) for key in used[side]
            }
        fits = inputs.references.fits
        self.shown = {key: read_shown(fits[key]) for key in used["reference"]}

    def flags(self, side: str, id_: str) -> str:
        """What a source was flagged for, as the manifest has it."""
        return ", ".join(getattr(self.flagged, side).get(id_, {}))

    def is_kept(self, found: dict) -> bool:
        """Whether the lists for training hold a video that was checked."""
        out = self.left_out
        flagged = found["reference"] in out.reference or found["identity"] in out.identity
        risky = self.quality(found)["risk"] > self.most_risk
        return bool(found["passed"]) and not flagged and not risky

    def quality(self, found: dict) -> dict[str, float]:
        """Risk and parts of a video that was checked; NaN where it was not measured."""
        return self.qualities.get(tuple(found[name] for name in ORDER), UNMEASURED)


def _measured(quality: dict[str, float]) -> dict[str, float]:
    """What may be wrong with a video."""
    return {"risk": quality["risk"], **{f"quality_{name}": quality[name] for name in PARTS}}


def _held_out(path: Path) -> float:
    """How well an avatar shows frames that it was not trained on, dB."""
    return float(read_json(path)["held_out"]["psnr"])


def _covered(path: Path) -> dict[str, object]:
    """What an identity's video shows of the person."""
    found = load_coverage(path)
    shares = {name: seen.share for name, seen in found.parts.items()}
    return {
        **{f"identity_{name}_seen": seen.share for name, seen in found.sides.items()},
        "identity_parts_seen": json.dumps(shares, sort_keys=True),
        "identity_square": min(seen.square for seen in found.sides.values()),
        "identity_turned": found.turned,
        "identity_height": found.height,
        "identity_light": found.light,
        "identity_blur": found.blur,
    }


def _models(side: str, made: list[Path]) -> dict[str, str]:
    """{"reference_keypoints_by": "mediapipe …", …, "reference_body": model id} from metadata."""
    columns = {}
    for note in map(read_note, made):
        columns[f"{side}_{note.get('kind', 'file')}_by"] = made_by(note)
        if note.get("body"):
            columns[f"{side}_body"] = note["body"]
    return columns


WORST = 12  # videos that checks.json names
MEASURED = ("fps", "frames", "seconds", "width", "height")


def _row(found: dict, inputs: DatasetInputs, columns: _SourceColumns) -> dict:
    """A row of the manifest, from a row of the checked videos."""
    reference = inputs.references.rows[found["reference"]]
    identity = inputs.identities.rows[found["identity"]]
    background = inputs.backgrounds[found["shown"]]
    reference_note = columns.notes["reference"][found["reference"]]
    identity_note = columns.notes["identity"][found["identity"]]
    return {
        "video": found["video"],
        "labels": found["labels"],
        "label": reference["label"],
        "label_index": inputs.labels.index(reference["label"]),
        **{name: found[name] for name in ORDER},
        "background": found["shown"],
        "drawn_background": found["background"],
        "scene": background.get("scene", ""),
        "scene_kind": background.get("kind", ""),
        "reference_subject": reference.get("subject", ""),
        "seed": inputs.seed,
        **{name: found[name] for name in MEASURED},
        "speed": reference_note["speed"],
        "identity_speed": identity_note["speed"],
        **{name: found[name] for name in PLACED},
        "hidden_share": found["hidden_share"],
        "passed": found["passed"],
        "reference_flags": columns.flags("reference", found["reference"]),
        "identity_flags": columns.flags("identity", found["identity"]),
        "kept": columns.is_kept(found),
        **_measured(columns.quality(found)),
        "avatar_psnr": columns.psnr.get(found["identity"], nan),
        **columns.covered[found["identity"]],
        **_origin("reference", reference, reference_note),
        **_shown(columns.shown[found["reference"]], reference_note),
        **_origin("identity", identity, identity_note),
        "background_image": background["image"],
        "background_digest": found["background_digest"],
        **columns.models["reference"][found["reference"]],
        **columns.models["identity"][found["identity"]],
        "licence": inputs.licence,
        "reference_licence": reference.get("licence", UNSTATED),
        "identity_licence": identity.get("licence", UNSTATED),
        "identity_consent": identity.get("consent", UNSTATED),
        "background_licence": background.get("licence", UNSTATED),
        "sha256": found["sha256"],
    }


def _origin(side: str, row: dict, note: dict) -> dict:
    """Which part of which file a source is, and how it was normalised."""
    return {
        f"{side}_video": row["video"],
        f"{side}_digest": note["source"]["digest"],
        f"{side}_first_second": note["first_source_second"],
        f"{side}_last_second": note["last_source_second"],
        f"{side}_policy": note["settings"]["policy"],
    }


def _shown(shown: Shown, note: dict) -> dict:
    """The part of a reference that is re-enacted."""
    first, last = note["first_source_second"], note["last_source_second"]
    seconds = np.linspace(first, last, shown.frames).round(6)
    return {
        "reference_first_second": float(seconds[shown.first]),
        "reference_last_second": float(seconds[shown.stop - 1]),
        "reference_left_out": shown.told() or "",
    }


def _refuse_unknown_labels(inputs: DatasetInputs) -> None:
    rows = itertools.chain(inputs.references.rows.items(), inputs.real.items())
    for key, row in rows:
        if row["label"] not in inputs.labels:
            raise UserError(f"'{key}': unknown label '{row['label']}'; correct the table")


def _summary(checked: pd.DataFrame, missing: dict[str, str]) -> dict:
    failed = {row.video: json.loads(row.problems) for row in checked.itertuples() if not row.passed}
    return {
        "videos": len(checked),
        "passed": int(checked["passed"].sum()),
        "missing": missing,
        "failed": failed,
        "checks": {
            name: {"says": says, "failed": sum(name in problems for problems in failed.values())}
            for name, says in CHECKS.items()
        },
    }


def _flags_told(manifest: pd.DataFrame, flagged: Flagged, left_out: Flagged) -> dict:
    """Of checks.json: how many videos the lists hold, what was flagged and why, and for which
    flags the videos of a source are left out."""
    return {
        "kept": int(manifest["kept"].sum()),
        "flagged": {
            side: {id_: reasons for id_, reasons in of_side.items() if reasons}
            for side, of_side in asdict(flagged).items()
        },
        "left_out": {
            side: {id_: list(reasons) for id_, reasons in of_side.items()}
            for side, of_side in asdict(left_out).items()
        },
    }


def _risks_told(manifest: pd.DataFrame, most: float) -> dict:
    """Of checks.json: the videos that are most likely bad, and how many are left out for it."""
    worst = manifest.dropna(subset="risk").nlargest(WORST, "risk")
    return {
        "worst": worst[["video", "risk"]].to_dict("records"),
        "too_risky": int((manifest["risk"] > most).sum()),
    }


def _write_lists(manifest: pd.DataFrame, inputs: DatasetInputs, out_dir: Path) -> None:
    """LabeledVideoPaths.from_csv of PyTorchVideo reads "path label-index" lines."""
    write_json(out_dir / "labels.json", {label: index for index, label in enumerate(inputs.labels)})
    kept = manifest[manifest["kept"]]
    lists = {"synthetic": list(zip(kept["video"], kept["label_index"], strict=True))}
    for split in ("train", "test"):
        lists[f"real_{split}"] = [
            (row["video"], inputs.labels.index(row["label"]))
            for row in inputs.real.values()
            if row["split"] == split
        ]
    for name, lines in lists.items():
        text = "".join(f"{video} {index}\n" for video, index in lines)
        write_text(out_dir / "lists" / f"{name}.txt", text)
