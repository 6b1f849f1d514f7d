"""The structure of the library: its packages from the bottom up, and the imports between files."""

from pathlib import Path

from understudy.plan.code import imported_names

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "src/understudy"

FOUNDATION = {"errors", "files", "log", "progress", "choices", "registry"}  # all may use these
# A package -> the packages that it may import; longer names have their own entry. An import of any
# other one points upwards.
MAY_IMPORT: dict[str, set[str]] = {
    # What a person, a video, an image are.
    "body": set(),
    "video": set(),
    "splatting": set(),
    "gaussians": {"body", "splatting"},
    # What the jobs pass on.
    "artifacts": {"body", "gaussians", "video"},
    # What several makers share.
    "networks": set(),
    "image_metrics": {"networks"},
    "places": {"networks", "video"},
    "solver": {"body"},
    "observation": {"artifacts", "body"},
    # What makes the artifacts.
    "filming": {"artifacts"},
    "features": {"artifacts", "body", "checkout", "filming", "networks", "observation", "video"},
    "features.landmarks": {"artifacts", "body", "features", "observation", "solver"},
    "features.mediapipe": {"artifacts", "features", "video"},
    "features.openmmlab": {"features", "networks", "video"},
    "features.sam": {"artifacts", "features", "networks", "video"},
    "features.depth_anything": {"artifacts", "features", "networks", "video"},
    "features.deca": {"artifacts", "body", "features", "networks", "observation", "video"},
    "features.hand4whole": {"artifacts", "body", "features", "networks", "observation", "video"},
    "fitting": {"artifacts", "body", "observation", "solver"},
    "fitting.understudy": {"artifacts", "body", "fitting", "observation", "solver"},
    "fitting.paper": {"artifacts", "body", "fitting", "observation"},
    "avatar": set(),
    "avatar.training": {
        *("artifacts", "body", "checkpoint", "gaussians", "image_metrics", "video"),
    },
    "avatar.training.direct": {
        *("avatar.training", "body", "checkpoint", "gaussians", "image_metrics"),
    },
    "avatar.training.exavatar": {
        *("artifacts", "avatar.training", "body", "checkpoint", "gaussians", "image_metrics"),
        "splatting",
    },
    "avatar.released": {
        *("artifacts", "avatar.training", "avatar.training.exavatar"),
        *("body", "gaussians", "networks"),
    },
    "avatar.evaluation": {
        *("artifacts", "avatar.training", "body", "gaussians", "image_metrics"),
    },
    "avatar.inspection": {
        *("artifacts", "avatar.evaluation", "avatar.training", "body", "gaussians", "video"),
    },
    "scene": {"artifacts", "body", "gaussians", "room", "video"},
    "room": {"artifacts", "networks", "video"},
    "coverage": {"artifacts", "body", "gaussians", "video"},
    "quality": {"artifacts", "body", "features", "fitting", "solver", "video"},
    "export": {"artifacts", "body"},
    "gallery": {"artifacts", "body"},
    "release": {"checkout", "gallery", "video"},
    "dataset": {"artifacts", "coverage", "fitting", "places", "scene", "video"},
    "recognition": {"artifacts", "checkpoint", "networks", "video"},
    "demo": {
        *("artifacts", "avatar.evaluation", "body", "fitting", "gaussians", "scene", "video"),
    },
    "converters": {"places"},
    # What is decided before any job runs, and what is reported of a run. From makers they import
    # only settings and what is light.
    "configuration": {
        *("artifacts", "avatar.training", "avatar.training.direct", "avatar.training.exavatar"),
        *("coverage", "demo", "fitting", "places", "recognition", "release", "scene", "video"),
    },
    "plan": {
        *("configuration", "features", "gallery", "packed", "places", "recognition", "scene"),
        *("sources", "video"),
    },
    "report": {
        *("artifacts", "body", "coverage", "dataset", "fitting", "gallery", "packed", "plan"),
        *("recognition", "splatting", "video"),
    },
    "cluster": set(),
    "forecast": {
        *("checkout", "cluster", "configuration", "features", "places", "plan", "report"),
    },
    "cli": {
        *(
            "avatar.inspection",
            "checkout",
            "cluster",
            "configuration",
            "converters",
            "export",
            "forecast",
            "release",
        ),
        "report",
    },
    "__main__": {"cli"},
    # Single modules that are not foundation.
    "checkout": set(),
    "checkpoint": set(),
    "packed": set(),
    "sources": set(),
}


def modules() -> dict[str, Path]:
    """Dotted name -> file, of every module."""
    return {_dotted(path): path for path in sorted(LIBRARY.rglob("*.py"))}


def _dotted(path: Path) -> str:
    parts = path.relative_to(LIBRARY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    """The longest name of MAY_IMPORT or FOUNDATION that contains a module; "" for the package's
    own __init__."""
    parts = module.split(".")
    names = [".".join(parts[:k]) for k in range(len(parts), 0, -1)]
    return next((name for name in names if name in MAY_IMPORT or name in FOUNDATION), "")


def imports() -> dict[str, set[str]]:
    """Module -> the modules that it imports, wherever in the file."""
    known = modules()
    found = {}
    for module, path in known.items():
        names = {name.removeprefix("understudy.") for name in imported_names(path)} & known.keys()
        # `from package import module` is an import of the module alone.
        packages = {name.rpartition(".")[0] for name in names}
        found[module] = names - packages - {module}
    return found


def upward_arrows() -> list[tuple[str, str]]:
    """(module, imported module) of every import that the table does not allow."""
    arrows = []
    for module, targets in imports().items():
        package = package_of(module)
        allowed = MAY_IMPORT.get(package, set()) | FOUNDATION | {package, ""}
        arrows += [(module, target) for target in targets if package_of(target) not in allowed]
    return arrows


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The sets of two or more nodes that reach each other (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            component = set(stack[at:])
            del stack[at:]
            if len(component) > 1:
                found.append(component)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def between_folders(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same graph of the folders and modules directly in the library."""
    found: dict[str, set[str]] = {}
    for module, targets in graph.items():
        top = module.partition(".")[0]
        found.setdefault(top, set()).update(target.partition(".")[0] for target in targets)
    return {top: targets - {top} for top, targets in found.items()}


def between_packages(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same graph of packages."""
    found: dict[str, set[str]] = {}
    for module, targets in graph.items():
        package = package_of(module)
        others = {package_of(target) for target in targets} - {package, ""}
        found.setdefault(package, set()).update(others)
    for targets in list(found.values()):
        for target in targets:
            found.setdefault(target, set())
    return found
