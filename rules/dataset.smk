# Requires: all composites. Gives: {results}/dataset/.


rule write_dataset:
    """The manifest, PyTorchVideo lists, datasheet and checks of all synthetic videos."""
    input:
        synthetic=[LAYOUT.synthetic(*row) for row in SYNTHETIC],
        identity_notes=expand(f"{RESULTS}/video/identity/{{id}}.json", id=IDENTITIES),
        reference_notes=expand(f"{RESULTS}/video/reference/{{id}}.json", id=REFERENCES),
        identity_keypoints=expand(f"{RESULTS}/features/identity/{{id}}/keypoints.npz", id=IDENTITIES),
        reference_keypoints=expand(
            f"{RESULTS}/features/reference/{{id}}/keypoints.npz", id=REFERENCES
        ),
        masks=expand(f"{RESULTS}/features/identity/{{id}}/masks.npz", id=IDENTITIES),
        fits=expand(f"{RESULTS}/fit/reference/{{id}}.npz", id=REFERENCES),
        avatars=expand(f"{RESULTS}/avatar/{{id}}/avatar.safetensors", id=IDENTITIES),
    output:
        manifest=f"{RESULTS}/dataset/manifest.parquet",
        csv=f"{RESULTS}/dataset/manifest.csv",
        labels=f"{RESULTS}/dataset/labels.json",
        synthetic_list=f"{RESULTS}/dataset/lists/synthetic.txt",
        datasheet=f"{RESULTS}/dataset/datasheet.md",
        checks=f"{RESULTS}/dataset/checks.json",
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
    log:
        f"{RESULTS}/logs/write_dataset.log",
    benchmark:
        f"{RESULTS}/benchmarks/write_dataset.tsv"
    conda:
        "../envs/video.yaml"
    script:
        "../workflow/scripts/write_dataset.py"
