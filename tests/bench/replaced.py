"""What libraries do now, against our own functions of the commit BEFORE: the same results, in no
more time."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np
import torch

from tests.bench.figures import ROOT
from tests.bench.house import BEFORE
from tests.unit.drawn_graph import Drawing, read_drawing
from tests.unit.random_networks import convolutions
from understudy.body import rotation_numpy
from understudy.fitting.paper import smooth
from understudy.forecast.dryrun import rule_graph
from understudy.image_metrics.perceptual import Lpips
from understudy.networks import checkpoints
from understudy.report import rulegraph

EQUAL = 1e-6  # the largest difference
ROUNDS, LEAST = 40, 0.05  # each side is timed so often, for so many seconds at least


@dataclass(frozen=True)
class Case:
    """A use of a function: as in BEFORE, and now. Both return an array."""

    name: str
    before: Callable[[], np.ndarray]
    after: Callable[[], np.ndarray]

    def difference(self) -> float:
        return float(np.abs(self.after() - self.before()).max())

    def ratio(self) -> float:
        """Processor time now over before: the best of many turns."""
        calls = 1 + int(LEAST / _seconds(self.before, 1))
        turns = [(_seconds(self.before, calls), _seconds(self.after, calls)) for _ in range(ROUNDS)]
        before, after = map(min, zip(*turns, strict=True))
        return after / before


def _seconds(function: Callable[[], object], calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        function()
    return time.process_time() - start


def module_before(name: str, **under: ModuleType) -> ModuleType:
    """A module of BEFORE, by its path in the library of that time; under: the modules that it
    imports and that are no longer there, a.b as a__b."""
    path = f"{BEFORE}:workflow/understudy/{name}.py"
    shown = subprocess.run(["git", "-C", str(ROOT), "show", path], check=True, capture_output=True)
    module = ModuleType(f"before.{name}")
    known = {f"understudy.{k.replace('__', '.')}": v for k, v in under.items()}
    with patch.dict(sys.modules, {module.__name__: module, **known}):
        exec(compile(shown.stdout.decode(), path, "exec"), module.__dict__)
    return module


def rotations() -> Iterator[Case]:
    """Of a joint, of one frame's, of a clip of 100 frames: as the fits and the demo world ask."""
    now, before = rotation_numpy, module_before("body/rotation_numpy")
    rng = np.random.default_rng(0)
    for shape in ((3,), (22, 3), (100, 3), (100, 22, 3), (100, 55, 3)):
        vectors = rng.normal(0, 0.6, shape)
        matrices = before.exp(vectors)
        for name, given in (("exp", vectors), ("log", matrices), ("to_quaternion", matrices)):
            functions = (getattr(module, name) for module in (before, now))
            yield Case(f"{name} {shape}", *_calls(functions, given))
    smooth_before = module_before("fitting/paper/smooth")
    smooth_before.rot = before
    pair = (smooth_before.smooth_rotations, smooth.smooth_rotations)
    yield Case("smooth_rotations", *_calls(pair, matrices, 9, 2))


def _calls(functions, *given) -> list[Callable[[], np.ndarray]]:
    return [lambda function=function: function(*given) for function in functions]


def lpips() -> Iterator[Case]:
    """A score by AlexNet and a loss by VGG-16, of a person's box; networks with random weights."""
    before = module_before("avatar/perceptual", features__checkpoints=checkpoints)
    with tempfile.TemporaryDirectory() as folder:
        for network, size in (("alex", (448, 192)), ("vgg", (128, 64))):
            weights = Path(folder) / f"{network}.pth"
            torch.save(convolutions(network).state_dict(), weights)
            both = [module(network, weights) for module in (before.Lpips, Lpips)]
            generator = torch.Generator().manual_seed(0)
            a, b = (torch.rand(*size, 3, generator=generator) for _ in range(2))
            yield Case(f"score {network} {size}", *_calls([_score(x) for x in both], a, b))
            yield Case(f"loss {network} {size}", *_calls([_loss(x) for x in both], a, b))


def _score(distance: Lpips) -> Callable[..., np.ndarray]:
    return torch.no_grad()(lambda a, b: distance(a, b).numpy())


def _loss(distance: Lpips) -> Callable[..., np.ndarray]:
    def gradient(a: torch.Tensor, b: torch.Tensor) -> np.ndarray:
        a = a.clone().requires_grad_()
        distance(a, b).backward()
        return a.grad.numpy()

    return gradient


@dataclass(frozen=True)
class Layouts:
    """The demo's rule graph, drawn as in BEFORE and now."""

    before: Callable[[], str]
    after: Callable[[], str]

    def check(self) -> None:
        """RuntimeError if the picture has other boxes or lines than before, or is worse."""
        before, after = read_drawing(self.before()), read_drawing(self.after())
        same = (
            before.boxes.keys() == after.boxes.keys() and before.edges.keys() == after.edges.keys()
        )
        faults, faults_before = _faults(after), _faults(before)
        print(f"rule graph: {faults_before} before, {faults} now")
        if not same or any(faults[k] > faults_before[k] for k in faults):
            raise RuntimeError("the rule graph is drawn worse than before")


def _faults(drawing: Drawing) -> dict[str, int]:
    return {
        "boxes that overlap": drawing.overlaps(),
        "lines through a box": drawing.hidden(),
        "lines that cross": drawing.crossings(),
    }


def layouts() -> Layouts:
    layers = module_before("report/layers")
    before = module_before("report/rulegraph", report__layers=layers)
    dot = rule_graph(ROOT / "Snakefile", ["--configfile", str(ROOT / "config/demo.yaml")])
    return Layouts(
        *(
            lambda module=module: module.draw_rulegraph(module.parse_rulegraph(dot), {}, set())
            for module in (before, rulegraph)
        )
    )


def replaced_slower() -> float:
    """The largest ratio of processor time now to before, of all uses; each is printed.

    RuntimeError if a result differs, or if the rule graph is drawn worse.
    """
    torch.set_num_threads(1)
    ratios = {}
    for case in (*rotations(), *lpips()):
        difference, ratios[case.name] = case.difference(), case.ratio()
        print(f"{case.name:28} × {ratios[case.name]:.3f}, equal to {difference:.1e}")
        if not difference <= EQUAL:
            raise RuntimeError(f"{case.name}: differs by {difference:.1e}")
    drawn = layouts()
    drawn.check()
    ratios["rule graph"] = Case("rule graph", drawn.before, drawn.after).ratio()
    print(f"{'rule graph':28} × {ratios['rule graph']:.3f}")
    return max(ratios.values())
