"""Checking recordings without running any test: what `qruntime check` finds."""

from __future__ import annotations

from pytest_qruntime.cassette.lint import report
from pytest_qruntime.cassette.lint.checking import Checked, check, examine
from pytest_qruntime.cassette.lint.findings import CHECKS, Check, Finding
from pytest_qruntime.cassette.lint.paths import files

__all__ = ["CHECKS", "Check", "Checked", "Finding", "check", "examine", "files", "report"]
