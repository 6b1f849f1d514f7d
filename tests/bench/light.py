"""`make bench NAME=light`: whether people set into photos belong there: what hides them, their
light and their shadow, against films of the same people really there.

The rooms are none of those that anything was tuned on (`tests/bench/scene_world.py`). The height of
each photo's camera is given, and its depth as a network tells it, with 2 % noise
(`tests/bench/light_world.py`). Every photo has an exposure and a tint of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tests.bench.figures import Figure, write_figures
from tests.bench.light_colour import Lit, gains
from tests.bench.light_film import Case, drawn_home, near, psnr
from tests.bench.light_told import Pair, cropped, told_pct
from tests.bench.light_world import Seen, photos, places_behind, seen
from tests.bench.scene_film import CAST, actor
from tests.bench.scene_speed import composite_fps, cost_ratio, written
from tests.bench.scene_world import REPORTED_ON
from understudy.demo.rooms import make_room
from understudy.scene.place import find_place
from understudy.scene.standing import standable

PHOTOS = 16  # of each room
BEHIND = 2  # places behind things in each photo
MORE = 2  # more people on the same places
SEED = 41
LEAST_HIDDEN = 0.05  # of a person who counts as hidden; of others, at most a tenth of it
SHOWN = 300  # px at least that are seen of a person
STEADY = 6  # frames in which flicker is measured
DRIFT = 0.01  # m a frame that the person moves in them
FLICKER_CASES = 4
PER_PAIR = 3  # photos that a pair is set into


@dataclass(frozen=True)
class Measured:
    """A composite against a film. psnr, plain: dB in the box around both figures, of the composite
    and of the same without any part of blending; iou: of what is seen of the person; behind:
    whether the place is behind things (elsewhere, an arm may be within a wall); hidden: the true
    share that is hidden; hidden_iou, wrongly: of that; shadow (2,): squares summed over the floor,
    of what is wrong of it and of it."""

    psnr: float
    plain: float
    iou: float
    behind: bool
    hidden: float
    hidden_iou: float
    wrongly: float
    shadow: tuple[float, float]

    @staticmethod
    def of(case: Case) -> "Measured":
        box, film = near(*case.masks), case.filmed
        ours, true = case.hidden
        beside = (case.ours.whole < 0.02) & (case.theirs.whole < 0.02)
        off = (case.shadow - case.true_shadow)[beside]
        return Measured(
            psnr=psnr(case.composite()[box], film[box]),
            plain=psnr(case.pasted()[box], film[box]),
            iou=_iou(*case.masks),
            behind=case.behind,
            hidden=float(true.sum() / max((case.theirs.whole > 0.5).sum(), 1)),
            hidden_iou=_iou(ours, true),
            wrongly=float(ours.sum() / (case.ours.alpha > 0.5).sum()),
            shadow=(float((off**2).sum()), float((case.true_shadow[beside] ** 2).sum())),
        )


def all_seen(rng: np.random.Generator) -> list[Seen]:
    """The photos that are not refused."""
    exposed = (seen(photo, rng) for photo in photos(REPORTED_ON, PHOTOS, SEED))
    return [one for one in exposed if one.room.refused is None and one.room.depth is not None]


def cases_in(one: Seen, number: int, rng: np.random.Generator) -> Iterator[Case]:
    """Somebody where a job would place them, and somewhere behind things."""
    player = actor(number)
    room = replace(one.room, free=standable(one.room))
    free = find_place(room, one.framing, player.motion, player.needs)
    places = [] if free.lacks else [(free, False)]
    behind = places_behind(one, BEHIND, rng, player.motion.bearing)
    places += [(place, True) for place in behind]
    for place, hidden in places:
        yield Case(one, place, number, rng.random(), drawn_home(rng), hidden)


def pairs_of(case: Case) -> tuple[Pair, Pair]:
    """The composite, and the plain paste, next to the composite of the true camera, depth and
    shadow."""
    room = case.seen.photo.room.id
    true = cropped(case.true_composite(), case.theirs.alpha > 0.5)
    ours = cropped(case.composite(), case.masks[0])
    return Pair(room, ours, true), Pair(room, cropped(*case.paste()), true)


def added_flicker(case: Case) -> float:
    """Levels that blending adds to how a slowly drifting person's frames depart from even change,
    around the person."""
    moved = [
        replace(case, place=replace(case.place, right=case.place.right + DRIFT * step))
        for step in range(STEADY)
    ]
    around = near(*(one.ours.alpha > 0.5 for one in moved))
    clips = [one.drawn(case.blended) for one in moved], [one.pasted() for one in moved]
    ours, plain = (
        np.abs(np.diff(np.stack([frame[around] for frame in frames]).astype(float), 2, 0)).mean()
        for frames in clips
    )
    return float(ours - plain) / 2


def film_figures(rows: list[Measured]) -> list[Figure]:
    """Composites against films; what hides the people; the floor beside them."""
    hidden = [row for row in rows if row.hidden >= LEAST_HIDDEN]
    behind, within = (
        [row.hidden_iou for row in hidden if row.behind == where] for where in (True, False)
    )
    wrongly = [row.wrongly for row in rows if row.hidden < LEAST_HIDDEN / 10]
    off, shadow = np.sum([row.shadow for row in rows], axis=0)
    print(f"{len(rows)} people; not blended {np.mean([row.plain for row in rows]):.2f} dB")
    print(
        f"{len(behind)} hidden: IoU {np.percentile(behind, [10, 50, 90]).round(2).tolist()}; "
        f"{len(within)} partly within things: {np.round(within, 2).tolist()}"
    )
    amounts = np.percentile(wrongly, [50, 90, 100]).round(4).tolist()
    print(f"{len(wrongly)} not: wrongly {amounts}", flush=True)
    return [
        Figure("film_psnr_db", float(np.mean([row.psnr for row in rows])), "dB", 21, False),
        Figure("film_iou", float(np.mean([row.iou for row in rows])), "IoU", 0.92, False),
        Figure("hidden_iou", float(np.mean(behind)), "IoU", 0.80, False),
        Figure("wrongly_hidden_pct", 100 * float(np.mean(wrongly)), "%", 0.5, True),
        Figure("shadow_rmse_ratio", float(off / shadow) ** 0.5, "", 0.5, True),
    ]


def colour_figures(taken: list[Seen]) -> list[Figure]:
    """People in the light of their own room, brought into a photo's, against them lit there."""
    rooms = {name: Lit.of(make_room(name)) for name in REPORTED_ON}
    shown = [(one.photo.room.id, one.bare) for one in taken]
    own, same = (gains(shown, rooms, exposed, SEED) for exposed in (True, False))
    better = [100 * float((dB > 0).mean()) for dB in (own, same)]
    print(f"colour is better in {better[0]:.0f} %, at the same exposure in {better[1]:.0f} %")
    return [
        Figure("colour_gain_db", float(own.mean()), "dB", 1.8, False),
        Figure("colour_same_db", float(same.mean()), "dB", 0, False),
    ]


