"""`python -m tests.bench.paper_parity`: the paper's avatar and fit against ExAvatar's public code
(commit d452687), on the same made files, in double precision.

UNDERSTUDY_EXAVATAR and UNDERSTUDY_PYTORCH3D name checkouts of the public code
(`tests.bench.parity_public`); without them nothing is compared, and the figures say so. Not run,
since they need CUDA or weights that are not public: the rasterisers of Gaussians and of the face's
mesh, LPIPS (`tests/unit/test_avatar_perceptual.py` compares it with its package), the scene's
spherical harmonics.
"""

import json
import subprocess
import sys

from tests.bench.figures import ROOT, Figure, write_figures
from tests.bench.parity_public import EXAVATAR, PYTORCH3D, checkouts
from tests.bench.parity_refined import refined_figure

BAR = 1e-5  # relative


def parities() -> dict[str, dict[str, float]]:
    """loss_parity, step_parity and fit_parity: each term's or parameter's relative difference."""
    avatar, fit = (_alone(f"tests.bench.parity_{part}") for part in ("avatar", "fit"))
    loss, step = {}, {}
    for when, found in avatar.items():
        loss |= {f"{name}, {when}": value for name, value in found["loss"].items()}
        for kind in ("gradient", "step"):
            told = found[kind].items()
            step |= {f"{kind} of {name}, {when}": value for name, value in told}
    return {"loss_parity": loss, "step_parity": step, "fit_parity": fit}


def _alone(module: str) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.exit(run.stderr)
    return json.loads(run.stdout.splitlines()[-1])


def parity_figures() -> list[Figure]:
    """The three figures, each the largest relative difference, and told term by term."""
    names = ("loss_parity", "step_parity", "fit_parity")
    if checkouts() is None:
        print(f"{EXAVATAR} and {PYTORCH3D} do not name checkouts: no parity is measured")
        return [Figure(name, None, "", BAR, True) for name in names]
    found = parities()
    for name, terms in found.items():
        for term, value in sorted(terms.items(), key=lambda item: -item[1]):
            print(f"{name:12} {value:.1e}  {term}")
    return [Figure(name, max(found[name].values()), "", BAR, True) for name in names]


def main() -> None:
    gain = refined_figure()
    write_figures("parity", [*parity_figures(), gain])


if __name__ == "__main__":
    main()
