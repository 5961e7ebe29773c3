"""Any JSON and any text: an answer, never an exception; the same answer in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_qruntime import programs
from pytest_qruntime.programs import Problem

BELL = 'OPENQASM 3; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
SWEPT = 'include "stdgates.inc"; input angle t; qubit[2] q; bit[2] c; rx(t) q[0]; c = measure q;'
TEXT = """OPENQASM 3.0 ; include "stdgates.inc" qubit [2] [-1] [0:1] q q[0] q[1] bit c c[0] input float[64] angle
theta output const int n = measure -> x cx rx (theta) (pi) ( ) { } [ ] , @ ctrl inv gate def g if else for in while
switch case default let ++ barrier reset delay [10ns] $0 $99 "01" 1 -1 ** << == ! box end return extern cal pragma //
/* */ durationof sizeof array uint bool true im 0x1f 1e5 . : # @a"""
TOKENS = TEXT.split()
STATEMENTS = """include "stdgates.inc"; | qubit[2] q; | qubit q; | bit[2] c; | bit c; | x q; | x q[1]; |
cx q[0], q[1]; | c = measure q; | c[0] = measure q[1]; | let q = q[0:1]; | let a = q ++ q; | x a; |
c = a; | const int n = 2; | bit[n] c; | for int i in [0:1] { x q[i]; } | if (c[0]) { x q; } |
gate x a { U(0, 0, 0) a; } | gate g(c) q { rx(c) q; } | g(1) q; | input float[64] n; | rx(n) q; |
def f(qubit q, bit[n] c) -> bit { return measure q; } | c = f(q, c); | f(q, c); | x $1; | reset $0; |
c[0:n] = measure q; | output bit[n] c; | extern f(int) -> bit; | switch (n) { case 1 { x q; } } |
c[n] = 1; | delay[n] q; | ctrl(n) @ x q[0], q[1], $1; | gphase(n); | bit c = measure q; |
while (f(c)) { bit c; c = measure q; } | const int n = n + 1; | qubit[n] q; | barrier f(q); |
delay[durationof({x q;})] q; | c += 1; | let c = c[{0}];"""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
WORDS = st.sampled_from([BELL, SWEPT, "ZZ", "XI", "t", "a,b", "__type__", "qubit q;"]) | SCALARS
ANYTHING = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
NUMBERS = st.recursive(st.integers(-9, 9) | st.floats(), lambda inner: st.lists(inner, max_size=3), max_leaves=8)
PUBS = st.tuples(st.sampled_from([BELL, SWEPT]), ANYTHING | NUMBERS, ANYTHING | NUMBERS, ANYTHING).map(list)
PARAMS = st.fixed_dictionaries(
    {"pubs": st.lists(PUBS | PUBS.map(lambda pub: pub[:2]) | PUBS.map(lambda pub: pub[:3]), max_size=3)},
    optional={
        "shots": ANYTHING,
        "precision": ANYTHING,
        "version": ANYTHING,
        "resilience_level": ANYTHING,
        "options": ANYTHING
        | st.dictionaries(
            st.sampled_from(["default_shots", "default_precision", "twirling", "resilience", "dynamical_decoupling"]),
            ANYTHING | st.dictionaries(st.sampled_from(["num_randomizations", "shots_per_randomization"]), ANYTHING),
        ),
    },
)


def answer(program: str, params: Any) -> Problem | None:
    """What `verify` says; and if nothing, that the job indeed has a result of valid JSON."""
    work = programs.inspect(program, params)
    assert work.circuits >= 1
    assert 1 <= work.executions <= 10**15
    problem = programs.verify(program, params)
    if problem is None:
        if work.executions < 100_000:
            json.dumps(programs.run(program, params, Random(0), started="", finished=""), allow_nan=False)
    else:
        assert isinstance(problem.code, int)
        assert problem.reason
        assert problem.solution
    return problem


@settings(deadline=None, max_examples=300)
@given(program=st.sampled_from(["sampler", "estimator", "other"]), params=ANYTHING | PARAMS)
@example(program="estimator", params={"pubs": [[BELL, {"ZZ": 1}, None, 0.1]], "options": {"twirling": {"x": [1]}}})
def test_any_params_get_an_answer(program: str, params: Any) -> None:
    answer(program, params)


