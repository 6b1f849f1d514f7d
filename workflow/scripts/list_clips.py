"""The videos that one training of a recogniser uses, and how it is trained."""

import sys
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.errors import UserError
    from understudy.files import write_json
    from understudy.plan.layout import Layout
    from understudy.recognition.lists import synthetic_clips, write_list
    from understudy.recognition.points import Point
    from understudy.recognition.selection import (
        Clip,
        choose_clips,
        refuse_untaught,
        taken,
        told_of_cap,
    )

    told, made, seed = snakemake.params, snakemake.output, int(snakemake.wildcards.seed)
    point = Point(**told.point)
    pool = [Clip(*clip) for clip in told.real]  # those that the seed chose
    if point.n_synthetic:
        white = Layout(**told.layout).white if point.background == "white" else None
        pool += synthetic_clips(
            Path(snakemake.input.checked),
            told.references,
            seed,
            point.identities,
            point.views,
            white,
        )
    train = choose_clips(pool, told.labels, "all", point.n_synthetic, seed)
    refuse_untaught(train, told.labels)
    caps = {"real": point.n_real, "synthetic": point.n_synthetic}
    for kind, of_class in taken(train, told.labels).items():
        if line := told_of_cap(kind, caps[kind], of_class):
            print(line, file=sys.stderr)
    test = [Clip(*clip) for clip in told.test]
    for clip in train:  # real ones are all looked at by check_leakage
        if clip.kind == "synthetic" and not Path(clip.path).is_file():
            raise UserError(f"{clip.path}: no such file; make it again")
    write_list(made.train, train)
    write_list(made.test, test)
    about = {"dataset": told.dataset, "model": snakemake.wildcards.model, "point": told.point}
    write_json(made.recipe, {"about": about, "labels": told.labels, "settings": told.settings})
