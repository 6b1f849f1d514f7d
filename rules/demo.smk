# Requires: the built-in body's data. Gives: {world}/: videos of the demo world and ground truth.
# A file's name says what it shows: {person}.{room}.mp4, {person}.{action}.{room}.{style}.mp4.

# Whether people stand in rooms whose cameras are known.
IN_DEMO_ROOMS = PLAN.in_rooms and all(PLAN.is_made(row["image"]) for row in BACKGROUNDS.values())


rule demo_figure:
    """A person of the demo world: shape, hair, clothes, painted skin; made once."""
    output:
        f"{WORLD}/figures/{{person}}.npz",
    log:
        f"{WORLD}/logs/figures/{{person}}.log",
    benchmark:
        LAYOUT.benchmark("demo_figure", "{person}")
    conda:
        "../envs/world.yaml"
    params:
        code=code_version("demo_figure"),
    script:
        "../workflow/scripts/demo_figure.py"


rule demo_identity:
    """A person of the demo world turning around as the paper's appendix asks."""
    input:
        f"{WORLD}/figures/{{person}}.npz",
    output:
        video=f"{WORLD}/identities/{{person}}.{{room}}.mp4",
        truth=f"{WORLD}/identities/{{person}}.{{room}}.truth.npz",
    log:
        f"{WORLD}/logs/identities/{{person}}.{{room}}.log",
    benchmark:
        LAYOUT.benchmark("demo_identity", "{person}.{room}")
    conda:
        "../envs/world.yaml"
    params:
        settings=CONFIG["demo"]["identity"],
        code=code_version("demo_identity"),
    script:
        "../workflow/scripts/demo_identity.py"


rule demo_clip:
    """A person of the demo world performing an action: a reference, or a recogniser's real video."""
    input:
        f"{WORLD}/figures/{{person}}.npz",
    output:
        video=f"{WORLD}/{{role,clip|real}}/{{person}}.{{action}}.{{room}}.{{style}}.mp4",
        truth=f"{WORLD}/{{role}}/{{person}}.{{action}}.{{room}}.{{style}}.truth.npz",
    log:
        f"{WORLD}/logs/{{role}}/{{person}}.{{action}}.{{room}}.{{style}}.log",
    benchmark:
        LAYOUT.benchmark("demo_clip", "{role}", "{person}.{action}.{room}.{style}")
    conda:
        "../envs/world.yaml"
    params:
        settings=lambda wildcards: CONFIG["demo"][wildcards.role],
        code=code_version("demo_clip"),
    script:
        "../workflow/scripts/demo_clip.py"


rule demo_background:
    """A room of the demo world, empty."""
    output:
        f"{WORLD}/rooms/{{room}}.png",
    log:
        f"{WORLD}/logs/rooms/{{room}}.log",
    benchmark:
        LAYOUT.benchmark("demo_background", "{room}")
    conda:
        "../envs/world.yaml"
    params:
        settings=CONFIG["demo"]["background"],
        code=code_version("demo_background"),
    script:
        "../workflow/scripts/demo_background.py"


rule demo_held_out:
    """A person of the demo world in poses that the identity video never shows."""
    input:
        f"{WORLD}/figures/{{person}}.npz",
    output:
        f"{WORLD}/held_out/{{person}}.{{room}}.npz",
    log:
        f"{WORLD}/logs/held_out/{{person}}.{{room}}.log",
    benchmark:
        LAYOUT.benchmark("demo_held_out", "{person}.{room}")
    conda:
        "../envs/world.yaml"
    params:
        settings=CONFIG["demo"]["identity"],
        code=code_version("demo_held_out"),
    script:
        "../workflow/scripts/demo_held_out.py"


rule measure_demo:
    """Each stage of the demo, compared with the demo world's ground truth."""
    input:
        identity_truth=[truth_of(row) for row in IDENTITIES.values()] if IS_DEMO else [],
        identity_facts=[LAYOUT.facts("identity", id_) for id_ in IDENTITIES],
        identity_keypoints=[LAYOUT.feature("identity", id_, "keypoints") for id_ in IDENTITIES],
        identity_fits=[LAYOUT.fit("identity", id_) for id_ in IDENTITIES],
        masks=[LAYOUT.feature("identity", id_, "masks") for id_ in IDENTITIES],
        avatars=[LAYOUT.avatar(id_) for id_ in IDENTITIES],
        metrics=[LAYOUT.avatar(id_, "metrics.json") for id_ in IDENTITIES],
        held_out=[held_out_of(row) for row in IDENTITIES.values()] if IS_DEMO else [],
        reference_truth=[truth_of(row) for row in REFERENCES.values()] if IS_DEMO else [],
        reference_facts=[LAYOUT.facts("reference", id_) for id_ in REFERENCES],
        reference_keypoints=[LAYOUT.feature("reference", id_, "keypoints") for id_ in REFERENCES],
        reference_fits=[LAYOUT.fit("reference", id_) for id_ in REFERENCES],
        body=BODY,
        labels=[LAYOUT.labels(*row) for row in SYNTHETIC] if IN_DEMO_ROOMS else [],
    output:
        accuracy=f"{RESULTS}/accuracy.json",
        held_out=f"{RESULTS}/sheets/held_out.jpg",
    log:
        LAYOUT.log("measure_demo"),
    benchmark:
        LAYOUT.benchmark("measure_demo")
    conda:
        "../envs/torch.yaml"
    params:
        identities=list(IDENTITIES),
        references=list(REFERENCES),
        placement=CONFIG["render"]["placement"],
        photos=CONFIG["demo"]["background"],
        rooms=(
            {id_: Path(row["image"]).stem for id_, row in BACKGROUNDS.items()}
            if IN_DEMO_ROOMS
            else {}
        ),
        code=code_version("measure_demo"),
    script:
        "../workflow/scripts/measure_demo.py"
