# Requires: avatars and fits of references. Gives: {results}/white/.


rule animate_avatar:
    """S_(i,j): one person re-enacts one reference; on white, with labels of every frame, and as an
    RGBA master if that is what composites are made from."""
    input:
        avatar=LAYOUT.avatar("{identity}"),
        fit=LAYOUT.fit("reference", "{reference}"),
        body=BODY,
    output:
        rgba=([] if PLAN.in_rooms else master(LAYOUT.master("{reference}", "{identity}", "{view}"))),
        white=LAYOUT.white("{reference}", "{identity}", "{view}"),
        labels=LAYOUT.white_labels("{reference}", "{identity}", "{view}"),
    log:
        LAYOUT.log("animate_avatar", "{reference}", "{identity}", "{view}"),
    benchmark:
        LAYOUT.benchmark("animate_avatar", "{reference}", "{identity}", "{view}")
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        placement="ground" if PLAN.in_rooms else CONFIG["render"]["placement"],
        crf=CONFIG["render"]["crf"],
        depth=CONFIG["render"]["depth"],
        device=told(CONFIG["device"]),
        code=code_version("animate_avatar"),
    script:
        "../workflow/scripts/animate_avatar.py"
