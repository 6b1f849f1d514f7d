"""A TensorFlow Lite network that several threads may ask at once."""

import threading

import numpy as np
from ai_edge_litert.interpreter import Interpreter


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
            interpreter = Interpreter(model_content=self._model, num_threads=1)
            interpreter.allocate_tensors()
            self._local.interpreter = interpreter
        return self._local.interpreter