@settings(deadline=None, max_examples=300)
@given(text=st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join) | st.text(max_size=40))
@example(text="\ud800")
@example(text="\x00")
@example(text="const int n = 2 ** 64 ** 64; bit[n] c;")
@example(text="const int n = 1 << 99999999999999; bit[n] c;")
@example(text="const int n = 1 / 0; bit[n] c;")
@example(text="const int n = 1 % 0; bit[n % 0] c;")
@example(text="let a = f(q);")
@example(text="bit c; c[0][0] = 1;")
@example(text="$999999999999999999999999;")
@example(text="reset $99999999999;")
@example(text="def f(bit[9] b) { b[3] = 1; }")
def test_any_text_gets_an_answer(text: str) -> None:
    answer("sampler", {"pubs": [[text, None, 3]]})
    answer("estimator", {"pubs": [[text, "Z"]]})


@settings(deadline=None, max_examples=300)
@given(statements=st.lists(st.sampled_from([part.strip() for part in STATEMENTS.split("|")]), max_size=12))
def test_any_program_of_sensible_statements_gets_an_answer(statements: list[str]) -> None:
    text = "\n".join(statements)
    answer("sampler", {"pubs": [[text, None, 3]]})
    answer("sampler", {"pubs": [[text, {"n": [1, 2]}, 3]]})
    answer("estimator", {"pubs": [[text, ["ZZ"]]]})


@settings(deadline=None, max_examples=100)
@given(start=st.integers(0, len(BELL)), length=st.integers(0, 12), text=st.sampled_from(["", *TOKENS]))
def test_any_damage_to_a_good_text_gets_an_answer(start: int, length: int, text: str) -> None:
    answer("sampler", {"pubs": [[BELL[:start] + text + BELL[start + length :], None, 3]]})


def deep(depth: int, wrap: Any) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "value", [deep(100_000, lambda inner: [inner]), deep(100_000, lambda inner: {"a": inner})], ids=["lists", "objects"]
)
def test_bottomless_values_get_an_answer(value: Any) -> None:
    for params in (
        value,
        {"pubs": value},
        {"pubs": [value]},
        {"pubs": [[value]]},
        {"pubs": [[BELL, value]]},
        {"pubs": [[BELL, "ZZ", value]]},
        {"pubs": [[BELL, None, value]]},
        {"pubs": [[BELL, "ZZ", None, value]]},
        {"pubs": [[BELL]], "options": value, "shots": value, "precision": value},
    ):
        for program in programs.PROGRAMS:
            answer(program, params)


@pytest.mark.parametrize("text", ["(", "[", "{", "x(", "-", "!", "1+", "a++", "/*", "ctrl @ ", "pow(", "if(1)", "q[0:"])
def test_bottomless_texts_get_an_answer(text: str) -> None:
    for depth in (30, 3000):
        for start in ("", "float x = ", "let a = ", "x "):
            assert answer("sampler", {"pubs": [[start + text * depth + ";", None, 1]]}) is not None


DOCUMENTS = """
import json, sys
from random import Random
from pytest_qruntime import programs
{texts}
jobs = [
    ("sampler", {{"pubs": [[BELL, None, 50], [SWEPT, [1, 2, 3], 7]]}}),
    ("estimator", {{"pubs": [[BELL, [{{"ZZ": 1.0, "XX": 0.5, "II": 2}}, "YY"]], [SWEPT, "ZZ", [[1], [2]], 0.1]]}}),
    ("sampler", {{"pubs": [["qubit[2] q; U(1, 2) q;"]]}}),
    ("sampler", {{"pubs": [[SWEPT, {{"u": 1, "v": 2}}]]}}),
]
for program, params in jobs:
    problem = programs.verify(program, params)
    print(json.dumps(problem or programs.run(program, params, Random(42), started="a", finished="b")))
"""


def test_the_documents_are_the_same_in_every_process_whatever_its_hash_seed() -> None:
    script = DOCUMENTS.format(texts=f"BELL = {BELL!r}\nSWEPT = {SWEPT!r}")
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1
    assert printed.pop().count(b"\n") == 4


def test_the_parser_is_imported_by_the_first_text_only() -> None:
    script = (
        "import sys; from pytest_qruntime import programs; programs.inspect('sampler', {'pubs': [['qubit q;']]}); "
        "before = 'openqasm3' in sys.modules or 'antlr4' in sys.modules; "
        "programs.verify('sampler', {'pubs': [['qubit q;']]}); print(before, 'openqasm3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "False True\n"
