# Requires: all composites. Gives: {results}/dataset/.
SHOWN = sorted({id_ for row in SYNTHETIC for id_ in PLAN.shown_on(row)})  # backgrounds
# Those whose row does not overrule what is found in them.
UNSTATED = [id_ for id_ in SHOWN if "floor" not in BACKGROUNDS[id_]]


rule check_synthetic:
    """Checks each synthetic video again, from its file alone."""
    input:
        # Not the labels: they come with the videos, and each costs time.
        videos=[LAYOUT.synthetic(*row) for row in SYNTHETIC],
        reference_facts=expand(LAYOUT.facts("reference", "{id}"), id=REFERENCES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
        people=[LAYOUT.people(id_) for id_ in UNSTATED],
        images=lambda wildcards: [
            file for id_ in SHOWN for file in source("background", id_, LAYOUT.checked)
        ],
    output:
        LAYOUT.checked,
    log:
        LAYOUT.log("check_synthetic"),
    benchmark:
        LAYOUT.benchmark("check_synthetic")
    conda:
        "../envs/video.yaml"
    params:
        rows=SYNTHETIC,
        in_rooms=PLAN.in_rooms,
        layout=told(asdict(LAYOUT)),
        references=told(list(REFERENCES)),
        images=told({id_: BACKGROUNDS[id_]["image"] for id_ in SHOWN}),
        unstated=UNSTATED,
        resize=CONFIG["backgrounds"]["resize"],
        code=code_version("check_synthetic"),
    script:
        "../workflow/scripts/check_synthetic.py"


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
