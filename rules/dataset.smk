# Requires: all composites. Gives: {results}/dataset/.


rule write_dataset:
    """The manifest, PyTorchVideo lists, datasheet and checks of all synthetic videos."""
    input:
        synthetic=[LAYOUT.synthetic(*row) for row in SYNTHETIC],
        identity_notes=expand(LAYOUT.facts("identity", "{id}"), id=IDENTITIES),
        reference_notes=expand(LAYOUT.facts("reference", "{id}"), id=REFERENCES),
        identity_keypoints=expand(LAYOUT.feature("identity", "{id}", "keypoints"), id=IDENTITIES),
        reference_keypoints=expand(LAYOUT.feature("reference", "{id}", "keypoints"), id=REFERENCES),
        masks=expand(LAYOUT.feature("identity", "{id}", "masks"), id=IDENTITIES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
        avatars=expand(LAYOUT.avatar("{id}"), id=IDENTITIES),
    output:
        manifest=f"{RESULTS}/dataset/manifest.parquet",
        csv=f"{RESULTS}/dataset/manifest.csv",
        labels=f"{RESULTS}/dataset/labels.json",
        synthetic_list=f"{RESULTS}/dataset/lists/synthetic.txt",
        datasheet=f"{RESULTS}/dataset/datasheet.md",
        checks=f"{RESULTS}/dataset/checks.json",
    log:
        LAYOUT.log("write_dataset"),
    benchmark:
        LAYOUT.benchmark("write_dataset")
    conda:
        "../envs/video.yaml"
    params:
        rows=SYNTHETIC,
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
