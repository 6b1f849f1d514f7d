# Requires: what the other stages made. Gives: {results}/sheets/, {results}/report.html.
HAS_RUNS = bool(RUNS)


rule sheet_identity:
    """A contact sheet of one person: frames, keypoints, mask, fitted body, avatar."""
    input:
        video=f"{RESULTS}/video/identity/{{identity}}.mp4",
        keypoints=f"{RESULTS}/features/identity/{{identity}}/keypoints.npz",
        masks=f"{RESULTS}/features/identity/{{identity}}/masks.npz",
        depth=f"{RESULTS}/features/identity/{{identity}}/depth.npz",
        fit=f"{RESULTS}/fit/identity/{{identity}}.npz",
        body=BODY,
        turntable=f"{RESULTS}/avatar/{{identity}}/turntable.png",
    output:
        f"{RESULTS}/sheets/identity/{{identity}}.jpg",
    params:
        code=code_version("sheet_identity"),
    log:
        f"{RESULTS}/logs/sheet_identity/{{identity}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sheet_identity/{{identity}}.tsv"
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/sheet_identity.py"


rule sheet_reference:
    """A contact sheet of one reference: frames, keypoints, fitted body, its re-enactments."""
    input:
        video=f"{RESULTS}/video/reference/{{reference}}.mp4",
        keypoints=f"{RESULTS}/features/reference/{{reference}}/keypoints.npz",
        fit=f"{RESULTS}/fit/reference/{{reference}}.npz",
        body=BODY,
        white=lambda wildcards: [white_video(*pair) for pair in PAIRS if pair[0] == wildcards.reference],
        synthetic=lambda wildcards: [
            synthetic_video(*row) for row in SYNTHETIC if row[0] == wildcards.reference
        ],
    output:
        f"{RESULTS}/sheets/reference/{{reference}}.jpg",
    params:
        code=code_version("sheet_reference"),
    log:
        f"{RESULTS}/logs/sheet_reference/{{reference}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sheet_reference/{{reference}}.tsv"
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/sheet_reference.py"
