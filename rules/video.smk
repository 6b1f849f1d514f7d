# Requires: the videos of the tables. Gives: {results}/video/{kind}/{id}.mp4, constant in size and
# frame rate, and a .json beside each that states what was done to it.


rule normalise_identity:
    """An identity video at its constant size, length and frame rate."""
    input:
        lambda wildcards: source(IDENTITIES[wildcards.id]["video"]),
    output:
        video=f"{RESULTS}/video/identity/{{id}}.mp4",
        facts=f"{RESULTS}/video/identity/{{id}}.json",
    params:
        settings=CONFIG["video"]["identity"],
        row=lambda wildcards: IDENTITIES[wildcards.id],
        code=code_version("normalise_video"),
    log:
        f"{RESULTS}/logs/normalise_identity/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/normalise_identity/{{id}}.tsv"
    conda:
        "../envs/video.yaml"
    script:
        "../workflow/scripts/normalise_video.py"


rule normalise_reference:
    """A reference video at its constant size, length and frame rate."""
    input:
        lambda wildcards: source(REFERENCES[wildcards.id]["video"]),
    output:
        video=f"{RESULTS}/video/reference/{{id}}.mp4",
        facts=f"{RESULTS}/video/reference/{{id}}.json",
    params:
        settings=CONFIG["video"]["reference"],
        row=lambda wildcards: REFERENCES[wildcards.id],
        code=code_version("normalise_video"),
    log:
        f"{RESULTS}/logs/normalise_reference/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/normalise_reference/{{id}}.tsv"
    conda:
        "../envs/video.yaml"
    script:
        "../workflow/scripts/normalise_video.py"
