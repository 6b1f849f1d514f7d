"""How often Python looks for objects that only refer to each other, in a process of one job."""

import atexit
import gc

FULL = 100  # collections of the middle generation for each of all objects; Python's default is 10


def collect_seldom() -> None:
    """Look through all objects a tenth as often, and not at the end, when they all go.

    Importing libraries makes hundreds of thousands of objects that stay: to look through them again
    and again, and once more on the way out, takes a twentieth of a rendering's time.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, FULL)
    atexit.register(gc.freeze)
