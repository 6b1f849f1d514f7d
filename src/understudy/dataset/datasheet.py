"""A datasheet (Gebru et al., "Datasheets for datasets", 2021) written from the manifest."""

import pandas as pd

from understudy import __version__
from understudy.dataset.inputs import DatasetInputs
from understudy.places.information import MOST_BITS, shared_bits

PAPER = (
    "Synthetic Human Action Video Data Generation with Pose Transfer "
    "(synthetic-human-action.github.io)"
)


def datasheet(manifest: pd.DataFrame, inputs: DatasetInputs, checks: dict) -> str:
    """Markdown: why, what, from whom, how it was made, for what, under which licences."""
    sections = {
        "Motivation": _motivation(),
        "Composition": _composition(manifest, checks),
        "People and consent": _consent(manifest),
        "How it was made": _process(manifest, inputs),
        "Uses": _uses(),
        "Licences": _licences(manifest, inputs),
        "Files": _files(),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# {inputs.name}\n\nMade with Understudy {__version__}.\n\n{body}\n"


def _motivation() -> str:
    return (
        "Videos of human actions in which new people, over new backgrounds, re-enact real "
        "reference videos, for training action recognisers when real videos are few, or show few "
        f"people and places. The method: {PAPER}."
    )


def _composition(manifest: pd.DataFrame, checks: dict) -> str:
    seconds = manifest["seconds"].sum()
    sizes = manifest.dropna(subset=["width"]).groupby(["width", "height", "fps"]).size()
    shapes = ", ".join(
        f"{width:.0f}x{height:.0f} at {fps:g} fps ({count})"
        for (width, height, fps), count in sizes.items()
    )
    by_label = manifest.groupby("label").agg(
        videos=("video", "size"), references=("reference", "nunique")
    )
    facts = {
        "synthetic videos": f"{len(manifest)}, {seconds / 60:.1f} minutes",
        "sizes and rates (videos)": shapes,
        "actions": manifest["label"].nunique(),
        "reference videos": manifest["reference"].nunique(),
        "people (identities)": manifest["identity"].nunique(),
        "camera views": ", ".join(sorted(manifest["view"].unique())),
        "background images": manifest["background"].nunique(),
        "passed every check": f"{checks['passed']} of {checks['videos']}",
        "missing": len(checks["missing"]),
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    labels = "\n".join(
        f"| {label} | {row.videos} | {row.references} |" for label, row in by_label.iterrows()
    )
    return (
        f"| | |\n|---|---|\n{table}\n\n"
        f"| action | videos | references |\n|---|---|---|\n{labels}\n\n"
        "Each video is labelled with the action of its reference. Backgrounds are stills: they "
        "do not react to the figure, and objects held by a reference's performer are missing."
    )


def _consent(manifest: pd.DataFrame) -> str:
    people = manifest.groupby("identity").first()
    unstated = sorted(people.index[people["identity_consent"] == "unstated"])
    rows = "\n".join(
        f"| {name} | {row.identity_licence} | {row.identity_consent} |"
        for name, row in people.iterrows()
    )
    text = f"| person | licence of the video | agreed to |\n|---|---|---|\n{rows}"
    if unstated:
        text += (
            f"\n\n**Consent is not stated for {len(unstated)} of {len(people)} people** "
            f"({', '.join(unstated)}). Do not publish the dataset before it is."
        )
    return text


def _process(manifest: pd.DataFrame, inputs: DatasetInputs) -> str:
    changed = manifest[manifest["speed"] != 1].groupby("reference")["speed"].first()
    speeds = (
        "Every reference keeps its playing speed."
        if changed.empty
        else "Played faster than recorded: "
        + ", ".join(f"{name} ({speed:g} times)" for name, speed in changed.items())
        + ". All others keep their speed."
    )
    models = [
        f"| {column} | {', '.join(sorted(manifest[column].dropna().unique()))} |"
        for column in manifest.columns
        if column.endswith(("_by", "_body"))
    ]
    table = "\n".join(["| file | made by |", "|---|---|", *models]) if models else ""
    return (
        "A 3D Gaussian avatar was made of each person from one video; body parameters were fitted "
        "to each reference; each avatar was rendered with the motion of each reference and "
        "composited over backgrounds drawn by rendezvous hashing "
        f"(seed {inputs.seed}, images resized by '{inputs.resize}'). {_places(manifest)}\n\n"
        f"{_scenes(manifest, inputs.match)}\n\n{speeds}\n\n{table}"
    ).rstrip()


def _places(manifest: pd.DataFrame) -> str:
    """Where the people stand."""
    in_rooms = manifest[manifest["camera_height"].notna()]
    if in_rooms.empty:
        return "People stand where the reference's performer stood in the picture."
    elsewhere = (in_rooms["background"] != in_rooms["drawn_background"]).sum()
    assumed = (in_rooms["camera_height_from"] == "usual").sum()
    return (
        "People stand on the floor of the background's room, rendered through its camera; "
        f"{elsewhere} of {len(in_rooms)} videos show another background than the one drawn, which "
        f"had no room for the motion; in {assumed} the camera's height was assumed, and with it "
        "the people's size."
    )


FITTING = {
    "any": "Every background could be drawn for every action",
    "plausible": "Actions were shown only in kinds of place where they are seen",
    "embedding": "Actions were shown only in places that a network finds to suit them",
}


def _scenes(manifest: pd.DataFrame, match: str) -> str:
    """Which scenes an action is shown in, and how much they give away."""
    kinds = manifest["scene_kind"].where(manifest["scene_kind"] != "", manifest["background"])
    counted = manifest["scene_kind"][manifest["scene_kind"] != ""].value_counts()
    named = ", ".join(f"{kind} ({count})" for kind, count in counted.items()) or "unknown"
    bits, by_photo = (
        shared_bits(zip(manifest["label"], side, strict=True))
        for side in (kinds, manifest["background"])
    )
    return (
        f"{FITTING[match]} (`backgrounds.match: {match}`). Kinds of scene (videos): {named}. "
        f"The kind of scene says {bits:.2f} bits about the action, the photo {by_photo:.2f} "
        f"(mutual information, bias-corrected; more than {MOST_BITS:g} would let a recogniser read "
        "the action off the wall)."
    )


def _uses() -> str:
    return (
        "For training, never for testing: test recognisers on real videos, and not on any that is "
        "a reference here. The figures are recognisable likenesses of real people wherever the "
        "identity videos are real. Fine finger motion, faces, loose clothes and contact with "
        "objects are only approximate, and the motions contain errors of the pose estimation."
    )


def _licences(manifest: pd.DataFrame, inputs: DatasetInputs) -> str:
    lines = [f"The synthetic videos: {inputs.licence}. They derive from material under:", ""]
    for side, what in (
        ("reference", "reference videos (motion only)"),
        ("identity", "identity videos"),
        ("background", "background images"),
    ):
        counts = manifest.groupby(f"{side}_licence")[side].nunique()
        told = ", ".join(f"{licence} ({count})" for licence, count in counts.items())
        lines.append(f"- {what}: {told}")
    return "\n".join(lines)


def _files() -> str:
    return (
        "- `manifest.parquet`, `manifest.csv`: one row per video, with everything known about it\n"
        "- `lists/*.txt`: `path label-index` lines for PyTorchVideo; paths are relative to the "
        "folder where the workflow ran (`video_path_prefix`)\n"
        "- `labels.json`: index of each label\n"
        "- `checks.json`: what was checked, what failed, what is missing"
    )
