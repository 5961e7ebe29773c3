"""Recordings that are nonsense somewhere: they are checked to the end, in lines that a terminal can show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Tape
from tests.cassette.lint.stories import clean, found, ids, look, with_answer, with_exchange

NONSENSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["9999-12-31T23:59:60Z", "0000-00-00", "closed", "Completed", "2026-01-15T12:00:00Z"]),
    st.lists(st.none() | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every parent and key in a document."""
    found: list[tuple[Any, Any]] = []
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        found.append((document, key))
        if isinstance(value, (dict, list)):
            found += places(value)
    return found


@st.composite
def spoilt(draw: st.DrawFn) -> Tape:
    """The clean recording with nonsense in a few of its bodies."""
    exchanges = list(clean().exchanges)
    for number in draw(st.lists(st.integers(0, len(exchanges) - 1), min_size=1, max_size=4)):
        side = draw(st.sampled_from(["request_body", "response_body"]))
        body = getattr(exchanges[number], side)
        if not body:
            continue
        document = json.loads(body)
        parent, key = draw(st.sampled_from(places(document) or [({}, "x")]))
        parent[key] = draw(NONSENSE)
        changed: dict[str, Any] = {side: json.dumps(document).encode("utf-8", "surrogatepass")}
        exchanges[number] = replace(exchanges[number], **changed)
    return replace(clean(), exchanges=tuple(exchanges))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(spoilt())
def test_nonsense_in_a_body_is_checked_to_the_end(tmp_path_factory: pytest.TempPathFactory, tape: Tape) -> None:
    for finding in found(tape, tmp_path_factory.mktemp("spoilt")):
        assert str(finding).isprintable()
    derive(tape)


def test_what_a_terminal_obeys_is_shown_as_escapes(tmp_path: Path) -> None:
    wrong = with_answer(look("/sessions/"), lambda document: document.update({"\x1b[2J\nx\ud800": 1}))

    [finding] = found(wrong, tmp_path)
    assert finding.problem == r"nothing of the name \x1b[2J\nx\ud800 is described"


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"1" * 10_000])
def test_what_cannot_be_parsed_is_a_finding(tmp_path: Path, body: bytes) -> None:
    number = look("/jobs/")

    assert ids(found(with_exchange(number, response_body=body), tmp_path)) == ["schema"]


@pytest.mark.parametrize("url", ["http://[broken/api/v1/jobs", "http://a\u2100b/api/v1/jobs", "https://x/%zz/%00"])
def test_an_address_that_is_none_is_found(tmp_path: Path, url: str) -> None:
    assert "route-unknown" in ids(found(with_exchange(look("/jobs/"), url=url), tmp_path))
