"""What `executor`, the noise learners and `calibrate` compute: the programs whose inputs are in Qiskit's own encodings.

The inputs are read with the official models of `ibm_quantum_schemas`, which come with qiskit-ibm-runtime; everything
heavy is imported by the reader of a job that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_qruntime.programs.circuit import Target

if TYPE_CHECKING:
    from pytest_qruntime.programs import Job


def read(program_id: str, params: Mapping[str, Any], target: Target | None, engine: str) -> Job:
    """The job of these params.

    Args:
        program_id: "executor", "noise-learner" or "calibrate".
        params: the job's input.
        target: the backend: circuits are checked against it, and its couplings say which qubits share noise.
        engine: what the circuits of an executor job are sampled with, one of `engines.ENGINES`.

    Raises:
        Invalid: the job will fail, or cannot be computed here.
    """
    if program_id == "executor":
        from pytest_qruntime.programs.executor.program import ExecutorJob

        return ExecutorJob.read(params, target, engine)
    if program_id == "calibrate":
        from pytest_qruntime.programs.executor.calibration import CalibrationJob

        return CalibrationJob.read(params)
    if "schema_version" in params:
        from pytest_qruntime.programs.executor.learner import LearnerJob

        return LearnerJob.read(params, target)
    from pytest_qruntime.programs.executor.legacy import LegacyLearnerJob

    return LegacyLearnerJob.read(params, target)
