"""GET /v1/versions: the API versions that public clients are known to send."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.wire import accounts as wire

VERSIONS: Final = ("2024-01-01", "2025-01-01", "2025-05-01", "2026-03-15", "2026-04-15")


def get(_call: Call, _: str) -> Response:
    """The list, the same for everybody; no credentials are asked for."""
    shown: wire.Versions = {"versions": list(VERSIONS)}
    return json_answer(shown)
