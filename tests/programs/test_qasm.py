"""What is read out of a program, and which programs are read at all."""

from __future__ import annotations

import pytest

from pytest_qruntime.programs import Circuit, Problem, Register, read

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


def circuit(text: str, *, head: str = HEAD) -> Circuit:
    found = read(head + text)
    assert not isinstance(found, Problem), found
    return found


def registers(text: str) -> list[tuple[str, int, int]]:
    return [(name, width, written) for name, width, written in circuit(text).registers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qreg q[2]; creg c[2]; c[0] = measure q[0]; c[1] = measure q[1];", [("c", 2, 0b11)]),
        ("qubit[2] q; bit[2] c; c = measure q;", [("c", 2, 0b11)]),
        ("qubit[2] q; bit[2] c = measure q;", [("c", 2, 0b11)]),
        ("qreg q[2]; creg c[2]; measure q -> c;", [("c", 2, 0b11)]),
        ("qubit[3] q; bit[3] c; c[1] = measure q[0];", [("c", 3, 0b010)]),
        ("qubit[3] q; bit[3] c; c[-1] = measure q[0];", [("c", 3, 0b100)]),
        ("qubit[3] q; bit[4] c; c[1:2] = measure q[0:1];", [("c", 4, 0b0110)]),
        ("qubit[3] q; bit[4] c; c[0:2:3] = measure q[{0, 2}];", [("c", 4, 0b0101)]),
        ("qubit q; bit c; c = measure q;", [("c", 1, 1)]),
        ("qubit q; bit c; measure q;", [("c", 1, 0)]),
        ("qubit q; bit[2] z; bit[1] a; a[0] = measure q;", [("z", 2, 0), ("a", 1, 1)]),
        ("qubit[4] q; output bit[4] out; out = measure q;", [("out", 4, 0b1111)]),
        ("const int n = 2; const uint m = n * 2 - 1; qubit[m] q; bit[m] c; c = measure q;", [("c", 3, 0b111)]),
        ("qubit q; bit[2] c; int n = 3; bool done = false; float[64] x = pi / 2;", [("c", 2, 0)]),
        ("qubit[4] q; bit[4] c; for int i in [0:3] { c[i] = measure q[i]; }", [("c", 4, 0b1111)]),
        ("qubit[4] q; bit[4] c; let low = c[0:1]; low = measure q[0:1];", [("c", 4, 0b1111)]),
        ("qubit q; bit[2] c; c[1] = 1;", [("c", 2, 0b10)]),
        ("qubit q; bit[2] c; if (c[0]) { bit local; local = measure q; }", [("c", 2, 0)]),
        ("bit[2] c; c[0] = measure $0; c[1] = measure $5;", [("c", 2, 0b11)]),
        ("qubit q; x q;", []),
    ],
)
def test_registers_are_read_with_their_widths_and_the_bits_that_are_written(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert registers(text) == expected


def test_a_bit_that_is_called_like_a_gate_parameter_is_still_a_register() -> None:
    assert registers("gate g(c) a { rz(c) a; } qubit q; bit[2] c; g(0.5) q;") == [("c", 2, 0)]


@pytest.mark.parametrize(
    ("text", "qubits"),
    [
        ("qubit q;", 1),
        ("qubit[3] q; qubit[2] r;", 5),
        ("qreg q[127];", 127),
        ("x $0; cx $3, $7;", 8),
        ("", 0),
    ],
)
def test_the_width_of_a_circuit(text: str, qubits: int) -> None:
    assert circuit(text).qubits == qubits


def test_inputs_are_the_parameters_in_the_order_of_declaration() -> None:
    found = circuit("input float[64] theta; input angle phi; input float _θ_0_; qubit q; rz(theta + 2 * phi) q;")
    assert found.inputs == ("theta", "phi", "_θ_0_")


def test_instructions_are_those_that_run_and_where_they_are_first() -> None:
    found = circuit("gate mine a { h a; }\nqubit q;\n  mine q; reset q; x q; x q;\nbit b; b = measure q;")
    assert [tuple(use) for use in found.instructions] == [
        ("mine", 5, 3),
        ("reset", 5, 11),
        ("x", 5, 20),
        ("measure", 6, 8),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("if (c[0] == 1) x q[0]; else { h q[0]; }", "if"),
        ("if (c == 2) { while (c[0]) { x q[1]; c[0] = measure q[1]; break; } }", "if"),
        ("for uint i in {0, 1} { x q[i]; continue; }", "for"),
        ("while (c[0]) { c[0] = measure q[0]; }", "while"),
        ("switch (c) { case 0, 1 { x q[0]; } default { y q[1]; } }", "switch"),
    ],
)
def test_control_flow_is_read_and_noted(text: str, name: str) -> None:
    flow = circuit("qubit[2] q;\nbit[2] c;\n" + text).control_flow
    assert flow is not None
    assert (flow.name, flow.line) == (name, 5)


@pytest.mark.parametrize(
    "text",
    [
        "cx q[0], q[1]; cz q[0], q[2]; sx q; id q[1]; ecr q[1], q[2]; U(0, pi, -τ) q[0]; gphase(pi / 4);",
        "gate rzz(p0) a, b { cx a, b; rz(p0) b; cx a, b; } rzz(0.5) q[0], q[1];",
        "ctrl @ x q[0], q[1]; ctrl(2) @ x q[0], q[1], q[2]; inv @ s q[0]; pow(1 / 2) @ x q[1]; ctrl @ gphase(1) q[0];",
        "gate u(a, b, c) r { U(a, b, c) r; } u(1, 2, 3) q[0];",
        "reset q; reset q[1]; barrier; barrier q; barrier q[0], q[2]; delay[100ns] q[0]; delay[16dt] q;",
        "qubit[3] r; cx q, r; cx q[0], r;",
        "let pair = q[{0, 2}]; x pair; let all = q[0:1] ++ q[2:2]; x all[0];",
        "def flip(qubit t, bit b, float[64] a) -> bit { x t; return measure t; } bit f; f = flip(q[0], f, pi);",
        "extern parity(bit[3]) -> bit; bit[3] c; bit p; c = measure q; p = parity(c);",
        "const float x0 = sin(pi) + 2; rx(x0) q[0]; array[int[8], 3] numbers; duration t = 10ns; box { x q[0]; }",
        "@note\nx q[0];\n#pragma note\n// a comment (((\n/* [[[ */ { x q[1]; }",
        "stretch s; box[10us] { delay[s] q[0]; x q[1]; } end;",
        'bit[3] c = "010"; bool b = c == 2; int i = 1; x q[i];',
    ],
)
def test_programs_that_are_read(text: str) -> None:
    assert circuit("qubit[3] q;\n" + text).qubits >= 3


def test_the_language_s_own_gates_need_no_include() -> None:
    assert circuit("qubit q; U(0, 0, 0) q; gphase(1);", head="").qubits == 1


def test_a_text_is_read_once_however_many_jobs_carry_it() -> None:
    text = HEAD + "qubit[7] once;"
    assert read(text) is read(HEAD + "qubit[7] " + "once;")


def test_a_summary_is_immutable() -> None:
    found = circuit("qubit q; bit c;")
    assert hash(found) == hash(circuit("qubit q; bit c;"))
    assert found.registers == (Register("c", 1, 0),)
