"""The report: one self-contained page."""

from dataclasses import replace
from pathlib import Path

from job import job

with job(snakemake):
    from understudy.plan.planned import Plan
    from understudy.plan.reporting import report_inputs
    from understudy.plan.tables import Tables
    from understudy.report.inputs import ReportInputs, from_dict
    from understudy.report.page import build_report

    plan = Plan(snakemake.params.config, Tables(**snakemake.params.tables))
    inputs = from_dict(ReportInputs, report_inputs(plan))
    rulegraph = Path(snakemake.input.rulegraph).read_text(encoding="utf-8")
    build_report(replace(inputs, rulegraph=rulegraph), snakemake.output[0])
