# Requires: avatars, fits of references, rooms. Gives: {results}/synthetic/, where `placement` is
# scene.


localrules:
    render_in_room,


rule render_in_room:
    """S_(i,j,k): the re-enactment on the floor of a photo's room, through the photo's camera,
    with labels of every frame."""

    # The most jobs of a large plan by far, and each input of each costs Snakemake time. The body and
    # trained.npz come with the avatar: the one is what it was made with, the other is of its job.
    input:
        (
            (
                lambda wildcards: [
                    file
                    for id_ in shown_on(wildcards)
                    for file in source("background", id_, LAYOUT.synthetic(**wildcards))
                ]
            )
            if any(PLAN.is_made(row["image"]) for row in BACKGROUNDS.values())
            or any(PLAN.is_away("background", id_) for id_ in BACKGROUNDS)
            else []
        ),
        avatar=LAYOUT.avatar("{identity}"),
        fit=LAYOUT.fit("reference", "{reference}"),
        rooms=lambda wildcards: [LAYOUT.room(id_) for id_ in shown_on(wildcards)],
    output:
        video=LAYOUT.synthetic("{reference}", "{identity}", "{view}", "{background}"),
        labels=LAYOUT.labels("{reference}", "{identity}", "{view}", "{background}"),
    log:
        LAYOUT.log("render_in_room", "{reference}", "{identity}", "{view}", "{background}"),
    benchmark:
        LAYOUT.benchmark("render_in_room", "{reference}", "{identity}", "{view}", "{background}")
    conda:
        "../envs/torch.yaml"
    params:
        sources=lambda wildcards: [
            [id_, PLAN.version("background", id_)] for id_ in shown_on(wildcards)
        ],
        images=lambda wildcards, input: [
            [BACKGROUNDS[id_]["image"] for id_ in shown_on(wildcards)],
            RECORDS,
        ],
        settings={
            "resize": CONFIG["backgrounds"]["resize"],
            "crf": CONFIG["render"]["crf"],
            "depth": CONFIG["render"]["depth"],
            "blend": CONFIG["backgrounds"]["blend"],
        },
        device=told(CONFIG["device"]),
        body=told(BODY),
        code=code_version("render_in_room"),
    script:
        "../workflow/scripts/render_in_room.py"
