"""What tests break deliberately: ``@pytest.mark.qruntime(allow={"SUB-02": "why"})``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from pytest_qruntime.settings import MARKER


class Entry(NamedTuple):
    """One thing that is allowed: by the marker of which test, class or module, and why."""

    where: str
    name: str
    reason: str


def allowed(item: pytest.Item) -> dict[str, Entry]:
    """What a test may break, by the id of the contract, or "leak". Of several markers the nearest one counts."""
    return {entry.name: entry for entry in reversed(list(_entries(item)))}


def _entries(item: pytest.Item) -> Iterator[Entry]:
    """The nearest one first."""
    for node, marker in item.iter_markers_with_node(MARKER):
        for name, reason in marker.kwargs.get("allow", {}).items():
            yield Entry(node.nodeid, name, reason)
