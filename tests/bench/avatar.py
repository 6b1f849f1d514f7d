"""`make bench NAME=avatar`: avatars against the demo world's ground truth, and other methods.

Trainings are kept in results/bench/avatar_runs/ and continue where they stopped, so the bench can
run in pieces: `python -m tests.bench.avatar METHOD ...` makes only those runs, and
`… METHOD.PERSON` one of them.
"""

import sys
from collections.abc import Callable
from functools import partial

import numba
import numpy as np
import torch

from tests.bench import avatar_speed
from tests.bench.avatar_curves import draw, mean_curve, time_ratio
from tests.bench.avatar_prototype import available, prototype
from tests.bench.avatar_runs import Run, plain, result, trained
from tests.bench.avatar_world import IDENTITIES, Identity, make_world
from tests.bench.figures import ROOT, Figure, write_figures
from understudy.avatar.training.direct.settings import DirectSettings
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.settings import TrainSettings

# On a CPU the networks of 167,000 points take 10 s a step: there, the body's own vertices, smaller
# images and one person; ours is trained on the same again. The prototype has no GPU code.
GPU = torch.cuda.is_available()
EDGE, STEPS = (0.006, 1500) if GPU else (0.007, 1000)
FULL = TrainSettings("direct", DirectSettings(STEPS, EDGE), size=512)
SUBDIVISIONS, SIZE = (2, 512) if GPU else (0, 256)
RELEASE = TrainSettings("exavatar", ExAvatarSettings(subdivisions=SUBDIVISIONS), size=SIZE)
SCENES = {  # what is behind the person during training; short, for a first look
    f"scene_{scene}": TrainSettings(
        "exavatar",
        ExAvatarSettings(subdivisions=SUBDIVISIONS, epochs=1, repeats=8, scene=scene),
        size=SIZE if GPU else 128,
    )
    for scene in ("gaussians", "plate")
}
BESIDE = FULL if GPU else TrainSettings("direct", DirectSettings(1200, 0.0125), size=SIZE)
OF_RELEASE = IDENTITIES if GPU else IDENTITIES[:1]
OF_PROTOTYPE = IDENTITIES[:2]
CURVES = ROOT / "docs/images/avatar_curves.png"
GOALS = {  # of our own avatars: result's group, its figure, unit, bar
    "heldout_frame_psnr_db": ("held_out", "psnr", "dB", 26),
    "heldout_frame_fitted_psnr_db": ("held_out_fitted", "psnr", "dB", 30),
    "heldout_frame_ssim": ("held_out", "ssim", "SSIM", 0.95),
    "heldout_pose_psnr_db": ("poses_fitted", "psnr", "dB", 25),
    "heldout_pose_iou": ("poses_fitted", "iou", "IoU", 0.93),
}


def ours(identity: Identity) -> dict:
    return result(Run("understudy", identity, FULL), trained)


def beside(identity: Identity) -> dict:
    """Ours on what the release is trained on."""
    return result(Run("understudy", identity, BESIDE), trained)


def plain_body(identity: Identity) -> dict:
    return result(Run("plain", identity, FULL), plain)


def of_prototype(identity: Identity) -> dict:
    """The prototype's recipe, for as many seconds as ours took."""
    seconds = ours(identity)["made"]["seconds"]
    return result(Run("prototype", identity, FULL, (seconds,)), prototype(seconds))


def release(identity: Identity) -> dict:
    return result(Run("release", identity, RELEASE), trained)


def before_scene(name: str, identity: Identity) -> dict:
    """ExAvatar's model in front of one kind of scene."""
    return result(Run(name, identity, SCENES[name]), trained)


COMPARED = ("beside", "release")
PEOPLE = {  # all, of the others
    **dict.fromkeys(COMPARED, OF_RELEASE),
    **dict.fromkeys(SCENES, IDENTITIES[:1]),
    "prototype": OF_PROTOTYPE,
}
METHODS: dict[str, Callable[[Identity], dict]] = {
    "understudy": ours,
    "release": release,
    "beside": beside,
    "plain": plain_body,
    **{name: partial(before_scene, name) for name in SCENES},
    **({"prototype": of_prototype} if available() else {}),
}


