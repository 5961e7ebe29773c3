from __future__ import annotations

import string

import pytest

from pytest_qruntime.model import Refusal, RefusedError
from pytest_qruntime.rest import CATALOGUE, Fault, RestError, coverage
from pytest_qruntime.rest.errors import error_document
from pytest_qruntime.rest.routes import ENDPOINTS


def test_every_refusal_and_every_fault_has_its_answer() -> None:
    assert set(CATALOGUE) == {*Refusal, *Fault}


@pytest.mark.parametrize("reason", CATALOGUE, ids=str)
def test_every_answer_is_an_error_with_a_text_and_evidence(reason: Refusal | Fault) -> None:
    entry = CATALOGUE[reason]
    names = [name for _, name, _, _ in string.Formatter().parse(entry.message + entry.solution) if name]
    facts = dict.fromkeys(names, "fact")
    error = RestError(reason, **facts) if isinstance(reason, Fault) else RefusedError(reason, "X-00", **facts)

    status, document = error_document(error, "trace")

    assert 400 <= status < 500
    assert document["errors"][0]["message"]
    assert document["errors"][0].get("solution")
    assert any(word in entry.evidence for word in ("ours", "verified", "captured", "public client code"))


def test_a_fact_that_is_missing_does_not_break_the_answer() -> None:
    _, document = error_document(RefusedError(Refusal.JOB_UNKNOWN, "JCN-03"), "trace")

    assert document["errors"][0]["message"] == "Job not found. Job ID: ?"


def test_the_reference_page_lists_every_endpoint_and_every_error() -> None:
    page = coverage.markdown()

    for endpoint in ENDPOINTS:
        assert f"| {endpoint.method} | /api{endpoint.route} |" in page
    for reason in CATALOGUE:
        assert f"| {reason.value} |" in page
    assert "| POST | /identity/token |" in page
    assert "BXNIM0415E" in page
