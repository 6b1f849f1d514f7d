"""The videos that one training of a recogniser uses, and how it is trained."""

import sys
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.artifacts.flags import KeepSettings, load_flags
    from understudy.errors import UserError
    from understudy.files import write_json
    from understudy.plan.layout import Layout
    from understudy.recognition.lists import refuse_lost, synthetic_clips, write_list
    from understudy.recognition.orders import order_of
    from understudy.recognition.points import Point
    from understudy.recognition.risks import Risks
    from understudy.recognition.selection import (
        Clip,
        choose_clips,
        refuse_untaught,
        told_of_taken,
    )

    told, made, seed = snakemake.params, snakemake.output, int(snakemake.wildcards.seed)
    point = Point(**told.point)
    pool = [Clip(*clip) for clip in told.real]  # those that the seed chose
    flagged = []
    if point.n_synthetic:
        white = Layout(**told.layout).white if point.background == "white" else None
        keep = KeepSettings(**told.keep)
        left_out = load_flags(snakemake.input.flags).left_out(keep)
        flagged = left_out.told()
        pool += synthetic_clips(
            Path(snakemake.input.checked),
            left_out,
            told.references,
            seed,
            point.identities,
            point.views,
            white,
            Risks.read(snakemake.input.quality, keep.most_risk, told.weighed),
        )
    order = order_of(point.selection, snakemake.input.embedding)
    train = choose_clips(pool, told.labels, "all", point.n_synthetic, seed, order)
    for line in flagged:
        print(f"left out, as dataset.keep says: {line}", file=sys.stderr)
    try:
        refuse_untaught(train, told.labels)
    except UserError as error:
        why = f"; dataset.keep leaves out those of {', '.join(flagged)}" if flagged else ""
        raise UserError(f"{error}{why}") from None
    for line in told_of_taken(train, told.labels, point.n_real, point.n_synthetic):
        print(line, file=sys.stderr)
    test = [Clip(*clip) for clip in told.test]
    refuse_lost(train)
    write_list(made.train, train)
    write_list(made.test, test)
    about = {"dataset": told.dataset, "model": snakemake.wildcards.model, "point": told.point}
    write_json(made.recipe, {"about": about, "labels": told.labels, "settings": told.settings})
