# Requires: an identity's video, masks, depth and fit. Gives: {results}/avatar/{identity}/.


rule train_avatar:
    """A drivable 3D Gaussian avatar of one person. Killed, it continues from its checkpoint."""
    input:
        video=LAYOUT.video("identity", "{identity}"),
        masks=LAYOUT.feature("identity", "{identity}", "masks"),
        depth=LAYOUT.feature("identity", "{identity}", "depth"),
        fit=LAYOUT.fit("identity", "{identity}"),
        body=BODY,
        lpips=[
            path
            for path in (CONFIG["avatar"]["lpips"], CONFIG["avatar"]["exavatar"]["lpips"])
            if path
        ],
    output:
        avatar=LAYOUT.avatar("{identity}"),
        metrics=LAYOUT.avatar("{identity}", "metrics.json"),
        curves=LAYOUT.avatar("{identity}", "curves.csv"),
        turntable=LAYOUT.avatar("{identity}", "turntable.png"),
    log:
        LAYOUT.log("train_avatar", "{identity}"),
    benchmark:
        LAYOUT.benchmark("train_avatar", "{identity}")
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        settings=CONFIG["avatar"],
        seed=CONFIG["seed"],
        device=device,
        code=code_version("train_avatar"),
    script:
        "../workflow/scripts/train_avatar.py"
