"""Error answers: from a refusal or a fault, through its catalogue entry, to the envelope of the service (RST-04)."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.model.errors import RefusedError
from pytest_qruntime.rest.catalogue import CATALOGUE
from pytest_qruntime.rest.faults import RestError
from pytest_qruntime.rest.wire.common import ErrorDocument, ErrorItem

MORE_INFO: Final = "https://cloud.ibm.com/apidocs/quantum-computing#error-handling"


class _Facts(dict[str, object]):
    """The details of an error; a template that asks for one that is not there gets a question mark."""

    def __missing__(self, name: str) -> object:
        return "?"


def error_document(error: RefusedError | RestError, trace: str) -> tuple[int, ErrorDocument]:
    """The HTTP status and the body for an error; `trace` identifies the request."""
    entry = CATALOGUE[error.refusal if isinstance(error, RefusedError) else error.fault]
    facts = _Facts(error.details)
    item: ErrorItem = {
        "code": entry.code,
        "message": _text(entry.message, facts),
        "solution": _text(entry.solution, facts),
        "more_info": MORE_INFO,
    }
    return entry.status, {"errors": [item], "trace": trace}


def _text(template: str, facts: _Facts) -> str:
    """A message with its facts; bytes of a request that are no text become question marks."""
    return template.format_map(facts).encode("utf-8", "replace").decode()
