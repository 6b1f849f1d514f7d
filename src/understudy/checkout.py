"""The checkout that the package works in: Snakefile, rules, scripts, schemas, table of weights."""

from pathlib import Path

from understudy.errors import UserError

# The root of an editable install, or the checkout whose rules put the package on the path.
ROOT = Path(__file__).resolve().parents[2]


def checkout() -> Path:
    """The folder that holds this package's source or, if it was installed as a copy, the current
    folder; UserError if that is not a checkout of Understudy."""
    for folder in (ROOT, Path.cwd()):
        if (folder / "Snakefile").is_file() and (folder / "config/weights.yaml").is_file():
            return folder
    raise UserError(f"{Path.cwd()}: not a checkout of Understudy; change to the folder of one")
