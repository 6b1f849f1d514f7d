"""A drawing of the job graph, read back from its SVG."""

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import numpy as np

STEPS = np.linspace(0, 1, 25)[1:, None]  # along a Bézier curve


@dataclass(frozen=True)
class Box:
    """A rule's rectangle; y points downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        aside = self.right < other.left or other.right < self.left
        return not (aside or self.bottom < other.top or other.bottom < self.top)

    def holds(self, points: np.ndarray, margin: float) -> np.ndarray:
        """Which points (n,2) lie in it, made larger by a margin on each side."""
        low, high = (self.left - margin, self.top - margin), (self.right, self.bottom)
        return ((points >= low) & (points <= np.add(high, margin))).all(1)


@dataclass(frozen=True)
class Drawing:
    """frame: what the picture shows; boxes by rule; edges: (rule, what waits for it) -> points
    (n,2) along the line."""

    frame: Box
    boxes: dict[str, Box]
    edges: dict[tuple[str, str], np.ndarray]

    def overlaps(self) -> int:
        return sum(a.overlaps(b) for a, b in combinations(self.boxes.values(), 2))

    def crossings(self) -> int:
        """Pairs of lines that cross anywhere but at a box that both begin or end at."""
        pairs = combinations(self.edges.items(), 2)
        return sum(not set(a) & set(b) and _cross(one, other) for (a, one), (b, other) in pairs)

    def hidden(self) -> int:
        """Pairs of a line and a box that it runs through."""
        return sum(
            bool(box.holds(line, margin=-1).any())
            for ends, line in self.edges.items()
            for rule, box in self.boxes.items()
            if rule not in ends
        )


def _cross(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two lines (n,2), (m,2) have a point in common."""
    a, b = one[:-1, None], one[1:, None]
    c, d = other[None, :-1], other[None, 1:]
    return bool(((_side(a, b, c) != _side(a, b, d)) & (_side(c, d, a) != _side(c, d, b))).any())


def _side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """On which side of a line through a and b the point c lies."""
    (x, y), (u, v) = np.moveaxis(b - a, -1, 0), np.moveaxis(c - a, -1, 0)
    return x * v - y * u > 0


def read_drawing(svg: str) -> Drawing:
    """What `draw_rulegraph` drew. ValueError if a line does not lead from the edge of one box down
    to that of another."""
    root = ElementTree.fromstring(svg)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    boxes = {group.findtext("text"): _box(group.find("rect").attrib) for group in root.iter("g")}
    edges = {}
    for path in root.iter("path"):
        line = _line(path.attrib["d"])
        (before,), (after,) = (_touched(boxes, point) for point in (line[0], line[-1]))
        if boxes[before].bottom > boxes[after].top:
            raise ValueError(f"the line from {before} to {after} leads upwards")
        edges[before, after] = line
    return Drawing(Box(left, top, left + width, top + height), boxes, edges)


def _box(rect: dict[str, str]) -> Box:
    x, y, width, height = (float(rect[name]) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def _touched(boxes: dict[str, Box], point: np.ndarray) -> list[str]:
    """The boxes at whose edge a point (2,) lies."""
    at = point[None]
    return [k for k, x in boxes.items() if x.holds(at, 1)[0] and not x.holds(at, -1)[0]]


def _line(path: str) -> np.ndarray:
    """Points along a path of M, C and V."""
    points = []
    for command, arguments in re.findall(r"([MCV])([^MCV]*)", path):
        values = np.array([float(x) for x in re.split("[ ,]+", arguments.strip())])
        if command == "V":
            points.append(np.array([[points[-1][-1, 0], values[0]]]))
        elif command == "M":
            points.append(values.reshape(1, 2))
        else:
            for a, b, end in values.reshape(-1, 3, 2):
                start, t = points[-1][-1], STEPS
                points.append(
                    (1 - t) ** 3 * start + 3 * t * (1 - t) * ((1 - t) * a + t * b) + t**3 * end
                )
    return np.concatenate(points)
