"""python -m understudy.report INPUTS.json OUT.html: the report of what there is, after a failure
too."""

import sys
from pathlib import Path

from understudy.errors import UserError
from understudy.report.inputs import read_inputs
from understudy.report.page import build_report
from understudy.report.partial import complete_sheets

if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    try:
        build_report(complete_sheets(read_inputs(source), target.parent / "sheets"), target)
    except UserError as error:
        sys.exit(f"error: {error}")
