# Understudy: new people re-enact real actions.
#
#   snakemake -n                     what would run, and how many jobs (nothing is computed)
#   snakemake                        everything: dataset, experiments, report
#   snakemake dataset                the synthetic videos and their manifest only
#   snakemake avatars                the avatars only
#
# The configuration is config/config.yaml; config/README.md explains every key.
from snakemake.utils import min_version

min_version("9.27")


# --configfile FILE stands alone: it is not mixed with the default configuration.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


include: "rules/common.smk"


# With --software-deployment-method apptainer; else it is passed over.
if CONFIG["container"]:

    container: CONFIG["container"]


include: "rules/demo.smk"
include: "rules/video.smk"
include: "rules/features.smk"
include: "rules/fit.smk"
include: "rules/avatar.smk"
include: "rules/render.smk"
include: "rules/dataset.smk"
include: "rules/experiments.smk"
include: "rules/report.smk"


# On a cluster these run beside Snakemake, in its own allocation: seconds each, and no GPU.
# docs/slurm.md says what was measured.
localrules:
    all,
    avatars,
    white,
    synthetic,
    dataset,
    experiments,
    report,
    demo_figure,
    demo_identity,
    demo_clip,
    demo_background,
    demo_held_out,
    measure_demo,
    build_body,
    join_flame,
    normalise_identity,
    normalise_reference,
    composite_background,
    picture_avatar,
    check_synthetic,
    write_dataset,
    leakage,
    check_leakage,
    list_clips,
    tabulate,
    sheet_identity,
    sheet_reference,
    preview_reference,
    rule_graph,
    build_report,


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        lost("report"),


rule avatars:
    input:
        expand(LAYOUT.avatar("{identity}", "{name}"), identity=IDENTITIES, name=OF_AN_AVATAR),
        lost("avatars"),


rule white:
    input:
        [LAYOUT.white(*pair) for pair in PAIRS],
        lost("white"),


rule synthetic:
    input:
        [LAYOUT.synthetic(*row) for row in SYNTHETIC],
        lost("synthetic"),


rule dataset:
    input:
        f"{RESULTS}/dataset/manifest.parquet",
        lost("dataset"),


rule experiments:
    input:
        f"{RESULTS}/experiments/{DATASET}/table1.md",
        lost("experiments"),


rule leakage:
    input:
        LAYOUT.leakage(DATASET) if RUNS else [],
        lost("leakage"),


rule report:
    input:
        f"{RESULTS}/report.html",
        lost("report"),


onstart:
    no_older_jobs()


onerror:
    partial_report()


onsuccess:
    Path(PARTIAL_REPORT).unlink(missing_ok=True)
