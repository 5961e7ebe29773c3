"""How the circuits of scenarios are written down: as OpenQASM 3, or as the official client encodes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Protocol

# One qubit, and gates that every backend has: nothing has to be transpiled.
QASM: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
bit[1] c;
sx $0;
c[0] = measure $0;
"""


UNMEASURED: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
qubit[1] q;
sx q[0];
"""


class Circuits(Protocol):
    """A way to write circuits down."""

    def params(self, shots: int) -> dict[str, Any]:
        """The parameters of a sampler job with one circuit and so many shots."""

    def estimator(self) -> dict[str, Any]:
        """The parameters of an estimator job with one circuit and one observable."""


class Qasm:
    """As the guides of the REST API do."""

    def params(self, shots: int) -> dict[str, Any]:
        """The parameters of a sampler job with one circuit and so many shots."""
        return {"pubs": [[QASM, None, shots]], "version": 2}

    def estimator(self) -> dict[str, Any]:
        """The parameters of an estimator job with one circuit and one observable."""
        return {"pubs": [[UNMEASURED, "Z"]], "version": 2}


class Qiskit:
    """As `qiskit-ibm-runtime` does, which has to be installed: for implementations that understand nothing else."""

    def params(self, shots: int) -> dict[str, Any]:
        """The parameters of a sampler job with one circuit and so many shots."""
        return {"pubs": [[_encoded(), None, shots]], "version": 2, "options": {}, "support_qiskit": True}

    def estimator(self) -> dict[str, Any]:
        """The parameters of an estimator job with one circuit and one observable."""
        pub = [_encoded(measured=False), {"Z": 1.0}]
        return {"pubs": [pub], "version": 2, "options": {}, "support_qiskit": True}


@cache
def _encoded(*, measured: bool = True) -> Any:
    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import RuntimeEncoder

    circuit = QuantumCircuit(1, 1)
    circuit.sx(0)
    if measured:
        circuit.measure(0, 0)
    return json.loads(json.dumps(circuit, cls=RuntimeEncoder))


CIRCUITS: Final[Mapping[str, Callable[[], Circuits]]] = {"qasm": Qasm, "qiskit": Qiskit}
"""By the name that the command line has for each."""
