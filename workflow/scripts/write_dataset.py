"""The manifest, lists, datasheet and checks of all synthetic videos."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.artifacts.flags import KeepSettings
    from understudy.dataset.inputs import DatasetInputs, Sources
    from understudy.dataset.manifest import write_dataset

    files, told = snakemake.input, snakemake.params

    def by_id(ids, *columns):
        return {id_: list(made) for id_, *made in zip(ids, *columns, strict=True)}

    def paths(ids, files):
        return {id_: Path(file) for id_, file in zip(ids, files, strict=True)}

    references = Sources(
        told.references,
        dict(zip(told.references, files.reference_notes, strict=True)),
        by_id(told.references, files.reference_keypoints, files.fits),
        dict(zip(told.references, files.fits, strict=True)),
    )
    identities = Sources(
        told.identities,
        dict(zip(told.identities, files.identity_notes, strict=True)),
        by_id(told.identities, files.identity_keypoints, files.masks, files.avatars),
    )
    write_dataset(
        DatasetInputs(
            Path(files.checked),
            Path(files.flags),
            references,
            identities,
            told.backgrounds,
            told.labels,
            told.seed,
            resize=told.resize,
            match=told.match,
            name=told.about["name"],
            licence=told.about["licence"],
            keep=KeepSettings(**told.about["keep"]),
            coverage=paths(told.identities, files.coverage),
            quality=paths(told.references, files.quality),
            scores=paths(told.identities, files.scores),
            real=told.real,
            allowed=told.allowed,
        ),
        Path(snakemake.output.manifest).parent,
    )
