"""The work of a job at a glance."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_qruntime.programs import Work, inspect, qasm

NONE = "OPENQASM 3; qubit q;"
ONE = "OPENQASM 3;\ninput float[64] a;\nqubit q;"
TWO = "OPENQASM 3;\ninput float[64] a;\ninput float[64] b;\nqubit q;"


@pytest.mark.parametrize(
    ("params", "circuits", "executions"),
    [
        ({"pubs": [[NONE]]}, 1, 4096),
        ({"pubs": [[NONE], [NONE, None, 100]]}, 2, 4196),
        ({"pubs": [NONE]}, 1, 4096),
        ({"pubs": [[NONE], [NONE]], "shots": 10}, 2, 20),
        ({"pubs": [[NONE]], "options": {"default_shots": 20}}, 1, 20),
        ({"pubs": [[ONE, 0.5, 10]]}, 1, 10),
        ({"pubs": [[ONE, [0.5], 10]]}, 1, 10),
        ({"pubs": [[ONE, [1, 2, 3], 10]]}, 1, 30),
        ({"pubs": [[ONE, [[1], [2], [3]], 10]]}, 1, 30),
        ({"pubs": [[TWO, [1, 2], 10]]}, 1, 10),
        ({"pubs": [[TWO, [[1, 2], [3, 4], [5, 6]], 10]]}, 1, 30),
        ({"pubs": [[TWO, [[[1, 2]] * 5] * 4, 10]]}, 1, 200),
        ({"pubs": [[TWO, {"a": [1, 2, 3], "b": [4, 5, 6]}, 10]]}, 1, 30),
        ({"pubs": [[TWO, {"a,b": [[1, 2], [3, 4]]}, 10]]}, 1, 20),
    ],
)
def test_a_sampler_runs_its_shots_for_every_parameter_set(params: Any, circuits: int, executions: int) -> None:
    assert inspect("sampler", params) == Work(circuits, executions)


@pytest.mark.parametrize(
    ("params", "circuits", "executions"),
    [
        ({"pubs": [[NONE, "Z"]]}, 1, 4096),
        ({"pubs": [[NONE, ["Z"] * 9], [NONE, "Z", None, 0.01]]}, 2, 14096),
        ({"pubs": [[TWO, "Z", [[1, 2]] * 3, 0.1]]}, 1, 300),
        ({"pubs": [[NONE, "Z"]], "precision": 0.1}, 1, 100),
        ({"pubs": [[NONE, "Z"]], "options": {"default_precision": 0.1}}, 1, 100),
        ({"pubs": [[NONE, "Z"]], "options": {"default_shots": 77}}, 1, 77),
    ],
)
def test_an_estimator_runs_what_its_precision_needs(params: Any, circuits: int, executions: int) -> None:
    assert inspect("estimator", params) == Work(circuits, executions)


@pytest.mark.parametrize("params", [None, [], {}, 7, {"pubs": None}, {"pubs": []}, {"pubs": "text"}, {"circuits": [1]}])
def test_what_has_no_pubs_counts_as_one_circuit_of_4096_shots(params: Any) -> None:
    assert inspect("sampler", params) == Work(1, 4096)


@pytest.mark.parametrize(
    "params",
    [
        {"pubs": [[NONE, None, "many"]]},
        {"pubs": [[NONE, None, -1]]},
        {"pubs": [[NONE]], "shots": 0},
        {"pubs": [[NONE]], "options": 3},
        {"pubs": [None]},
        {"pubs": [[]]},
        {"pubs": [{}]},
    ],
)
def test_shots_that_cannot_be_count_as_4096(params: Any) -> None:
    assert inspect("sampler", params).executions == 4096


def test_pubs_of_other_programs_and_encodings_are_counted_too() -> None:
    encoded = [{"__type__": "QuantumCircuit", "__value__": ""}, {"__type__": "ndarray", "__value__": ""}, 50]
    assert inspect("sampler", {"pubs": [encoded, encoded]}) == Work(2, 100)
    assert inspect("executor", {"pubs": [[NONE, None, 10]] * 3}) == Work(3, 30)


def test_items_of_a_quantum_program_are_run_for_every_element() -> None:
    arguments = {"circuit_arguments": {"shape": [4, 5, 2]}, "shape": []}
    program = {"shots": 128, "items": [{"shape": [32, 3]}, arguments, {"circuit_arguments": {"shape": [0]}}]}
    assert inspect("executor", {"quantum_program": program}) == Work(3, 128 * (96 + 20 + 1))


@pytest.mark.parametrize(
    "program", [{}, {"items": 3}, {"items": [None], "shots": "many"}, {"items": [{"shape": [True, "x"]}]}]
)
def test_a_quantum_program_that_cannot_be_understood_counts_as_4096_shots(program: Any) -> None:
    assert inspect("executor", {"quantum_program": program}) == Work(1, 4096)


def test_the_work_stays_a_number_that_can_be_calculated_with() -> None:
    assert inspect("sampler", {"pubs": [[NONE, None, 10**5000]]}).executions == 10**15
    assert inspect("sampler", {"pubs": [[ONE, []]]}).executions == 1


def test_shots_of_a_circuit_are_the_mean_rounded_up() -> None:
    assert Work(2, 4196).shots == 2098
    assert Work(3, 10).shots == 4


def test_no_circuit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openqasm3", None)
    monkeypatch.setattr(qasm, "read", None)
    assert inspect("sampler", {"pubs": [["not a circuit at all", [1, 2], 10]]}) == Work(1, 10)
