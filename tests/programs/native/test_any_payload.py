"""Any JSON beside an encoded circuit: an answer or a reason, never an exception."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from pytest_qruntime import programs
from pytest_qruntime.programs import Problem, Target
from tests.programs.native.client import over_the_wire

SWEPT = QuantumCircuit(2, 2)
SWEPT.rx(Parameter("t"), 0)
SWEPT.measure([0, 1], [0, 1])
CIRCUITS = [over_the_wire(SWEPT), over_the_wire(SWEPT.assign_parameters([1.0]))]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(["__type__", "__value__", "ZZ", "XI"]) | st.text(max_size=3)
ANYTHING = st.recursive(
    SCALARS | st.sampled_from(["ndarray", "ZZ"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
NUMBERS = st.recursive(st.integers(-9, 9) | st.floats(), lambda inner: st.lists(inner, max_size=3), max_leaves=8)
PART = ANYTHING | NUMBERS | st.sampled_from(["ZZ", {"XX": 1.0}, [0.5], [[0.5], [1.5]], 20, 0.25])
PUBS = st.tuples(st.sampled_from(CIRCUITS), PART, PART, PART).map(list)
GROUPS = ["default_shots", "twirling", "resilience", "dynamical_decoupling", "execution", "simulator", "experimental"]
PARAMS = st.fixed_dictionaries(
    {"pubs": st.lists(PUBS | PUBS.map(lambda pub: pub[:2]) | PUBS.map(lambda pub: pub[:3]), min_size=1, max_size=3)},
    optional={
        "version": ANYTHING | st.just(2),
        "resilience_level": ANYTHING,
        "support_qiskit": ANYTHING,
        "options": ANYTHING | st.dictionaries(st.sampled_from(GROUPS), ANYTHING, max_size=3),
    },
)


@settings(max_examples=200)
@given(program=st.sampled_from(["sampler", "estimator"]), params=PARAMS, target=st.sampled_from([None, Target(2)]))
def test_any_payload_gets_an_answer(program: str, params: Any, target: Target | None) -> None:
    assert programs.inspect(program, params).executions >= 1
    prepared = programs.prepare(program, params, target, engine="schema")
    if isinstance(prepared, Problem):
        assert prepared.reason
        assert prepared.solution
    elif programs.inspect(program, params).executions < 10_000:
        json.dumps(prepared.result(Random(1), "", ""), allow_nan=False)
