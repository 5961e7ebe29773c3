"""The room from outside: what it costs to know of it, and that it draws from nothing but its seed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import NoiseLearner

from pytest_qruntime import programs
from tests.programs.executor.clientside import document


def test_nothing_heavy_is_imported_before_a_job_comes() -> None:
    code = (
        "import sys, pytest_qruntime.programs.executor\n"
        "print([name for name in ('numpy', 'qiskit', 'samplomatic', 'ibm_quantum_schemas', 'qiskit_ibm_runtime')"
        " if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("program", ["executor", "noise-learner", "calibrate"])
def test_an_empty_input_is_a_problem_and_no_error(program: str) -> None:
    found = programs.prepare(program, {})
    assert isinstance(found, programs.Problem)
    assert found.code == programs.Code.PAYLOAD_NOT_VALID


def test_layers_that_are_learned_again_are_written_byte_for_byte_the_same(manila: Any) -> None:
    circuit = QuantumCircuit(5)
    circuit.cx(0, 1)
    with pytest.warns(DeprecationWarning, match="NoiseLearner"):
        NoiseLearner(manila).run([circuit])
    program, params = manila.service.sent[-1]
    assert document(program, params, seed=7) == document(program, params, seed=7)
    assert document(program, params, seed=7) != document(program, params, seed=8)
