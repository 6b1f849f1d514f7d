"""`python -m understudy`, for when the command is not on the PATH."""

from understudy.cli import main

main(prog_name="understudy")
