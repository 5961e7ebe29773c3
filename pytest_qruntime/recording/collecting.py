"""What ends a run before any test runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import pytest

from pytest_qruntime.recording.names import place, shown
from pytest_qruntime.recording.static import cassette_of, source_of


def refuse(session: pytest.Session, items: list[pytest.Item], found: Iterable[tuple[str, str]]) -> None:
    """End the run if there are problems, all at once: where each one is, and a sentence."""
    problems = sorted(set(found))
    if problems and hasattr(session.config, "workerinput"):
        # In a worker of pytest-xdist: the controller would show a UsageError as a crash, but it understands reports.
        for where, what in problems:
            session.ihook.pytest_collectreport(report=pytest.CollectReport(where, "failed", what, []))
        items.clear()
    elif problems:
        raise pytest.UsageError(*(f"{where}: {what}" for where, what in problems))


def clashes(mode: str, items: Sequence[pytest.Item]) -> Iterator[tuple[str, str]]:
    """Tests that would write one file: where the second stands, and a sentence that names the first."""
    owners: dict[str, pytest.Item] = {}
    for item in items:
        if "qruntime" in getattr(item, "fixturenames", ()) and source_of(item) == "cassette":
            file = place(item, cassette_of(item))
            if mode != "rewrite" and file.exists():
                continue
            owner = owners.setdefault(os.path.realpath(file).casefold(), item)
            if owner is not item:
                yield (
                    item.nodeid,
                    f"{shown(file, item.config)} would be recorded by this test and by {owner.nodeid}; give each its "
                    "own with @pytest.mark.qruntime(cassette=...)",
                )
