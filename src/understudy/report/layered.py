"""A layered drawing of a directed graph without circles (Sugiyama, Tagawa and Toda, 1981), by the
steps of Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs" (1993): ranks
and places are linear programs, which SciPy solves; the order within a rank is by medians."""

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

SWEEPS = 24  # down and up the ranks
# How much a line wants to be straight: between boxes, at one end of a long line, within one.
STRAIGHT = (1, 2, 8)

Node = str | tuple[str, str, int]  # a tuple: where the line between two nodes passes a rank


@dataclass(frozen=True)
class Layout:
    """x of each node's middle, from 0 up; rank of each, 0 first; lines: for each edge, the x of all
    the ranks from the one of its first node to that of its second."""

    x: dict[str, float]
    rank: dict[str, int]
    lines: dict[tuple[str, str], list[float]]


def layered(graph: nx.DiGraph, width: float, gap: float) -> Layout:
    """Lay out a graph of one or more nodes whose boxes are all `width` wide, at least `gap` apart;
    so are the lines that pass between them."""
    nodes, edges = sorted(graph), sorted(graph.edges)
    ranks = _ranks(nodes, edges)
    chains = {
        (a, b): [a, *((a, b, rank) for rank in range(ranks[a] + 1, ranks[b])), b] for a, b in edges
    }
    rows: list[list[Node]] = [[] for _ in range(max(ranks.values()) + 1)]
    for node in nodes:
        rows[ranks[node]].append(node)
    for chain in chains.values():
        for passing in chain[1:-1]:
            rows[passing[2]].append(passing)
    links = [link for chain in chains.values() for link in pairwise(chain)]
    x = _places(_ordered(rows, links), links, width, gap)
    lines = {edge: [x[node] for node in chain] for edge, chain in chains.items()}
    return Layout({node: x[node] for node in nodes}, ranks, lines)


def _ranks(nodes: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Of each node, so that every edge leads down and all are as short as can be in sum."""
    index = {node: k for k, node in enumerate(nodes)}
    length = np.zeros(len(nodes))
    for a, b in edges:
        length[index[a]] -= 1
        length[index[b]] += 1
    downwards = [([index[b]], [index[a]], 1.0) for a, b in edges]
    found = np.rint(_least(length, downwards)).astype(int)
    return dict(zip(nodes, (found - found.min()).tolist(), strict=True))


def _least(cost: np.ndarray, limits: list[tuple[list[int], list[int], float]]) -> np.ndarray:
    """The values ≥ 0 of least cost in which, for all (more, less, d), those of `more` are in sum at
    least d more than those of `less`."""
    if not limits:
        return np.zeros(len(cost))
    rows, columns, signs = [], [], []
    for row, (more, less, _) in enumerate(limits):
        columns += [*more, *less]
        signs += [-1] * len(more) + [1] * len(less)
        rows += [row] * (len(more) + len(less))
    table = coo_array((signs, (rows, columns)), shape=(len(limits), len(cost))).tocsr()
    return linprog(cost, A_ub=table, b_ub=[-d for *_, d in limits], method="highs").x


def _ordered(rows: list[list[Node]], links: list[tuple[Node, Node]]) -> list[list[Node]]:
    """The rows in an order in which few links cross."""
    above: dict[Node, list[Node]] = {node: [] for row in rows for node in row}
    below: dict[Node, list[Node]] = {node: [] for row in rows for node in row}
    for a, b in links:
        above[b].append(a)
        below[a].append(b)
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        beside = above if down else below
        order = list(range(1, len(rows))) if down else list(range(len(rows) - 2, -1, -1))
        rows = list(rows)
        for rank in order:
            rows[rank] = _by_medians(rows[rank], beside, rows[rank - 1 if down else rank + 1])
        rows = _swapped(rows, above, below)
        if (crossings := _crossings(rows, below)) < fewest:
            best, fewest = rows, crossings
    return best


def _by_medians(row: list[Node], beside: dict[Node, list[Node]], other: list[Node]) -> list[Node]:
    """A row by the median places of its nodes' neighbours in the `other` row; others stay."""
    place = {node: k for k, node in enumerate(other)}
    medians = {
        node: float(np.median([place[near] for near in beside[node]]))
        for node in row
        if beside[node]
    }
    movable = iter(sorted(medians, key=medians.__getitem__))
    return [next(movable) if node in medians else node for node in row]


def _swapped(
    rows: list[list[Node]], above: dict[Node, list[Node]], below: dict[Node, list[Node]]
) -> list[list[Node]]:
    """The rows after exchanging neighbours as long as fewer links cross."""
    rows = [list(row) for row in rows]
    improved = True
    while improved:
        improved = False
        place = {node: k for row in rows for k, node in enumerate(row)}
        for row in rows:
            for k in range(len(row) - 1):
                a, b = row[k], row[k + 1]
                sides = [(side[a], side[b]) for side in (above, below)]
                now = sum(_over(x, y, place) for x, y in sides)
                then = sum(_over(y, x, place) for x, y in sides)
                if then < now:
                    row[k], row[k + 1] = b, a
                    place[a], place[b] = k + 1, k
                    improved = True
    return rows


def _over(left: list[Node], right: list[Node], place: dict[Node, int]) -> int:
    """How many links of two neighbours cross, which lead to these nodes of one row."""
    return sum(place[a] > place[b] for a in left for b in right)


def _crossings(rows: list[list[Node]], below: dict[Node, list[Node]]) -> int:
    place = {node: k for row in rows for k, node in enumerate(row)}
    return sum(
        _over(below[a], below[b], place)
        for row in rows
        for k, a in enumerate(row)
        for b in row[k + 1 :]
    )


def _places(
    rows: list[list[Node]], links: list[tuple[Node, Node]], width: float, gap: float
) -> dict[Node, float]:
    """x of each node: links as straight as can be, at these widths and gaps."""
    nodes = [node for row in rows for node in row]
    index = {node: k for k, node in enumerate(nodes)}
    half = {node: 0 if isinstance(node, tuple) else width / 2 for node in nodes}
    weights = [STRAIGHT[isinstance(a, tuple) + isinstance(b, tuple)] for a, b in links]
    cost = np.array([0] * len(nodes) + weights)
    limits = [
        ([index[b]], [index[a]], half[a] + half[b] + gap) for row in rows for a, b in pairwise(row)
    ]
    for aside, (a, b) in enumerate(links, len(nodes)):  # a value for each link: |x[a] − x[b]|
        limits += [([aside, index[a]], [index[b]], 0.0), ([aside, index[b]], [index[a]], 0.0)]
    x = _least(cost, limits)[: len(nodes)]
    x -= min(x[index[node]] - half[node] for node in nodes)
    return dict(zip(nodes, x.tolist(), strict=True))
