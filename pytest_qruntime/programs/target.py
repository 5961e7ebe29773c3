"""Whether a backend can run a circuit as it is: the service does not transpile (reason code 1517)."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_qruntime.programs.circuit import Circuit, Target
from pytest_qruntime.programs.problems import Code, Invalid

ALWAYS = frozenset(("measure", "reset", "delay"))
"""Instructions of every target; barrier and gphase are none."""

_SOLUTION = "Transpile the circuit for the backend first, or write it in the backend's basis gates."


def check_target(circuits: Iterable[Circuit], target: Target) -> None:
    """Raise `Invalid` for the first circuit that is wider than the target or uses an instruction that it lacks."""
    for index, circuit in enumerate(circuits):
        if circuit.qubits > target.qubits:
            raise Invalid(
                Code.NOT_ISA,
                f"pub {index}: the circuit has {circuit.qubits} qubits but the target system has {target.qubits}",
                "Use a larger backend, or fewer qubits.",
            )
        if target.basis_gates is None:
            continue
        for name, line, column in circuit.instructions:
            if name not in target.basis_gates and name not in ALWAYS:
                raise Invalid(
                    Code.NOT_ISA,
                    f"pub {index}: line {line}, column {column}: the instruction {name} is not supported by the target "
                    f"system, whose gates are {', '.join(sorted(target.basis_gates))}",
                    _SOLUTION,
                )
