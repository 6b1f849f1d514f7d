"""Snakemake's records of how each file was made: a file each in .snakemake/metadata, or one
database (`persistence-backend: db`). Kept light, since the Snakefile calls it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from understudy.errors import UserError

FILES, DATABASE = Path(".snakemake/metadata"), Path(".snakemake/metadata.db")


def are_in_database(folder: Path) -> bool:
    """Whether a working directory's records are in a database."""
    return (folder / DATABASE).is_file()


def are_missing(folder: Path) -> bool:
    """Whether a working directory has no records at all."""
    return not (folder / FILES).is_dir() and not are_in_database(folder)


def refuse_other_records(folder: Path, database: bool) -> None:
    """UserError if the records are of the other kind than a run would read: to it, everything would
    look as made with the settings of today.

    database: whether it reads a database.
    """
    if database and not are_in_database(folder) and _has_files(folder / FILES):
        raise UserError(
            "persistence-backend: db, but the records of this folder are files (.snakemake/"
            "metadata); leave it out here, or begin in a new folder"
        )
    if not database and are_in_database(folder):
        raise UserError(
            "the records of this folder are in a database (.snakemake/metadata.db); add "
            "--persistence-backend db, or name a profile that says so"
        )


def follow_folder(folder: Path) -> None:
    """Make a database's records those of the folder in which it now is: they name the folder, and a
    checkout may be moved or copied."""
    if not are_in_database(folder):
        return
    here = str((folder / ".snakemake").absolute())
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'snakemake_metadata'"
        if not database.execute(tables).fetchone():
            return
        moved = "SELECT 1 FROM snakemake_metadata WHERE namespace <> ? LIMIT 1"
        if database.execute(moved, (here,)).fetchone():
            database.execute("UPDATE OR REPLACE snakemake_metadata SET namespace = ?", (here,))


def _has_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
