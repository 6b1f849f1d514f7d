# Requires: all composites. Gives: {results}/dataset/.


rule check_synthetic:
    """Each synthetic video looked at once more, from its file alone."""
    input:
        videos=[LAYOUT.synthetic(*row) for row in SYNTHETIC],
        reference_facts=expand(LAYOUT.facts("reference", "{id}"), id=REFERENCES),
        images=[made(row["image"]) for row in BACKGROUNDS.values()],
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
        videos=told([LAYOUT.synthetic(*row) for row in SYNTHETIC]),
        references=told(list(REFERENCES)),
        images=told({id_: row["image"] for id_, row in BACKGROUNDS.items()}),
        fit=CONFIG["backgrounds"]["fit"],
        code=code_version("check_synthetic"),
    script:
        "../workflow/scripts/check_synthetic.py"


rule write_dataset:
    """The manifest, PyTorchVideo lists, datasheet and checks of all synthetic videos."""
    input:
        checked=LAYOUT.checked,
        identity_notes=expand(LAYOUT.facts("identity", "{id}"), id=IDENTITIES),
        reference_notes=expand(LAYOUT.facts("reference", "{id}"), id=REFERENCES),
        identity_keypoints=expand(LAYOUT.feature("identity", "{id}", "keypoints"), id=IDENTITIES),
        reference_keypoints=expand(LAYOUT.feature("reference", "{id}", "keypoints"), id=REFERENCES),
        masks=expand(LAYOUT.feature("identity", "{id}", "masks"), id=IDENTITIES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
        avatars=expand(LAYOUT.avatar("{id}"), id=IDENTITIES),
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
        videos=told([LAYOUT.synthetic(*row) for row in SYNTHETIC]),
        identities=IDENTITIES,
        references=REFERENCES,
        backgrounds=BACKGROUNDS,
        real=TABLES.real,
        labels=CONFIG["labels"],
        seed=CONFIG["seed"],
        fit=CONFIG["backgrounds"]["fit"],
        about=CONFIG["dataset"],
        code=code_version("write_dataset"),
    script:
        "../workflow/scripts/write_dataset.py"
