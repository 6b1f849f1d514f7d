"""What happens in a clip besides the action, told by name, with the second at which it begins."""

from collections.abc import Iterator

import numpy as np

from understudy.artifacts.filming import Event
from understudy.filming.camera import Way, way
from understudy.filming.measure import BACK, CUT, Measures

MOVED = 0.6  # % of the longer side, mean over the picture: a camera that moves by more

DROP = 0.25  # how much less like the frame before than those around it a cut's first frame is: in a
# fast turn all of them are unlike each other

# A picture that turns into another one is unlike the one `measure.BACK` before for that long.
LASTS, OTHER = 0.75, 0.3  # of it; correlation at its least

# The person leaps, in their heights; so many times as far as in the frames around; and the picture
# changes so many times as much as it does there.
LEAP, LEAPS, JUMP = 0.05, 3.0, 1.2
NEAR = 3  # frames

# The contrast of a frame, as a share of the clip's usual one.
GONE, PALE, USUAL = 0.15, 0.4, 0.8
FADE_FRAMES = 2  # at least, on the way between GONE or PALE and USUAL
FADE_SECONDS = 4.0  # at most
BLACK_LEVEL, BLACK_CONTRAST = 24.0, 6.0  # grey levels of a black frame, at most
BLACK_SECONDS = 0.2  # of black next to a fade, at least, to be told beside it

LIGHT_STEP, LIGHT_DRIFT = np.log(1.3), np.log(1.6)  # within `measure.BACK` s, in the whole clip
SAME = 0.6  # correlation of two frames' structure, from which on they show the same place

FROZEN_SECONDS = 0.5
FROZEN_CHANGE = 0.35  # grey levels, of the tile that changes most
FROZEN_SHARE = 0.2  # … and of the clip's usual change

# Beyond these the detector loses people: measured on four films of people, darkened and noised.
DARK = 40.0  # grey level that a tenth of the person's pixels exceed
NOISY = 0.2  # noise as a share of the person's contrast
NOISY_IF_MOVED = 0.4  # … if the camera moves: nothing stands still, and differs by that alone


def events(seen: Measures, leap: np.ndarray) -> dict[str, Event]:
    """What happens in a clip, by name, in the order of EVENTS; leap (n,): how far its person is
    from where they were the frame before, in their heights."""
    faded, black = _fades(seen), _black(seen)
    dim, moves = faded | black, _moves(seen)
    cuts = _cuts(seen, dim, moves) | _jumps(seen, leap, dim)
    found = {
        "camera": _camera(seen, moves),
        "cut": _first(seen, cuts, "the picture changes at {:.1f} s"),
        "fade": _first(seen, faded, "the picture fades at {:.1f} s"),
        "black": _first(seen, _by_itself(seen, black, faded), "the picture is black at {:.1f} s"),
        "frozen": _first(seen, _frozen(seen) & ~dim, "the picture stands still from {:.1f} s on"),
        "light": _light(seen, dim | cuts),
        "dark": _dark(seen, dim),
        "noisy": _noisy(seen, dim, moves),
    }
    return {name: event for name, event in found.items() if event}


def _moves(seen: Measures) -> Way:
    return way(seen.camera, seen.known, seen.restarts, seen.size)


def _camera(seen: Measures, moves: Way) -> Event | None:
    if moves.most <= MOVED:
        return None
    second = float(seen.looked[moves.begins] / seen.fps)
    much = f"by {moves.most:.1f} % of the picture"
    return Event(second, f"the camera {moves.kind} from {second:.1f} s on, {much}")


def _cuts(seen: Measures, dim: np.ndarray, moves: Way) -> np.ndarray:
    """(n,) the first frames of another picture, at once or, if the camera stands still, within
    `measure.BACK` s."""
    like = seen.like
    around = np.minimum(_next(like, 1), _next(like, -1))
    cut = (like < CUT) & (like < around - DROP)
    cut[0] = False
    if moves.most <= MOVED:
        for run in _runs(seen.like_back < CUT):
            lasts = run.stop - run.start >= LASTS * BACK * seen.fps or run.stop == len(seen)
            other = seen.like_back[run].min() < OTHER
            if lasts and other and not cut[max(0, run.start - 1) : run.stop].any():
                cut[run.start] = True
    return cut & ~_widened(dim, 1, round(BACK * seen.fps))


def _jumps(seen: Measures, leap: np.ndarray, dim: np.ndarray) -> np.ndarray:
    """(n,) the first frames after a cut within one scene: the person is all at once elsewhere, in
    the picture and by their keypoints."""
    calm, same = _around(leap), _around(seen.changes)
    jump = (leap > np.maximum(LEAP, LEAPS * calm)) & (seen.changes > JUMP * same)
    return jump & ~_widened(dim, 1, round(BACK * seen.fps))


def _around(values: np.ndarray) -> np.ndarray:
    """The largest of the NEAR values before and the NEAR after each of them (n,)."""
    shifted = [_next(values, step) for step in range(-NEAR, NEAR + 1) if step]
    return np.max(shifted, 0)


def _widened(marked: np.ndarray, before: int, after: int) -> np.ndarray:
    """Marked frames (n,) and so many before and after each of them."""
    return np.convolve(np.pad(marked, (after, before)), np.ones(before + after + 1), "valid") > 0


