"""The report: one self-contained HTML page, images and all, that opens anywhere."""

import base64
import re
from pathlib import Path

import pandas as pd
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from understudy.files import read_json, write_text
from understudy.recognition.plots import INK
from understudy.recognition.tabulate import usual
from understudy.report.benchmarks import RuleCost, in_words, read_benchmarks
from understudy.report.covered import told_coverage
from understudy.report.efficiency import Efficiency, efficiency, read_requests
from understudy.report.failures import SLURM_LOGS, find_failures
from understudy.report.fits import HEADS, Limits, judged_fits
from understudy.report.inputs import Person, Place, Plot, Reference, ReportInputs
from understudy.report.provenance import versions
from understudy.report.rulegraph import draw_rulegraph, parse_rulegraph

MIME = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
PX_PER_PT = 96 / 72
AVATAR_FIGURES = {  # key of an avatar's metrics.json -> how it is written
    "psnr": "{:.1f} dB on held-out frames",
    "iou": "mask IoU {:.2f}",
    "gaussians": "{:,} Gaussians",
    "train_seconds": "trained in {}",
}


def build_report(inputs: ReportInputs, out_html: Path | str) -> None:
    """Write the page. What is missing is named, never an error: a failed run gets a report too."""
    costs = read_benchmarks(Path(inputs.benchmarks)) if inputs.benchmarks else []
    failures = find_failures(list(inputs.expected))
    notes = {cost.rule: f"{_jobs(cost.jobs)} · {in_words(cost.total_s)}" for cost in costs}
    stopped = {failure.rule for failure in failures if failure.why is not None}
    graph = draw_rulegraph(parse_rulegraph(inputs.rulegraph), notes, stopped)
    environment = Environment(
        loader=PackageLoader("understudy.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(duration=in_words, data_uri=data_uri)
    page = environment.get_template("template.html.j2").render(
        title=inputs.title,
        sentence=_sentence(inputs),
        figures=_figures(inputs, costs),
        previews=_previews(inputs),
        people=[_person(person) for person in inputs.people[: inputs.most_sheets]],
        more_people=[person.id for person in inputs.people[inputs.most_sheets :]],
        references=[_reference(item) for item in inputs.references[: inputs.most_sheets]],
        more_references=[item.id for item in inputs.references[inputs.most_sheets :]],
        worst=_if_there(inputs.worst),
        rooms=[_room(room) for room in inputs.rooms if Path(room.sheet).is_file()],
        fits=judged_fits(inputs.expected, Limits.of(inputs.config)),
        fit_heads=HEADS,
        tables=_tables(inputs.table),
        plots=[_plot(plot) for plot in inputs.plots if Path(plot.path).is_file()],
        graph=Markup(graph),
        costs=costs,
        longest=max((cost.total_s for cost in costs), default=1.0),
        used=_used(inputs.profile, costs),
        failures=[failure for failure in failures if failure.why is not None],
        waiting=[failure for failure in failures if failure.why is None],
        versions=versions(),
        config=yaml.safe_dump(inputs.config, sort_keys=False, allow_unicode=True),
    )
    write_text(out_html, page)


def _used(profile: str, costs: list[RuleCost]) -> list[Efficiency]:
    """What jobs used of what they requested; only for a run on a cluster."""
    if not (SLURM_LOGS.is_dir() and Path(profile).is_file()):
        return []
    return efficiency(costs, read_requests(Path(profile), [cost.rule for cost in costs]))


def data_uri(path: str) -> str:
    """An image as text, to embed in the page itself."""
    content = base64.b64encode(Path(path).read_bytes()).decode()
    return f"data:{MIME[Path(path).suffix.lower()]};base64,{content}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _jobs(number: int) -> str:
    return _count(number, "job")


def _sentence(inputs: ReportInputs) -> str:
    people = _count(len(inputs.people), "new person", "new people")
    references = _count(len(inputs.references), "reference video")
    actions = _count(len({item.label for item in inputs.references}), "action")
    rooms = _count(inputs.backgrounds, "background")
    verb = "re-enacts" if len(inputs.people) == 1 else "re-enact"
    return f"{people} {verb} {references} of {actions} before {rooms}."


def _figures(inputs: ReportInputs, costs: list[RuleCost]) -> list[tuple[str, str]]:
    """(number, what it counts) for the head of the page; only what exists."""
    made = sum(Path(path).is_file() for path in inputs.synthetic)
    avatars = sum(Path(person.metrics).is_file() for person in inputs.people)
    figures = [
        (_of(avatars, len(inputs.people)), "avatars"),
        (_of(made, len(inputs.synthetic)), "synthetic videos"),
    ]
    figures += _gain(inputs.summary)
    if costs:
        figures.append((in_words(sum(cost.total_s for cost in costs)), "of jobs, end to end"))
        peak = max((cost.peak_mb for cost in costs if cost.peak_mb is not None), default=None)
        if peak is not None:
            figures.append((f"{peak / 1000:.1f} GB", "largest job's memory"))
    return figures


def _of(made: int, planned: int) -> str:
    return f"{made:,}" if made == planned else f"{made:,} of {planned:,}"


def _gain(summary: str) -> list[tuple[str, str]]:
    """Accuracy without and with synthetic videos, of the first model at its largest n_real."""
    if not Path(summary).is_file():
        return []
    table = usual(pd.read_csv(summary, dtype={"identities": str})).reset_index(drop=True)
    first = table[(table.dataset == table.dataset[0]) & (table.model == table.model[0])]
    base = first[first.n_real == first.n_real.max()].sort_values("n_synthetic")
    without, with_them = base.iloc[0], base.iloc[-1]
    if without.n_synthetic or not with_them.n_synthetic:
        return []
    arrow = f"{100 * without.accuracy:.0f} → {100 * with_them.accuracy:.0f} %"
    return [(arrow, "accuracy on real videos, without → with synthetic ones")]


def _previews(inputs: ReportInputs) -> list[Reference]:
    shown = [item for item in inputs.references if Path(item.preview).is_file()]
    return shown[: inputs.most_previews]


def _person(person: Person) -> dict:
    facts = [f"{key} {value}" for key, value in person.facts.items() if value]
    if Path(person.coverage).is_file():
        facts.append(told_coverage(person.coverage))
    if Path(person.metrics).is_file():
        metrics = read_json(person.metrics)
        metrics = {**metrics.get("held_out", {}), **metrics}
        for key, text in AVATAR_FIGURES.items():
            if isinstance(metrics.get(key), int | float):
                value = metrics[key]
                facts.append(text.format(in_words(value) if key == "train_seconds" else value))
    return {"id": person.id, "facts": facts, "sheet": _if_there(person.sheet)}


def _reference(reference: Reference) -> dict:
    facts = [f"{key} {value}" for key, value in reference.facts.items() if value]
    if reference.synthetic:
        facts.append(_count(len(reference.synthetic), "synthetic video"))
    return {
        "id": reference.id,
        "label": reference.label.replace("_", " "),
        "facts": facts,
        "sheet": _if_there(reference.sheet),
    }


def _room(room: Place) -> dict:
    facts = [f"{key} {value}" for key, value in room.facts.items() if value]
    return {"id": room.id, "facts": facts, "sheet": room.sheet}


def _if_there(path: str) -> str:
    return path if Path(path).is_file() else ""


def _tables(path: str) -> list[dict]:
    """Title (of all but the first), header, rows and notes of each section of a table1.md."""
    if not Path(path).is_file():
        return []
    first, *others = Path(path).read_text(encoding="utf-8").split("\n## ")
    return [_section("", first), *(_section(*text.split("\n", 1)) for text in others)]


def _section(title: str, text: str) -> dict:
    lines = text.splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|") and not line.startswith("| ---")
    ]
    notes = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    return {"title": title, "header": rows[0] if rows else [], "rows": rows[1:], "notes": notes}


def _plot(plot: Plot) -> dict:
    """An SVG goes into the page itself, so that it takes the page's font and colours."""
    if Path(plot.path).suffix != ".svg":
        return {"image": plot.path, "svg": "", "width": 0, "caption": plot.caption}
    svg = inline_svg(Path(plot.path))
    width = round(float(re.findall(r'viewBox="0 0 ([\d.]+)', svg)[0]) * PX_PER_PT)
    return {"image": "", "svg": Markup(svg), "width": width, "caption": plot.caption}


def inline_svg(path: Path) -> str:
    """The <svg> element of a Matplotlib figure, scaling with the page, its ink the page's."""
    text = path.read_text(encoding="utf-8")
    svg = text[text.index("<svg") :]
    # Its style sheet would apply to the whole page; the page's own has the same rule for figures.
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt" height="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    # Once inline, ids belong to the page: keep those of different figures apart.
    stem = path.stem
    svg = re.sub(r'\bid="', f'id="{stem}-', svg)
    svg = re.sub(r"url\(#", f"url(#{stem}-", svg)
    svg = re.sub(r'xlink:href="#', f'xlink:href="#{stem}-', svg)
    return svg.replace(INK, "currentColor")
