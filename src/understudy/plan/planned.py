"""Everything that is planned, from a configuration and its tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from understudy.configuration.check import checked_config
from understudy.configuration.present import refuse_missing_files
from understudy.errors import UserError
from understudy.features.weights import Weights, weights_of
from understudy.gallery.names import gallery_names
from understudy.places.found import load_scenes
from understudy.places.match import Shown
from understudy.plan.effective import room_backend
from understudy.plan.experiments import Run, planned_runs, told_of_caps
from understudy.plan.fanout import fan_out
from understudy.plan.layout import Layout
from understudy.plan.leakage import Allowed, allowed_pairs, refuse_leaks
from understudy.plan.scenes import (
    pools,
    refuse_unseen,
    scenes_file,
    shown_by,
    told_of_bits,
    told_of_scenes,
)
from understudy.plan.shown import PREVIEWS, ROOMS_SHOWN
from understudy.plan.tables import Tables, read_tables
from understudy.plan.versions import Versions
from understudy.recognition.points import Point
from understudy.recognition.selection import Clip, choose_clips, real_clips
from understudy.registry import FEATURES, import_path
from understudy.scene.backgrounds import reserves

FLAME_EXPRESSIONS = ("deca",)  # back-ends of the expression feature
Row = tuple[str, str, str, str]  # reference, identity, view, background


@dataclass(frozen=True)
class Plan:
    """A checked configuration with its defaults, its tables, and what follows from them."""

    config: dict
    tables: Tables

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.config["results"])

    @cached_property
    def synthetic(self) -> list[Row]:
        """Every synthetic video. Raises UserError when there are too few backgrounds."""
        return fan_out(
            self.config["seed"],
            self.tables.references,
            self.tables.identities,
            self.pools,
            self.config["backgrounds"]["per_pair"],
            self.config["render"]["views"],
        )

    @property
    def in_rooms(self) -> bool:
        """Whether people are placed in the backgrounds' rooms, not in the reference's picture."""
        return self.config["render"]["placement"] == "scene"

    def labels(self, row: Row) -> str:
        """What is known of each frame of a synthetic video."""
        layout = self.layout
        return layout.labels(*row) if self.in_rooms else layout.white_labels(*row[:3])

    @cached_property
    def drawable(self) -> dict[str, dict]:
        """The backgrounds that pairs draw from; not those whose row says that they show no floor,
        if people are to stand on it."""
        rows = self.tables.backgrounds
        if not self.in_rooms:
            return rows
        return {id_: row for id_, row in rows.items() if row.get("floor") != "no"}

    @cached_property
    def scenes(self) -> dict[str, Shown]:
        """What is known of what each of these shows."""
        rows = self.drawable
        found = load_scenes(scenes_file(self.config["results"]))
        versions = {id_: self.version("background", id_) for id_ in found.keys() & rows.keys()}
        return shown_by(rows, found, versions)

    @cached_property
    def pools(self) -> dict[str, list[str]]:
        """The backgrounds that serve each label of the references. Raises UserError when they are
        too few, or a network has yet to look at them."""
        match, per_pair = (self.config["backgrounds"][key] for key in ("match", "per_pair"))
        used = {row["label"] for row in self.tables.references.values()}
        labels = [label for label in self.config["labels"] if label in used]
        if match == "embedding":
            refuse_unseen(labels, self.scenes)
        return pools(match, labels, self.scenes, per_pair)

    def told_of_scenes(self) -> list[str]:
        """Lines on what is not known of scenes and labels, if they are to match."""
        match, references = self.config["backgrounds"]["match"], self.tables.references
        if match == "any":
            return []
        pairs = [(references[row[0]]["label"], self.scene_of(row[3])) for row in self.synthetic]
        lines = told_of_bits(pairs)
        if match == "plausible":
            lines += told_of_scenes(self.drawable, self.scenes, list(self.pools))
        return lines

    def scene_of(self, background: str) -> str:
        """The kind of scene of a background; its id if that is unknown."""
        return self.scenes[background].kind or background

    def shown_on(self, row: Row) -> list[str]:
        """The background of a synthetic video, then those that may take its place."""
        reference, identity, _, background = row
        if not self.in_rooms:
            return [background]
        return [background, *self._reserves(reference, identity)[background]]

    def _reserves(self, reference: str, identity: str) -> Mapping[str, list[str]]:
        pair = reference, identity
        if pair not in self._claimed:
            g = self.config["backgrounds"]["per_pair"]
            pool = self.pools[self.tables.references[reference]["label"]]
            self._claimed[pair] = reserves(self.config["seed"], *pair, pool, g)
        return self._claimed[pair]

    @cached_property
    def _claimed(self) -> dict[tuple[str, str], Mapping[str, list[str]]]:
        return {}

    @cached_property
    def by_reference(self) -> dict[str, list[Row]]:
        """The synthetic videos of each reference."""
        rows: dict[str, list[Row]] = {id_: [] for id_ in self.tables.references}
        for row in self.synthetic:
            rows[row[0]].append(row)
        return rows

    @cached_property
    def gallery(self) -> list[str]:
        """The files of the gallery of all synthetic videos."""
        return gallery_names(len({self.labels(row) for row in self.synthetic}))

    @cached_property
    def runs(self) -> list[Run]:
        """Every training of a recogniser. Raises UserError for a class without videos."""
        return planned_runs(
            self.config["experiments"], self.tables, self.synthetic, self.config["labels"]
        )

    @cached_property
    def told_of_caps(self) -> list[str]:
        """A line for each cap of the grid that some class does not reach."""
        return told_of_caps(
            self.points.values(), self.tables, self.synthetic, self.config["labels"]
        )

    @cached_property
    def points(self) -> dict[str, Point]:
        """The points that are trained on, by their name in folders."""
        return {run.point.name: run.point for run in self.runs}

    @cached_property
    def weights(self) -> dict[str, dict[str, str]]:
        """For each feature, the files that its back-end needs: name in config/weights.yaml -> file;
        none for an embedded one."""
        folder = Path(self.config["weights"])
        return {
            feature: {row.name: str(folder / row.file) for row in rows}
            for feature, rows in _weights_rows(self.config).items()
        }

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What each choice in the config refers to: a key of `CHOICES` -> "module:name"."""
        words = {feature: self.config["features"][feature] for feature in FEATURES}
        words |= {"fit": self.config["fit"]["preset"], "avatar": self.config["avatar"]["model"]}
        words["room"] = room_backend(self.config)
        return {of: import_path(of, word) for of, word in words.items()}

    @cached_property
    def architectures(self) -> dict[str, str]:
        """The same for each recogniser's architecture: name of the model -> "module:name"."""
        models = self.config["experiments"]["models"].items()
        return {name: import_path("recogniser", model["architecture"]) for name, model in models}

    @cached_property
    def versions(self) -> Versions:
        return Versions(self.layout.sources)

    @property
    def released(self) -> dict[str, str]:
        """The identities whose avatars are read instead of trained -> their snapshots."""
        rows = self.tables.identities.items()
        return {id_: row["avatar"] for id_, row in rows if "avatar" in row}

    @cached_property
    def sources(self) -> dict[tuple[str, str], str]:
        """(kind, id) -> the file that a row of a table names. Kinds: identity, avatar (released by
        ExAvatar's own training), reference, background, floor (a background's mask), real."""
        tables = self.tables
        return {
            **{("identity", id_): row["video"] for id_, row in tables.identities.items()},
            **{("avatar", id_): snapshot for id_, snapshot in self.released.items()},
            **{("reference", id_): row["video"] for id_, row in tables.references.items()},
            **{("background", id_): row["image"] for id_, row in tables.backgrounds.items()},
            **{
                ("floor", id_): row["floor"]
                for id_, row in tables.backgrounds.items()
                if row.get("floor", "yes") not in ("yes", "no")
            },
            **{("real", id_): row["video"] for id_, row in tables.real.items()},
        }

    def version(self, kind: str, id_: str) -> str | None:
        """The version of a row's file; None if the workflow makes it."""
        path = self.sources[kind, id_]
        return None if self.is_made(path) else self.versions.of(kind, id_, path)

    def is_made(self, path: str) -> bool:
        """Whether a table's file belongs to the demo world, which rules make."""
        return path.startswith(f"{self.config['demo']['world']}/")

    def is_away(self, kind: str, id_: str) -> bool:
        """Whether a row's file was read before and cannot be read now."""
        self.version(kind, id_)
        return (kind, id_) in self.versions.away

    def is_room_away(self, id_: str) -> bool:
        """Whether a background's photo or its mask was read before and cannot be read now."""
        kinds = [kind for kind in ("background", "floor") if (kind, id_) in self.sources]
        return any(self.is_away(kind, id_) for kind in kinds)

    def told_of_sources(self) -> list[str]:
        """A line for each source that cannot be read now."""
        for kind, id_ in self.sources:
            self.version(kind, id_)
        return self.versions.told

    def real_clips(self, point: Point, seed: int) -> list[Clip]:
        """The real videos that a training uses, by class, in the order of its seed."""
        pool = [replace(clip, camera="") for clip in real_clips(self.tables.real, "train")]
        return choose_clips(pool, self.config["labels"], point.n_real, 0, seed)

    @cached_property
    def test_clips(self) -> list[Clip]:
        """The real videos that every training is tested on, by path."""
        return sorted(real_clips(self.tables.real, "test"), key=lambda clip: clip.path)

    @cached_property
    def allowed_pairs(self) -> list[Allowed]:
        """The pairs that the check for copies passes. Raises UserError for an unknown id."""
        return allowed_pairs(self.tables, self.config["experiments"]["allowed_pairs"])

    @property
    def dataset(self) -> str:
        """The name of the real dataset in folder names."""
        return self.config["experiments"]["dataset"]

    @property
    def body(self) -> str:
        """The body model's file: the configured one, with FLAME if the user has it, or the
        embedded one; the latter two are made by a rule."""
        folder = f"{self.layout.results}/body"
        if self.config["flame"]["model"]:
            return f"{folder}/SMPLX_FLAME.npz"
        return self.config["body"] or f"{folder}/SMPLX_NEUTRAL.npz"

    @property
    def previewed(self) -> list[str]:
        """The references that get a looping preview: the first of each action, then others."""
        rows = self.tables.references
        first = list({row["label"]: id_ for id_, row in reversed(rows.items())}.values())[::-1]
        others = [id_ for id_ in rows if id_ not in first]
        return first + others[: max(0, PREVIEWS - len(first))]

    @property
    def rooms_shown(self) -> list[str]:
        """The backgrounds whose rooms are shown: the first of them."""
        return list(self.tables.backgrounds)[:ROOMS_SHOWN]

    @property
    def is_demo(self) -> bool:
        """Whether all videos are of the demo world, which has ground truth."""
        rows = (*self.tables.identities.values(), *self.tables.references.values())
        return all(self.is_made(row["video"]) for row in rows)


