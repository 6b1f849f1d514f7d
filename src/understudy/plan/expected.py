"""Every file that the workflow makes, and which of them a target depends on."""

from collections.abc import Iterator

from understudy.plan.job import Expected
from understudy.plan.layout import FEATURES, LISTS, Layout
from understudy.plan.planned import Plan, pairs_of

# Which stages a target of the Snakefile depends on.
SOURCES = ("body", "identity", "reference")
TARGETS = {
    "avatars": ("body", "identity"),
    "white": (*SOURCES, "white"),
    "synthetic": (*SOURCES, "synthetic"),
    "rooms": ("room",),
    "dataset": (*SOURCES, "synthetic", "dataset"),
    "gallery": (*SOURCES, "synthetic", "dataset", "gallery"),
    "release": (*SOURCES, "synthetic", "dataset"),  # itself it is made only if it is asked for
    "leakage": ("leakage",),
    "experiments": (*SOURCES, "white", "synthetic", "dataset", "leakage", "experiments"),
    "report": (
        *SOURCES,
        *("white", "synthetic", "dataset", "leakage", "experiments", "room", "report"),
    ),
}
OF_A_TRAINING = ("predictions.csv", "curve.csv", "network.safetensors")  # besides metrics.json
PLOTS = ("accuracy", "variants", "per_class", "confusion", "curves")


def expected_files(plan: Plan) -> Iterator[Expected]:
    """The first file of each job whose absence is a failure, in the order in which they are made;
    without the report itself."""
    layout = plan.layout
    yield from _body(plan)
    for kind, rows in (
        ("identity", plan.tables.identities),
        ("reference", plan.tables.references),
    ):
        for id_ in rows:
            yield from _of_a_video(layout, kind, id_)
    for id_ in plan.tables.identities:
        made_by = "read_avatar" if id_ in plan.released else "train_avatar"
        yield from _of_an_avatar(layout, id_, made_by)
    for pair in pairs_of(plan.synthetic):
        log = layout.log("animate_avatar", *pair)
        subject = " × ".join(pair[:2])
        labels = (layout.white_labels(*pair),)
        yield Expected(layout.white(*pair), "animate_avatar", log, subject, pair, "white", labels)
    rule = "render_in_room" if plan.in_rooms else "composite_background"
    for row in plan.synthetic:
        log = layout.log(rule, *row)
        path, subject = layout.synthetic(*row), " × ".join(row)
        also = (layout.labels(*row),) if plan.in_rooms else ()
        yield Expected(path, rule, log, subject, row, "synthetic", also)
    for id_ in plan.tables.references:
        for rule, path in (
            ("check_videos", layout.checks(id_)),
            ("look_at_figures", layout.figures(id_)),
            ("measure_quality", layout.quality(id_)),
        ):
            yield Expected(path, rule, layout.log(rule, id_), id_, (id_,), "dataset")
    for id_ in plan.tables.backgrounds:
        for rule, path in (
            ("find_bystanders", layout.people(id_)),
            ("calibrate_background", layout.room(id_)),
        ):
            yield Expected(path, rule, layout.log(rule, id_), id_, (id_,), "room")
    yield from _of_the_dataset(layout)
    page, *others = (layout.gallery(name) for name in plan.gallery)
    log = layout.log("build_gallery")
    yield Expected(page, "build_gallery", log, stage="gallery", also=tuple(others))
    if plan.runs:
        yield from _of_experiments(plan)
    yield from _of_the_report(plan)


def _body(plan: Plan) -> Iterator[Expected]:
    rule = "join_flame" if plan.config["flame"]["model"] else "build_body"
    if plan.body != plan.config["body"]:
        yield Expected(plan.body, rule, plan.layout.log(rule), stage="body")


def _of_a_video(layout: Layout, kind: str, id_: str) -> Iterator[Expected]:
    rule, facts = f"normalise_{kind}", (layout.facts(kind, id_),)
    log = layout.log(rule, id_)
    yield Expected(layout.video(kind, id_), rule, log, id_, (id_,), kind, facts)
    for name in FEATURES[kind]:
        rule = f"extract_{name}"
        parts = (id_,) if name in ("masks", "depth") else (kind, id_)
        log = layout.log(rule, *parts)
        yield Expected(layout.feature(kind, id_, name), rule, log, id_, parts, kind)
    log = layout.log("fit_body", kind, id_)
    yield Expected(layout.fit(kind, id_), "fit_body", log, id_, (kind, id_), kind)


