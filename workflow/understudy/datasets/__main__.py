"""`python -m understudy.datasets toyota|ntu|people|backgrounds FOLDER --out FOLDER`: writes
the workflow's tables from a dataset as distributed by its owners, and reports what was left out and
why."""

import argparse
import sys
from pathlib import Path

from understudy.datasets.draw import Caps, draw
from understudy.datasets.folders import IMAGES, VIDEOS, find_files, find_recordings
from understudy.datasets.names import NTU_CLASSES, TOYOTA_CLASSES, read_ntu, read_toyota
from understudy.datasets.protocols import PROTOCOLS
from understudy.datasets.tables import (
    chosen,
    told,
    told_left_out,
    write_files,
    write_recordings,
)
from understudy.errors import UserError

READERS = {"toyota": (read_toyota, TOYOTA_CLASSES), "ntu": (read_ntu, NTU_CLASSES)}
FILES = {  # what -> table, column, suffixes, kind
    "people": ("identities.tsv", "video", VIDEOS, "video"),
    "backgrounds": ("backgrounds.tsv", "image", IMAGES, "image"),
}
RESEARCH_ONLY = "research only, by agreement with its owners"
RANDOM_PEOPLE = "CC BY-NC 4.0"


def main(arguments: list[str]) -> None:
    caps = Caps()
    parser = argparse.ArgumentParser(prog="understudy.datasets", description=__doc__)
    parser.add_argument("what", choices=[*READERS, *FILES])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="output folder of the tables")
    parser.add_argument(
        "--protocol", default="paper", help="toyota, ntu: who is in the training and test sets"
    )
    parser.add_argument("--train", type=int, default=caps.train, help="maximum per class")
    parser.add_argument("--test", type=int, default=caps.test, help="maximum per class")
    parser.add_argument("--references", type=int, default=caps.references, help="maximum per class")
    parser.add_argument("--count", type=int, help="people, backgrounds: how many to draw by seed")
    parser.add_argument("--licence", help="licence, for the manifest")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    lines = _files(options) if options.what in FILES else _recordings(options)
    print("\n".join(lines))


def _files(options: argparse.Namespace) -> list[str]:
    table, column, suffixes, kind = FILES[options.what]
    found = find_files(options.folder, suffixes, kind)
    paths = chosen(found.items, options.count, options.seed)
    left_out = found.left_out | dict.fromkeys(sorted(set(found.items) - set(paths)), "not drawn")
    target = options.out / table
    write_files(target, column, paths, options.licence or RANDOM_PEOPLE)
    lines = [f"{target}: {len(paths)} {kind}s"]
    return lines + told_left_out(left_out, options.out / f"left_out_{options.what}.tsv")


def _recordings(options: argparse.Namespace) -> list[str]:
    protocols = PROTOCOLS[options.what]
    if options.protocol not in protocols:
        raise UserError(f"--protocol {options.protocol}: {options.what} has {', '.join(protocols)}")
    read, classes = READERS[options.what]
    caps = Caps(options.train, options.test, options.references)
    found = find_recordings(options.folder, read)
    drawn = draw(found.items, classes.values(), protocols[options.protocol], caps, options.seed)
    if not drawn.train or not drawn.test:
        empty = "test" if drawn.train else "training"
        raise UserError(
            f"{options.folder}: no {empty} video for protocol {options.protocol}; "
            "is the folder complete?"
        )
    write_recordings(options.out, drawn, options.licence or RESEARCH_ONLY)
    left_out = found.left_out | drawn.left_out
    lines = [f"{options.out}: references.tsv, real.tsv", *told(drawn, caps)]
    lines += told_left_out(left_out, options.out / f"left_out_{options.what}.tsv")
    shared = drawn.shared_subjects()
    by = "video" if shared else "subject"
    if shared:
        lines.append(
            f"{len(shared)} subjects of references are also in the test set, as the protocol says."
        )
    return [
        *lines,
        "In the config:",
        f"labels: [{', '.join(classes.values())}]",
        f"experiments: {{dataset: {options.what}, disjoint_by: {by}}}",
    ]


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"error: {error}")
