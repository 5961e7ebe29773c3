"""The engines `aer` and `aer-noisy`: qiskit-aer's simulator, without noise and with that of the backend.

A circuit is run in pieces: so its width does not matter, only how many of its qubits are entangled. qiskit-aer leaves
out qubits that nothing happens to by itself, but then takes expectation values of the wrong ones (seen with 0.18.2).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_qruntime.programs.engines import CannotSimulate
from pytest_qruntime.programs.engines.noise import noise_model
from pytest_qruntime.programs.engines.pieces import Piece, pieces
from pytest_qruntime.programs.engines.walk import instructions, measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_qruntime.programs.circuit import Target

_TRAJECTORIES = 1024
"""Runs that a noisy expectation value is the mean of, where there are too many qubits to compute it exactly."""

_MEGABYTES = 2048
"""That a simulation may take: qiskit-aer would ask the machine, and do with the same seed here this and there that."""


class Aer:
    """Circuits on one thread of qiskit-aer: the same seed gives the same bits on every machine."""

    def __init__(self, target: Target | None, *, noisy: bool) -> None:
        """Which backend the circuits are for, and whether they suffer its noise."""
        self._target = target
        self._noisy = noisy

    def sample(
        self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> dict[str, NDArray[np.bool_]]:
        """See `Sampling.sample`."""
        bits = np.zeros((len(values), shots, circuit.num_clbits), bool)
        for piece in pieces(circuit) if len(values) else ():
            if any(True for _ in measured(piece.circuit)):
                columns = _columns(circuit, piece, values)
                together = not columns  # then sets are only more shots
                data = self._run(piece, columns, shots * len(values) if together else shots, rng)
                read = [_bits(each["memory"], len(piece.bits)) for each in data]
                bits[..., piece.bits] = np.concatenate(read).reshape(len(values), shots, len(piece.bits))
        places = {bit: place for place, bit in enumerate(circuit.clbits)}
        return {register.name: bits[..., [places[bit] for bit in register]] for register in circuit.cregs}

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `Sampling.expectations`. Readout errors are no part of them, as if they were mitigated perfectly."""
        from qiskit.quantum_info import Pauli
        from qiskit_aer.library import SaveExpectationValue

        parts = [_undisturbed(piece) for piece in pieces(circuit)]
        idle = set(range(circuit.num_qubits)).difference(*(piece.qubits for piece in parts))
        found = np.array([_of_idle(label, idle) for label in labels]) * np.ones((len(values), 1))
        for piece in parts if len(values) else ():
            names = ["".join(label[-1 - qubit] for qubit in reversed(piece.qubits)) for label in labels]
            wanted = list(dict.fromkeys(name for name in names if name.strip("I")))
            if wanted:
                for name in wanted:
                    piece.circuit.append(SaveExpectationValue(Pauli(name), name), piece.circuit.qubits)
                data = self._run(piece, _columns(circuit, piece, values), _TRAJECTORIES, rng)
                found *= [[np.clip(np.real(each.get(name, 1.0)), -1, 1) for name in names] for each in data]
        return found

    def _run(
        self, piece: Piece, columns: dict[Any, list[float]], shots: int, rng: np.random.Generator
    ) -> list[dict[str, Any]]:
        """Aer's data: of each parameter set, or only one if the piece has no parameters."""
        from qiskit.exceptions import QiskitError
        from qiskit_aer import AerSimulator

        noise = {"noise_model": self._noise(piece)} if self._noisy else {}
        simulator = AerSimulator(max_parallel_threads=1, max_memory_mb=_MEGABYTES, **noise)
        binds, seed = [columns] if columns else None, int(rng.integers(1 << 31))
        try:
            with _unlogged():
                result = simulator.run(
                    [piece.circuit], parameter_binds=binds, shots=shots, memory=True, seed_simulator=seed
                ).result()
        except QiskitError as problem:
            raise CannotSimulate(f"qiskit-aer: {problem.message}") from problem
        if not result.success:
            raise CannotSimulate(f"qiskit-aer: {result.status}")
        return [result.data(index) for index in range(len(result.results))]

    def _noise(self, piece: Piece) -> Any:
        if self._target is None or self._target.documents is None:
            raise CannotSimulate("the noise of the backend is not known")
        places = dict(zip(piece.circuit.qubits, piece.qubits, strict=True))
        uses = frozenset(instructions(piece.circuit, places))
        return noise_model(self._target.documents, piece.qubits, uses)


@contextmanager
def _unlogged() -> Iterator[None]:
    """What fails here is told in the job's result; qiskit-aer logs it as well, which ends up on stderr."""

    def passes(record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Simulation failed")

    logger = logging.getLogger("qiskit_aer.backends.aerbackend")
    logger.addFilter(passes)
    try:
        yield
    finally:
        logger.removeFilter(passes)


def _undisturbed(piece: Piece) -> Piece:
    """The piece without its final measurements."""
    if any(True for _ in measured(piece.circuit)):
        return piece._replace(circuit=piece.circuit.remove_final_measurements(inplace=False))
    return piece


def _columns(circuit: Any, piece: Piece, values: NDArray[np.float64]) -> dict[Any, list[float]]:
    """The values of the piece's parameters."""
    places = {parameter: place for place, parameter in enumerate(circuit.parameters)}
    return {parameter: values[:, places[parameter]].tolist() for parameter in piece.circuit.parameters}


def _of_idle(label: str, idle: set[int]) -> float:
    """What qubits that nothing happens to, which are all 0, contribute to an expectation value."""
    return 0.0 if any(label[-1 - qubit] in "XY" for qubit in idle) else 1.0


def _bits(memory: Sequence[str], width: int) -> NDArray[np.bool_]:
    """Aer's memory, one hexadecimal number per shot, as bits of shape (shots, width), the lowest first."""
    digits = 2 * -(-width // 8)
    packed = np.frombuffer(bytes.fromhex("".join([shot[2:].zfill(digits) for shot in memory])), np.uint8)
    rows = packed.reshape(len(memory), digits // 2)[:, ::-1]
    return np.unpackbits(rows, axis=-1, count=width, bitorder="little").view(np.bool_)
