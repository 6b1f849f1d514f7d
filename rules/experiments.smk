# Requires: the table of real videos and the dataset. Gives: {results}/experiments/{dataset}/.
RUN = LAYOUT.run(DATASET, "{model}", "{point}", "{seed}")
RUN_NAME = RUN.removeprefix(f"{RESULTS}/experiments/")
# Of each model, the code that trains its architecture.
TRAINING = {
    name: code_version("train_recogniser", architecture)
    for name, architecture in PLAN.architectures.items()
}
RUN_FOLDERS = [LAYOUT.run(DATASET, run.model, run.point.name, run.seed) for run in RUNS]


rule check_leakage:
    """Checks that all real videos can be read, and that no test video, or copy of one, is a reference
    or a training video."""
    input:
        references=made(*(row["video"] for row in REFERENCES.values())),
        real=made(*(row["video"] for row in TABLES.real.values())),
    output:
        LAYOUT.leakage(DATASET),
    log:
        LAYOUT.log("check_leakage", DATASET),
    benchmark:
        LAYOUT.benchmark("check_leakage", DATASET)
    conda:
        "../envs/torch.yaml"
    threads: 4
    params:
        versions=lambda wildcards: [
            {id_: PLAN.version("reference", id_) for id_ in REFERENCES},
            {id_: [row["split"], PLAN.version("real", id_)] for id_, row in TABLES.real.items()},
        ],
        tests=told([clip.path for clip in PLAN.test_clips]),
        others=told(
            [row["video"] for row in REFERENCES.values()]
            + [row["video"] for row in TABLES.real.values() if row["split"] == "train"]
        ),
        real=lambda wildcards, input: {
            id_: [row["video"], PLAN.version("real", id_)]
            for id_, row in TABLES.real.items()
            if not PLAN.is_made(row["video"])
        },
        allowed=[[pair.test_video, pair.other_video, pair.reason] for pair in PLAN.allowed_pairs],
        rows=told({id_: row["video"] for id_, row in TABLES.real.items()}),
        table=told(CONFIG["tables"]["real"]),
        records=RECORDS,
        code=code_version("check_leakage"),
    script:
        "../workflow/scripts/check_leakage.py"


# Once a job is due, Snakemake no longer checks whether the jobs after it are stale, not even those
# that depend on it only through an `ancient` file. So all that makes a training stale belongs to
# its list, which does not wait for the check; the training depends on its list and the check.
rule list_clips:
    """The videos of one training, and its settings."""
    input:
        real=clips_of,
        checked=lambda wildcards: LAYOUT.checked if seen_by(wildcards).n_synthetic else [],
        flags=lambda wildcards: LAYOUT.flags if seen_by(wildcards).n_synthetic else [],
        quality=lambda wildcards: (
            [LAYOUT.quality(id_) for id_ in REFERENCES]
            if effective.needs_quality(CONFIG, wildcards.model, seen_by(wildcards))
            else []
        ),
        white=lambda wildcards: (
            [LAYOUT.white(*pair) for pair in PAIRS]
            if seen_by(wildcards).background == "white"
            else []
        ),
        embedding=embedding_of,
        pretrained=pretrained_of,
    output:
        train=f"{RUN}/train.tsv",
        test=f"{RUN}/test.tsv",
        recipe=f"{RUN}/recipe.json",
    log:
        LAYOUT.log("list_clips", RUN_NAME),
    benchmark:
        LAYOUT.benchmark("list_clips", RUN_NAME)
    conda:
        "../envs/torch.yaml"
    params:
        seen=lambda wildcards: clips_told(real_of(wildcards)),
        tested=lambda wildcards: clips_told(PLAN.test_clips),
        references=lambda wildcards: (
            {id_: row["label"] for id_, row in REFERENCES.items()}
            if seen_by(wildcards).n_synthetic
            else None
        ),
        keep=lambda wildcards: (
            CONFIG["dataset"]["keep"] if seen_by(wildcards).n_synthetic else None
        ),
        labels=CONFIG["labels"],
        dataset=DATASET,
        point=lambda wildcards: seen_by(wildcards).to_dict(),
        settings=lambda wildcards: effective.recogniser_settings(CONFIG, wildcards.model),
        weighed=lambda wildcards, input: effective.is_weighed(CONFIG, wildcards.model),
        layout=told(asdict(LAYOUT)),
        real=lambda wildcards, input: [astuple(clip) for clip in real_of(wildcards)],
        test=told([astuple(clip) for clip in PLAN.test_clips]),
        code=code_version("list_clips"),
        training=lambda wildcards: TRAINING[wildcards.model],
    script:
        "../workflow/scripts/list_clips.py"


rule train_recogniser:
    """One model, trained on the real and synthetic videos of a point of the grid, and tested."""
    input:
        train=f"{RUN}/train.tsv",
        test=f"{RUN}/test.tsv",
        recipe=f"{RUN}/recipe.json",
        # It must have passed, but passing again does not make a training stale.
        leakage=ancient(LAYOUT.leakage(DATASET)),
    output:
        metrics=f"{RUN}/metrics.json",
        predictions=f"{RUN}/predictions.csv",
        curve=f"{RUN}/curve.csv",
        network=f"{RUN}/network.safetensors",
    log:
        LAYOUT.log("train_recogniser", RUN_NAME),
    benchmark:
        LAYOUT.benchmark("train_recogniser", RUN_NAME)
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        loading=lambda wildcards, input: effective.loading_settings(CONFIG, wildcards.model),
        device=told(CONFIG["device"]),
    script:
        "../workflow/scripts/train_recogniser.py"


rule embed_clips:
    """What a model that was trained on real videos alone makes of them, and of all synthetic ones."""
    input:
        network=f"{RUN}/network.safetensors",
        train=f"{RUN}/train.tsv",
        checked=LAYOUT.checked,
    output:
        f"{RUN}/embedding.npz",
    log:
        LAYOUT.log("embed_clips", RUN_NAME),
    benchmark:
        LAYOUT.benchmark("embed_clips", RUN_NAME)
    conda:
        "../envs/torch.yaml"
    resources:
        gpu=GPU,
    params:
        references={id_: row["label"] for id_, row in REFERENCES.items()},
        loading=lambda wildcards, input: effective.loading_settings(CONFIG, wildcards.model),
        device=told(CONFIG["device"]),
        code=code_version("embed_clips"),
    script:
        "../workflow/scripts/embed_clips.py"


rule tabulate:
    """Table 1, the figures and the other results, from all runs."""
    input:
        metrics=[f"{folder}/metrics.json" for folder in RUN_FOLDERS],
        curves=[f"{folder}/curve.csv" for folder in RUN_FOLDERS],
    output:
        table=LAYOUT.experiments(DATASET, "table1.md"),
        summary=in_report("table1.csv", "table1"),
        latex=LAYOUT.experiments(DATASET, "table1.tex"),
        gains=in_report("gains.csv", "gains"),
        per_class_table=in_report("per_class.csv", "per_class"),
        accuracy=in_report("accuracy.svg", "accuracy"),
        variants=in_report("variants.svg", "variants"),
        per_class=in_report("per_class.svg", "per_class"),
        confusion=in_report("confusion.svg", "confusion"),
        curves=in_report("curves.svg", "curves"),
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
