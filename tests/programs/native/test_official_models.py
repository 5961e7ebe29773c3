"""What the client sends and what is answered, against the official models of `ibm_quantum_schemas`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from pytest_qruntime import programs
from tests.programs.native.client import document, estimator_params, sampler_params, sent
from tests.sdk.needs import module_since

sampler = module_since("0.46.0", "ibm_quantum_schemas.sampler.version_0_1")
estimator = module_since("0.46.0", "ibm_quantum_schemas.estimator.version_0_1")

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "results.md"
PARAMS = {"sampler": sampler.ParamsModel, "estimator": estimator.ParamsModel}
RESULTS = {"sampler": sampler.PrimitiveResultWrapperModel, "estimator": estimator.PrimitiveResultWrapperModel}


def isa() -> QuantumCircuit:
    circuit = QuantumCircuit(5, 2)
    circuit.rz(Parameter("a"), 0)
    circuit.sx(0)
    circuit.cx(0, 1)
    return circuit


def measured() -> QuantumCircuit:
    circuit = isa()
    circuit.measure([0, 1], [0, 1])
    return circuit


SENT: list[tuple[str, Any, dict[str, Any]]] = [
    ("sampler", (measured(), [0.1], 100), {}),
    ("sampler", (measured(), [[0.1], [0.2]], 100), {"default_shots": 20, "twirling": {"enable_gates": True}}),
    ("sampler", (measured(), [0.1], 100), {"execution": {"meas_type": "kerneled", "rep_delay": 1e-4}}),
    ("sampler", (measured(), [0.1], 100), {"experimental": {"execution": {"fast": True}, "new": 1}}),
    ("estimator", (isa(), "IIIZZ", [0.1]), {}),
    ("estimator", (isa(), ["IIIZZ", "XIIIX"], [0.1], 0.1), {"resilience_level": 2}),
    ("estimator", (isa(), "IIIZZ", [0.1]), {"default_shots": None, "seed_estimator": 5}),
    ("estimator", (isa(), "IIIZZ", [[0.1]] * 3), {"resilience": {"pec_mitigation": True, "pec": {"noise_gain": 0.5}}}),
    ("estimator", (isa(), "IIIZZ", [0.1]), {"resilience": {"zne_mitigation": True, "zne": {"extrapolator": "linear"}}}),
    ("estimator", (isa(), "IIIZZ", [0.1]), {"dynamical_decoupling": {"enable": True, "skip_reset_qubits": True}}),
]


@pytest.mark.parametrize(("program", "pub", "options"), SENT)
def test_what_the_client_sends_fits_the_models_and_so_does_the_answer(
    program: str, pub: Any, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    params = sent(program, FakeManilaV2(), [pub], options, monkeypatch)
    PARAMS[program].model_validate(params)
    RESULTS[program].model_validate(document(program, params))


UNFIT: list[tuple[str, Any, str, str]] = [
    ("sampler", (measured(), [0.1]), "pubs.0.2", "- a sampler's PUB without shots of its own: the client sends `null`"),
    ("estimator", (isa(), [["IIIZZ"], ["XIIIX"]], [0.1]), "pubs.0.1", "- an estimator's observables in lists of lists"),
]


@pytest.mark.parametrize(("program", "pub", "where", "documented"), UNFIT)
def test_what_the_client_sends_although_the_models_forbid_it_is_answered_nevertheless(
    program: str, pub: Any, where: str, documented: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the documentation names it."""
    assert documented in PAGE.read_text(encoding="utf-8")
    params = sent(program, FakeManilaV2(), [pub], {}, monkeypatch)
    with pytest.raises(pydantic.ValidationError) as caught:
        PARAMS[program].model_validate(params)
    assert {".".join(map(str, error["loc"][:3])) for error in caught.value.errors()} == {where}
    RESULTS[program].model_validate(document(program, params))


@pytest.mark.parametrize("engine", ["ideal", "schema"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_answers_of_every_shape_fit_the_models(engine: str, shape: tuple[int, ...]) -> None:
    values = np.zeros((*shape, 1))
    params = sampler_params((measured(), values, 7), twirling={"enable_measure": True})
    sampler.PrimitiveResultWrapperModel.model_validate(document("sampler", params, engine=engine))
    params = estimator_params((isa(), "IIIZZ", values), level=2)
    estimator.PrimitiveResultWrapperModel.model_validate(document("estimator", params, engine=engine))


def test_every_field_of_an_answer_is_one_that_the_models_know() -> None:
    """But for the mark of this package."""
    for program, params in (
        ("sampler", sampler_params((measured(), [0.1], 7))),
        ("estimator", estimator_params((isa(), "IIIZZ", [0.1]), level=2)),
    ):
        answer = document(program, params)
        answer["__value__"]["metadata"].pop("pytest_qruntime")
        model = RESULTS[program].model_validate(answer)
        assert model.model_dump(mode="json", by_alias=True, exclude_unset=True) == answer


def test_the_text_of_a_circuit_is_no_business_of_this_room() -> None:
    params = sampler_params((measured(), [0.1], 7))
    params["pubs"].append(["OPENQASM 3.0; qubit q;"])
    problem = programs.verify("sampler", params)
    assert problem is not None
    assert (problem.code, problem.reason.partition(":")[0]) == (programs.Code.NOT_SIMULATED, "pub 1")
