"""Every file that the workflow makes: by which rule, about whom, logged where."""

from collections.abc import Iterator
from dataclasses import dataclass

from understudy.plan.layout import FEATURES, Layout
from understudy.plan.planned import Plan, pairs_of


@dataclass(frozen=True)
class Expected:
    """A file that the workflow should have made: by which rule, logged where, about whom.

    wildcards: their values, in the order in which the rule's output names them.
    """

    path: str
    rule: str
    log: str
    subject: str = ""
    wildcards: tuple[str, ...] = ()


def expected_files(plan: Plan) -> Iterator[Expected]:
    """Each file whose absence is a failure, one a job, in the order in which they are made."""
    layout = plan.layout
    for kind, rows in (
        ("identity", plan.tables.identities),
        ("reference", plan.tables.references),
    ):
        for id_ in rows:
            yield from _of_a_video(layout, kind, id_)
    for id_ in plan.tables.identities:
        log = layout.log("train_avatar", id_)
        yield Expected(layout.avatar(id_), "train_avatar", log, id_, (id_,))
    for pair in pairs_of(plan.synthetic):
        log = layout.log("animate_avatar", *pair)
        yield Expected(layout.white(*pair), "animate_avatar", log, " × ".join(pair[:2]), pair)
    for row in plan.synthetic:
        log = layout.log("composite_background", *row)
        yield Expected(layout.synthetic(*row), "composite_background", log, " × ".join(row), row)
    if plan.runs:
        path, log = layout.leakage(plan.dataset), layout.log("check_leakage", plan.dataset)
        yield Expected(path, "check_leakage", log, plan.dataset)
    for run in plan.runs:
        wildcards = (run.model, run.point.name, str(run.seed))
        folder = layout.run(plan.dataset, *wildcards)
        log = layout.log("train_recogniser", folder.removeprefix(f"{layout.results}/experiments/"))
        subject = f"{run.model}, {run.point.name}, seed {run.seed}"
        yield Expected(f"{folder}/metrics.json", "train_recogniser", log, subject, wildcards)


def _of_a_video(layout: Layout, kind: str, id_: str) -> Iterator[Expected]:
    rule = f"normalise_{kind}"
    yield Expected(layout.video(kind, id_), rule, layout.log(rule, id_), id_, (id_,))
    for name in FEATURES[kind]:
        rule = f"extract_{name}"
        parts = (id_,) if name in ("masks", "depth") else (kind, id_)
        yield Expected(layout.feature(kind, id_, name), rule, layout.log(rule, *parts), id_, parts)
    log = layout.log("fit_body", kind, id_)
    yield Expected(layout.fit(kind, id_), "fit_body", log, id_, (kind, id_))
