"""A TensorFlow Lite network that several threads may ask at once."""

import os
import sys
import threading
from collections import deque
from collections.abc import Sequence

import numpy as np
from ai_edge_litert.interpreter import Interpreter

_telling, _told = threading.Lock(), False


class Network:
    """A network, from the bytes of a .tflite file.

    It has as many interpreters, of one thread each, as threads ask it at a time: while one
    computes, others run.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._idle: deque[_Asked] = deque()

    def __call__(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """The outputs (…) for inputs (…), in the file's order; both without their first axis,
        which is 1."""
        try:
            asked = self._idle.pop()
        except IndexError:
            asked = _Asked(self._model)
        outputs = asked(inputs)
        self._idle.append(asked)
        return outputs


class _Asked:
    """One interpreter, and the numbers of its tensors."""

    def __init__(self, model: bytes) -> None:
        self._interpreter = _first(model) or _made(model)
        # Asking for these takes as long as a small network.
        self._inputs = [one["index"] for one in self._interpreter.get_input_details()]
        self._outputs = [one["index"] for one in self._interpreter.get_output_details()]

    def __call__(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        for index, value in zip(self._inputs, inputs, strict=True):
            batch = np.ascontiguousarray(value[None], dtype=np.float32)
            self._interpreter.set_tensor(index, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._outputs]


def _made(model: bytes) -> Interpreter:
    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _first(model: bytes) -> Interpreter | None:
    """The first interpreter of a process, which says past Python that it uses XNNPACK: to nobody.
    None if there was one."""
    global _told
    with _telling:
        if _told:
            return None
        sys.stderr.flush()
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            interpreter = _made(model)
            _told = True
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
        return interpreter
