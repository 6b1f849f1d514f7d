"""Table 1 and its figures."""

from job import job

with job(snakemake):
    from understudy.recognition.plots import plot_accuracy, plot_confusion, plot_per_class
    from understudy.recognition.tabulate import read_runs, tabulate

    made = snakemake.output
    summary = tabulate(list(snakemake.input), made.table, made.summary)
    runs = read_runs(list(snakemake.input))
    plot_accuracy(summary, made.accuracy)
    plot_per_class(runs, made.per_class)
    plot_confusion(runs, made.confusion)
