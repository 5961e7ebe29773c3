"""A real client without a service: what it sends is kept, what the fake answers is given to its own decoders."""

from __future__ import annotations

import json
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import qiskit_ibm_runtime
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import IBMBackend, RuntimeEncoder
from qiskit_ibm_runtime.decoders.defaults import DEFAULT_DECODERS
from qiskit_ibm_runtime.decoders.executor.decoder import ExecutorResultDecoder
from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data

from pytest_qruntime.programs import executor
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.problems import Invalid, Problem

SNAPSHOTS = Path(qiskit_ibm_runtime.__file__).parent / "fake_provider" / "backends"
STARTED, FINISHED = "2026-01-15T12:00:00.250000Z", "2026-01-15T12:00:04.250000Z"
MANILA = Target(
    5,
    frozenset(("id", "rz", "sx", "x", "cx")),
    {"cx": frozenset(((0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)))},
    lambda: ({"backend_name": "fake_manila"}, {}),
)
MODELS = {
    "executor": ("executor", "QuantumProgramResultModel"),
    "noise-learner": ("noise_learner_v3", "NoiseLearnerV3ResultsModel"),
    "calibrate": ("calibrator", "CalibratorResultModel"),
}


class Service:
    """Keeps the jobs that a primitive submits, as they would go over the wire."""

    is_local = False

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def _run(self, program_id: str, inputs: dict[str, Any], **_: Any) -> None:
        self.sent.append((program_id, json.loads(json.dumps(inputs, cls=RuntimeEncoder))))

    def backend_properties(self, *_: Any, **__: Any) -> dict[str, Any]:
        return deepcopy(self._properties)

    _properties: dict[str, Any]


def backend(name: str) -> Any:
    """A backend of the client made of one of its snapshots, whose service is a `Service`."""
    service, folder = Service(), SNAPSHOTS / name
    service._properties = json.loads((folder / f"props_{name}.json").read_text())
    sent = json.loads((folder / f"conf_{name}.json").read_text())
    return IBMBackend(configuration_from_server_data(sent, instance=""), service, service)


def answered(device: Any, *, target: Target | None = None, engine: str = "ideal", seed: int = 1) -> Any:
    """What the client makes of the answer to the last job that was sent from a backend."""
    program, params = device.service.sent[-1]
    return decoded(program, document(program, params, target=target, engine=engine, seed=seed))


def raw_answer(device: Any, *, seed: int = 1) -> Any:
    """The answer to an executor job as a `QuantumProgramResult`, before a primitive's decoder makes its own of it."""
    return ExecutorResultDecoder.decode(json.dumps(document(*device.service.sent[-1], seed=seed)))


def document(
    program: str, params: dict[str, Any], *, target: Target | None = None, engine: str = "ideal", seed: int = 1
) -> dict[str, Any]:
    """The result document of a job, after a way over the wire; its params must not change."""
    before = deepcopy(params)
    job = executor.read(program, params, target, engine)
    found: dict[str, Any] = json.loads(json.dumps(job.result(Random(seed), STARTED, FINISHED)))
    assert params == before
    return found


def decoded(program: str, answer: dict[str, Any]) -> Any:
    """What the client's own decoders make of a document, which the official models must accept."""
    if "schema_version" in answer:
        check_official(program, answer)
    found: Any = json.dumps(answer)
    for decoder in DEFAULT_DECODERS[program]:
        if isinstance(found, str) or program == "executor":
            found = decoder.decode(found) if decoder.is_applicable(found) else found
    return found


def check_official(program: str, answer: dict[str, Any]) -> None:
    """The document fits its official model, and holds nothing that the model does not name but the package's mark."""
    family, name = MODELS[program]
    version = answer["schema_version"].removeprefix("v").replace(".", "_")
    model = getattr(import_module(f"ibm_quantum_schemas.{family}.version_{version}"), name)
    known = model.model_validate_json(json.dumps(answer)).model_dump(mode="json")
    assert json.dumps(known, sort_keys=True) == json.dumps(_unmarked(answer), sort_keys=True)


def _unmarked(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {key: _unmarked(value) for key, value in answer.items() if key != "pytest_qruntime"}
    return [_unmarked(value) for value in answer] if isinstance(answer, list) else answer


def problem(program: str, params: dict[str, Any], target: Target | None = None, engine: str = "ideal") -> Problem:
    """Why a job fails."""
    try:
        executor.read(program, params, target, engine)
    except Invalid as invalid:
        return invalid.problem
    raise AssertionError("the job is fine")


def hadamard(circuit: QuantumCircuit, qubit: int) -> None:
    """The gate in a backend's own instructions."""
    circuit.rz(1.5707963267948966, qubit)
    circuit.sx(qubit)
    circuit.rz(1.5707963267948966, qubit)


def bell(width: int = 5) -> QuantumCircuit:
    """Qubits 0 and 1 of a backend entangled, in its own instructions."""
    circuit = QuantumCircuit(width)
    hadamard(circuit, 0)
    circuit.cx(0, 1)
    return circuit
