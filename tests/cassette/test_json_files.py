"""Recordings in JSON: the same tapes as in YAML, which vcrpy reads too; what is wrong with a file is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import jsonserializer

from pytest_qruntime.cassette import jsonwriting, writing
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.values import Values
from tests.cassette.tapes import JOBS, PROVENANCE, exchange, tape

SETTINGS = {"plan": "premium", "lanes": 3, "load": 0.25, "small": 1e-07, "dry": False, "seed": None, "qpus": [["a", 1]]}
TAPES = {
    "of the project": tape(exchange(), exchange(at_us=2_000_000, response_body=b"a\nb\n")),
    "of another tool": Tape(None, (exchange(at_us=0),)),
    "empty": Tape(PROVENANCE, ()),
    "without bodies": tape(exchange(request_body=b"", response_body=b"", status=299)),
    "of other alphabets": tape(exchange(response_body="é😀\u2028\x7f\x00".encode(), request_headers={"x": "é"})),
    "with settings": Tape(type(PROVENANCE)(**{**PROVENANCE.__dict__, "settings": SETTINGS}), (exchange(),)),
}
DOCUMENT = json.loads(jsonwriting.write(TAPES["with settings"]))


def read_json(document: Any, limit: int = 10_000) -> Tape:
    """The tape of a document, or of a text."""
    return read(document if isinstance(document, str) else json.dumps(document), "it.json", limit, Values)


def problem(document: Any) -> str:
    """The error that reading it gives."""
    with pytest.raises(CassetteError) as caught:
        read_json(document)
    return str(caught.value)


def changed(change: Callable[[Any], object]) -> Any:
    """A good document after a change."""
    document = json.loads(json.dumps(DOCUMENT))
    change(document)
    return document


@pytest.mark.parametrize("name", TAPES)
def test_a_tape_is_the_same_in_json_and_in_yaml(name: str, tmp_path: Path) -> None:
    places = [tmp_path / "it.json", tmp_path / "it.yaml", tmp_path / "IT.JSON"]
    for place in places:
        save(TAPES[name], place)

    assert [load(place) for place in places] == [TAPES[name]] * 3
    assert json.loads(places[0].read_text()) == json.loads(places[2].read_text())


def test_the_same_tape_gives_the_same_bytes_in_ascii() -> None:
    turned = exchange(request_headers={"content-type": "application/json", "accept": "*/*"})

    assert jsonwriting.write(tape(turned)) == jsonwriting.write(tape())
    assert all(jsonwriting.write(one).isascii() for one in TAPES.values())


def test_changing_one_exchange_changes_its_lines_alone() -> None:
    old = jsonwriting.write(tape(exchange(), exchange())).splitlines()
    new = jsonwriting.write(tape(exchange(), exchange(status=201))).splitlines()

    assert [line.strip() for line in new if line not in old] == ['"code": 201,', '"message": "Created"']
    assert len(old) == len(new)


class TestVcrpy:
    def test_it_replays_what_is_saved(self, tmp_path: Path) -> None:
        place = tmp_path / "it.json"
        save(tape(exchange(response_body='{"id":"é😀"}'.encode())), place)
        before = place.read_bytes()

        with vcr.use_cassette(str(place), serializer="json", record_mode="none"):
            posted = httpx.post(JOBS, content=b'{"program_id":"sampler"}')

        assert (posted.status_code, posted.json()) == (200, {"id": "é😀"})
        assert place.read_bytes() == before

    def test_what_it_records_can_be_loaded(self, tmp_path: Path) -> None:
        request = Request("GET", JOBS, None, {"Accept": "*/*"})
        response = {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Set-Cookie": ["a=1", "b=2"], "X-One": "1"},
            "body": {"string": '{"é":"😀"}'.encode()},
        }
        text = serialize({"requests": [request], "responses": [response], "metadata": {"a": [1]}}, jsonserializer)
        place = tmp_path / "it.json"
        place.write_text(text)

        found = load(place)

        assert "\\ud83d\\ude00" in text
        assert found.provenance is None
        assert found.exchanges[0].response_body == '{"é":"😀"}'.encode()
        assert found.exchanges[0].response_headers == {"set-cookie": "a=1, b=2", "x-one": "1"}
        assert found.exchanges[0].request_headers == {"accept": "*/*"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it.update(version=2), "version: expected 1, found 2"),
        (lambda it: it.update(version=True), "version: expected a whole number, found true"),
        (lambda it: it["qruntime"].update(format=9), "qruntime, format: expected 1, found 9. Update"),
        (lambda it: it["qruntime"].pop("clock"), "qruntime: clock is missing"),
        (lambda it: it["qruntime"].update(recorded=7), "qruntime, recorded: expected text, found 7"),
        (lambda it: it["qruntime"].update(settings=[]), "qruntime, settings: expected a mapping, found a list"),
        (lambda it: it["qruntime"]["settings"].update(a=10**40), "settings, a: expected a value as JSON has it"),
        (lambda it: it["qruntime"]["settings"].update(a=float("inf")), "as JSON has it, found Infinity"),
        (lambda it: it["interactions"][0].pop("at"), "interaction 0: at is missing"),
        (lambda it: it["interactions"][0].update(at="soon"), "interaction 0, at: 'soon' is not an offset"),
        (lambda it: it["interactions"].append({}), "interaction 1: request is missing"),
        (lambda it: it["interactions"].append([]), "interaction 1: expected a mapping, found a list"),
        (lambda it: it["interactions"][0]["request"].pop("uri"), "interaction 0, request: uri is missing"),
        (lambda it: it["interactions"][0]["request"].update(uri="/jobs"), "expected an absolute URL, found '/jobs'"),
        (lambda it: it["interactions"][0]["request"].update(body=12), "request, body: expected text, found 12; put it"),
        (lambda it: it["interactions"][0]["request"].update(body="\ud800"), "request, body: it is not text"),
        (lambda it: it["interactions"][0]["request"].update({"\ud800": 1}), "request, a key: it is not text"),
        (lambda it: it["interactions"][0]["request"]["headers"].update(a=[7]), "headers, a: expected text, found 7"),
        (lambda it: it["interactions"][0]["request"]["headers"].update(a={}), "expected text, found a mapping"),
        (lambda it: it["interactions"][0]["response"]["status"].update(code="200"), "whole number, found '200'"),
        (lambda it: it["interactions"][0]["response"]["status"].update(code=-1), "whole number, found -1"),
        (lambda it: it["interactions"][0]["response"]["status"].update(code=10**9), "whole number, found 1000000000"),
        (lambda it: it["interactions"][0]["response"]["status"].update(code=7), "a status of three digits, found 7"),
        (lambda it: it["interactions"][0]["response"].update(body="x"), "body: expected a mapping, found 'x'"),
        (lambda it: it.update(metadata=float("nan")), "metadata: expected a value as JSON has it, found NaN"),
        (lambda it: it.pop("interactions"), "the file: interactions is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: Callable[[Any], object], told: str) -> None:
    found = problem(changed(change))

    assert found.startswith("it.json: ")
    assert told in found


def test_a_text_that_is_no_recording_is_said_to_be_none() -> None:
    assert problem(" \n") == "it.json is empty; expected a recording. Record it again, or delete it"
    assert "expected a mapping, found 'just text'" in problem('"just text"')
    assert "as vcrpy before 1.0 wrote it" in problem([{"request": {}, "response": {}}])
    assert problem('{\n"version": 1,\n').startswith("it.json, line 3: this is not JSON, or it is cut off (")


def test_a_file_that_was_cut_off_anywhere_is_an_error() -> None:
    text = json.dumps(DOCUMENT)
    for length in range(len(text)):
        assert problem(text[:length]).startswith("it.json")


@pytest.mark.parametrize("key", ["version", "clock", "lanes", "uri", "accept", "code", "string"])
def test_a_key_that_is_there_twice_is_refused_wherever_it_stands(key: str) -> None:
    text = json.dumps(DOCUMENT)

    assert f"the key {key!r} is there twice" in problem(text.replace(f'"{key}":', f'"{key}": 1, "{key}":', 1))
    assert "the key 'a' is there twice" in problem(text.replace('"version":', '"x": [{"a": 1, "a": 1}], "version":'))


def test_what_is_nested_too_deeply_is_refused() -> None:
    for depth in (200, 100_000):
        nested = "[" * depth + "]" * depth
        assert "nested" in problem('{"version": 1, "metadata": ' + nested + "}")
        assert "nested" in problem('{"qruntime": {"settings": {"a": ' + nested + "}}}")


def test_a_number_of_a_thousand_digits_is_refused() -> None:
    for digits in (1_000, 100_000):
        assert problem('{"metadata": ' + "9" * digits + "}").startswith("it.json: ")


def test_a_content_encoding_that_was_undone_is_dropped() -> None:
    plain = changed(lambda it: it["interactions"][0]["response"]["headers"].update({"content-encoding": ["gzip"]}))

    assert read_json(plain).exchanges[0].response_body == b'{"id":"abc"}'
    assert "content-encoding" not in read_json(plain).exchanges[0].response_headers


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    place = tmp_path / "it.json"
    save(tape(), place)

    with pytest.raises(CassetteError, match="expected at most 100"):
        load(place, limit=100)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    place = tmp_path / "it.json"
    place.write_text(json.dumps(DOCUMENT), encoding="utf-8-sig")

    assert load(place) == TAPES["with settings"]


def test_what_json_cannot_hold_is_not_written_and_the_old_file_stays(tmp_path: Path) -> None:
    place = tmp_path / "it.json"
    save(tape(), place)
    before = place.read_bytes()

    with pytest.raises(CassetteError, match=r"interaction 1: a body is not text, .* save this recording as \.yaml"):
        save(tape(exchange(), exchange(response_body=b"\xff")), place)
    with pytest.raises(CassetteError, match="it is not text"):
        save(tape(exchange(url=JOBS + "\ud800")), place)
    with pytest.raises(CassetteError, match="cannot be the name of a header"):
        save(tape(exchange(request_headers={"Accept": "x"})), place)

    assert place.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["it.json"]


def test_json_under_another_name_is_yaml_still(tmp_path: Path) -> None:
    place = tmp_path / "it.yaml"
    place.write_text(
        json.dumps({"interactions": json.loads(jsonwriting.write(TAPES["of another tool"]))["interactions"]})
    )

    assert load(place) == TAPES["of another tool"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "body", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_is_read_or_is_a_clear_error(data: st.DataObject) -> None:
    document: Any = json.loads(json.dumps(DOCUMENT))
    place = document
    while isinstance(place, (dict, list)) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
        if data.draw(st.booleans()) or not place[key] or not isinstance(place[key], (dict, list)):
            place[key] = data.draw(VALUES)
            break
        place = place[key]
    assert told_or_the_same(document).startswith("it.json: ")


def told_or_the_same(document: Any) -> str:
    """What is wrong with a document; or that what was read is what is written, in both forms."""
    try:
        found = read_json(document)
    except CassetteError as error:
        return str(error)
    assert found == read_json(jsonwriting.write(found)) == read(writing.write(found), "it.yaml", 10_000)
    return "it.json: fine"


@pytest.mark.parametrize("part", [("at",), ("request", "body"), ("request", "headers", "accept"), ("response",)])
@pytest.mark.parametrize("value", [None, 0, False, "", [], {}, "é", "\ud800", ["a", "b"], [None], [[]], {"string": 0}])
def test_what_is_read_at_once_is_what_is_read_with_care(
    part: tuple[str, ...], value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    *way, last = "interactions", 0, *part
    place: Any = document
    for key in way:
        place = place[key]
    place[last] = value
    at_once = told_or_the_same(document)
    monkeypatch.setattr(Values, "exchange", lambda _: None)
    monkeypatch.setattr(Values, "headers", lambda _: None)

    assert told_or_the_same(document) == at_once
