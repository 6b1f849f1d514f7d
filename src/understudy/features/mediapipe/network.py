"""A TensorFlow Lite network that several threads may ask at once."""

import os
import sys
import threading

import numpy as np
from ai_edge_litert.interpreter import Interpreter

_telling, _told = threading.Lock(), False


class Network:
    """A network, from the bytes of a .tflite file.

    Each thread has an interpreter of its own, of one thread: while it computes, others run.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._local = threading.local()

    def __call__(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """The outputs (…) for inputs (…), in the file's order; both without their first axis,
        which is 1."""
        interpreter = self._interpreter()
        for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
            batch = np.ascontiguousarray(value[None], dtype=np.float32)
            interpreter.set_tensor(detail["index"], batch)
        interpreter.invoke()
        return [
            interpreter.get_tensor(detail["index"])[0]
            for detail in interpreter.get_output_details()
        ]

    def _interpreter(self) -> Interpreter:
        if not hasattr(self._local, "interpreter"):
            _tell_nobody(self._model)
            self._local.interpreter = _made(self._model)
        return self._local.interpreter


def _made(model: bytes) -> Interpreter:
    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _tell_nobody(model: bytes) -> None:
    """Once a process, the first interpreter says past Python that it uses XNNPACK: to nobody."""
    global _told
    with _telling:
        if _told:
            return
        sys.stderr.flush()
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            _made(model)
            _told = True
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
