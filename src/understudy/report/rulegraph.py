"""The job graph as inline SVG, from what `snakemake --rulegraph` prints, in layers."""

import re
from html import escape
from itertools import pairwise

import networkx as nx

from understudy.report.layered import layered

NODE = re.compile(r'^\s*(\w+)\s*\[\s*label\s*=\s*"([^"]*)"', re.MULTILINE)
EDGE = re.compile(r"^\s*(\w+)\s*->\s*(\w+)", re.MULTILINE)
NODE_WIDTH, NODE_HEIGHT = 170, 44  # SVG units, about px
GAP_X, GAP_Y = 22, 34  # between nodes, between ranks
MARGIN = 8


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
    layout = layered(graph, NODE_WIDTH, GAP_X)
    rightmost = max([*layout.x.values(), *(x for line in layout.lines.values() for x in line)])
    width = rightmost + NODE_WIDTH / 2
    height = _top(max(layout.rank.values())) + NODE_HEIGHT
    frame = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    parts = [
        f'<svg class="graph" viewBox="{frame}" style="max-width:{width + 2 * MARGIN:.0f}px" '
        'role="img" aria-label="Job graph">'
    ]
    parts += [_line(xs, layout.rank[first]) for (first, _), xs in layout.lines.items()]
    parts += [
        _box(layout.x[rule], _top(layout.rank[rule]), rule, notes.get(rule, ""), rule in failed)
        for rule in sorted(graph)
    ]
    return "".join([*parts, "</svg>"])


def _top(rank: int) -> int:
    return rank * (NODE_HEIGHT + GAP_Y)


def _line(xs: list[float], rank: int) -> str:
    """A line through the places xs in the ranks from `rank` on: straight down past the boxes of a
    rank, a Bézier curve to the next one."""
    path = f"M{xs[0]:.1f} {_top(rank) + NODE_HEIGHT}"
    for k, (x, then) in enumerate(pairwise(xs), rank + 1):
        end = _top(k)
        middle = end - GAP_Y / 2
        path += f"C{x:.1f} {middle} {then:.1f} {middle} {then:.1f} {end}"
        if k < rank + len(xs) - 1:
            path += f"V{end + NODE_HEIGHT}"
    return f'<path class="edge" d="{path}"/>'


def _box(x: float, top: float, rule: str, note: str, failed: bool) -> str:
    y = top + NODE_HEIGHT / 2
    kind = "box failed" if failed else "box"
    text = f'<text class="rule" x="{x:.1f}" y="{y + (-3 if note else 5):.1f}">'
    lines = f"{text}{escape(rule)}</text>"
    if note:
        lines += f'<text class="note" x="{x:.1f}" y="{y + 13:.1f}">{escape(note)}</text>'
    return (
        f'<g class="{kind}"><rect x="{x - NODE_WIDTH / 2:.1f}" y="{top:.1f}" '
        f'width="{NODE_WIDTH}" height="{NODE_HEIGHT}" rx="8"/>{lines}</g>'
    )
