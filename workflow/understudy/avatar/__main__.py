"""`python -m understudy.avatar inspect AVATAR`: look at an avatar.

AVATAR is an avatar.safetensors or its folder. Writes to the folder inspect next to it:
turntable.mp4, one turn; poses.png, the avatar in poses that its video never showed; avatar.ply, for
3D Gaussian splatting viewers.
"""

import argparse
import sys
from pathlib import Path

from understudy.avatar.inspection import inspect_avatar
from understudy.avatar.stances import STANCES
from understudy.errors import UserError

FILE = "avatar.safetensors"
BODY = "body/SMPLX_NEUTRAL.npz"  # under the folder of results: the embedded body


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="understudy.avatar", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["inspect"])
    parser.add_argument("avatar", type=Path)
    parser.add_argument(
        "--body",
        type=Path,
        help=f"body file the avatar was made with (default: {BODY} of its results)",
    )
    parser.add_argument(
        "--out", type=Path, help="output folder (default: inspect, next to the avatar)"
    )
    parser.add_argument("--pose", choices=STANCES, default="arms_down", help="pose of avatar.ply")
    parser.add_argument("--fit", type=Path, help="a fit .npz whose poses motion.png shows")
    parser.add_argument(
        "--held-out", type=Path, help="the demo world's held-out poses (.npz), for held_out.png"
    )
    options = parser.parse_args(arguments)
    avatar = options.avatar / FILE if options.avatar.is_dir() else options.avatar
    body = options.body or avatar.resolve().parents[2] / BODY
    out = options.out or avatar.parent / "inspect"
    for path, advice in (
        (avatar, "give an avatar.safetensors or its folder"),
        (body, "give the body the avatar was made with: --body FILE"),
        (options.fit, "give a fit .npz"),
        (options.held_out, "give held-out poses of the demo world"),
    ):
        if path and not path.is_file():
            raise UserError(f"{path}: no such file; {advice}")
    for path in inspect_avatar(avatar, body, out, options.pose, options.fit, options.held_out):
        print(path)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"error: {error}")
