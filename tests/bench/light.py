"""`make bench NAME=light`: whether people set into photos belong there: what hides them, their
light and their shadow, against films of the same people really there.

The rooms are none of those that anything was tuned on (`tests/bench/scene_world.py`). The height of
each photo's camera is given, and its depth as a network tells it, with 2 % noise
(`tests/bench/light_world.py`). Every photo has an exposure and a tint of its own.
"""

from dataclasses import replace

import numpy as np

from tests.bench.figures import Figure, write_figures
from tests.bench.light_film import Case, drawn_home, near, psnr
from tests.bench.light_told import Pair, cropped, told_pct
from tests.bench.light_world import SIZE, Seen, photos, places_behind, seen
from tests.bench.scene_film import CAST, actor
from tests.bench.scene_speed import composite_fps, cost_ratio, written
from tests.bench.scene_world import REPORTED_ON
from understudy.scene.colour import light_gain
from understudy.scene.framing import Framing
from understudy.scene.place import find_place
from understudy.scene.standing import standable

PHOTOS = 5  # of each room
BEHIND = 1  # places behind things in each photo
MORE = 3  # more people on the same places, for the network
SEED = 41
LEAST_HIDDEN = 0.05  # of a person who counts as hidden; of others, at most a tenth of it
SHOWN = 300  # px at least that are seen of a person
STEADY = 8  # frames in which flicker is measured
DRIFT = 0.01  # m a frame that the person moves in them
FLICKER_CASES = 4
PER_PAIR = 3  # photos that a pair is set into


def all_seen(rng: np.random.Generator) -> list[Seen]:
    """The photos that are not refused."""
    exposed = (seen(photo, rng) for photo in photos(REPORTED_ON, PHOTOS, SEED))
    return [one for one in exposed if one.room.refused is None and one.room.depth is not None]


def cases_in(one: Seen, number: int, rng: np.random.Generator) -> list[Case]:
    """Somebody where a job would place them, and somewhere behind things."""
    player = actor(number)
    framing = Framing.of(one.room.camera, *SIZE, "cover")
    room = replace(one.room, free=standable(one.room))
    free = find_place(room, framing, player.motion, player.needs)
    places = [] if free.lacks else [free]
    places += places_behind(one, BEHIND, rng, player.motion.bearing)
    found = [Case(one, place, number, rng.random(), drawn_home(rng)) for place in places]
    return [case for case in found if (case.theirs.alpha > 0.99).sum() >= SHOWN]


def film_figures(cases: list[Case]) -> list[Figure]:
    """Composites against films, in the box around both figures."""
    box = [near(*case.masks) for case in cases]
    score = [psnr(c.composite()[b], c.filmed[b]) for c, b in zip(cases, box, strict=True)]
    plain = [psnr(c.pasted()[b], c.filmed[b]) for c, b in zip(cases, box, strict=True)]
    overlap = [_iou(*case.masks) for case in cases]
    print(f"{len(cases)} people; with no part of blending {np.mean(plain):.2f} dB")
    return [
        Figure("film_psnr_db", float(np.mean(score)), "dB", 21, False),
        Figure("film_iou", float(np.mean(overlap)), "IoU", 0.92, False),
    ]


def occlusion_figures(cases: list[Case]) -> list[Figure]:
    """What the room hides."""
    truth = [case.hidden[1].sum() / max((case.theirs.whole > 0.5).sum(), 1) for case in cases]
    behind = [case for case, share in zip(cases, truth, strict=True) if share >= LEAST_HIDDEN]
    front = [case for case, share in zip(cases, truth, strict=True) if share < LEAST_HIDDEN / 10]
    overlap = [_iou(*case.hidden) for case in behind]
    wrongly = [case.hidden[0].sum() / (case.ours.alpha > 0.5).sum() for case in front]
    print(f"{len(behind)} hidden: IoU {np.percentile(overlap, [10, 50, 90]).round(2).tolist()}")
    print(f"{len(front)} not: wrongly {np.percentile(wrongly, [50, 90, 100]).round(4).tolist()}")
    return [
        Figure("hidden_iou", float(np.mean(overlap)), "IoU", 0.80, False),
        Figure("wrongly_hidden_pct", 100 * float(np.mean(wrongly)), "%", 0.5, True),
    ]


