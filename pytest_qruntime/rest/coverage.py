"""The reference page of the REST face, from the tables that the service itself works with.

``python -m pytest_qruntime.rest.coverage`` writes it to standard output as Markdown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pytest_qruntime.rest import platform, routes
from pytest_qruntime.rest.catalogue import CATALOGUE
from pytest_qruntime.rest.conformance import IAM_ANSWERS, IAM_PATH, declared
from pytest_qruntime.rest.iam import IAM_CATALOGUE


class EndpointRow(NamedTuple):
    """One endpoint for a reader."""

    method: str
    path: str
    summary: str
    answers: str
    errors: str
    note: str


class ErrorRow(NamedTuple):
    """One error for a reader."""

    name: str
    status: int
    code: str
    message: str
    evidence: str


_IAM_ROW: Final = EndpointRow(
    "POST",
    IAM_PATH,
    "Ask IAM for a token",
    "200 Token",
    ", ".join(str(status) for status in IAM_ANSWERS if status >= 400),
    "On IAM's hosts. Any well-formed API key will do; a token is valid for an hour of virtual time.",
)


def _platform_rows() -> Iterator[EndpointRow]:
    for endpoint in platform.ENDPOINTS:
        errors = ", ".join(str(status) for status in sorted({*endpoint.errors, 404, 405}))
        answers = f"200 {endpoint.schema}"
        yield EndpointRow(endpoint.method, endpoint.path, endpoint.summary, answers, errors, endpoint.note)


def endpoints() -> list[EndpointRow]:
    """Every endpoint: IAM's first, then those of the platform, then the service's own."""
    rows = [_IAM_ROW, *_platform_rows()]
    for endpoint in routes.ENDPOINTS:
        answers = (f"{status} {name or 'empty'}" for status, name in endpoint.answers.items())
        errors = (str(status) for status in sorted(declared(endpoint)) if status >= 400)
        path = routes.BASE + endpoint.route
        rows.append(
            EndpointRow(endpoint.method, path, endpoint.summary, ", ".join(answers), ", ".join(errors), endpoint.note)
        )
    return rows


def errors() -> list[ErrorRow]:
    """Every error that the service can answer, then IAM's, then those of the platform."""
    own = [
        ErrorRow(reason.value, entry.status, str(entry.code), entry.message, entry.evidence)
        for reason, entry in CATALOGUE.items()
    ]
    iam = [
        ErrorRow("IAM", entry.status, entry.code, entry.details or entry.message, entry.evidence)
        for entry in IAM_CATALOGUE
    ]
    others = [
        ErrorRow(service, entry.status, entry.code, entry.message, entry.evidence)
        for service, entries in platform.ERRORS.items()
        for entry in entries.values()
    ]
    return own + iam + others


def markdown() -> str:
    """Both tables."""
    parts = (
        "## Endpoints\n",
        _table(("Method", "Path", "What it does", "Answers", "Errors", "Remarks"), endpoints()),
        "## Errors\n",
        _table(("Error", "Status", "Code", "Message", "Evidence"), errors()),
    )
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "".join(line + "\n" for line in _lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
