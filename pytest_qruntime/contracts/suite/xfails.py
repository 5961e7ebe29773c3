"""The contracts that an implementation is known to break: a file with one id and its reason in each line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION

_LINE: Final = re.compile(r"(?:\S*\[)?(?P<id>[A-Z]{3}-[0-9]{2,3})\]?\s*#\s*(?P<reason>\S.*)")
_TEST: Final = "test_contract["
_EXPECTED: Final = "expected an id, and its reason after a #, such as: CLS-13  # it cannot be reopened"


def read(path: Path) -> dict[str, str]:
    """The reasons by contract. Raises `pytest.UsageError` for a file or a line that cannot be used."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise pytest.UsageError(f"--qruntime-xfails: {path} cannot be read: {error}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        entry = _LINE.fullmatch(text)
        if entry is None:
            raise pytest.UsageError(f"{path}, line {number}: {text!r}; {_EXPECTED}")
        if entry["id"] in found:
            raise pytest.UsageError(f"{path}, line {number}: {entry['id']} stands in an earlier line, too")
        found[entry["id"]] = entry["reason"]
    return found


class Xfails:
    """The plugin that is there with ``--qruntime-xfails``.

    A contract of the file is expected to fail, strictly: the file has to be shortened when one holds again. At the end
    it tells which entries were of no use; in a strict run one that names no contract is a failure, too.
    """

    def __init__(self, path: Path, *, strict: bool) -> None:
        self._path = path
        self._strict = strict
        self._reasons = read(path)
        known = {contract.id for contract in CATALOGUE}
        self._unknown = [name for name in self._reasons if name not in known]

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Expect the failures."""
        for item in items:
            reason = self._reasons.get(contract_of(item.nodeid) or "")
            if reason is not None:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A strict run that passed fails for an entry that names no contract."""
        if self._unknown and self._strict and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what of the file was of no use."""
        lines = list(self.unused(terminalreporter.stats))
        if lines:
            terminalreporter.section(f"{self._path}: entries to look at")
            for line in lines:
                terminalreporter.line(line)

    def unused(self, stats: Mapping[str, Sequence[object]]) -> list[str]:
        """A line for each entry that names no contract, or whose contract holds or was skipped."""
        lines = [
            f"{name} matches nothing: the catalogue of {CATALOGUE_VERSION} has no such contract"
            for name in self._unknown
        ]
        became = {
            contract_of(report.nodeid): category
            for category in ("passed", "failed", "skipped")
            for report in stats.get(category, ())
            if isinstance(report, pytest.TestReport) and report.when == "call"
        }
        words = {"passed": "holds", "failed": "holds", "skipped": "was not judged"}
        return lines + [f"{name} {words[became[name]]}" for name in self._reasons if name in became]


def contract_of(nodeid: str) -> str | None:
    """The contract that a test of the suite is about; None for any other test."""
    _, found, rest = nodeid.partition(_TEST)
    return rest.removesuffix("]") if found else None
