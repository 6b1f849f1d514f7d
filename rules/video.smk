# Requires: the videos of the tables. Gives: {results}/video/{kind}/{id}.mp4, with constant size and
# frame rate, and next to each a .json that states what was done to it.


rule normalise_identity:
    """An identity video at its constant size, length and frame rate."""
    input:
        lambda wildcards: source(
            "identity",
            wildcards.id,
            LAYOUT.video("identity", wildcards.id),
            LAYOUT.facts("identity", wildcards.id),
        ),
    output:
        video=LAYOUT.video("identity", "{id}"),
        facts=LAYOUT.facts("identity", "{id}"),
    log:
        LAYOUT.log("normalise_identity", "{id}"),
    benchmark:
        LAYOUT.benchmark("normalise_identity", "{id}")
    conda:
        "../envs/video.yaml"
    params:
        kind="identity",
        settings=CONFIG["video"]["identity"],
        part=part_of(IDENTITIES),
        mirror=mirrored(IDENTITIES),
        source=version("identity"),
        path=lambda wildcards, input: IDENTITIES[wildcards.id]["video"],
        records=RECORDS,
        code=code_version("normalise_video"),
    script:
        "../workflow/scripts/normalise_video.py"


rule normalise_reference:
    """A reference video at its constant size, length and frame rate."""
    input:
        lambda wildcards: source(
            "reference",
            wildcards.id,
            LAYOUT.video("reference", wildcards.id),
            LAYOUT.facts("reference", wildcards.id),
        ),
    output:
        video=LAYOUT.video("reference", "{id}"),
        facts=LAYOUT.facts("reference", "{id}"),
    log:
        LAYOUT.log("normalise_reference", "{id}"),
    benchmark:
        LAYOUT.benchmark("normalise_reference", "{id}")
    conda:
        "../envs/video.yaml"
    params:
        kind="reference",
        settings=CONFIG["video"]["reference"],
        part=part_of(REFERENCES),
        mirror=mirrored(REFERENCES),
        source=version("reference"),
        path=lambda wildcards, input: REFERENCES[wildcards.id]["video"],
        records=RECORDS,
        code=code_version("normalise_video"),
    script:
        "../workflow/scripts/normalise_video.py"