def avatar_figures() -> list[Figure]:
    found = {
        name: [make(one) for one in PEOPLE.get(name, IDENTITIES)] for name, make in METHODS.items()
    }
    for name, results in found.items():
        print_rows(name, results)
    own = partial(_mean, found["understudy"])
    pose = own("poses_fitted", "psnr")
    same = _pose(found["beside"])
    figures = [
        Figure(name, own(*place), unit, bar, False) for name, (*place, unit, bar) in GOALS.items()
    ]
    gain = _gain(found["understudy"], found.get("prototype"))
    figures.insert(3, Figure("gain_over_prototype_db", gain, "dB", 1.5, False))
    figures += [
        Figure("heldout_pose_psnr_our_exavatar_db", _pose(found["release"]), "dB", same, True),
        Figure("heldout_pose_psnr_plain_db", _pose(found["plain"]), "dB", pose, True),
        Figure("time_ratio_to_our_exavatar", _time_ratio(found), "× its seconds", 0.25, True),
    ]
    return figures + cost_figures()


def cost_figures() -> list[Figure]:
    """Time and memory on the CPU, and on a GPU if there is one."""
    training, animation = avatar_speed.demo_training(), avatar_speed.animation()
    print(f"training at the demo's size: {training}\nanimation: {animation}")
    gpu = avatar_speed.gpu_costs() if torch.cuda.is_available() else {}
    return [
        Figure("cpu_train_minutes", training["seconds"] / 60, "min", 3, True),
        Figure("cpu_animate_fps", animation["fps"], "frames/s", 30, False),
        Figure("gpu_train_minutes", gpu.get("train_minutes"), "min", 8, True),
        Figure("gpu_animate_fps", gpu.get("animate_fps"), "frames/s", 150, False),
        Figure("resume_difference", avatar_speed.resume_difference(), "", 1e-6, True),
        Figure("cpu_memory_gb", training["gb"], "GB", 3, True),
        Figure("gpu_memory_gb", gpu.get("gb"), "GB", 12, True),
    ]


def _mean(results: list[dict], group: str, name: str) -> float:
    return float(np.mean([one[group][name] for one in results]))


def _pose(results: list[dict]) -> float:
    return _mean(results, "poses_fitted", "psnr")


def _gain(own: list[dict], other: list[dict] | None) -> float | None:
    """In held-out frames of the people that both have, by the protocol in which it is lower."""
    if other is None:
        return None
    own = own[: len(other)]
    return min(_mean(own, g, "psnr") - _mean(other, g, "psnr") for g in FRAMES)


FRAMES = ("held_out", "held_out_fitted")


def _time_ratio(found: dict[str, list[dict]]) -> float | None:
    """By the mean curves of the people that both were trained on; draws them."""
    ours, theirs = (mean_curve([one["made"]["curve"] for one in found[name]]) for name in COMPARED)
    draw({"ours": ours, "our ExAvatar": theirs}, CURVES)
    return time_ratio(ours, theirs)


GROUPS = (*FRAMES, "poses", "poses_hard", "poses_fitted", "poses_fitted_hard")


def print_rows(method: str, results: list[dict]) -> None:
    """PSNR, IoU and SSIM by group: a row per person, then the means."""
    print(f"\n{method:24}" + "".join(f"{group:>22}" for group in GROUPS))
    people = (one.person for one in IDENTITIES)
    rows = dict(zip(people, results, strict=False))  # the release has no row for each
    for person, row in rows.items():
        print(f"{person:24}" + "".join(_cell(row[group]) for group in GROUPS))
        composite = row["held_out_composite"]
        print(f"  before the scene {composite['psnr']:.2f} dB, alone {composite['scene_psnr']:.2f}")
    means = [
        {name: _mean(results, group, name) for name in ("psnr", "iou", "ssim")} for group in GROUPS
    ]
    print(f"{'mean':24}" + "".join(map(_cell, means)))


def _cell(scores: dict) -> str:
    return f"{scores['psnr']:9.2f} {scores['iou']:.3f} {scores['ssim']:.3f}".rjust(22)


if __name__ == "__main__":
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    for wanted in sys.argv[1:]:
        method, _, person = wanted.partition(".")
        for identity in PEOPLE.get(method, IDENTITIES):
            if person in ("", identity.person):
                make_world(identity)
                print(wanted, METHODS[method](identity))
    if len(sys.argv) > 1:
        sys.exit()
    for identity in IDENTITIES:
        make_world(identity)
    figures = avatar_figures()
    write_figures("avatar", figures)
    sys.exit(0 if all(figure.passed for figure in figures) else 1)
