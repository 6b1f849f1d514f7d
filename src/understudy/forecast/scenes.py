"""Look at the background photos before anything is planned: what kind of place each shows."""

from dataclasses import replace
from pathlib import Path

from understudy.checkout import checkout
from understudy.configuration.check import checked_config
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.features.weights import weights_of
from understudy.places.found import Photo, save_scenes
from understudy.places.kinds import kind_of
from understudy.plan.planned import Plan, check_weights
from understudy.plan.scenes import scenes_file
from understudy.plan.tables import read_tables
from understudy.registry import chosen


def find_scenes(configfile: Path) -> None:
    """Write what the network of `features.scene` says of each photo of the table of backgrounds,
    and print it. Raises UserError if the config selects none, or a photo cannot be read."""
    config = checked_config(read_config(configfile))
    word = config["features"]["scene"]
    if word == "table":
        raise UserError("config: features.scene: table looks at no photo; choose clip or clip_l")
    check_weights(config)
    tables = read_tables(config["tables"], config["labels"], checkout() / "workflow/schemas")
    plan, rows = Plan(config, tables), tables.backgrounds
    versions = {id_: plan.version("background", id_) for id_ in rows}
    (row,) = weights_of("scene", word)
    images = {id_: one["image"] for id_, one in rows.items()}
    seen = chosen("scene", word)(
        row.name, Path(config["weights"], row.file), images, config["labels"]
    )
    photos = {id_: replace(photo, version=versions[id_]) for id_, photo in seen.items()}
    save_scenes(scenes_file(config["results"]), row.name, photos)
    for id_, photo in photos.items():
        print(_line(id_, photo, rows[id_].get("scene")))


def _line(id_: str, photo: Photo, scene: str | None) -> str:
    line = f"{id_}: {photo.kind} ({photo.share:.0%})"
    if scene is None:
        return line
    if kind_of(scene) == photo.kind:
        return f"{line}, as the table says"
    return f"{line}, but the table says {scene}, which counts"
