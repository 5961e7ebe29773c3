"""The engines `aer` and `aer-noisy`: qiskit-aer's simulator, without noise and with that of the backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_qruntime.programs.engines import CannotSimulate
from pytest_qruntime.programs.engines.noise import noise_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_qruntime.programs.circuit import Target

_TRAJECTORIES = 1024
"""Runs that a noisy expectation value is the mean of, where the noise is too large to be computed exactly."""

_FREE = frozenset(("barrier", "delay"))


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
        if len(values) and "measure" in circuit.count_ops():
            together = not circuit.num_parameters  # then sets are only more shots
            result = self._run(circuit, values, shots * len(values) if together else shots, rng, memory=True)
            read = [_bits(result.data(index)["memory"], circuit.num_clbits) for index in range(len(result.results))]
            bits = np.concatenate(read).reshape(bits.shape)
        places = {bit: place for place, bit in enumerate(circuit.clbits)}
        return {register.name: bits[..., [places[bit] for bit in register]] for register in circuit.cregs}

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `Sampling.expectations`. Readout errors are no part of them, as if they were mitigated perfectly."""
        from qiskit.quantum_info import Pauli
        from qiskit_aer.library import SaveExpectationValue

        if not len(values):
            return np.zeros((0, len(labels)))
        measured = circuit.remove_final_measurements(inplace=False)
        for column, label in enumerate(labels):
            qubits = [qubit for qubit, letter in enumerate(reversed(label)) if letter != "I"] or [0]
            letters = "".join(label[-1 - qubit] for qubit in reversed(qubits))
            measured.append(SaveExpectationValue(Pauli(letters), str(column)), qubits)
        result = self._run(measured, values, _TRAJECTORIES, rng, memory=False)
        rows = [
            [result.data(index)[str(column)] for column in range(len(labels))] for index in range(len(result.results))
        ]
        return np.broadcast_to(np.clip(np.real(rows), -1.0, 1.0), (len(values), len(labels)))

    def _run(
        self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator, *, memory: bool
    ) -> Any:
        """Aer's result: one experiment per parameter set, or only one if the circuit has no parameters."""
        from qiskit.exceptions import QiskitError
        from qiskit_aer import AerSimulator

        noise = {"noise_model": self._noise(circuit)} if self._noisy else {}
        simulator = AerSimulator(max_parallel_threads=1, **noise)
        columns = zip(circuit.parameters, values.T.tolist(), strict=True)
        binds = [dict(columns)] if circuit.num_parameters else None
        seed = int(rng.integers(1 << 31))
        try:
            job = simulator.run([circuit], parameter_binds=binds, shots=shots, memory=memory, seed_simulator=seed)
            result = job.result()
        except QiskitError as problem:
            raise CannotSimulate(f"qiskit-aer: {problem.message}") from problem
        if not result.success:
            raise CannotSimulate(f"qiskit-aer: {result.status}")
        return result

    def _noise(self, circuit: Any) -> Any:
        if self._target is None or self._target.documents is None:
            raise CannotSimulate("the noise of the backend is not known")
        places = {qubit: place for place, qubit in enumerate(circuit.qubits)}
        active = {
            places[qubit]
            for instruction in circuit.data
            if instruction.operation.name not in _FREE
            for qubit in instruction.qubits
        }
        return noise_model(self._target.documents, frozenset(active))


def _bits(memory: Sequence[str], width: int) -> NDArray[np.bool_]:
    """Aer's memory, one hexadecimal number per shot, as bits of shape (shots, width), the lowest first."""
    digits = 2 * -(-width // 8)
    packed = np.frombuffer(bytes.fromhex("".join([shot[2:].zfill(digits) for shot in memory])), np.uint8)
    rows = packed.reshape(len(memory), digits // 2)[:, ::-1]
    return np.unpackbits(rows, axis=-1, count=width, bitorder="little").view(np.bool_)
