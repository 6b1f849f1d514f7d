"""The report: one self-contained page."""

from dataclasses import replace
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.report.inputs import ReportInputs, from_dict
    from understudy.report.page import build_report

    inputs = from_dict(ReportInputs, snakemake.params.inputs)
    rulegraph = Path(snakemake.input.rulegraph).read_text(encoding="utf-8")
    build_report(replace(inputs, rulegraph=rulegraph), snakemake.output[0])
