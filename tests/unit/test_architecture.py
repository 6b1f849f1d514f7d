"""The house keeps its order: arrows in one direction, light rules, thin scripts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from envs.generate import ENVIRONMENTS
from understudy.choices import CHOICES
from understudy.plan import code

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "workflow/understudy"
SCRIPTS = [path for path in (ROOT / "workflow/scripts").glob("*.py") if path.stem != "job"]
RULES = sorted((ROOT / "rules").glob("*.smk"))

FOUNDATION = {"errors", "files", "log", "progress", "registry"}  # modules that all may use
MAY_IMPORT = {  # an arrow to a package that is not named here is one too many
    "body": set(),
    "video": set(),
    "splatting": set(),
    "quality": set(),
    "fitting": {"body", "splatting", "quality"},
    "features": {"body", "video", "fitting", "torchvision_cpu"},
    "scene": {"video"},
    "avatar": {"body", "video", "splatting", "features", "fitting", "checkpoint"},
    "recognition": {"video", "checkpoint", "torchvision_cpu"},
    "dataset": {"scene", "video"},
    "datasets": set(),
    "configuration": {"avatar", "demo", "fitting", "recognition"},  # their settings alone
    "plan": {"configuration", "features", "quality", "recognition", "scene", "sources", "video"},
    "demo": {"body", "video", "features", "fitting", "avatar", "quality"},
    "report": {"body", "video", "features", "fitting", "recognition", "plan"},
    "cluster": set(),
    "outlook": {"configuration", "features", "plan", "report", "cluster"},
    "checkpoint": set(),
    "choices": set(),
    "errors": set(),
    "files": set(),
    "log": set(),
    "progress": set(),
    "registry": {"choices"},
    "sources": set(),
    "torchvision_cpu": set(),
}
DISTRIBUTION = {  # import name -> name on the package index, where they differ
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "ffmpeg": "ffmpeg-python",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "mmcv": "mmcv-lite",
}
CHOSEN = {  # imported only by the back-end that needs them, when it runs
    *("gsplat", "mediapipe", "mmcv-lite", "mmdet", "mmengine", "mmpose", "torchvision"),
}


def modules() -> list[Path]:
    return sorted(LIBRARY.rglob("*.py"))


def names_in(path: Path) -> set[str]:
    return set(code.imported_names(path))


def package_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def test_every_package_is_in_the_table():
    assert {package_of(path) for path in modules()} - {"__init__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_arrows_point_in_one_direction(package):
    allowed = MAY_IMPORT[package] | FOUNDATION | {package}
    for path in modules():
        if package_of(path) != package:
            continue
        named = {name.split(".")[1] for name in names_in(path) if name.startswith("understudy.")}
        reached = named & set(MAY_IMPORT)  # not __version__
        assert reached <= allowed, f"{path.relative_to(ROOT)}: {sorted(reached - allowed)}"


def test_the_library_knows_nothing_of_snakemake():
    for path in modules():
        tops = {name.split(".")[0] for name in names_in(path)}
        assert "snakemake" not in tops, path


def modules_loaded_with(statements: str) -> set[str]:
    """What a fresh interpreter has imported after the statements."""
    script = f"{statements}\nimport sys\nprint(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT / "workflow"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(answer.stdout.split())


def test_planning_needs_neither_torch_nor_numpy():
    light = [f"understudy.plan.{path.stem}" for path in (LIBRARY / "plan").glob("[a-z]*.py")]
    light += [
        "understudy.configuration.document",
        "understudy.quality.inputs",
        "understudy.scene.backgrounds",
    ]
    loaded = modules_loaded_with("\n".join(f"import {name}" for name in light))
    assert not loaded & {"torch", "numpy"}


def test_rules_never_load_torch():
    pattern = re.compile(r"^\s*((?:from|import) [\w.]+(?: import [\w, ]+)?)$", re.MULTILINE)
    statements = [found for path in RULES for found in pattern.findall(path.read_text())]
    assert statements
    own = [line for line in statements if "understudy" in line]
    assert "torch" not in modules_loaded_with("\n".join(own))
    assert not [line for line in statements if re.search(r"\b(torch|numpy)\b", line)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_thin(path):
    assert len(path.read_text().splitlines()) <= 60


def written_files() -> list[Path]:
    folders = ("workflow", "rules", "config", "envs", "profiles", "tests")
    suffixes = {".py", ".smk", ".yaml", ".tsv", ".md", ".j2", ".csv"}
    below = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    beside = [ROOT / "Snakefile", ROOT / "Makefile", *ROOT.glob("*.md")]
    return [path for path in below if path.suffix in suffixes] + beside


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in written_files()
        if path.suffix in {".py", ".smk"}
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_file_names_a_folder_of_one_machine():
    own = re.compile(r"(?<![\w.])/(work|root|home)/")
    told = [str(path) for path in written_files() if own.search(path.read_text(encoding="utf-8"))]
    assert not told


def test_the_embedded_extractors_need_no_torch():
    """Their environment has none; the networks' have another one."""
    for feature in ("keypoints", "masks"):
        loaded = modules_loaded_with(f"import understudy.features.mediapipe_{feature}")
        assert "numpy" in loaded and "torch" not in loaded


def rules_with_scripts() -> dict[str, tuple[list[str], str]]:
    """rule -> (environments, one for each kind of back-end; script)."""
    found = {}
    for path in RULES:
        for text in re.split(r"^\s*(?=rule \w+:)", path.read_text(), flags=re.MULTILINE):
            rule = re.match(r"rule (\w+):", text)
            environments = re.findall(r"envs/(\w+)\.yaml", text)
            script = re.search(r"scripts/(\w+)\.py", text)
            if rule and script:
                found[rule[1]] = (environments, script[1])
    return found


def chosen_by(rule: str) -> list[str]:
    """Everything that a word of the config can have the rule's script run."""
    for path in RULES:
        text = path.read_text().partition(f"rule {rule}:")[2]
        if named := re.search(r"code_version\(\s*\"\w+\"(?:, CHOSEN\[\"(\w+)\"\])?", text):
            return list(CHOICES[named[1]].values()) if named[1] else []
    raise AssertionError(f"{rule} has no code version")


@pytest.mark.parametrize("model", CHOICES["avatar"])
def test_no_avatar_model_reaches_another(model):
    """An edit of one makes no avatar of the other stale."""
    script = ROOT / "workflow/scripts/train_avatar.py"
    reached = {path.parent.name for path in code.reached(script, CHOICES["avatar"][model])}
    assert reached & set(CHOICES["avatar"]) == {model}


@pytest.mark.parametrize("rule", rules_with_scripts())
def test_an_environment_holds_what_its_scripts_import(rule):
    environments, script = rules_with_scripts()[rule]
    declared = {name for environment in environments for name in ENVIRONMENTS[environment]}
    used = {
        DISTRIBUTION.get(top, top).lower()
        for path in code.reached(ROOT / f"workflow/scripts/{script}.py", *chosen_by(rule))
        if path.suffix == ".py"
        for top in {name.split(".")[0] for name in names_in(path)}
        if top not in sys.stdlib_module_names and top not in {"understudy", "job"}
    }
    assert used - declared <= CHOSEN
