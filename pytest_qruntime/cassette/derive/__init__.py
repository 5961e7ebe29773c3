"""The trace of a recording: what the exchanges alone show of sessions, batches and jobs."""

from __future__ import annotations

from pytest_qruntime.cassette.derive.deriving import derive

__all__ = ["derive"]
