# Requires: {results}/video/{kind}/{id}.mp4. Gives: {results}/features/{kind}/{id}/*.npz; masks
# and depth for identities only (paper, section 3.2).


rule extract_keypoints:
    """133 COCO-WholeBody keypoints a frame; refuses videos of nobody, or of several people."""
    input:
        video=f"{RESULTS}/video/{{kind}}/{{id}}.mp4",
    output:
        f"{RESULTS}/features/{{kind}}/{{id}}/keypoints.npz",
    params:
        backend=CONFIG["features"]["keypoints"],
        people=CONFIG["features"]["people"],
        code=code_version("extract_keypoints"),
    log:
        f"{RESULTS}/logs/extract_keypoints/{{kind}}/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_keypoints/{{kind}}/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/vision.yaml"
    script:
        "../workflow/scripts/extract_keypoints.py"


rule extract_masks:
    """The person's mask in each frame of an identity video."""
    input:
        video=f"{RESULTS}/video/identity/{{id}}.mp4",
        keypoints=f"{RESULTS}/features/identity/{{id}}/keypoints.npz",
    output:
        f"{RESULTS}/features/identity/{{id}}/masks.npz",
    params:
        backend=CONFIG["features"]["masks"],
        code=code_version("extract_masks"),
    log:
        f"{RESULTS}/logs/extract_masks/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_masks/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/vision.yaml"
    script:
        "../workflow/scripts/extract_masks.py"


rule extract_depth:
    """Depth maps of an identity video, in the fitted body's scale."""
    input:
        video=f"{RESULTS}/video/identity/{{id}}.mp4",
        masks=f"{RESULTS}/features/identity/{{id}}/masks.npz",
        fit=f"{RESULTS}/fit/identity/{{id}}.npz",
        body=BODY,
    output:
        f"{RESULTS}/features/identity/{{id}}/depth.npz",
    params:
        backend=CONFIG["features"]["depth"],
        code=code_version("extract_depth"),
    log:
        f"{RESULTS}/logs/extract_depth/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_depth/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/extract_depth.py"


rule extract_expression:
    """Facial expression and jaw in each frame."""
    input:
        keypoints=f"{RESULTS}/features/{{kind}}/{{id}}/keypoints.npz",
        body=BODY,
    output:
        f"{RESULTS}/features/{{kind}}/{{id}}/expression.npz",
    params:
        backend=CONFIG["features"]["expression"],
        code=code_version("extract_expression"),
    log:
        f"{RESULTS}/logs/extract_expression/{{kind}}/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_expression/{{kind}}/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/extract_expression.py"


rule extract_hands:
    """Both hands' poses in each frame."""
    input:
        keypoints=f"{RESULTS}/features/{{kind}}/{{id}}/keypoints.npz",
        body=BODY,
    output:
        f"{RESULTS}/features/{{kind}}/{{id}}/hands.npz",
    params:
        backend=CONFIG["features"]["hands"],
        code=code_version("extract_hands"),
    log:
        f"{RESULTS}/logs/extract_hands/{{kind}}/{{id}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/extract_hands/{{kind}}/{{id}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/extract_hands.py"
