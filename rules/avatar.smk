# Requires: an identity's video, masks, depth and fit. Gives: {results}/avatar/{identity}/.


rule train_avatar:
    """A drivable 3D Gaussian avatar of one person. Killed, it continues from its checkpoint."""
    input:
        video=f"{RESULTS}/video/identity/{{identity}}.mp4",
        masks=f"{RESULTS}/features/identity/{{identity}}/masks.npz",
        depth=f"{RESULTS}/features/identity/{{identity}}/depth.npz",
        fit=f"{RESULTS}/fit/identity/{{identity}}.npz",
        body=BODY,
    output:
        avatar=f"{RESULTS}/avatar/{{identity}}/avatar.safetensors",
        metrics=f"{RESULTS}/avatar/{{identity}}/metrics.json",
        turntable=f"{RESULTS}/avatar/{{identity}}/turntable.png",
    params:
        settings=CONFIG["avatar"],
        seed=CONFIG["seed"],
        code=code_version("train_avatar"),
    log:
        f"{RESULTS}/logs/train_avatar/{{identity}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_avatar/{{identity}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/train_avatar.py"
