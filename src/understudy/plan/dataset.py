"""What the dataset's files repeat of the tables."""

from understudy.plan.planned import Plan


def shown_backgrounds(plan: Plan) -> dict[str, dict[str, str]]:
    """Of each background that a synthetic video may show: image, kind of scene and, if its row has
    them, scene and licence."""
    shown = {id_ for row in plan.synthetic for id_ in plan.shown_on(row)}
    return {
        id_: {name: row[name] for name in ("image", "scene", "licence") if name in row}
        | {"kind": plan.scenes[id_].kind or ""}
        for id_, row in plan.tables.backgrounds.items()
        if id_ in shown
    }


def real_rows(plan: Plan) -> dict[str, dict[str, str]]:
    """Of each real video: video, label, split."""
    columns = ("video", "label", "split")
    return {id_: {name: row[name] for name in columns} for id_, row in plan.tables.real.items()}
