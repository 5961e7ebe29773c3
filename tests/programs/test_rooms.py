"""Which jobs need Qiskit, and what becomes of them without it."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from typing import Any

import pytest

from pytest_qruntime import programs
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.programs import Code

TEXT = {"pubs": [["OPENQASM 3.0; qubit q; bit c; c = measure q;"]]}
ENCODED: dict[str, Any] = {"pubs": [[{"__type__": "QuantumCircuit", "__value__": ""}]]}


@pytest.mark.parametrize(
    ("program", "params"),
    [
        ("sampler", ENCODED),
        ("estimator", ENCODED),
        ("sampler", {"pubs": ENCODED["pubs"][0]}),
        ("sampler", {"pubs": [*TEXT["pubs"], *ENCODED["pubs"]]}),
        ("executor", {"schema_version": "v2.0"}),
        ("noise-learner", {"circuits": []}),
    ],
)
def test_without_qiskit_a_job_that_needs_it_says_how_to_get_it(
    program: str, params: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    problem = programs.verify(program, params)
    assert problem is not None
    assert problem.code == Code.NOT_SIMULATED
    assert "Qiskit is not installed" in problem.reason
    assert "pip install 'pytest-qruntime[qiskit]'" in problem.solution


def test_without_qiskit_text_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    assert programs.verify("sampler", TEXT) is None


@pytest.mark.parametrize("program", ["executor", "noise-learner"])
@pytest.mark.parametrize("params", [None, [], "text"])
def test_params_of_other_programs_are_an_object_too(program: str, params: Any) -> None:
    problem = programs.verify(program, params)
    assert problem is not None
    assert (problem.code, problem.reason.split(";")[0]) == (Code.PAYLOAD_NOT_VALID, f"params is {params!r}")


def test_an_engine_that_there_is_not() -> None:
    with pytest.raises(ConfigurationError, match="engine is 'perfect'; expected one of ideal, aer, aer-noisy, schema"):
        programs.prepare("sampler", ENCODED, engine="perfect")


def test_text_is_synthetic_whatever_the_engine() -> None:
    documents = [
        programs.run("sampler", TEXT, Random(1), started="", finished="", engine=engine) for engine in programs.ENGINES
    ]
    assert all(document == documents[0] for document in documents)
    assert documents[0]["metadata"]["pytest_qruntime"] == {"synthetic": True}


def test_nothing_heavy_is_loaded_before_a_job_needs_it() -> None:
    code = f"""
import sys
from pytest_qruntime import programs
assert programs.verify("sampler", {TEXT!r}) is None
programs.inspect("sampler", {ENCODED!r})
loaded = {{"qiskit", "numpy", "qiskit_ibm_runtime", "qiskit_aer", "ibm_quantum_schemas"}} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)
