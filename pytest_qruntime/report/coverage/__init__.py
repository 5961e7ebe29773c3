"""Lifecycle coverage: which transitions of the state tables a suite has driven."""

from pytest_qruntime.report.coverage.coverage import Coverage
from pytest_qruntime.report.coverage.driving import driven
from pytest_qruntime.report.coverage.table import CELLS, TABLES, Cell, Table

__all__ = ["CELLS", "TABLES", "Cell", "Coverage", "Table", "driven"]
