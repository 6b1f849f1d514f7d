# Requires: all composites of a reference, fits. Gives: {results}/quality/.


rule look_at_figures:
    """What is seen of the figure in each synthetic video of a reference: its keypoints detected
    again, its edge, its flicker."""
    input:
        # Not the videos: their digests are in what was checked, and each costs time.
        checked=LAYOUT.checks("{reference}"),
        weights=list(WEIGHTS["keypoints"].values()),
    output:
        LAYOUT.figures("{reference}"),
    log:
        LAYOUT.log("look_at_figures", "{reference}"),
    benchmark:
        LAYOUT.benchmark("look_at_figures", "{reference}")
    conda:
        "../envs/paper.yaml" if WEIGHTS["keypoints"] else "../envs/vision.yaml"
    params:
        rows=lambda wildcards: PLAN.by_reference[wildcards.reference],
        videos=lambda wildcards, input: [
            LAYOUT.synthetic(*row) for row in PLAN.by_reference[wildcards.reference]
        ],
        labels=labels_of,
        backend=CONFIG["features"]["keypoints"],
        weights=list(WEIGHTS["keypoints"]),
        code=code_version("look_at_figures", CHOSEN["keypoints"]),
    script:
        "../workflow/scripts/look_at_figures.py"


rule measure_quality:
    """What may be wrong with each synthetic video of a reference, and how likely it is a bad one."""
    input:
        fit=LAYOUT.fit("reference", "{reference}"),
        keypoints=LAYOUT.feature("reference", "{reference}", "keypoints"),
        body=BODY,
        fits=lambda wildcards: [LAYOUT.fit("identity", id_) for id_ in cast_of(wildcards)],
        figures=LAYOUT.figures("{reference}"),
    output:
        LAYOUT.quality("{reference}"),
    log:
        LAYOUT.log("measure_quality", "{reference}"),
    benchmark:
        LAYOUT.benchmark("measure_quality", "{reference}")
    conda:
        "../envs/torch.yaml"
    params:
        cast=cast_of,
        code=code_version("measure_quality"),
    script:
        "../workflow/scripts/measure_quality.py"
