"""Jobs of the program `calibrate`: nothing is calibrated, and the answer says when."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, NamedTuple

from pytest_qruntime.programs.executor import schemas
from pytest_qruntime.programs.sampler import SYNTHETIC

VERSIONS = ("v0.1",)
"""The schema versions that are read, and answered in."""


class CalibrationJob(NamedTuple):
    """The input of a calibration: nothing that changes its result but the schema version."""

    version: str

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> CalibrationJob:
        """The job of these params. Raises `Invalid`."""
        return cls(schemas.read("calibrator", params.get("schema_version"), VERSIONS, params).schema_version)

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document: the job's time on the QPU."""
        return {"schema_version": self.version, "start": started, "stop": finished, **SYNTHETIC}