def _next(values: np.ndarray, step: int) -> np.ndarray:
    """The values `step` frames later; the last of them again at the end."""
    at = np.clip(np.arange(len(values)) + step, 0, len(values) - 1)
    return values[at]


def _fades(seen: Measures) -> np.ndarray:
    """(n,) frames of fades: the picture comes out of one grey, or goes into it, over frames in
    which nothing else changes."""
    share = seen.contrast / max(float(np.percentile(seen.contrast, 75)), 1e-3)
    faded = np.zeros(len(seen), bool)
    longest = round(FADE_SECONDS * seen.fps)
    for low in _runs(share < PALE):
        deep = share[low].min() < GONE
        gone = (
            np.flatnonzero(share[low] < GONE) if deep else np.array([0, low.stop - low.start - 1])
        )
        ends = (low.start + int(gone[-1]), 1), (low.start + int(gone[0]), -1)
        for ramp in (_ramp(share, start, step, longest) for start, step in ends):
            at_the_end = low.start == 0 or low.stop == len(seen)
            long_enough = ((share[ramp] > GONE) & (share[ramp] < USUAL)).sum() >= FADE_FRAMES
            if len(ramp) and long_enough and (deep or at_the_end):
                faded[ramp] = True
    return faded


def _ramp(share: np.ndarray, start: int, step: int, longest: int) -> list[int]:
    """The frames from `start` on over which the contrast grows to USUAL; none if it does not."""
    at, way = start, [start]
    while share[at] < USUAL:
        at += step
        if not 0 <= at < len(share) or len(way) > longest or share[at] < share[way[-1]] - 0.05:
            return []
        way.append(at)
    return way


def _black(seen: Measures) -> np.ndarray:
    """(n,) black frames of a clip that is not black throughout."""
    black = (seen.level < BLACK_LEVEL) & (seen.contrast < BLACK_CONTRAST)
    return black if black.mean() < 0.9 else np.zeros_like(black)


def _by_itself(seen: Measures, black: np.ndarray, faded: np.ndarray) -> np.ndarray:
    """Black frames without those that are the end of a fade."""
    told = np.zeros_like(black)
    for run in _runs(black):
        beside = faded[max(0, run.start - 1) : run.stop + 1].any()
        told[run] = not beside or run.stop - run.start >= BLACK_SECONDS * seen.fps
    return told


def _frozen(seen: Measures) -> np.ndarray:
    """(n,) frames in which nothing at all moves, for FROZEN_SECONDS, in a clip that moves."""
    usual = float(np.percentile(seen.change, 95))
    still = (seen.change < FROZEN_CHANGE) & (seen.change <= FROZEN_SHARE * usual)
    still[0] = False
    still &= ~np.isnan(seen.bright)  # an empty room may stand still
    frozen = np.zeros_like(still)
    for run in _runs(still):
        if run.stop - run.start >= FROZEN_SECONDS * seen.fps:
            frozen[run.start - 1 : run.stop] = True
    return frozen


def _light(seen: Measures, other: np.ndarray) -> Event | None:
    """A light switched, or light that drifts, in a picture that stays the same."""
    back = max(1, round(BACK * seen.fps))
    same = (seen.like_back > SAME) & ~_widened(other, back, 2 * back)
    steps = np.where(same, np.abs(seen.gain_back), 0.0)
    if steps.max() > LIGHT_STEP:
        at = int(steps.argmax())
        first = max(0, at - back + 1)
        second = (first + int(np.abs(seen.gain[first : at + 1]).argmax())) / seen.fps
        share = _percent(seen.gain_back[at])
        return Event(second, f"the light changes at {second:.1f} s, to {share} % of what it was")
    light = np.cumsum(np.where(same & (seen.like > SAME), seen.gain, 0.0))
    drift = float(np.ptp(light))
    if drift > LIGHT_DRIFT:
        second = float(np.abs(light - light[0]).argmax() / seen.fps)
        return Event(second, f"the light drifts until {second:.1f} s, by up to {_percent(drift)} %")
    return None


def _percent(logarithm: float) -> int:
    return round(100 * float(np.exp(logarithm)))


def _dark(seen: Measures, dim: np.ndarray) -> Event | None:
    bright = seen.bright[~dim]
    if np.isnan(bright).all() or not np.nanmedian(bright) < DARK:
        return None
    return Event(
        0.0, f"the person is dark: nine tenths below {np.nanmedian(bright):.0f} of 255 grey levels"
    )


def _noisy(seen: Measures, dim: np.ndarray, moves: Way) -> Event | None:
    share = (seen.noise / np.maximum(seen.detail, 1.0))[~dim]
    share = share[1:] if len(share) > 1 else share
    most = NOISY if moves.most <= MOVED else NOISY_IF_MOVED
    if np.isnan(share).all() or not np.nanmedian(share) > most:
        return None
    much = f"{100 * np.nanmedian(share):.0f} % of the person's contrast is noise"
    return Event(0.0, f"the picture is noisy: {much}")


def _first(seen: Measures, marked: np.ndarray, phrase: str) -> Event | None:
    if not marked.any():
        return None
    second = float(marked.argmax() / seen.fps)
    return Event(second, phrase.format(second))


def _runs(marked: np.ndarray) -> Iterator[slice]:
    """The runs of marked frames (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))
