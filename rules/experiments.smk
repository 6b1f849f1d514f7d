# Requires: the table of real videos and the dataset. Gives: {results}/experiments/{dataset}/.
RUN = LAYOUT.run(DATASET, "{model}", "{n_real}", "{n_synthetic}", "{seed}")
RUN_NAME = RUN.removeprefix(f"{RESULTS}/experiments/")


rule train_recogniser:
    """One model trained on n_real real and n_synthetic synthetic videos a class, and tested."""
    input:
        real=[source(row["video"]) for row in TABLES.real.values()],
        manifest=lambda wildcards: (
            [] if wildcards.n_synthetic == "0" else f"{RESULTS}/dataset/manifest.parquet"
        ),
    output:
        metrics=f"{RUN}/metrics.json",
        predictions=f"{RUN}/predictions.csv",
        curve=f"{RUN}/curve.csv",
        train_list=f"{RUN}/train.tsv",
        test_list=f"{RUN}/test.tsv",
    log:
        LAYOUT.log("train_recogniser", RUN_NAME),
    benchmark:
        LAYOUT.benchmark("train_recogniser", RUN_NAME)
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        real=TABLES.real,
        labels=CONFIG["labels"],
        dataset=DATASET,
        settings=lambda wildcards: CONFIG["experiments"]["models"][wildcards.model],
        code=code_version("train_recogniser"),
    script:
        "../workflow/scripts/train_recogniser.py"


rule tabulate:
    """Table 1 and its figures, from every run."""
    input:
        [
            f"{LAYOUT.run(DATASET, run.model, run.n_real, run.n_synthetic, run.seed)}/metrics.json"
            for run in RUNS
        ],
    output:
        table=LAYOUT.experiments(DATASET, "table1.md"),
        summary=LAYOUT.experiments(DATASET, "table1.csv"),
        accuracy=LAYOUT.experiments(DATASET, "accuracy.svg"),
        per_class=LAYOUT.experiments(DATASET, "per_class.svg"),
        confusion=LAYOUT.experiments(DATASET, "confusion.svg"),
    log:
        LAYOUT.log("tabulate", DATASET),
    benchmark:
        LAYOUT.benchmark("tabulate", DATASET)
    conda:
        "../envs/torch.yaml"
    params:
        code=code_version("tabulate"),
    script:
        "../workflow/scripts/tabulate.py"
