"""The steadiest path through a clip whose frames each have several interpretations (Viterbi)."""

from collections.abc import Callable

import numpy as np

TURN = np.radians(25.0)  # a turn from frame to frame (at 30 fps) that costs 1
MOST = 16.0  # no turn costs more: a person can be lost for a while
PASSED, PASS_COST = 2, 1.0  # the most frames skipped at a time, and the cost of each


def steadiest(
    turn: Callable[[int, int], np.ndarray], times: np.ndarray, cost: np.ndarray
) -> np.ndarray:
    """(m,) which of k interpretations to take in each of m frames, so that the body turns least.

    turn(s, t): (k,k) rad, from each interpretation of frame s (last index) to each of t; times
    (m,) in 30ths of a second; cost (k,): of taking an interpretation for a 30th. A few frames may
    be skipped: where the interpretations change, one between the two is often neither.
    """
    count, kinds = len(times), len(cost)
    pace = min(float(np.diff(times).min(initial=1.0)), 1.0)
    best, back = np.full((count, kinds), np.inf), np.zeros((count, kinds, 2), int)
    best[0] = cost * pace
    for t in range(1, count):
        for before in range(t - 1, max(t - 2 - PASSED, -1), -1):
            share = turn(before, t) / (TURN * max(times[t] - times[before], 1.0))
            passed = (t - 1 - before) * PASS_COST * pace
            total = best[before] + np.minimum(share**2, MOST) + passed
            source = total.argmin(1)
            total = total.min(1) + cost * pace
            better = total < best[t]
            best[t, better] = total[better]
            back[t, better] = np.stack([np.full(kinds, before), source], 1)[better]
    choice = np.zeros(count, int)
    t, reading = count - 1, int(best[-1].argmin())
    while t > 0:
        before, source = back[t, reading]
        choice[before + 1 : t + 1] = reading
        t, reading = int(before), int(source)
    choice[0] = reading
    return choice
