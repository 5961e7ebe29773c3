"""SDK: the chapter of which all rules are the official client's."""

from __future__ import annotations

from pytest_qruntime.contracts.contract import Chapter

SDK = Chapter("SDK", "The official client")
