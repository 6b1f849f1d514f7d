"""Plans of many backgrounds and labels; the pairs that docs/scene.md forbids."""

import re
from pathlib import Path

from understudy.plan.planned import Plan, read_plan

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "workflow/schemas"
NTU = (
    *("drink_water", "eat_meal", "brush_teeth", "pick_up", "throw", "sit_down", "stand_up"),
    *("clapping", "hand_waving", "kicking", "jump_up", "point", "bow", "salute"),
    *("palms_together", "cross_hands"),
)
SMARTHOME = (
    *("cook_cut", "cook_stir", "cook_usestove", "drink_frombottle", "drink_fromcan"),
    *("drink_fromcup", "eat_snack", "getup", "laydown", "pour_fromkettle", "pour_frombottle"),
    *("sitdown", "walk", "usetelephone", "maketea_insertteabag", "enter"),
)


def forbidden() -> dict[tuple[str, str], str]:
    """(label, kind of scene) -> why not, of the list in docs/scene.md."""
    page = (ROOT / "docs/scene.md").read_text(encoding="utf-8")
    listed = page.split("## Pairs that are never shown\n")[1]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", listed, re.MULTILINE)
    return {(label, kind): why for label, kind, why in rows}


def write_tables(
    folder: Path,
    labels: list[str],
    scenes: dict[str, str],
    references: int,
    identities: int,
) -> None:
    """The three tables of a workflow: `references` of each label; scenes: by id of a background."""
    rows = [
        f"{label.replace(' ', '_')}_{i}\tclips/{label}{i}.mp4\t{label}"
        for label in labels
        for i in range(references)
    ]
    (folder / "references.tsv").write_text("\n".join(["id\tvideo\tlabel", *rows]) + "\n")
    rows = [f"p{i}\tpeople/p{i}.mp4" for i in range(identities)]
    (folder / "identities.tsv").write_text("\n".join(["id\tvideo", *rows]) + "\n")
    rows = [f"{id_}\tphotos/{id_}.jpg\t{scene}" for id_, scene in scenes.items()]
    (folder / "backgrounds.tsv").write_text("\n".join(["id\timage\tscene", *rows]) + "\n")


def planned(folder: Path, labels: list[str], match: str = "plausible", **config) -> Plan:
    """The plan of the tables in a folder."""
    names = ("identities", "references", "backgrounds")
    backgrounds = {"match": match, **config.pop("backgrounds", {})}
    tables = {name: str(folder / f"{name}.tsv") for name in names}
    settings = {"labels": labels, "tables": tables, "results": str(folder / "results")}
    return read_plan({**settings, "backgrounds": backgrounds, **config}, SCHEMAS)