def told_figures(pairs: list[tuple[Pair, Pair]]) -> list[Figure]:
    """How well the study's network tells composites, and plain pastes, from true composites."""
    ours, pasted = ([pair[which] for pair in pairs] for which in (0, 1))
    return [
        Figure("told_from_film", told_pct(ours), "%", 65, True),
        Figure("told_pasted", told_pct(pasted), "%", 95, False),
    ]


def cost_figures(taken: list[Seen]) -> list[Figure]:
    step = max(1, len(taken) // PER_PAIR)
    files = written([(one.photo.view.rgb, one.room) for one in taken[::step][:PER_PAIR]])
    return [
        Figure("composite_fps", composite_fps(*files[0]), "frames/s", 18, False),
        Figure("scene_cost_ratio", cost_ratio(files), "× before", 1.7, True),
    ]


def figures() -> list[Figure]:
    rng = np.random.default_rng(SEED)
    taken = all_seen(rng)
    rows: list[Measured] = []
    pairs: list[tuple[Pair, Pair]] = []
    flicker: list[float] = []
    for k, one in enumerate(taken):
        for first in cases_in(one, k % len(CAST), rng):
            for step in range(1 + MORE):  # a case keeps what is drawn of it, so one after the other
                number = (first.number + step) % len(CAST)
                case = replace(first, number=number, moment=rng.random())
                if (case.theirs.alpha > 0.99).sum() < SHOWN:
                    continue
                pairs.append(pairs_of(case))
                rows.append(Measured.of(case))
                if step == 0 and len(flicker) < FLICKER_CASES:
                    flicker.append(added_flicker(case))
    return [
        *film_figures(rows),
        *colour_figures(taken),
        Figure("flicker_grey", float(np.mean(flicker)), "levels", 0.5, True),
        *told_figures(pairs),
        *cost_figures(taken),
    ]


def _iou(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float((ours & theirs).sum() / max((ours | theirs).sum(), 1))


if __name__ == "__main__":
    write_figures("light", figures())
