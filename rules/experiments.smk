# Requires: the table of real videos and the dataset. Gives: {results}/experiments/{dataset}/.
MANIFEST = f"{RESULTS}/dataset/manifest.parquet"


rule train_recogniser:
    """One model trained on n_real real and n_synthetic synthetic videos a class, and tested."""
    input:
        real=[source(row["video"]) for row in TABLES.real.values()],
        manifest=lambda wildcards: [] if wildcards.n_synthetic == "0" else MANIFEST,
    output:
        metrics=f"{RESULTS}/experiments/{DATASET}/{{model}}/real{{n_real}}_synthetic{{n_synthetic}}/seed{{seed}}/metrics.json",
        predictions=f"{RESULTS}/experiments/{DATASET}/{{model}}/real{{n_real}}_synthetic{{n_synthetic}}/seed{{seed}}/predictions.csv",
        curve=f"{RESULTS}/experiments/{DATASET}/{{model}}/real{{n_real}}_synthetic{{n_synthetic}}/seed{{seed}}/curve.csv",
    params:
        real=TABLES.real,
        labels=CONFIG["labels"],
        settings=lambda wildcards: CONFIG["experiments"]["models"][wildcards.model],
        code=code_version("train_recogniser"),
    log:
        f"{RESULTS}/logs/train_recogniser/{DATASET}/{{model}}/real{{n_real}}_synthetic{{n_synthetic}}/seed{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_recogniser/{DATASET}/{{model}}/real{{n_real}}_synthetic{{n_synthetic}}/seed{{seed}}.tsv"
    resources:
        gpu=GPU,
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/train_recogniser.py"


rule tabulate:
    """Table 1 and its figures, from every run."""
    input:
        [f"{run_folder(run)}/metrics.json" for run in RUNS],
    output:
        markdown=f"{RESULTS}/experiments/{DATASET}/table1.md",
        csv=f"{RESULTS}/experiments/{DATASET}/table1.csv",
        figure=f"{RESULTS}/experiments/{DATASET}/figure.png",
    params:
        labels=CONFIG["labels"],
        code=code_version("tabulate"),
    log:
        f"{RESULTS}/logs/tabulate/{DATASET}.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate/{DATASET}.tsv"
    conda:
        "../envs/torch.yaml"
    script:
        "../workflow/scripts/tabulate.py"
