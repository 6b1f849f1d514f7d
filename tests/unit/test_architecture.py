"""The architecture holds: imports in one direction, light rules, thin scripts."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler

from envs.generate import ENVIRONMENTS
from tests.unit.architecture import (
    FOUNDATION,
    LIBRARY,
    MAY_IMPORT,
    ROOT,
    between_folders,
    between_packages,
    circles,
    imports,
    modules,
    package_of,
    upward_arrows,
)
from understudy.choices import CHOICES
from understudy.plan import code

SCRIPTS = [path for path in (ROOT / "workflow/scripts").glob("*.py") if path.stem != "job"]
RULES = sorted((ROOT / "rules").glob("*.smk"))

DISTRIBUTION = {  # import name -> name on the package index, where they differ
    "ai_edge_litert": "ai-edge-litert",
    "cv2": "opencv-python-headless",
    "vtkmodules": "vtk",
    "PIL": "pillow",
    "pi_heif": "pi-heif",
    "yaml": "pyyaml",
    "ffmpeg": "ffmpeg-python",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "c2pa": "c2pa-python",
    "mmcv": "mmcv-lite",
}
CHOSEN = {  # imported only by the back-end that needs them, when it runs, or by licensed bodies
    *("gsplat", "mmcv-lite", "mmdet", "mmengine", "mmpose", "smplx", "torchvision"),
}


def names_in(path: Path) -> set[str]:
    return set(code.imported_names(path))


def test_every_module_is_in_the_picture():
    """Each package of the table contains a module, and each module has a package in the table."""
    packages = {package_of(module) for module in modules()}
    assert packages - FOUNDATION - {""} == set(MAY_IMPORT)


def test_the_page_names_every_package():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/.]+)`", page))
    tops = {package.split(".")[0] for package in MAY_IMPORT if package != "__main__"} | FOUNDATION
    assert tops <= named
    for path in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", page):
        assert (LIBRARY / path).is_file() or (ROOT / path).is_file(), path


def test_arrows_point_one_way():
    assert upward_arrows() == []


def test_the_table_names_no_arrow_that_is_not_drawn():
    drawn = between_packages(imports())
    assert {package: allowed - drawn[package] for package, allowed in MAY_IMPORT.items()} == {
        package: set() for package in MAY_IMPORT
    }


def test_nothing_imports_in_a_circle():
    assert circles(imports()) == []
    assert circles(between_packages(imports())) == []
    assert circles(between_folders(imports())) == []


def test_a_circle_is_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert circles(graph) == [{"a", "b", "c"}]


@pytest.mark.parametrize("of", CHOICES)
def test_a_maker_is_imported_by_its_word_alone(of):
    """No module names what the config chooses; it is found by `registry.chosen`."""
    chosen = {path.split(":")[0].removeprefix("understudy.") for path in CHOICES[of].values()}
    assert not [(a, b) for a, targets in imports().items() for b in targets if b in chosen]


def test_the_library_knows_nothing_of_snakemake():
    for path in sorted((ROOT / "src").rglob("*.py")):
        tops = {name.split(".")[0] for name in names_in(path)}
        assert not [top for top in tops if top.startswith("snakemake")], path


def modules_loaded_with(statements: str) -> set[str]:
    """What a fresh interpreter has imported after the statements."""
    script = f"{statements}\nimport sys\nprint(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(answer.stdout.split())


def test_planning_needs_neither_torch_nor_numpy():
    light = [f"understudy.plan.{path.stem}" for path in (LIBRARY / "plan").glob("[a-z]*.py")]
    light += [
        "understudy.configuration.document",
        "understudy.plan.tsv",
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
    folders = ("src", "workflow", "rules", "config", "envs", "profiles", "tests")
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
        loaded = modules_loaded_with(f"import understudy.features.mediapipe.{feature}")
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
    """Everything that a choice in the config can make the rule's script run."""
    script = rules_with_scripts()[rule][1]
    call = re.compile(rf'code_version\(\s*"{script}"(?:, (?:CHOSEN\["(\w+)"\]|(architecture)))?')
    calls = [named for path in RULES for named in call.finditer(path.read_text())]
    assert calls, f"{rule} has no code version"
    words = {"recogniser" if named[2] else named[1] for named in calls} - {None}
    return [path for word in words for path in CHOICES[word].values()]


@pytest.mark.parametrize("model", CHOICES["avatar"])
def test_no_avatar_model_reaches_another(model):
    """An edit of one does not make avatars of the other stale."""
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


def test_the_limit_that_the_rules_switch_off_is_there():
    """workflow/planner sets the scheduler's `job_rate_limiter`; under another name it stays on."""
    assert "job_rate_limiter" in JobScheduler.__init__.__code__.co_names
    assert (
        "workflow.scheduler.job_rate_limiter = None"
        in (ROOT / "workflow/planner/quickly.py").read_text()
    )


@pytest.mark.parametrize(
    ("module", "owner", "name", "uses"),
    [
        ("io", "_IOFile", "clone_flags", ()),
        ("io", "_IOFile", "flags", ()),
        ("io", "_IOFile", "is_storage", ()),
        ("iocontainers", "AttributeGuard", "__new__", ()),
        ("iocontainers", "Namedlist", "__init__", ("_allowed_overrides",)),
        ("dag", "ScriptProcessor", "process_job", ()),
        ("dag", "DAG", "__init__", ("_dependencies", "depending", "partial", "defaultdict")),
        ("dag", "DAG", "cache_job", ("job_cache",)),
        ("dag", "DAG", "check_directory_outputs", ()),
        ("jobs", "Job", "__init__", ("temp_output", "protected_output", "touch_output")),
        ("jobs", "Job", "__init__", ("pipe_or_service_output", "_queue_input")),
        ("jobs", "Job", "conda_env_spec", ()),
    ],
)
def test_what_the_planner_replaces_is_there(module, owner, name, uses):
    """Under another name it would stay what it was."""
    importlib.import_module("snakemake.cli")  # alone, some of the modules import each other
    replaced = getattr(getattr(sys.modules[f"snakemake.{module}"], owner), name)
    if uses:
        assert set(uses) <= set(replaced.__code__.co_names)
    text = (ROOT / "workflow/planner/lean.py").read_text()
    assert f"{owner}.{name} = " in text or all(use in text for use in uses)