def pairs_of(rows: list[Row]) -> list[tuple[str, str, str]]:
    """(reference, identity, view) of the rows, each once, in their order."""
    return list(dict.fromkeys(row[:3] for row in rows))


def read_plan(config: dict, schemas: Path) -> Plan:
    """Raises UserError, one line, for whatever is wrong in the configuration or a table."""
    checked = checked_config(config)
    for feature in FEATURES:
        import_path(feature, checked["features"][feature])
    check_flame(checked)
    check_weights(checked)
    _check_rooms(checked)
    check_match(checked)
    refuse_missing_files(checked)
    plan = Plan(checked, read_tables(checked["tables"], checked["labels"], schemas))
    refuse_leaks(plan.tables, checked["experiments"]["disjoint_by"], plan.allowed_pairs)
    plan.synthetic, plan.runs  # noqa: B018  (whatever is wrong with them is raised here)
    return plan


def check_flame(config: dict) -> None:
    """FLAME needs both of its files and an SMPL-X body; a face read as FLAME's needs FLAME. Raises
    a one-line UserError."""
    given = [key for key in ("model", "vertex_ids") if config["flame"][key]]
    if len(given) == 1:
        raise UserError(
            f"config: only flame.{given[0]} is given; give both files of flame, or neither"
        )
    word = config["features"]["expression"]
    if word in FLAME_EXPRESSIONS and not given:
        raise UserError(
            f"config: features.expression: {word} reads FLAME's expressions, which a body has only "
            "with flame; give both files of flame, or choose landmarks"
        )
    if given and not config["body"]:
        raise UserError("config: flame works only with SMPL-X; set body to an SMPL-X file")


