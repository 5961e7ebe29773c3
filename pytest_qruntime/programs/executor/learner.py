"""Jobs of the program `noise-learner` with a schema version, as NoiseLearnerV3 sends them: one noise model per box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.executor import encoded, noise, schemas
from pytest_qruntime.programs.executor.tensors import tensor
from pytest_qruntime.programs.native.isa import check_isa
from pytest_qruntime.programs.sampler import SYNTHETIC

VERSIONS = ("v0.1", "v0.2", "v0.3")
"""The schema versions that are read, and answered in."""

_SOLUTION = "Send boxes with a Twirl annotation, as samplomatic's generate_boxing_pass_manager makes them."


class Box(NamedTuple):
    """A layer to learn.

    Attributes:
        qubits: its qubits by their numbers on the backend, in ascending order.
        gates: which of them two-qubit gates act on.
        measures: whether it is a layer of measurements.
    """

    qubits: Sequence[int]
    gates: Sequence[noise.Pair]
    measures: bool


class LearnerJob(NamedTuple):
    """The input of a NoiseLearnerV3 job.

    Attributes:
        version: the schema version.
        boxes: one per instruction, in order.
        depths: the depths of the learning circuits, in pairs of layers.
        selects: whether shots are discarded if a check fails.
        target: the backend.
    """

    version: str
    boxes: Sequence[Box]
    depths: Sequence[int]
    selects: bool
    target: Target | None

    @classmethod
    def read(cls, params: Mapping[str, Any], target: Target | None) -> LearnerJob:
        """The job of these params. Raises `Invalid`."""
        model = schemas.read("noise_learner_v3", params.get("schema_version"), VERSIONS, params)
        circuit = schemas.reading(lambda: encoded.circuit(model.instructions), "params.instructions", _SOLUTION)
        boxes = [_box(circuit, index, target) for index in range(len(circuit.data))]
        return cls(model.schema_version, boxes, model.options.layer_pair_depths, _selects(model.options), target)

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document, marked as synthetic at its top, which the client's decoder skips."""
        draws = np.random.default_rng(rng.getrandbits(128))
        return {"schema_version": self.version, "data": [self._learned(box, draws) for box in self.boxes], **SYNTHETIC}

    def _learned(self, box: Box, rng: np.random.Generator) -> dict[str, Any]:
        if box.measures:
            model = noise.of_measurements(box.qubits, rng)
        else:
            model = noise.of_gates(box.qubits, box.gates, self.target, rng)
        return {
            "generators_sparse": [[[letters, list(places)]] for letters, places in model.generators],
            "num_qubits": len(box.qubits),
            "rates": tensor(model.rates, compressed=False),
            "rates_std": tensor(model.deviations, compressed=False),
            "metadata": self._metadata(box, rng),
        }

    def _metadata(self, box: Box, rng: np.random.Generator) -> dict[str, Any]:
        if box.measures:
            kept, flipped = self._kept(box, rng)
            return {"learning_protocol": "trex", "post_selection": self._selection(kept, flipped)}
        found = {str(depth): self._kept(box, rng) for depth in self.depths}
        fractions = {depth: kept for depth, (kept, _) in found.items()}
        rates = {depth: flipped for depth, (_, flipped) in found.items()}
        return {"learning_protocol": "lindblad", "post_selection": self._selection(fractions, rates)}

    def _selection(self, kept: object, flipped: object) -> dict[str, object]:
        """What post-selection left, and, since v0.2, how its checks succeeded."""
        return {"fraction_kept": kept} | ({} if self.version == "v0.1" else {"success_rates": flipped})

    def _kept(self, box: Box, rng: np.random.Generator) -> tuple[float, dict[str, float]]:
        """The fraction of shots kept, and per qubit how often its check succeeded; all, and nothing, without checks."""
        if not self.selects:
            return 1.0, {}
        rates = rng.uniform(0.99, 1.0, len(box.qubits))
        return float(np.prod(rates)), {str(qubit): float(rate) for qubit, rate in zip(box.qubits, rates, strict=True)}


def _selects(options: Any) -> bool:
    checks = getattr(options, "bit_flip_checks", None)
    flips = checks is not None and (checks.pre_circuit.enable or checks.post_circuit.enable)
    return bool(options.post_selection.enable or flips)


def _box(circuit: Any, index: int, target: Target | None) -> Box:
    from samplomatic.annotations import Twirl
    from samplomatic.utils import get_annotation

    instruction = circuit.data[index]
    operation, where = instruction.operation, f"params.instructions: instruction {index}"
    if operation.name != "box":
        raise schemas.invalid(f"{where} is a {operation.name}; expected a box", _SOLUTION)
    if not get_annotation(operation, Twirl):
        raise schemas.invalid(f"{where} is a box without a Twirl annotation", _SOLUTION)
    numbers = [_number(circuit, qubit) for qubit in instruction.qubits]
    if target is not None:
        check_isa(_placed(operation, numbers, target.qubits), target, f"instruction {index}")
    inner = dict(zip(operation.body.qubits, numbers, strict=True))
    gates = [(inner[found.qubits[0]], inner[found.qubits[1]]) for found in operation.body.data if _is_pair(found)]
    return Box(sorted(numbers), gates, any(found.operation.name == "measure" for found in operation.body.data))


def _number(circuit: Any, qubit: Any) -> int:
    """A qubit's number on the backend: its place in the backend's register, which the circuit itself does not have."""
    number = getattr(qubit, "_index", None)
    return circuit.find_bit(qubit).index if number is None else int(number)


def _placed(operation: Any, numbers: Sequence[int], width: int) -> Any:
    """A circuit as wide as the backend, with the box where it belongs."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(max(width, max(numbers, default=0) + 1), operation.num_clbits)
    circuit.append(operation, numbers, range(operation.num_clbits))
    return circuit


def _is_pair(instruction: Any) -> bool:
    return len(instruction.qubits) == 2 and instruction.operation.name != "barrier"
