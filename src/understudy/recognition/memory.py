"""How a process holds the memory of its tensors."""

import ctypes
import os

# Of glibc's mallopt: how much free memory is given back, and from which size on always.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
NEVER = 2**30


def keep_memory() -> None:
    """Keep freed memory for the next tensor, and large tensors in huge pages, where the system can
    do that; before the process's first tensor.

    A step makes and frees dozens of tensors of some MB, each of which the system would else hand
    out again page by page: a tenth of a step.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # torch reads it at its first tensor
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(TRIM_THRESHOLD, NEVER)
        mallopt(MMAP_THRESHOLD, NEVER)
