"""STS: the words for the states of a session or batch, the service's and the client's."""

from __future__ import annotations

from pytest_qruntime.contracts.contract import Chapter

STS = Chapter("STS", "Words for states")
