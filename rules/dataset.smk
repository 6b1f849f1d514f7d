# Requires: all composites. Gives: {results}/dataset/.


rule write_dataset:
    """The manifest, PyTorchVideo lists, datasheet and checks of all synthetic videos."""
    input:
        synthetic=[synthetic_video(*row) for row in SYNTHETIC],
        facts=expand(f"{RESULTS}/video/reference/{{id}}.json", id=REFERENCES),
        fits=expand(f"{RESULTS}/fit/reference/{{id}}.npz", id=REFERENCES),
        avatars=expand(f"{RESULTS}/avatar/{{id}}/avatar.safetensors", id=IDENTITIES),
        body=BODY,
    output:
        manifest=f"{RESULTS}/dataset/manifest.parquet",
        csv=f"{RESULTS}/dataset/manifest.csv",
        datasheet=f"{RESULTS}/dataset/datasheet.md",
        checks=f"{RESULTS}/dataset/checks.json",
    params:
        rows=SYNTHETIC,
        identities=IDENTITIES,
        references=REFERENCES,
        backgrounds=BACKGROUNDS,
        labels=CONFIG["labels"],
        seed=CONFIG["seed"],
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
