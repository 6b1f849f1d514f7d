"""How rooms are lit: a few lamps each, the brightest of which casts the shadow."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Light:
    """A lamp or window: position (3,) m, colour (0–1), strength."""

    position: tuple[float, float, float]
    colour: tuple[float, float, float]
    strength: float


@dataclass(frozen=True)
class Lighting:
    """key: the light that casts the shadow; fills: the others; ambient: light from everywhere."""

    key: Light
    fills: tuple[Light, ...]
    ambient: float = 0.39


def daylight(side: float, warmth: float = 0.0) -> Lighting:
    """A window at the left (side −1) or right (1) of the image; warmth 0 noon to 1 evening."""
    colour = (1.0, 0.98 - 0.07 * warmth, 0.96 - 0.2 * warmth)
    return Lighting(
        key=Light((1.8 * side, 2.3, 1.6), colour, 0.54),
        fills=(
            Light((-1.6 * side, 1.9, 2.8), (0.9, 0.94, 1.0), 0.26),
            Light((0.4 * side, 2.4, -0.8), (1.0, 0.99, 0.97), 0.14),
        ),
    )


def ceiling_lights(colour: tuple[float, float, float]) -> Lighting:
    """Rows of lamps overhead."""
    return Lighting(
        key=Light((0.6, 2.5, 1.3), colour, 0.5),
        fills=(
            Light((-0.9, 2.3, 2.6), colour, 0.26),
            Light((0.0, 2.4, -1.2), colour, 0.2),
        ),
        ambient=0.38,
    )


def studio_light() -> Lighting:
    """A strong soft key from one side, a rim from behind."""
    return Lighting(
        key=Light((-1.6, 2.2, 1.6), (1.0, 0.98, 0.95), 0.6),
        fills=(
            Light((1.7, 1.8, 2.4), (0.94, 0.97, 1.0), 0.25),
            Light((1.6, 2.0, -0.9), (1.0, 1.0, 1.0), 0.14),
        ),
        ambient=0.4,
    )
