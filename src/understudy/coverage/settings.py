"""When what an identity's video shows is too little. Stdlib only: the configuration takes its
defaults from here."""

from dataclasses import dataclass

FLAGS = ("side", "part", "oblique", "turn", "seated", "small", "dark", "blurred")


@dataclass(frozen=True)
class CoverageLimits:
    """An identity is flagged if what its video shows is below, or beyond, one of these."""

    least_side: float = 0.7
    """Minimum share of the surface of the front, the back and each side that is seen (`side`)."""
    least_part: float = 0.5
    """The same of each part of the body: head, trunk, arms, hands, legs, feet (`part`)."""
    least_square: float = 0.6
    """How squarely a side has to be looked at: the mean of the best cosines between surface and
    line of sight (`oblique`)."""
    least_turn: float = 300.0
    """How much of the circle the person has to face, degrees (`turn`)."""
    most_flexed: float = 45.0
    """How far the hips may be bent in half of the frames, degrees: who sits hides the seat
    (`seated`)."""
    least_height: float = 160.0
    """Minimum height of the standing person, px (`small`)."""
    least_light: float = 90.0
    """Minimum brightness of the picture's bright parts, of 255 (`dark`)."""
    most_blur: float = 0.55
    """Maximum blur of the person, 0 to 1 (`blurred`)."""
