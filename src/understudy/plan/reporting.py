"""What the report is given: every file there should be, which rule makes it, where it is logged."""

from dataclasses import asdict

from understudy.plan.effective import effective_config
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, Row, pairs_of
from understudy.plan.shown import BACKGROUNDS_SHOWN, PEOPLE_SHOWN

PROFILE = "profiles/slurm/config.yaml"  # what jobs request from a cluster
PLOTS = {
    "accuracy.svg": "Accuracy on real test videos against synthetic training videos per class; "
    "bars: 95 % intervals over seeds.",
    "variants.svg": "Accuracy by kind of synthetic videos (real + synthetic videos per class).",
    "per_class.svg": "Accuracy of each class, without and with synthetic videos.",
    "confusion.svg": "Which class is mistaken for which, without and with synthetic videos.",
    "curves.svg": "Learning curves: loss on the training clips, one line per run.",
}


def on_sheet(plan: Plan, reference: str) -> list[Row]:
    """The synthetic videos on a reference's sheet: what it waits for, of all there will be."""
    rows = plan.by_reference[reference]
    people = pairs_of(rows)[:PEOPLE_SHOWN]
    return [
        row
        for pair in people
        for row in [row for row in rows if row[:3] == pair][:BACKGROUNDS_SHOWN]
    ]


def report_inputs(plan: Plan) -> dict:
    """The description of the report, as JSON values (see understudy.report.inputs)."""
    layout = plan.layout
    experiments = {
        "table": layout.experiments(plan.dataset, "table1.md"),
        "summary": layout.experiments(plan.dataset, "table1.csv"),
        "plots": [
            {"path": layout.experiments(plan.dataset, name), "caption": caption}
            for name, caption in PLOTS.items()
            if name != "variants.svg" or any(run.point.is_unusual for run in plan.runs)
        ],
    }
    return {
        "title": plan.config["dataset"]["name"],
        "people": [_person(plan, id_, row) for id_, row in plan.tables.identities.items()],
        "references": [_reference(plan, id_, row) for id_, row in plan.tables.references.items()],
        "backgrounds": len(plan.tables.backgrounds),
        "rooms": [_room(plan, id_) for id_ in plan.rooms_shown],
        "worst": layout.worst,
        "synthetic": [layout.synthetic(*row) for row in plan.synthetic],
        "benchmarks": f"{layout.results}/benchmarks",
        "profile": PROFILE,
        "expected": [asdict(item) for item in expected_files(plan)],
        "config": plan.config,
        **(experiments if plan.runs else {}),
    }


def report_shown(plan: Plan) -> dict:
    """What the report shows of the config and the tables: if it changes, the page is stale."""
    return {
        "title": plan.config["dataset"]["name"],
        "people": {id_: _facts(row) for id_, row in plan.tables.identities.items()},
        "references": {
            id_: {"label": row["label"], **_facts(row)}
            for id_, row in plan.tables.references.items()
        },
        "backgrounds": len(plan.tables.backgrounds),
        "rooms": {id_: _room(plan, id_)["facts"] for id_ in plan.rooms_shown},
        "config": _shown_config(plan),
    }


def _shown_config(plan: Plan) -> dict:
    shown = effective_config(plan.config)
    return shown if plan.is_demo else {key: shown[key] for key in shown if key != "demo"}


def _person(plan: Plan, id_: str, row: dict) -> dict:
    features = ("keypoints", "masks", "depth")
    layout = plan.layout
    return {
        "id": id_,
        "sheet": layout.sheet("identity", id_),
        "metrics": layout.avatar(id_, "metrics.json"),
        "coverage": layout.coverage(id_),
        "facts": _facts(row),
        "parts": {
            "video": layout.video("identity", id_),
            **{name: layout.feature("identity", id_, name) for name in features},
            "fit": layout.fit("identity", id_),
            "body": plan.body,
            "turntable": layout.avatar(id_, "turntable.png"),
        },
    }


def _reference(plan: Plan, id_: str, row: dict) -> dict:
    layout, own = plan.layout, plan.by_reference[id_]
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
            "body": plan.body,
        },
        "white": [layout.white(*pair) for pair in pairs_of(own)],
        "synthetic": [layout.synthetic(*entry) for entry in own],
    }


def _room(plan: Plan, id_: str) -> dict:
    row = plan.tables.backgrounds[id_]
    told = {name: str(row[name]) for name in ("scene", "licence") if name in row}
    return {"id": id_, "sheet": plan.layout.sheet("background", id_), "facts": told}


def _facts(row: dict) -> dict:
    return {name: str(value) for name, value in row.items() if name not in ("id", "label", "video")}