def shadow_figures(cases: list[Case]) -> list[Figure]:
    """The floor beside the figures: what light is missing."""
    off, all_of_it = 0.0, 0.0
    for case in cases:
        beside = (case.ours.whole < 0.02) & (case.theirs.whole < 0.02)
        off += float(((case.shadow - case.true_shadow)[beside] ** 2).sum())
        all_of_it += float((case.true_shadow[beside] ** 2).sum())
    lamps = np.mean([case.lamp > 0 for case in cases])
    print(f"a lamp is seen in {100 * lamps:.0f} % of the photos")
    return [Figure("shadow_rmse_ratio", (off / all_of_it) ** 0.5, "", 0.5, True)]


def colour_figures(cases: list[Case]) -> list[Figure]:
    """People in the light of their own room, brought into the photo's, against them lit there."""
    own, same = [], []
    for case in cases:
        photo, bare = case.seen.photo.view.rgb, case.seen.bare
        for gains, picture, lit in (
            (own, photo, case.lit * case.seen.gain),
            (same, bare, case.lit),
        ):
            lit = np.clip(lit, 0, 255)
            brought = case.learnt * light_gain(case.home, picture)
            gains.append(psnr(brought, lit) - psnr(case.learnt, lit))
    better = [100 * float(np.mean(np.array(gains) > 0)) for gains in (own, same)]
    print(f"colour is better in {better[0]:.0f} %, at the same exposure in {better[1]:.0f} %")
    return [
        Figure("colour_gain_db", float(np.mean(own)), "dB", 1.8, False),
        Figure("colour_same_db", float(np.mean(same)), "dB", 0, False),
    ]


def flicker_figure(cases: list[Case]) -> Figure:
    """What blending adds to how a slowly drifting person's frames depart from even change."""
    added = []
    for case in cases:
        moved = [
            replace(case, place=replace(case.place, right=case.place.right + DRIFT * step))
            for step in range(STEADY)
        ]
        around = near(*(one.ours.alpha > 0.5 for one in moved))
        blend = case.blended
        ours, plain = (
            np.stack([frame[around] for frame in frames]).astype(float)
            for frames in ([one.drawn(blend) for one in moved], [one.pasted() for one in moved])
        )
        added.append(
            np.abs(np.diff(ours, 2, axis=0)).mean() - np.abs(np.diff(plain, 2, axis=0)).mean()
        )
    return Figure("flicker_grey", float(np.mean(added)) / 2, "levels", 0.5, True)


def told_figures(cases: list[Case], rng: np.random.Generator) -> list[Figure]:
    """How well the study's network tells composites, and plain pastes, from true composites."""
    others = [
        replace(case, number=(case.number + step) % len(CAST), moment=rng.random())
        for case in cases
        for step in range(1, 1 + MORE)
    ]
    told = [case for case in [*cases, *others] if (case.theirs.alpha > 0.99).sum() >= SHOWN]
    ours, pasted = [], []
    for case in told:
        true = cropped(case.true_composite(), case.theirs.alpha > 0.5)
        room = case.seen.photo.room.id
        ours.append(Pair(room, cropped(case.composite(), case.masks[0]), true))
        pasted.append(Pair(room, cropped(*case.paste()), true))
    return [
        Figure("told_from_film", told_pct(ours), "%", 65, True),
        Figure("told_pasted", told_pct(pasted), "%", 95, False),
    ]


def cost_figures(all_photos: list[Seen]) -> list[Figure]:
    step = max(1, len(all_photos) // PER_PAIR)
    files = written([(one.photo.view.rgb, one.room) for one in all_photos[::step][:PER_PAIR]])
    return [
        Figure("composite_fps", composite_fps(*files[0]), "frames/s", 18, False),
        Figure("scene_cost_ratio", cost_ratio(files), "× before", 1.7, True),
    ]


def figures() -> list[Figure]:
    rng = np.random.default_rng(SEED)
    taken = all_seen(rng)
    cases = [case for k, one in enumerate(taken) for case in cases_in(one, k % len(CAST), rng)]
    return [
        *film_figures(cases),
        *occlusion_figures(cases),
        *shadow_figures(cases),
        *colour_figures(cases),
        flicker_figure(cases[:: max(1, len(cases) // FLICKER_CASES)][:FLICKER_CASES]),
        *told_figures(cases, rng),
        *cost_figures(taken),
    ]


def _iou(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float((ours & theirs).sum() / max((ours | theirs).sum(), 1))


if __name__ == "__main__":
    write_figures("light", figures())
