"""Whatever stands in a recording: findings or a clear error, never another exception, and the recording as it was."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.drift import drift
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from tests.cassette.drift.plays import answer, edited, of_service, taped, told

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)
TAPE = taped()
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 1e300, "", "x", [], [None], {}, {"state": 3}, "2026-01-01", "crn:v1:::::::", float("nan")]
)
SERVICES = st.sampled_from(["pytest-qruntime", "IBM Quantum Platform", "unknown"])


def mangled(value: Any, wrong: Any, place: int) -> Any:
    """The value with something wrong somewhere: at its `place`-th leaf, counted round and round."""
    leaves: list[tuple[Any, Any]] = []

    def visit(inner: Any) -> None:
        keys = inner if isinstance(inner, dict) else range(len(inner))
        for key in keys:
            leaves.append((inner, key))
            if isinstance(inner[key], (dict, list)):
                visit(inner[key])

    visit(value)
    if leaves:
        holder, key = leaves[place % len(leaves)]
        holder[key] = wrong
    return value


@BOUNDED
@given(st.integers(0, 1000), st.integers(0, 60), WRONG, SERVICES, st.booleans())
def test_answers_with_wrong_values(number: int, place: int, wrong: Any, service: str, with_settings: bool) -> None:
    exchanges = list(TAPE.exchanges)
    number %= len(exchanges)
    body = exchanges[number].response_body
    document = mangled(json.loads(body), wrong, place) if body else wrong
    exchanges[number] = replace(exchanges[number], response_body=json.dumps(document).encode())
    tape = replace(of_service(TAPE, service), exchanges=tuple(exchanges))

    with suppress(CassetteError):
        drift(tape if with_settings else told(tape, None))


@BOUNDED
@given(st.integers(0, 1000), st.binary(max_size=20), st.sampled_from(["sent", "answered", "status", "url", "method"]))
def test_exchanges_with_rubbish(number: int, rubbish: bytes, where: str) -> None:
    exchanges = list(TAPE.exchanges)
    number %= len(exchanges)
    text = rubbish.decode("latin-1")
    changes: dict[str, dict[str, Any]] = {
        "sent": {"request_body": rubbish},
        "answered": {"response_body": rubbish},
        "status": {"status": 200 + len(rubbish) * 17},
        "url": {"url": f"https://quantum.cloud.ibm.com/api/v1/{text}"},
        "method": {"method": "POST"},
    }
    exchanges[number] = replace(exchanges[number], **changes[where])

    with suppress(CassetteError):
        drift(replace(TAPE, exchanges=tuple(exchanges)))


@pytest.mark.parametrize("name", [None, "", 7, "the same"])
def test_jobs_without_an_id_or_with_that_of_another(name: object) -> None:
    lie = edited(TAPE, "POST /jobs", answer(lambda document: document.update(id=name)))

    assert drift(lie).findings
    assert drift(told(lie, None)).findings


def test_without_exchanges_nothing_differs() -> None:
    result = drift(replace(TAPE, exchanges=()))

    assert (result.interactions, result.findings) == (0, ())


@pytest.mark.parametrize(
    ("tape", "message"),
    [
        (replace(TAPE, provenance=None), "nobody knows when"),
        (replace(TAPE, exchanges=TAPE.exchanges[::-1]), "earlier time"),
        (replace(TAPE, provenance=Provenance("unknown", "some day", "real", None, {}, None)), "began at"),
        (replace(TAPE, exchanges=(Exchange(0, "GET", "http://[", {}, b"", 200, {}, b""),)), "no address"),
    ],
)
def test_what_cannot_be_compared_is_said(tape: Tape, message: str) -> None:
    with pytest.raises(CassetteError, match=message):
        drift(tape)
