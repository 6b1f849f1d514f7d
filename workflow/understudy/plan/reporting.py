"""What the report is told: every file there should be, by whom it is made, where it is logged."""

from collections.abc import Iterator

from understudy.plan.experiments import Run
from understudy.plan.layout import FEATURES, Layout
from understudy.plan.tables import Tables

PREVIEWS = 12  # references that get a looping preview
PLOTS = {
    "accuracy.svg": "Accuracy on real test videos against synthetic training videos a class.",
    "per_class.svg": "Accuracy of each class, without and with synthetic videos.",
    "confusion.svg": "Who is taken for whom, with synthetic videos.",
}


def previewed(references: dict[str, dict]) -> list[str]:
    """The references that get a looping preview: the first of them."""
    return list(references)[:PREVIEWS]


def report_inputs(
    layout: Layout, tables: Tables, synthetic: list[tuple], runs: list[Run], config: dict, body: str
) -> dict:
    """The description of the report, as JSON values (see understudy.report.inputs)."""
    dataset = config["experiments"]["dataset"]
    experiments = {
        "table": layout.experiments(dataset, "table1.md"),
        "summary": layout.experiments(dataset, "table1.csv"),
        "plots": [
            {"path": layout.experiments(dataset, name), "caption": caption}
            for name, caption in PLOTS.items()
        ],
    }
    return {
        "title": config["dataset"]["name"],
        "people": [_person(layout, id_, row, body) for id_, row in tables.identities.items()],
        "references": [
            _reference(layout, id_, row, synthetic, body) for id_, row in tables.references.items()
        ],
        "backgrounds": len(tables.backgrounds),
        "synthetic": [layout.synthetic(*row) for row in synthetic],
        "benchmarks": f"{layout.results}/benchmarks",
        "expected": list(_expected(layout, tables, synthetic, runs, dataset)),
        "config": config,
        **(experiments if runs else {}),
    }


def _person(layout: Layout, id_: str, row: dict, body: str) -> dict:
    features = ("keypoints", "masks", "depth")
    return {
        "id": id_,
        "sheet": layout.sheet("identity", id_),
        "metrics": layout.avatar(id_, "metrics.json"),
        "facts": _facts(row),
        "parts": {
            "video": layout.video("identity", id_),
            **{name: layout.feature("identity", id_, name) for name in features},
            "fit": layout.fit("identity", id_),
            "body": body,
            "turntable": layout.avatar(id_, "turntable.png"),
        },
    }


def _reference(layout: Layout, id_: str, row: dict, synthetic: list[tuple], body: str) -> dict:
    own = [entry for entry in synthetic if entry[0] == id_]
    return {
        "id": id_,
        "label": row["label"],
        "sheet": layout.sheet("reference", id_),
        "preview": layout.preview(id_),
        "facts": _facts(row),
        "parts": {
            "video": layout.video("reference", id_),
            "keypoints": layout.feature("reference", id_, "keypoints"),
            "fit": layout.fit("reference", id_),
            "body": body,
        },
        "white": [layout.white(*pair) for pair in dict.fromkeys(entry[:3] for entry in own)],
        "synthetic": [layout.synthetic(*entry) for entry in own],
    }


def _facts(row: dict) -> dict:
    return {name: str(value) for name, value in row.items() if name not in ("id", "label", "video")}


def _expected(
    layout: Layout, tables: Tables, synthetic: list[tuple], runs: list[Run], dataset: str
) -> Iterator[dict]:
    """Each file whose absence is a failure, in the order in which they are made."""

    def one(path: str, rule: str, subject: str, *log: str) -> dict:
        return {"path": path, "rule": rule, "log": layout.log(rule, *log), "subject": subject}

    for kind, rows in (("identity", tables.identities), ("reference", tables.references)):
        for id_ in rows:
            yield one(layout.video(kind, id_), f"normalise_{kind}", id_, id_)
            for name in FEATURES[kind]:
                parts = (id_,) if name in ("masks", "depth") else (kind, id_)
                yield one(layout.feature(kind, id_, name), f"extract_{name}", id_, *parts)
            yield one(layout.fit(kind, id_), "fit_body", id_, kind, id_)
    for id_ in tables.identities:
        yield one(layout.avatar(id_), "train_avatar", id_, id_)
    for pair in dict.fromkeys(row[:3] for row in synthetic):
        yield one(layout.white(*pair), "animate_avatar", " × ".join(pair[:2]), *pair)
    for row in synthetic:
        yield one(layout.synthetic(*row), "composite_background", " × ".join(row), *row)
    for run in runs:
        fields = (run.model, run.n_real, run.n_synthetic, run.seed)
        folder = layout.run(dataset, *fields)
        path = f"{folder}/metrics.json"
        log = folder.removeprefix(f"{layout.results}/experiments/")
        yield one(path, "train_recogniser", f"{run.model}, seed {run.seed}", log)
