"""A TensorFlow Lite file taken apart: some of its operations as a network of their own."""

from collections.abc import Sequence
from copy import copy

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder, flexbuffers


class NetworkFile:
    """A network, from the bytes of a .tflite file with one graph."""

    def __init__(self, model: bytes) -> None:
        self._model = schema.ModelT.InitFromPackedBuf(model)
        (self._graph,) = self._model.subgraphs
        self._tensors = {tensor.name.decode(): i for i, tensor in enumerate(self._graph.tensors)}

    def options(self, operation: str) -> list[dict]:
        """The options of each custom operation of this name, in the file's order."""
        return [
            flexbuffers.Loads(bytes(operator.customOptions))
            for operator in self._graph.operators
            if self._custom_name(operator) == operation
        ]

    def part(self, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
        """The file of the operations that lead from tensors to others, given by their names.

        Their order in the file is the order of the network's inputs and outputs. ValueError if
        the whole network's inputs are needed, too.
        """
        starts, ends = ([self._tensors[name] for name in names] for names in (inputs, outputs))
        graph, model = copy(self._graph), copy(self._model)
        graph.operators = self._between(starts, ends)
        graph.inputs, graph.outputs = (np.array(at, np.int32) for at in (starts, ends))
        model.subgraphs = [graph]
        builder = Builder(1 << 22)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _between(self, starts: list[int], ends: list[int]) -> list[schema.OperatorT]:
        """The operations that the tensors `ends` need, given the tensors `starts`."""
        makers = {int(out): op for op in self._graph.operators for out in op.outputs}
        needed, left = set(starts), list(ends)
        while left:
            tensor = left.pop()
            if tensor not in needed:
                needed.add(tensor)
                left += [int(i) for i in makers[tensor].inputs] if tensor in makers else []
        needed -= set(starts)
        if needed & {int(i) for i in self._graph.inputs}:
            raise ValueError("the tensors at the end follow not from those at the start alone")
        return [op for op in self._graph.operators if needed & {int(out) for out in op.outputs}]

    def _custom_name(self, operator: schema.OperatorT) -> str:
        code = self._model.operatorCodes[operator.opcodeIndex].customCode
        return code.decode() if code else ""
