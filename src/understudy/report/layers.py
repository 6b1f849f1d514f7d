"""Positions for the nodes of a directed acyclic graph, drawn in layers.

Layers by the longest path from the sources; within a layer, nodes are ordered by the mean position
of their neighbours (Sugiyama's method: edges over several layers pass through points between),
then moved close to them without overlap.
"""

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

SWEEPS = 60
NODE_WIDTH = 170
PASS_WIDTH = 26  # room for an edge that passes through a layer
PULL = (1, 2, 8)  # of an edge between two rules, a rule and a pass, two passes (as dot has it)
GAP = 22
MARGIN = 8


@dataclass(frozen=True)
class Position:
    """A node's layer and the x of its middle; `rule` is None where an edge passes through."""

    layer: int
    x: float
    rule: str | None

    @property
    def width(self) -> float:
        return NODE_WIDTH if self.rule else PASS_WIDTH


def place(graph: nx.DiGraph) -> tuple[dict, list[list]]:
    """Points by node (rules and passes), and the chain of nodes that each edge runs through."""
    layer_of = _layers(graph)
    chains = [_chain(a, b, layer_of) for a, b in sorted(graph.edges)]
    links = nx.Graph()
    links.add_nodes_from(layer_of)
    for chain in chains:
        nx.add_path(links, chain)
    layers: list[list] = [[] for _ in range(max(layer_of.values()) + 1)]
    for node in sorted(links, key=str):
        layers[_layer(node, layer_of)].append(node)
    _order(layers, links)
    return _spread(layers, links), chains


def _layers(graph: nx.DiGraph) -> dict[str, int]:
    """Longest path from a source; then sources sink to just above what needs them."""
    layer: dict[str, int] = {}
    for node in nx.topological_sort(graph):
        layer[node] = max((layer[before] + 1 for before in graph.predecessors(node)), default=0)
    for node in reversed(list(nx.topological_sort(graph))):
        after = [layer[follower] for follower in graph.successors(node)]
        if after and graph.in_degree(node) == 0:
            layer[node] = min(after) - 1
    return layer


def _chain(a: str, b: str, layer_of: dict[str, int]) -> list:
    """a, a pass (a, b, layer) for each layer between, b."""
    return [a, *((a, b, layer) for layer in range(layer_of[a] + 1, layer_of[b])), b]


def _layer(node: str | tuple[str, str, int], layer_of: dict[str, int]) -> int:
    return node[2] if isinstance(node, tuple) else layer_of[node]


def _order(layers: list[list], links: nx.Graph) -> None:
    """Sort each layer by its neighbours' mean position, above, then below, until it settles."""
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        pairs = range(1, len(layers)) if downwards else range(len(layers) - 2, -1, -1)
        for number in pairs:
            other = layers[number - 1 if downwards else number + 1]
            place = {node: i for i, node in enumerate(other)}
            own = {node: i for i, node in enumerate(layers[number])}

            def mean(node, place=place, own=own) -> float:
                near = [place[other] for other in links[node] if other in place]
                return sum(near) / len(near) if near else own[node]

            layers[number].sort(key=mean)


def _spread(layers: list[list], links: nx.Graph) -> dict:
    """x of every node: near the mean of its neighbours, in order, without overlap."""
    x = {}
    for layer in layers:
        offset = 0.0
        for node in layer:
            x[node] = offset + _room(node) / 2
            offset += _room(node) + GAP
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [_mean_of_neighbours(x, links, node) for node in layer]
            x.update(zip(layer, _apart(layer, wanted), strict=True))
    left = min(x[node] - _room(node) / 2 for node in x) - MARGIN
    return {
        node: Position(number, x[node] - left, None if isinstance(node, tuple) else node)
        for number, layer in enumerate(layers)
        for node in layer
    }


def _mean_of_neighbours(x: dict, links: nx.Graph, node: object) -> float:
    """Weighted so that an edge that passes several layers stays straight between its ends."""
    passes = isinstance(node, tuple)
    weights = {other: PULL[passes + isinstance(other, tuple)] for other in links[node]}
    if not weights:
        return x[node]
    return sum(x[other] * weight for other, weight in weights.items()) / sum(weights.values())


def _apart(layer: list, wanted: list[float]) -> list[float]:
    """The nearest positions (least squares) to `wanted` that keep order and distance.

    Distances are subtracted first; what is left is isotonic regression, by pooling neighbours.
    """
    shifts = [0.0]
    for before, node in pairwise(layer):
        shifts.append(shifts[-1] + (_room(before) + _room(node)) / 2 + GAP)
    blocks: list[list[float]] = []  # [sum, count]
    for want, shift in zip(wanted, shifts, strict=True):
        blocks.append([want - shift, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    level = [total / count for total, count in blocks for _ in range(int(count))]
    return [place + shift for place, shift in zip(level, shifts, strict=True)]


def _room(node: object) -> float:
    return PASS_WIDTH if isinstance(node, tuple) else NODE_WIDTH
