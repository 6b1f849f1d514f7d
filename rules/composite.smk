# Requires: RGBA masters. Gives: {results}/synthetic/, where `placement` is ground or copy.


localrules:
    composite_background,


rule composite_background:
    """S_(i,j,k): the re-enactment over one background, C + (1 − α) B."""
    input:
        rgba=LAYOUT.master("{reference}", "{identity}", "{view}"),
        # Ancient: it only comes first, so that an image that cannot be read is told of early.
        people=ancient(LAYOUT.people("{background}")),
        # Functions and parameters slow down a large plan: each is evaluated once per video.
        background=(
            (
                lambda wildcards: source(
                    "background", wildcards.background, LAYOUT.synthetic(**wildcards)
                )
            )
            if any(PLAN.is_made(row["image"]) for row in BACKGROUNDS.values())
            or any(PLAN.is_away("background", id_) for id_ in BACKGROUNDS)
            else []
        ),
    output:
        LAYOUT.synthetic("{reference}", "{identity}", "{view}", "{background}"),
    log:
        LAYOUT.log("composite_background", "{reference}", "{identity}", "{view}", "{background}"),
    benchmark:
        LAYOUT.benchmark(
            "composite_background", "{reference}", "{identity}", "{view}", "{background}"
        )
    conda:
        "../envs/video.yaml"
    params:
        source=version("background", "background"),
        files=lambda wildcards, input: [BACKGROUNDS[wildcards.background]["image"], RECORDS],
        settings={"resize": CONFIG["backgrounds"]["resize"], "crf": CONFIG["render"]["crf"]},
        code=code_version("composite_background"),
    script:
        "../workflow/scripts/composite_background.py"
