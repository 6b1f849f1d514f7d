"""Table 1, everything else there is to say about the runs, and their figures."""

from pathlib import Path

from job import job

with job(snakemake):
    from understudy.recognition import plots
    from understudy.recognition.tables import TableFiles, write_tables
    from understudy.recognition.tabulate import read_curves, read_runs, summarise

    made = snakemake.output
    runs = read_runs([Path(path) for path in snakemake.input.metrics])
    write_tables(
        runs, TableFiles(made.table, made.latex, made.summary, made.gains, made.per_class_table)
    )
    summary = summarise(runs)
    plots.plot_accuracy(summary, made.accuracy)
    plots.plot_variants(summary, made.variants)
    plots.plot_per_class(runs, made.per_class)
    plots.plot_confusion(runs, made.confusion)
    plots.plot_curves(runs, read_curves(runs), made.curves)