def _check_rooms(config: dict) -> None:
    """What cannot be combined with placement in rooms. Raises a one-line UserError."""
    render = config["render"]
    if render["placement"] != "scene":
        return
    if render["keep_rgba"]:
        raise UserError(
            "config: render.keep_rgba keeps what placement ground and copy composite, but with "
            "placement scene each video is rendered by itself; remove keep_rgba, or choose ground"
        )
    seen: dict[str, str] = {}
    for view in render["views"]:
        azimuth = "az0" if view == "source" else view.partition("_")[0]
        if azimuth in seen:
            raise UserError(
                f"config: render.views: {seen[azimuth]} and {view} look the same in a room, whose "
                "camera decides the elevation; keep one of them, or choose placement: ground"
            )
        seen[azimuth] = view


def check_match(config: dict) -> None:
    """A match by embedding needs a network. Raises a one-line UserError."""
    if config["backgrounds"]["match"] == "embedding" and config["features"]["scene"] == "table":
        raise UserError(
            "config: backgrounds.match: embedding compares photos with labels by a network; set "
            "features.scene: clip, or choose match: plausible"
        )


def _weights_rows(config: dict) -> dict[str, list[Weights]]:
    words = {feature: config["features"][feature] for feature in FEATURES}
    return {feature: weights_of(feature, word) for feature, word in words.items()}


def check_weights(config: dict) -> None:
    """Nothing is downloaded: a back-end's weights must be there before its first job starts."""
    for feature, rows in _weights_rows(config).items():
        for row in rows:
            path = Path(config["weights"], row.file)
            if not path.is_file():
                raise UserError(
                    f"{path}: no such file, but features.{feature}: {config['features'][feature]} "
                    f"needs it; get it from {row.source}, or choose another back-end"
                )
