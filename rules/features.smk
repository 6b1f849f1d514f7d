# Requires: {results}/video/{kind}/{id}.mp4. Gives: {results}/features/{kind}/{id}/*.npz; masks
# and depth for identities only (paper, section 3.2).


rule extract_keypoints:
    """133 COCO-WholeBody keypoints per frame; rejects videos of nobody, or of several people."""
    input:
        video=LAYOUT.video("{kind}", "{id}"),
        weights=list(WEIGHTS["keypoints"].values()),
    output:
        LAYOUT.feature("{kind}", "{id}", "keypoints"),
    log:
        LAYOUT.log("extract_keypoints", "{kind}", "{id}"),
    benchmark:
        LAYOUT.benchmark("extract_keypoints", "{kind}", "{id}")
    conda:
        "../envs/paper.yaml" if WEIGHTS["keypoints"] else "../envs/vision.yaml"
    resources:
        gpu=GPU,
    params:
        backend=CONFIG["features"]["keypoints"],
        device=told(CONFIG["device"]),
        weights=list(WEIGHTS["keypoints"]),
        people=lambda wildcards: whom(wildcards.kind, wildcards.id),
        code=code_version("extract_keypoints", CHOSEN["keypoints"]),
    script:
        "../workflow/scripts/extract_keypoints.py"


rule extract_masks:
    """The person's mask in each frame of an identity video."""
    input:
        video=LAYOUT.video("identity", "{id}"),
        keypoints=LAYOUT.feature("identity", "{id}", "keypoints"),
        weights=list(WEIGHTS["masks"].values()),
    output:
        LAYOUT.feature("identity", "{id}", "masks"),
    log:
        LAYOUT.log("extract_masks", "{id}"),
    benchmark:
        LAYOUT.benchmark("extract_masks", "{id}")
    conda:
        "../envs/paper.yaml" if WEIGHTS["masks"] else "../envs/vision.yaml"
    resources:
        gpu=GPU,
    params:
        backend=CONFIG["features"]["masks"],
        device=told(CONFIG["device"]),
        weights=list(WEIGHTS["masks"]),
        code=code_version("extract_masks", CHOSEN["masks"]),
    script:
        "../workflow/scripts/extract_masks.py"


rule extract_depth:
    """Depth maps of an identity video, in the fitted body's scale."""
    input:
        video=LAYOUT.video("identity", "{id}"),
        masks=LAYOUT.feature("identity", "{id}", "masks"),
        fit=LAYOUT.fit("identity", "{id}"),
        body=BODY,
        weights=list(WEIGHTS["depth"].values()),
    output:
        LAYOUT.feature("identity", "{id}", "depth"),
    log:
        LAYOUT.log("extract_depth", "{id}"),
    benchmark:
        LAYOUT.benchmark("extract_depth", "{id}")
    conda:
        "../envs/paper.yaml" if WEIGHTS["depth"] else "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        backend=CONFIG["features"]["depth"],
        relation=CONFIG["features"]["depth_relation"] if WEIGHTS["depth"] else "linear",
        device=told(CONFIG["device"]),
        weights=list(WEIGHTS["depth"]),
        code=code_version("extract_depth", CHOSEN["depth"]),
    script:
        "../workflow/scripts/extract_depth.py"


rule extract_expression:
    """Facial expression and jaw in each frame."""
    input:
        video=LAYOUT.video("{kind}", "{id}"),
        keypoints=LAYOUT.feature("{kind}", "{id}", "keypoints"),
        body=BODY,
        weights=list(WEIGHTS["expression"].values()),
    output:
        LAYOUT.feature("{kind}", "{id}", "expression"),
    log:
        LAYOUT.log("extract_expression", "{kind}", "{id}"),
    benchmark:
        LAYOUT.benchmark("extract_expression", "{kind}", "{id}")
    # Fitting to the keypoints takes seconds; a network is submitted as its own job.
    localrule: not WEIGHTS["expression"]
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=gpu_of("expression"),
    params:
        backend=CONFIG["features"]["expression"],
        device=told(CONFIG["device"]),
        weights=list(WEIGHTS["expression"]),
        reading=effective.reading_settings(CONFIG),
        code=code_version("extract_expression", CHOSEN["expression"]),
    script:
        "../workflow/scripts/extract_expression.py"


rule extract_hands:
    """Both hands' poses in each frame."""
    input:
        video=LAYOUT.video("{kind}", "{id}"),
        keypoints=LAYOUT.feature("{kind}", "{id}", "keypoints"),
        body=BODY,
        weights=list(WEIGHTS["hands"].values()),
    output:
        LAYOUT.feature("{kind}", "{id}", "hands"),
    log:
        LAYOUT.log("extract_hands", "{kind}", "{id}"),
    benchmark:
        LAYOUT.benchmark("extract_hands", "{kind}", "{id}")
    # Fitting to the keypoints takes seconds; a network is submitted as its own job.
    localrule: not WEIGHTS["hands"]
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=gpu_of("hands"),
    params:
        backend=CONFIG["features"]["hands"],
        device=told(CONFIG["device"]),
        weights=list(WEIGHTS["hands"]),
        reading=effective.reading_settings(CONFIG),
        code=code_version("extract_hands", CHOSEN["hands"]),
    script:
        "../workflow/scripts/extract_hands.py"
