# Requires: all composites. Gives: {results}/checked/, {results}/dataset/.


rule check_videos:
    """Checks each synthetic video of a reference again, from its file alone."""
    input:
        # Not the labels: they come with the videos, and each costs time.
        videos=lambda wildcards: [
            LAYOUT.synthetic(*row) for row in PLAN.by_reference[wildcards.reference]
        ],
        facts=LAYOUT.facts("reference", "{reference}"),
        fit=LAYOUT.fit("reference", "{reference}"),
        people=lambda wildcards: [LAYOUT.people(id_) for id_ in unstated_behind(wildcards)],
        images=lambda wildcards: [
            file
            for id_ in behind(wildcards)
            for file in source("background", id_, LAYOUT.checks(wildcards.reference))
        ],
    output:
        LAYOUT.checks("{reference}"),
    log:
        LAYOUT.log("check_videos", "{reference}"),
    benchmark:
        LAYOUT.benchmark("check_videos", "{reference}")
    conda:
        "../envs/video.yaml"
    params:
        rows=lambda wildcards: PLAN.by_reference[wildcards.reference],
        labels=labels_of,
        images=lambda wildcards, input: {
            id_: BACKGROUNDS[id_]["image"] for id_ in behind(wildcards)
        },
        unstated=unstated_behind,
        resize=CONFIG["backgrounds"]["resize"],
        code=code_version("check_videos"),
    script:
        "../workflow/scripts/check_videos.py"


rule join_checked:
    """The checks of all synthetic videos, none of which is another one's copy."""
    input:
        expand(LAYOUT.checks("{id}"), id=REFERENCES),
    output:
        LAYOUT.checked,
    log:
        LAYOUT.log("join_checked"),
    benchmark:
        LAYOUT.benchmark("join_checked")
    conda:
        "../envs/video.yaml"
    params:
        code=code_version("join_checked"),
    script:
        "../workflow/scripts/join_checked.py"


rule flag_sources:
    """What each reference and each identity was flagged for."""
    input:
        references=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
        identities=expand(LAYOUT.fit("identity", "{id}"), id=IDENTITIES),
        coverage=expand(LAYOUT.coverage("{id}"), id=IDENTITIES),
    output:
        LAYOUT.flags,
    log:
        LAYOUT.log("flag_sources"),
    benchmark:
        LAYOUT.benchmark("flag_sources")
    conda:
        "../envs/torch.yaml"
    params:
        limits=CONFIG["fit"]["flag"],
        coverage_limits=CONFIG["coverage"],
        code=code_version("flag_sources"),
    script:
        "../workflow/scripts/flag_sources.py"


rule write_dataset:
    """The manifest, PyTorchVideo lists, datasheet and checks of all synthetic videos."""
    input:
        checked=LAYOUT.checked,
        flags=LAYOUT.flags,
        quality=expand(LAYOUT.quality("{id}"), id=REFERENCES),
        identity_notes=expand(LAYOUT.facts("identity", "{id}"), id=IDENTITIES),
        reference_notes=expand(LAYOUT.facts("reference", "{id}"), id=REFERENCES),
        identity_keypoints=expand(LAYOUT.feature("identity", "{id}", "keypoints"), id=IDENTITIES),
        reference_keypoints=expand(LAYOUT.feature("reference", "{id}", "keypoints"), id=REFERENCES),
        masks=expand(LAYOUT.feature("identity", "{id}", "masks"), id=IDENTITIES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
        avatars=expand(LAYOUT.avatar("{id}"), id=IDENTITIES),
        scores=expand(LAYOUT.avatar("{id}", "metrics.json"), id=IDENTITIES),
        coverage=expand(LAYOUT.coverage("{id}"), id=IDENTITIES),
    output:
        manifest=LAYOUT.dataset("manifest.parquet"),
        csv=LAYOUT.dataset("manifest.csv"),
        labels=LAYOUT.dataset("labels.json"),
        lists=[LAYOUT.dataset(f"lists/{name}.txt") for name in LISTS],
        datasheet=LAYOUT.dataset("datasheet.md"),
        checks=LAYOUT.dataset("checks.json"),
    log:
        LAYOUT.log("write_dataset"),
    benchmark:
        LAYOUT.benchmark("write_dataset")
    conda:
        "../envs/video.yaml"
    params:
        identities=IDENTITIES,
        references=REFERENCES,
        backgrounds=shown_backgrounds(PLAN),
        real=real_rows(PLAN),
        labels=CONFIG["labels"],
        seed=CONFIG["seed"],
        resize=CONFIG["backgrounds"]["resize"],
        match=CONFIG["backgrounds"]["match"],
        about=CONFIG["dataset"],
        allowed=[asdict(pair) for pair in PLAN.allowed_pairs],
        code=code_version("write_dataset"),
    script:
        "../workflow/scripts/write_dataset.py"
