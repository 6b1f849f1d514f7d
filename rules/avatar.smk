# Requires: an identity's video, masks, depth and fit. Gives: {results}/avatar/{identity}/. Scores
# and images are separate jobs, so that changing them retrains nothing.
OF_AN_AVATAR = ("avatar.safetensors", "metrics.json", "turntable.png")
RELEASED = PLAN.released  # people whose avatars are read, not trained


# Which of the two applies is decided by the table.
ruleorder: read_avatar > train_avatar


rule read_avatar:
    """The avatar of a person whose row names what ExAvatar's own code trained."""
    input:
        video=LAYOUT.video("identity", "{identity}"),
        masks=LAYOUT.feature("identity", "{identity}", "masks"),
        fit=LAYOUT.fit("identity", "{identity}"),
        body=BODY,
    output:
        avatar=LAYOUT.avatar("{identity}"),
        trained=LAYOUT.avatar("{identity}", "trained.npz"),
        curves=LAYOUT.avatar("{identity}", "curves.csv"),
    log:
        LAYOUT.log("read_avatar", "{identity}"),
    benchmark:
        LAYOUT.benchmark("read_avatar", "{identity}")
    wildcard_constraints:
        identity="|".join(RELEASED) or "(?!)",
    conda:
        "../envs/torch.yaml"
    params:
        snapshot=lambda wildcards, input: RELEASED[wildcards.identity],
        video=lambda wildcards, input: IDENTITIES[wildcards.identity]["video"],
        source=version("avatar", "identity"),
        size=CONFIG["avatar"]["size"],
        records=RECORDS,
        code=code_version("read_avatar"),
    script:
        "../workflow/scripts/read_avatar.py"


rule train_avatar:
    """A drivable 3D Gaussian avatar of one person. Resumes from its checkpoint if killed."""
    input:
        video=LAYOUT.video("identity", "{identity}"),
        masks=LAYOUT.feature("identity", "{identity}", "masks"),
        depth=LAYOUT.feature("identity", "{identity}", "depth"),
        fit=LAYOUT.fit("identity", "{identity}"),
        body=BODY,
        lpips=effective.training_lpips(CONFIG) or [],
    output:
        avatar=LAYOUT.avatar("{identity}"),
        trained=LAYOUT.avatar("{identity}", "trained.npz"),
        curves=LAYOUT.avatar("{identity}", "curves.csv"),
    log:
        LAYOUT.log("train_avatar", "{identity}"),
    benchmark:
        LAYOUT.benchmark("train_avatar", "{identity}")
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        settings=effective.avatar_settings(CONFIG),
        checkpoint_seconds=told(CONFIG["avatar"]["checkpoint_seconds"]),
        seed=CONFIG["seed"],
        device=told(CONFIG["device"]),
        code=code_version("train_avatar", CHOSEN["avatar"]),
    script:
        "../workflow/scripts/train_avatar.py"


rule score_avatar:
    """How well an avatar reproduces the held-out frames."""
    input:
        avatar=LAYOUT.avatar("{identity}"),
        trained=LAYOUT.avatar("{identity}", "trained.npz"),
        video=LAYOUT.video("identity", "{identity}"),
        masks=LAYOUT.feature("identity", "{identity}", "masks"),
        fit=LAYOUT.fit("identity", "{identity}"),
        body=BODY,
        lpips=CONFIG["avatar"]["lpips"] or [],
    output:
        LAYOUT.avatar("{identity}", "metrics.json"),
    log:
        LAYOUT.log("score_avatar", "{identity}"),
    benchmark:
        LAYOUT.benchmark("score_avatar", "{identity}")
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        settings=effective.score_settings(CONFIG),
        device=told(CONFIG["device"]),
        code=code_version("score_avatar"),
    script:
        "../workflow/scripts/score_avatar.py"


rule picture_avatar:
    """An avatar turning around on white, for inspection."""
    input:
        avatar=LAYOUT.avatar("{identity}"),
        body=BODY,
    output:
        LAYOUT.avatar("{identity}", "turntable.png"),
    log:
        LAYOUT.log("picture_avatar", "{identity}"),
    benchmark:
        LAYOUT.benchmark("picture_avatar", "{identity}")
    conda:
        "../envs/torch.yaml"
    params:
        code=code_version("picture_avatar"),
    script:
        "../workflow/scripts/picture_avatar.py"
