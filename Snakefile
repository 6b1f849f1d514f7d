# Understudy: new people re-enact real actions.
#
#   snakemake -n                     shows what would run, and how many jobs (computes nothing)
#   snakemake                        everything: dataset, experiments, report
#   snakemake dataset                only the synthetic videos and their manifest
#   snakemake gallery                and a page to look through them
#   snakemake release                and the dataset for others, signed (docs/release.md)
#   snakemake avatars                only the avatars
#
# The configuration is config/config.yaml; config/README.md explains every key.
from snakemake.utils import min_version

min_version("9.27")


# --configfile FILE replaces the default configuration; the two are not merged.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


# Of `snakemake --report`; our own report shows more.
report: "workflow/report/workflow.rst"


include: "rules/common.smk"


# Used with --software-deployment-method apptainer, otherwise ignored.
if CONFIG["container"]:

    container: CONFIG["container"]


include: "rules/demo.smk"
include: "rules/video.smk"
include: "rules/features.smk"
include: "rules/fit.smk"
include: "rules/avatar.smk"
include: "rules/room.smk"
include: "rules/render.smk"
include: "rules/in_room.smk" if PLAN.in_rooms else "rules/composite.smk"
include: "rules/quality.smk"
include: "rules/dataset.smk"
include: "rules/experiments.smk"
include: "rules/gallery.smk"
include: "rules/release.smk"
include: "rules/report.smk"


# On a cluster these run in Snakemake's own allocation: they take seconds each and need no GPU.
# docs/slurm.md has the measurements.
localrules:
    all,
    avatars,
    white,
    synthetic,
    rooms,
    gallery,
    release,
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
    find_bystanders,
    calibrate_background,
    read_avatar,
    picture_avatar,
    check_videos,
    join_checked,
    flag_sources,
    look_at_figures,
    measure_quality,
    write_dataset,
    leakage,
    check_leakage,
    list_clips,
    tabulate,
    sheet_identity,
    sheet_reference,
    sheet_background,
    sheet_worst,
    preview_reference,
    rule_graph,
    build_gallery,
    write_release,
    build_report,


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        GALLERY,
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


rule rooms:
    input:
        [LAYOUT.room(id_) for id_ in BACKGROUNDS],
        lost("rooms"),


rule dataset:
    input:
        f"{RESULTS}/dataset/manifest.parquet",
        lost("dataset"),


rule gallery:
    input:
        GALLERY,
        lost("gallery"),


rule release:
    input:
        RELEASE,
        lost("release"),


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
    start_without_limit(workflow)


onerror:
    record_run()
    results_so_far()


onsuccess:
    record_run()
    forget_results_so_far()


if workflow.is_main_process:
    ask_by_need(workflow, uses_gpu)
    plan_quickly(workflow)
    plan_leanly(workflow)
