"""`python -m understudy`, where the command is not on the path."""

from understudy.cli import main

main(prog_name="understudy")
