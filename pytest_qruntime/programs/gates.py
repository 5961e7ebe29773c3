"""The gates that a program may call without defining them: what stdgates.inc defines, and what the service adds."""

from __future__ import annotations

from typing import NamedTuple


class Gate(NamedTuple):
    """How a gate is called: with how many parameters, on how many qubits."""

    parameters: int
    qubits: int


BUILTIN = {"U": Gate(3, 1)}
"""Part of the language. `gphase` is too, but is a statement of its own."""

STDGATES = {
    **dict.fromkeys(("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id"), Gate(0, 1)),
    **dict.fromkeys(("p", "rx", "ry", "rz", "phase", "u1"), Gate(1, 1)),
    "u2": Gate(2, 1),
    "u3": Gate(3, 1),
    **dict.fromkeys(("cx", "cy", "cz", "ch", "swap", "CX"), Gate(0, 2)),
    **dict.fromkeys(("cp", "crx", "cry", "crz", "cphase"), Gate(1, 2)),
    "cu": Gate(4, 2),
    **dict.fromkeys(("ccx", "cswap"), Gate(0, 3)),
}
"""stdgates.inc, as the OpenQASM 3 specification prints it; known once the program includes it."""

HARDWARE = {"ecr": Gate(0, 2)}
"""A basis gate of IBM hardware that stdgates.inc lacks and that is accepted bare (ours). Its sister `rzz` is not here:
measured on hardware, a bare rzz fails with "gate 'rzz' is not defined", and runs with the definition that Qiskit's
exporter writes."""


def hint(name: str, *, included: bool) -> str:
    """What to do about a gate that is not defined."""
    if name in STDGATES and not included:
        return f'Write include "stdgates.inc"; before the first {name}.'
    if name == "u":
        return "Write U, which is built in, or u3 of stdgates.inc."
    if name == "rzz":
        return (
            "stdgates.inc has no rzz although it is a basis gate of the hardware; add the definition that Qiskit's "
            "exporter writes: gate rzz(p0) a, b { cx a, b; rz(p0) b; cx a, b; }"
        )
    return f"Define it (gate {name} ... {{ ... }}), as qiskit.qasm3.dumps does, or use a gate of stdgates.inc."
