# Requires: the photos of the table of backgrounds. Gives: {results}/room/: the camera, the floor and
# the light of each, and whether somebody can be shown standing in it.

ROOM_BACKEND = effective.room_backend(CONFIG)
ROOM_WEIGHTS = [] if ROOM_BACKEND == "lines" else list(WEIGHTS["depth"].values())


rule find_bystanders:
    """Who is in a background photo, in which nobody should be."""
    input:
        sources=lambda wildcards: source(
            "background", wildcards.background, LAYOUT.people(wildcards.background)
        ),
    output:
        LAYOUT.people("{background}"),
    log:
        LAYOUT.log("find_bystanders", "{background}"),
    benchmark:
        LAYOUT.benchmark("find_bystanders", "{background}")
    priority: 1
    conda:
        "../envs/vision.yaml"
    params:
        source=version("background", "background"),
        image=lambda wildcards, input: BACKGROUNDS[wildcards.background]["image"],
        code=code_version("find_bystanders"),
    script:
        "../workflow/scripts/find_bystanders.py"


rule calibrate_background:
    """The camera, the floor and the light of a background photo."""
    input:
        sources=lambda wildcards: room_sources(wildcards.background),
        people=LAYOUT.people("{background}"),
        weights=ROOM_WEIGHTS,
    output:
        LAYOUT.room("{background}"),
    log:
        LAYOUT.log("calibrate_background", "{background}"),
    benchmark:
        LAYOUT.benchmark("calibrate_background", "{background}")
    priority: 1  # what cannot be used is known before avatars are trained
    conda:
        "../envs/paper.yaml" if ROOM_WEIGHTS else "../envs/torch.yaml"
    params:
        told=lambda wildcards: room_told(wildcards.background),
        source=version("background", "background"),
        mask=lambda wildcards: mask_version(wildcards.background),
        files=lambda wildcards, input: [BACKGROUNDS[wildcards.background]["image"], RECORDS],
        backend=ROOM_BACKEND,
        weights=list(WEIGHTS["depth"]) if ROOM_WEIGHTS else [],
        code=code_version("calibrate_background", CHOSEN["room"]),
    script:
        "../workflow/scripts/calibrate_background.py"


rule sheet_background:
    """A background photo with its horizon, floor and places to stand."""
    input:
        room=LAYOUT.room("{background}"),
    output:
        LAYOUT.sheet("background", "{background}"),
    log:
        LAYOUT.log("sheet_background", "{background}"),
    benchmark:
        LAYOUT.benchmark("sheet_background", "{background}")
    conda:
        "../envs/torch.yaml"
    params:
        image=lambda wildcards, input: BACKGROUNDS[wildcards.background]["image"],
        code=code_version("sheet_background"),
    script:
        "../workflow/scripts/sheet_background.py"
