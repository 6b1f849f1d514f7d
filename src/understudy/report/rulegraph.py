"""The job graph as inline SVG, from what `snakemake --rulegraph` prints, laid out by Graphviz."""

import re
from html import escape

import networkx as nx
import pygraphviz

NODE = re.compile(r'^\s*(\w+)\s*\[\s*label\s*=\s*"([^"]*)"', re.MULTILINE)
EDGE = re.compile(r"^\s*(\w+)\s*->\s*(\w+)", re.MULTILINE)
NODE_WIDTH, NODE_HEIGHT = 170, 44  # SVG units, about px
GAP_X, GAP_Y = 22, 34  # between nodes, between ranks
MARGIN = 8
INCH = 72  # Graphviz measures sizes in inches, positions in points


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
    drawing = _laid_out(graph)
    width, height = (float(side) for side in drawing.graph_attr["bb"].split(",")[2:])
    frame = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    parts = [
        f'<svg class="graph" viewBox="{frame}" style="max-width:{width + 2 * MARGIN:.0f}px" '
        'role="img" aria-label="Job graph">'
    ]
    parts += [_edge(edge.attr["pos"]) for edge in drawing.edges()]
    parts += [
        _box(node.attr["pos"], str(node), notes.get(node, ""), node in failed)
        for node in drawing.nodes()
    ]
    return "".join([*parts, "</svg>"])


def _laid_out(graph: nx.DiGraph) -> pygraphviz.AGraph:
    """Graphviz's layout: what is made first on top, as its y points upwards and SVG's downwards."""
    drawing = pygraphviz.AGraph(
        directed=True, rankdir="BT", nodesep=GAP_X / INCH, ranksep=GAP_Y / INCH
    )
    size = {"width": NODE_WIDTH / INCH, "height": NODE_HEIGHT / INCH, "fixedsize": "true"}
    drawing.node_attr.update(shape="box", label="", **size)
    drawing.edge_attr.update(arrowhead="none")
    drawing.add_nodes_from(sorted(graph))
    drawing.add_edges_from(sorted(graph.edges))
    drawing.layout("dot")
    return drawing


def _edge(position: str) -> str:
    """A chain of Bézier curves: its first point, then three for each curve."""
    first, *others = position.split()
    return f'<path class="edge" d="M{first} C{" ".join(others)}"/>'


def _box(position: str, rule: str, note: str, failed: bool) -> str:
    x, y = (float(value) for value in position.split(","))
    kind = "box failed" if failed else "box"
    text = f'<text class="rule" x="{x:.1f}" y="{y + (-3 if note else 5):.1f}">'
    lines = f"{text}{escape(rule)}</text>"
    if note:
        lines += f'<text class="note" x="{x:.1f}" y="{y + 13:.1f}">{escape(note)}</text>'
    return (
        f'<g class="{kind}"><rect x="{x - NODE_WIDTH / 2:.1f}" y="{y - NODE_HEIGHT / 2:.1f}" '
        f'width="{NODE_WIDTH}" height="{NODE_HEIGHT}" rx="8"/>{lines}</g>'
    )
