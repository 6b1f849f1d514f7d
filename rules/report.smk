# Requires: what the other stages made. Gives: {results}/sheets/, {results}/report.html.


rule sheet_identity:
    """A contact sheet of one person: frames, keypoints, mask, depth, fitted body, avatar."""
    input:
        video=LAYOUT.video("identity", "{identity}"),
        keypoints=LAYOUT.feature("identity", "{identity}", "keypoints"),
        masks=LAYOUT.feature("identity", "{identity}", "masks"),
        depth=LAYOUT.feature("identity", "{identity}", "depth"),
        fit=LAYOUT.fit("identity", "{identity}"),
        body=BODY,
        turntable=LAYOUT.avatar("{identity}", "turntable.png"),
    output:
        LAYOUT.sheet("identity", "{identity}"),
    log:
        LAYOUT.log("sheet_identity", "{identity}"),
    benchmark:
        LAYOUT.benchmark("sheet_identity", "{identity}")
    conda:
        "../envs/torch.yaml"
    params:
        code=code_version("sheet_identity"),
    script:
        "../workflow/scripts/sheet_identity.py"


rule sheet_reference:
    """A contact sheet of one reference: frames, keypoints, fitted body, its re-enactments."""
    input:
        video=LAYOUT.video("reference", "{reference}"),
        keypoints=LAYOUT.feature("reference", "{reference}", "keypoints"),
        fit=LAYOUT.fit("reference", "{reference}"),
        body=BODY,
        white=lambda wildcards: [
            LAYOUT.white(*pair) for pair in pairs_of(on_sheet(PLAN, wildcards.reference))
        ],
        synthetic=lambda wildcards: [
            LAYOUT.synthetic(*row) for row in on_sheet(PLAN, wildcards.reference)
        ],
    output:
        LAYOUT.sheet("reference", "{reference}"),
    log:
        LAYOUT.log("sheet_reference", "{reference}"),
    benchmark:
        LAYOUT.benchmark("sheet_reference", "{reference}")
    conda:
        "../envs/torch.yaml"
    params:
        planned=[
            len(IDENTITIES) * len(CONFIG["render"]["views"]),
            CONFIG["backgrounds"]["per_pair"],
        ],
        code=code_version("sheet_reference"),
    script:
        "../workflow/scripts/sheet_reference.py"


rule preview_reference:
    """A short loop: a reference and its first composites side by side."""
    input:
        video=LAYOUT.video("reference", "{reference}"),
        fit=LAYOUT.fit("reference", "{reference}"),
        synthetic=lambda wildcards: one_each(wildcards.reference),
    output:
        report(
            LAYOUT.preview("{reference}"),
            caption="../workflow/report/preview.rst",
            category="Videos",
            labels=lambda wildcards: {
                "action": REFERENCES[wildcards.reference]["label"],
                "reference": wildcards.reference,
            },
        ),
    log:
        LAYOUT.log("preview_reference", "{reference}"),
    benchmark:
        LAYOUT.benchmark("preview_reference", "{reference}")
    conda:
        "../envs/torch.yaml"
    params:
        code=code_version("preview_reference"),
    script:
        "../workflow/scripts/preview_reference.py"


rule sheet_worst:
    """The synthetic videos that are most likely bad, under their references: to be looked at."""
    input:
        manifest=LAYOUT.dataset("manifest.parquet"),
        videos=expand(LAYOUT.video("reference", "{id}"), id=REFERENCES),
        fits=expand(LAYOUT.fit("reference", "{id}"), id=REFERENCES),
    output:
        LAYOUT.worst,
    log:
        LAYOUT.log("sheet_worst"),
    benchmark:
        LAYOUT.benchmark("sheet_worst")
    conda:
        "../envs/torch.yaml"
    params:
        references=list(REFERENCES),
        code=code_version("sheet_worst"),
    script:
        "../workflow/scripts/sheet_worst.py"


rule rule_graph:
    """The job graph, as printed by Snakemake."""
    output:
        f"{RESULTS}/report/rulegraph.dot",
    log:
        LAYOUT.log("rule_graph"),
    benchmark:
        LAYOUT.benchmark("rule_graph")
    conda:
        "../envs/workflow.yaml"
    params:
        configs=told([os.path.relpath(path) for path in workflow.configfiles]),
        snakefile=told(os.path.relpath(workflow.main_snakefile)),
        shape=[IS_DEMO, bool(RUNS), bool(CONFIG["body"]), bool(CONFIG["flame"]["model"])],
        rules=rules_version(),
        code=code_version("rule_graph"),
    script:
        "../workflow/scripts/rule_graph.py"


rule build_report:
    """One HTML page that shows the results."""
    input:
        rulegraph=f"{RESULTS}/report/rulegraph.dot",
        manifest=LAYOUT.dataset("manifest.parquet"),
        people=[LAYOUT.sheet("identity", id_) for id_ in IDENTITIES],
        metrics=[LAYOUT.avatar(id_, "metrics.json") for id_ in IDENTITIES],
        coverage=[LAYOUT.coverage(id_) for id_ in IDENTITIES],
        references=[LAYOUT.sheet("reference", id_) for id_ in REFERENCES],
        rooms=[LAYOUT.sheet("background", id_) for id_ in PLAN.rooms_shown],
        worst=LAYOUT.worst,
        previews=[LAYOUT.preview(id_) for id_ in PLAN.previewed],
        table=[LAYOUT.experiments(DATASET, "table1.md")] if RUNS else [],
        accuracy=[f"{RESULTS}/accuracy.json"] if IS_DEMO else [],
    output:
        f"{RESULTS}/report.html",
    log:
        LAYOUT.log("build_report"),
    benchmark:
        LAYOUT.benchmark("build_report")
    conda:
        "../envs/torch.yaml"
    params:
        shown=report_shown(PLAN),
        config=told(CONFIG),
        tables=told(asdict(TABLES)),
        code=code_version("build_report"),
    script:
        "../workflow/scripts/build_report.py"
