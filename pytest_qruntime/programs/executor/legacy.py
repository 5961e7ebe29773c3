"""Jobs of the program `noise-learner` without a schema version, as the deprecated NoiseLearner sends them."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO
from random import Random
from typing import Any, NamedTuple

import numpy as np

from pytest_qruntime.programs import qasm
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.executor import noise, schemas
from pytest_qruntime.programs.executor.layers import Layer, unique_layers
from pytest_qruntime.programs.native import codec
from pytest_qruntime.programs.native.isa import check_isa
from pytest_qruntime.programs.sampler import SYNTHETIC

_VERSION = "v0.1"
"""What the official models call this form, which does not name itself."""

_ECHOED = (
    "max_layers_to_learn",
    "shots_per_randomization",
    "num_randomizations",
    "layer_pair_depths",
    "twirling_strategy",
)


class LegacyLearnerJob(NamedTuple):
    """The input of a NoiseLearner job: its circuits, its options as the result repeats them, and the backend."""

    circuits: Sequence[Any]
    options: Mapping[str, Any]
    target: Target | None

    @classmethod
    def read(cls, params: Mapping[str, Any], target: Target | None) -> LegacyLearnerJob:
        """The job of these params. Raises `Invalid`."""
        model = schemas.read("noise_learner_v2", _VERSION, (_VERSION,), params)
        circuits = [_circuit(value, f"params.circuits[{index}]") for index, value in enumerate(params["circuits"])]
        if target is not None:
            for index, circuit in enumerate(circuits):
                check_isa(circuit, target, f"circuit {index}")
        return cls(circuits, {name: getattr(model.options, name) for name in _ECHOED}, target)

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document: the noise of the most frequent layers, as many as the options allow."""
        draws = np.random.default_rng(rng.getrandbits(128))
        layers = unique_layers(self.circuits, self.options["twirling_strategy"])[: self.options["max_layers_to_learn"]]
        configuration = {} if self.target is None or self.target.documents is None else self.target.documents()[0]
        metadata = {"backend": configuration.get("backend_name", ""), "input_options": dict(self.options), **SYNTHETIC}
        return {"data": [_layer_error(layer, self.target, draws) for layer in layers], "metadata": metadata}


def _layer_error(layer: Layer, target: Target | None, rng: np.random.Generator) -> dict[str, Any]:
    model = noise.of_gates(layer.qubits, [gate.qubits for gate in layer.gates], target, rng)
    generators = {
        "__type__": "settings",
        "__module__": "qiskit.quantum_info.operators.symplectic.pauli_list",
        "__class__": "PauliList",
        "__value__": {"data": [_label(generator, len(layer.qubits)) for generator in model.generators]},
    }
    error = _of_the_client("PauliLindbladError", {"generators": generators, "rates": codec.ndarray(model.rates)})
    return _of_the_client("LayerError", {"circuit": _drawn(layer), "qubits": list(layer.qubits), "error": error})


def _of_the_client(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the client's, under the name of the module that all its versions know."""
    module = "qiskit_ibm_runtime.utils.noise_learner_result"
    return {"__type__": "_json", "__module__": module, "__class__": name, "__value__": value}


def _label(generator: noise.Generator, width: int) -> str:
    """A Pauli string, the last letter for the first qubit."""
    letters = ["I"] * width
    for letter, place in zip(generator.letters, generator.places, strict=True):
        letters[-1 - place] = letter
    return "".join(letters)


def _drawn(layer: Layer) -> dict[str, Any]:
    """The layer as a circuit on its own qubits."""
    from qiskit import QuantumCircuit, qpy

    circuit = QuantumCircuit(len(layer.qubits), name="layer")  # Qiskit would count its circuits in the name
    for gate in sorted(layer.gates, key=lambda gate: gate.qubits):
        circuit.append(gate.operation, [layer.qubits.index(qubit) for qubit in gate.qubits])
    stream = BytesIO()
    qpy.dump(circuit, stream)
    return codec.typed("QuantumCircuit", b64encode(zlib.compress(stream.getvalue())).decode("ascii"))


def _circuit(value: object, where: str) -> Any:
    """A circuit of the request: QPY, or OpenQASM 3 text."""
    if isinstance(value, str):
        return schemas.reading(lambda: _loaded(value), where, "Send circuits as the client's RuntimeEncoder does.")
    return codec.circuit(value, where)


def _loaded(text: str) -> Any:
    from qiskit import qasm3

    qasm.parse(text)  # Qiskit's reader prints to stderr what is wrong with a text
    return qasm3.loads(text)
