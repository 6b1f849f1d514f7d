"""The job graph as inline SVG, from what `snakemake --rulegraph` prints; no graphviz needed."""

import re
from html import escape
from itertools import pairwise

import networkx as nx

from understudy.report.layers import MARGIN, NODE_WIDTH, Position, place

NODE = re.compile(r'^\s*(\w+)\s*\[\s*label\s*=\s*"([^"]*)"', re.MULTILINE)
EDGE = re.compile(r"^\s*(\w+)\s*->\s*(\w+)", re.MULTILINE)
NODE_HEIGHT, GAP_Y = 44, 34  # SVG units, about px


def parse_rulegraph(dot: str) -> nx.DiGraph:
    """Nodes are rule names; an edge starts at what is made first. Implied edges are dropped.

    Lines before the graph (Snakemake's messages) are ignored. The target rule `all` is left out.
    """
    names = {key: label.split("\\n")[0] for key, label in NODE.findall(dot)}
    graph = nx.DiGraph()
    graph.add_nodes_from(names.values())
    graph.add_edges_from((names[a], names[b]) for a, b in EDGE.findall(dot) if a in names)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    if "all" in graph:
        graph.remove_node("all")
    return nx.transitive_reduction(graph)


STYLE = """<style>
svg { background: #fff; font-family: system-ui, sans-serif; }
.edge { fill: none; stroke: #6c6f76; stroke-opacity: .45; stroke-width: 1.5; }
rect { fill: #faf8f4; stroke: #c9c4ba; stroke-width: 1.2; }
text { text-anchor: middle; font-size: 13px; fill: #24262b; }
.note { font-size: 11px; fill: #6c6f76; }
</style>"""


def rulegraph_picture(graph: nx.DiGraph, notes: dict[str, str]) -> str:
    """The graph as a standalone SVG file."""
    svg = draw_rulegraph(graph, notes, failed=set())
    head, body = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg">{STYLE}{body}\n'


def draw_rulegraph(graph: nx.DiGraph, notes: dict[str, str], failed: set[str]) -> str:
    """The graph as an <svg> element, styled by the page through its classes.

    notes: rule -> second line in its box, such as "12 jobs · 1 min"; rules in `failed` are marked.
    """
    if not graph:
        return ""
    points, chains = place(graph)
    width = max(point.x + point.width / 2 for point in points.values()) + MARGIN
    height = (max(point.layer for point in points.values()) + 1) * (NODE_HEIGHT + GAP_Y)
    parts = [
        f'<svg class="graph" viewBox="0 0 {width:.0f} {height - GAP_Y + 2 * MARGIN:.0f}" '
        f'style="max-width:{width:.0f}px" role="img" aria-label="Job graph">'
    ]
    parts += [_edge([points[node] for node in chain]) for chain in chains]
    parts += [
        _box(point, point.rule, notes.get(point.rule, ""), point.rule in failed)
        for point in points.values()
        if point.rule
    ]
    return "".join([*parts, "</svg>"])


def _top(point: Position) -> float:
    return MARGIN + point.layer * (NODE_HEIGHT + GAP_Y)


def _edge(chain: list[Position]) -> str:
    """A curve from below the first box through the passes to the top of the last."""
    path = f"M{chain[0].x:.1f},{_top(chain[0]) + NODE_HEIGHT:.1f}"
    y = _top(chain[0]) + NODE_HEIGHT
    for before, point in pairwise(chain):
        end = _top(point)
        bend = (end - y) * 0.55
        curve = (before.x, y + bend), (point.x, end - bend), (point.x, end)
        path += " C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in curve)
        y = end if point.rule else end + NODE_HEIGHT
        if not point.rule:
            path += f" V{y:.1f}"
    return f'<path class="edge" d="{path}"/>'


def _box(point: Position, rule: str, note: str, failed: bool) -> str:
    kind = "box failed" if failed else "box"
    left, top = point.x - NODE_WIDTH / 2, _top(point)
    middle = top + NODE_HEIGHT / 2
    text = f'<text class="rule" x="{point.x:.1f}" y="{middle + (-3 if note else 5):.1f}">'
    lines = f"{text}{escape(rule)}</text>"
    if note:
        lines += f'<text class="note" x="{point.x:.1f}" y="{middle + 13:.1f}">{escape(note)}</text>'
    return (
        f'<g class="{kind}"><rect x="{left:.1f}" y="{top:.1f}" width="{NODE_WIDTH}" '
        f'height="{NODE_HEIGHT}" rx="8"/>{lines}</g>'
    )
