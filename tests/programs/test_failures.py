"""What makes the service accept a job and then fail it: every code, with its reason and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import programs
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.programs import Code, Problem, Target

GOOD = 'OPENQASM 3;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\nc = measure q;\n'
ROTATED = 'include "stdgates.inc"; input angle a; input angle b; qubit[2] q; rx(a) q[0]; ry(b) q[1];'


def problem_of(program: str, params: Any, target: Target | None = None) -> Problem:
    found = programs.verify(program, params, target)
    assert found is not None
    assert found.reason
    assert found.solution
    return found


def check(found: Problem, code: Code, *messages: str) -> None:
    assert found.code == code
    for message in messages:
        assert message in found.reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: the text is empty"),
        ("OPENQASM 3;\nqubit q;\nx q[0\n;", "line 4, column 1: no viable alternative at input"),
        ("OPENQASM 3;\nqubit q", "missing ';'"),
        ("hello", "line 1, column 6"),
        ('qubit q; "abc', "token recognition error"),
        ("// nothing but a comment", "the text holds no valid program"),
        ("OPENQASM 2.0;\nqreg q[2];", "the program says OPENQASM 2.0"),
        (
            "float x =\n  " + "(" * 300 + "1" + ")" * 300 + ";",
            "line 2, column 43: brackets are nested more than 40 deep",
        ),
        ("float x = " + " + ".join(["1"] * 5000) + ";", "too long or nested too deeply"),
        ("break;", "'break' statement outside loop"),
        ("bit[" + "9" * 5000 + "] c;", "QASM parsing failed"),
    ],
)
def test_text_that_is_not_openqasm_3(text: str, message: str) -> None:
    check(problem_of("sampler", {"pubs": [[GOOD], [text]]}), Code.QASM_SYNTAX, "pub 1: QASM parsing failed", message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frobnicate q[0];", "gate 'frobnicate' is not defined"),
        ("rzz(0.5) q[0], q[1];", "gate 'rzz' is not defined"),
        ("u(1, 2, 3) q[0];", "gate 'u' is not defined"),
        ("gate g a { nope a; }", "gate 'nope' is not defined"),
        ("gate g a { h a; } gate g a { x a; }", "the gate 'g' is defined twice"),
        ("gate g a { h b; }", "'b' is not defined"),
        ("cx q[0];", "gate 'cx' acts on 2 qubits, not 1"),
        ("h q[0], q[1];", "gate 'h' acts on 1 qubit, not 2"),
        ("ctrl @ x q[0];", "gate 'x' acts on 2 qubits, not 1"),
        ("rx q[0];", "gate 'rx' takes 1 parameter, not 0"),
        ("h(0.5) q[0];", "gate 'h' takes 0 parameters, not 1"),
        ("U(1, 2) q[0];", "gate 'U' takes 3 parameters, not 2"),
        ("h;", "gate 'h' is given no qubits"),
        ("h(q[0]);", "'h' is a gate and is not called with brackets"),
        ("cx q[1], q[1];", "duplicate qubit: gate 'cx' is given q[1] twice"),
        ("cx q, q[1];", "duplicate qubit: gate 'cx' is given q[1] twice"),
        ("cx q[-1], q[1];", "duplicate qubit"),
        ("qubit[3] r; cx q, r;", "gate 'cx' is applied to registers of 2 and 3 qubits"),
        ("h r[0];", "'r' is not defined"),
        ("h q[2];", "index 2 is out of range: 'q' has 2 qubits"),
        ("h q[-3];", "index -3 is out of range"),
        ("h q[0:99999999999];", "index 99999999999 is out of range"),
        ("h c[0];", "'c' is a bit where a qubit is expected"),
        ("qubit s; h s[0];", "'s' is a single qubit and has no index"),
        ("rx(alpha) q[0];", "'alpha' is not defined"),
        ("rx(f(1)) q[0];", "the function 'f' is not defined"),
        ("h $0;", "$0 is a physical qubit, but the program declares qubits of its own"),
        ("c[0] = measure r[0];", "'r' is not defined"),
        ("d[0] = measure q[0];", "'d' is not defined"),
        ("c[2] = measure q[0];", "index 2 is out of range: 'c' has 2 bits"),
        ("c[0] = measure q;", "2 qubits are measured into 1 bits"),
        ("bit[3] d = measure q;", "2 qubits are measured into 3 bits"),
        ("q = measure q;", "'q' is a qubit where a bit is expected"),
        ("reset c;", "'c' is a bit where a qubit is expected"),
        ("barrier r;", "'r' is not defined"),
        ("if (d[0]) { h q[0]; }", "'d' is not defined"),
        ("if (c[0]) { bit inner; } inner = 1;", "'inner' is not defined"),
        ("while (true) { h r; }", "'r' is not defined"),
        ("def f(qubit a) { h b; }", "'b' is not defined"),
        ("bit[2] c;", "'c' is declared twice"),
        ("bit[0] d;", "the size of 'd' is 0"),
        ("int n = 2; bit[n] d;", "the size of 'd' is not an integer constant"),
        ("bit[2 ** 62] d;", "the size of 'd' is 4611686018427387904"),
        ("qubit[1000000] r;", "the size of 'r' is 1000000"),
        ("input int n;", "the input 'n' is of type int"),
        ("input array[float[64], 3] a;", "the input 'a' is of type array"),
        ('include "qelib1.inc";', "the file 'qelib1.inc' cannot be included"),
        ("cal { x }", "a CalibrationStatement is not supported"),
    ],
)
def test_text_that_cannot_be_loaded(text: str, message: str) -> None:
    head = 'OPENQASM 3;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\n'
    found = problem_of("sampler", {"pubs": [[head + text]]})
    check(found, Code.QASM_LOAD, "pub 0: Error loading the QASM circuit: line 5, column ", message)


def test_a_standard_gate_without_its_include_says_what_is_missing() -> None:
    found = problem_of("sampler", {"pubs": [["qubit q;\nh q;"]]})
    check(found, Code.QASM_LOAD, "line 2, column 1: gate 'h' is not defined")
    assert found.solution == 'Write include "stdgates.inc"; before the first h.'


def test_a_qubit_declared_after_physical_ones_were_used() -> None:
    found = problem_of("sampler", {"pubs": [['include "stdgates.inc"; h $3; qubit q;']]})
    check(found, Code.QASM_LOAD, "'q' is declared, but the program uses physical qubits")


@pytest.mark.parametrize(
    ("pub", "message"),
    [
        ("text", "pub 0: QASM parsing failed"),
        (7, "pub 0 is 7; expected a list"),
        ([], "pub 0 has 0 parts; expected 1 to 3"),
        ([GOOD, None, 100, None], "pub 0 has 4 parts; expected 1 to 3"),
        ([None], "pub 0: the circuit is None, not OpenQASM 3 text"),
        ([ROTATED], "the number of values (0) does not match the number of parameters (2: a, b)"),
        ([ROTATED, [1]], "the number of values (1"),
        ([ROTATED, {"a": 1, "c": 2}], "the circuit has no parameter 'c'"),
        ([ROTATED, [[1, 2], [3]]], "pub 0: parameter values: the lists are ragged"),
    ],
)
def test_a_sampler_pub_whose_parts_do_not_fit(pub: Any, message: str) -> None:
    found = problem_of("sampler", {"pubs": [pub]})
    assert found.code in (Code.PUB_NOT_VALID, Code.QASM_SYNTAX)
    assert message in found.reason


@pytest.mark.parametrize(
    ("pub", "message"),
    [
        ([GOOD], "pub 0 has 1 parts; expected 2 to 4"),
        ([GOOD, "ZZ", None, None, None], "pub 0 has 5 parts; expected 2 to 4"),
        (GOOD, "expected a list"),
        ([GOOD, "ZQ"], "is no Pauli"),
        ([ROTATED, "ZZ"], "the number of values (0)"),
        (
            [ROTATED, [["ZZ"], ["XX"], ["YY"]], [[[1, 2]], [[3, 4]]]],
            "the observables shape (3, 1) and the parameter values shape (2, 1) are not broadcastable",
        ),
        ([ROTATED, ["ZZ", "XX"], [[1, 2]] * 3], "the observables shape (2,) and the parameter values shape (3,)"),
    ],
)
def test_an_estimator_pub_whose_parts_do_not_fit(pub: Any, message: str) -> None:
    check(problem_of("estimator", {"pubs": [pub]}), Code.PUB_NOT_VALID, message)


def test_an_observable_that_is_not_as_long_as_the_circuit_is_wide() -> None:
    found = problem_of("estimator", {"pubs": [[GOOD, "ZZ"], [GOOD, ["ZZ", "ZZI"]]]})
    check(found, Code.QUBITS_MISMATCH, "pub 1: the number of qubits of the circuit (2) does not match", "(3)")


def test_control_flow_in_an_estimator_s_circuit() -> None:
    found = problem_of("estimator", {"pubs": [[GOOD + "if (c[0]) { h q[0]; }", "ZZ"]]})
    check(found, Code.DYNAMIC_IN_ESTIMATOR, "pub 0: line 7, column 1: the circuit has control flow (if)")


@pytest.mark.parametrize("shots", [0, -5, 1.5, 100.0, True, "100", [100], {}])
def test_shots_that_cannot_be(shots: Any) -> None:
    check(problem_of("sampler", {"pubs": [[GOOD, None, shots]]}), Code.SHOTS_NOT_ALLOWED, "pub 0: shots is ")
    check(problem_of("sampler", {"pubs": [[GOOD]], "shots": shots}), Code.SHOTS_NOT_ALLOWED, "shots is ")
    default = {"pubs": [[GOOD]], "options": {"default_shots": shots}}
    check(problem_of("sampler", default), Code.SHOTS_NOT_ALLOWED, "options.default_shots is ")


@pytest.mark.parametrize("precision", [0, 0.0, -0.1, True, "0.1", [0.1], {}, float("nan"), float("inf"), 1e-300])
def test_a_precision_that_cannot_be(precision: Any) -> None:
    pub = [GOOD, "ZZ", None, precision]
    check(problem_of("estimator", {"pubs": [pub]}), Code.SHOTS_NOT_ALLOWED, "pub 0: precision is ")
    found = problem_of("estimator", {"pubs": [[GOOD, "ZZ"]], "precision": precision})
    check(found, Code.SHOTS_NOT_ALLOWED, "precision is ")
    default = {"pubs": [[GOOD, "ZZ"]], "options": {"default_precision": precision}}
    check(problem_of("estimator", default), Code.SHOTS_NOT_ALLOWED, "options.default_precision is ")


def test_more_executions_than_a_job_may_have() -> None:
    assert programs.verify("sampler", {"pubs": [[GOOD, None, 10_000_000]]}) is None
    found = problem_of("sampler", {"pubs": [[GOOD, None, 10_000_000], [GOOD, None, 1]]})
    check(found, Code.OVER_LIMITS, "the job asks for 10000001 executions", "at most 10000000")
    check(problem_of("sampler", {"pubs": [[GOOD, None, 10**5000]]}), Code.OVER_LIMITS, "thousands of digits")


def test_results_that_no_memory_holds() -> None:
    pub = [ROTATED, [["ZZ"]] * 4000, [[1, 2]] * 4000]
    check(problem_of("estimator", {"pubs": [pub]}), Code.OVER_LIMITS, "make 16000000 results")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (None, "params is None; expected an object"),
        ([], "params is []"),
        ({}, "pubs is None; expected a list of PUBs"),
        ({"pubs": GOOD}, "expected a list of PUBs"),
        ({"pubs": []}, "pubs is empty"),
        ({"pubs": [[GOOD, "ZZ"]], "version": 1}, "version is 1; expected 2"),
        ({"pubs": [[GOOD, "ZZ"]], "options": []}, "params.options is []; expected an object"),
    ],
)
def test_params_that_are_not_the_input_of_a_primitive(params: Any, message: str) -> None:
    for program in ("sampler", "estimator"):
        check(problem_of(program, params), Code.PAYLOAD_NOT_VALID, message)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"resilience_level": 3}, "resilience_level is 3; expected 0, 1 or 2"),
        ({"options": {"twirling": 5}}, "options.twirling is 5; expected an object"),
        ({"options": {"resilience": "yes"}}, "options.resilience is 'yes'"),
        ({"options": {"dynamical_decoupling": []}}, "options.dynamical_decoupling is []"),
    ],
)
def test_options_that_the_estimator_cannot_read(params: dict[str, Any], message: str) -> None:
    check(problem_of("estimator", {"pubs": [[GOOD, "ZZ"]], **params}), Code.PAYLOAD_NOT_VALID, message)


def test_what_the_fake_cannot_compute_says_so_with_a_code_that_the_service_does_not_have() -> None:
    check(
        problem_of("circuit-runner", {"circuits": []}),
        Code.NOT_SIMULATED,
        "the program 'circuit-runner' is not simulated",
    )


def test_a_target_refuses_what_the_backend_cannot_run_untranspiled() -> None:
    heron = Target(2, frozenset({"cz", "id", "rx", "rz", "rzz", "sx", "x"}))
    found = problem_of("sampler", {"pubs": [[GOOD]]}, heron)
    check(found, Code.NOT_ISA, "pub 0: line 5, column 1: the instruction h is not supported by the target system")
    native = GOOD.replace("h q[0];", "sx q[0]; delay[10ns] q[0]; reset q[1]; barrier q;")
    assert programs.verify("sampler", {"pubs": [[native]]}, heron) is None
    assert programs.verify("sampler", {"pubs": [[GOOD]]}, Target(2)) is None
    found = problem_of("sampler", {"pubs": [[GOOD]]}, Target(1))
    check(found, Code.NOT_ISA, "the circuit has 2 qubits but the target system has 1")


def test_run_raises_what_verify_returns() -> None:
    params = {"pubs": [["nonsense"]]}
    with pytest.raises(programs.ProgramError) as caught:
        programs.run("sampler", params, None, started="", finished="")  # type: ignore[arg-type]
    assert caught.value.problem == programs.verify("sampler", params)
    assert isinstance(caught.value, QRuntimeError)


def test_nothing_is_printed_about_a_text_that_does_not_parse(capfd: pytest.CaptureFixture[str]) -> None:
    programs.verify("sampler", {"pubs": [["qubit q; x q[0"]]})
    assert capfd.readouterr() == ("", "")