def _of_an_avatar(layout: Layout, id_: str, made_by: str) -> Iterator[Expected]:
    rule = "measure_coverage"
    yield Expected(layout.coverage(id_), rule, layout.log(rule, id_), id_, (id_,), "identity")
    trained = (layout.avatar(id_, "trained.npz"), layout.avatar(id_, "curves.csv"))
    for rule, name, also in (
        (made_by, "avatar.safetensors", trained),
        ("score_avatar", "metrics.json", ()),
        ("picture_avatar", "turntable.png", ()),
    ):
        log = layout.log(rule, id_)
        yield Expected(layout.avatar(id_, name), rule, log, id_, (id_,), "identity", also)


def _of_the_dataset(layout: Layout) -> Iterator[Expected]:
    yield Expected(layout.checked, "join_checked", layout.log("join_checked"), stage="dataset")
    yield Expected(layout.flags, "flag_sources", layout.log("flag_sources"), stage="dataset")
    names = ("manifest.csv", "labels.json", "datasheet.md", "checks.json")
    also = tuple(layout.dataset(name) for name in (*names, *(f"lists/{x}.txt" for x in LISTS)))
    path, log = layout.dataset("manifest.parquet"), layout.log("write_dataset")
    yield Expected(path, "write_dataset", log, stage="dataset", also=also)


def _of_experiments(plan: Plan) -> Iterator[Expected]:
    layout, dataset = plan.layout, plan.dataset
    path, log = layout.leakage(dataset), layout.log("check_leakage", dataset)
    yield Expected(path, "check_leakage", log, dataset, (dataset,), "leakage")
    embedded = {(run.model, run.point.alone) for run in plan.runs if run.point.is_embedded}
    for run in plan.runs:
        wildcards = (run.model, run.point.name, str(run.seed))
        folder = layout.run(dataset, *wildcards)
        name_of_run = folder.removeprefix(f"{layout.results}/experiments/")
        subject = f"{run.model}, {run.point.name}, seed {run.seed}"
        for rule, name, *others in (
            ("list_clips", "train.tsv", "test.tsv", "recipe.json"),
            ("train_recogniser", "metrics.json", *OF_A_TRAINING),
            *([("embed_clips", "embedding.npz")] if (run.model, run.point) in embedded else []),
        ):
            log, path = layout.log(rule, name_of_run), f"{folder}/{name}"
            also = tuple(f"{folder}/{other}" for other in others)
            yield Expected(path, rule, log, subject, wildcards, "experiments", also)
    names = ("table1.csv", "table1.tex", "gains.csv", "per_class.csv", *(f"{x}.svg" for x in PLOTS))
    also = tuple(layout.experiments(dataset, name) for name in names)
    path, log = layout.experiments(dataset, "table1.md"), layout.log("tabulate", dataset)
    yield Expected(path, "tabulate", log, dataset, stage="experiments", also=also)


def _of_the_report(plan: Plan) -> Iterator[Expected]:
    layout = plan.layout
    for kind, rows in (
        ("identity", plan.tables.identities),
        ("reference", plan.tables.references),
    ):
        rule = f"sheet_{kind}"
        for id_ in rows:
            log = layout.log(rule, id_)
            yield Expected(layout.sheet(kind, id_), rule, log, id_, (id_,), "report")
    for id_ in plan.rooms_shown:
        rule = "sheet_background"
        path, log = layout.sheet("background", id_), layout.log(rule, id_)
        yield Expected(path, rule, log, id_, (id_,), "report")
    for id_ in plan.previewed:
        rule = "preview_reference"
        yield Expected(layout.preview(id_), rule, layout.log(rule, id_), id_, (id_,), "report")
    yield Expected(layout.worst, "sheet_worst", layout.log("sheet_worst"), stage="report")
    if plan.is_demo:
        path, also = f"{layout.results}/accuracy.json", (f"{layout.results}/sheets/held_out.jpg",)
        log = layout.log("measure_demo")
        yield Expected(path, "measure_demo", log, stage="report", also=also)
    path = f"{layout.results}/report/rulegraph.dot"
    yield Expected(path, "rule_graph", layout.log("rule_graph"), stage="report")
