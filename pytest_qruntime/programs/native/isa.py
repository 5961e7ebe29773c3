"""Whether a backend can run a Qiskit circuit as it is: the service does not transpile (reason code 1517)."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines.walk import instructions
from pytest_qruntime.programs.problems import Code, Invalid, short
from pytest_qruntime.programs.remembered import once_per_circuit
from pytest_qruntime.programs.target import ALWAYS

CONTROL_FLOW = frozenset(
    ("if_else", "for_loop", "while_loop", "switch_case", "break_loop", "continue_loop", "box", "store")
)
"""What needs no gate of its own; what is in its blocks does."""

_FREE = ALWAYS | CONTROL_FLOW | {"barrier"}
_SOLUTION = "Transpile the circuit for the backend first: generate_preset_pass_manager(backend=backend).run(circuit)."


def check_isa(circuit: Any, target: Target, where: str) -> None:
    """Raise `Invalid` if a circuit is wider than the backend, or uses an instruction that is not there."""
    if circuit.num_qubits > target.qubits:
        raise Invalid(
            Code.NOT_ISA,
            f"{where}: the circuit has {circuit.num_qubits} qubits but the target system has {target.qubits}",
            "Use a larger backend, or fewer qubits.",
        )
    if target.basis_gates is None:
        return
    for name, qubits in _gates(circuit):
        if name not in target.basis_gates:
            raise Invalid(
                Code.NOT_ISA,
                f"{where}: the circuit does not match the target: the instruction {short(name)} is not supported by "
                f"the target system, whose gates are {', '.join(sorted(target.basis_gates))}",
                _SOLUTION,
            )
        places = target.couplings.get(name) if target.couplings is not None else None
        if places is not None and qubits not in places:
            raise Invalid(
                Code.NOT_ISA,
                f"{where}: the circuit does not match the target: the instruction {name} on qubits {qubits} is not "
                "supported by the target system, which has it elsewhere",
                _SOLUTION,
            )


@once_per_circuit
def _gates(circuit: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Every gate and the qubits that it is on, each once."""
    places = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    return list(dict.fromkeys(found for found in instructions(circuit, places) if found[0] not in _FREE))
