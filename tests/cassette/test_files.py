from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette import events, files, writing
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from tests.cassette.tapes import EXCHANGE, JOBS, PROVENANCE, exchange, tape

FILE = """\
version: 1
qruntime:
  format: 1
  service: pytest-qruntime
  began: '2026-01-15T12:00:00.000000Z'
  clock: virtual
  recorded: '2026-11-21'
  test: tests/test_it.py::test_it
  versions:
    httpx: '0.28.1'
    pytest-qruntime: '0.1.0'
interactions:
- at: '+00:00:01.250000'
  request:
    method: POST
    uri: https://quantum.cloud.ibm.com/api/v1/jobs
    headers:
      accept:
      - '*/*'
      content-type:
      - application/json
    body: '{"program_id":"sampler"}'
  response:
    status:
      code: 200
      message: OK
    headers:
      content-type:
      - application/json
    body:
      string: '{"id":"abc"}'
...
"""
TEXT = st.text(max_size=40) | st.sampled_from(
    ["true", "No", "null", "~", "7", "1.5", "2026-01-15", "- a", "a: b", "a #b", "a:", " a", "a ", "*a", "!a", "|", "'"]
)
LETTERS = "ab \n\t\r'\"\\:#-é😀\x00\x85\u2028\ufeff"
BODY = st.binary(max_size=40) | st.text(alphabet=LETTERS, max_size=40).map(str.encode)
HEADERS = st.dictionaries(st.from_regex(r"[a-z~!0-9]([a-z0-9_-]{0,20})", fullmatch=True), TEXT, max_size=3).map(
    lambda headers: {name: value for name, value in headers.items() if name != "content-encoding"}
)
EXCHANGES = st.builds(
    Exchange,
    at_us=st.integers(0, 10**15),
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    url=TEXT.map(lambda text: JOBS + "?" + text),
    request_headers=HEADERS,
    request_body=BODY,
    status=st.integers(100, 599),
    response_headers=HEADERS,
    response_body=BODY,
)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PROVENANCES = st.builds(
    Provenance,
    service=TEXT,
    began=st.just(PROVENANCE.began),
    clock=st.sampled_from(["virtual", "real"]),
    recorded=st.sampled_from([None, "2026-11-21"]),
    versions=st.dictionaries(TEXT, TEXT, max_size=3),
    test=st.none() | TEXT,
    settings=st.none() | st.dictionaries(TEXT, PLAIN, max_size=3),
)
TAPES = st.builds(Tape, st.none() | PROVENANCES, st.lists(EXCHANGES, max_size=3).map(tuple))


def test_a_file_looks_like_this(tmp_path: Path) -> None:
    save(tape(), tmp_path / "it.yaml")

    assert (tmp_path / "it.yaml").read_text() == FILE
    assert load(tmp_path / "it.yaml") == tape()


def test_what_the_world_was_made_of_stands_by_name_a_line_each(tmp_path: Path) -> None:
    made_of = {
        "seed": 7,
        "policy": {"unused_autoclose": None, "queued_on_end": "cancelled"},
        "plan": "open",
        "backends": [{"name": "ibm_mine", "qubits": 5}, {"name": "ibm_other"}],
        "timings": [[1, 0.5], []],
    }
    save(Tape(replace(PROVENANCE, settings=made_of), ()), tmp_path / "it.yaml")

    assert load(tmp_path / "it.yaml").provenance == replace(PROVENANCE, settings=made_of)
    assert (
        (tmp_path / "it.yaml").read_text().partition("  settings:\n")[2]
        == """\
    backends:
    - name: ibm_mine
      qubits: 5
    - name: ibm_other
    plan: open
    policy:
      queued_on_end: cancelled
      unused_autoclose: null
    seed: 7
    timings:
    - - 1
      - 0.5
    - []
interactions: []
...
"""
    )


@pytest.mark.parametrize("value", [float("nan"), (1, 2), {1: 2}, b"x", "\ud800"])
def test_settings_that_json_does_not_have_are_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(CassetteError, match=r"it\.yaml was not written: (the settings hold|a setting is|half a char)"):
        save(Tape(replace(PROVENANCE, settings={"plan": value}), ()), tmp_path / "it.yaml")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=150, deadline=None)
@given(TAPES)
def test_what_is_written_is_read_back_exactly(recording: Tape) -> None:
    text = writing.write(recording)

    assert text.isascii()
    assert read(text, "it", 10**6) == recording


@settings(max_examples=25, deadline=None)
@given(TAPES)
def test_it_is_read_the_same_without_libyaml(recording: Tape) -> None:
    import yaml

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "LOADER", yaml.SafeLoader)
        assert read(writing.write(recording), "it", 10**6) == recording


def test_the_order_of_headers_and_versions_does_not_matter(tmp_path: Path) -> None:
    turned = exchange(request_headers=dict(sorted(EXCHANGE.request_headers.items(), reverse=True)))
    provenance = replace(PROVENANCE, versions=dict(sorted(PROVENANCE.versions.items(), reverse=True)))

    save(Tape(provenance, (turned,)), tmp_path / "it.yaml")

    assert (tmp_path / "it.yaml").read_text() == FILE


def test_a_change_of_one_exchange_changes_its_lines_alone(tmp_path: Path) -> None:
    exchanges = [exchange(at_us=at_us) for at_us in range(5)]
    before = writing.write(tape(*exchanges)).splitlines()
    exchanges[2] = exchange(at_us=2, response_body=b'{"id":"another"}')
    after = writing.write(tape(*exchanges)).splitlines()

    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("""      string: '{"id":"abc"}'""", """      string: '{"id":"another"}'""")
    ]


def test_a_body_of_many_lines_is_shown_as_lines() -> None:
    text = writing.write(tape(exchange(response_body=b'{\n  "id": "abc"\n}\n')))

    assert '      string: |\n        {\n          "id": "abc"\n        }\n...\n' in text


def test_times_of_a_plain_recording_are_not_made_up(tmp_path: Path) -> None:
    plain = Tape(None, (exchange(at_us=0),))
    save(plain, tmp_path / "it.yaml")

    text = (tmp_path / "it.yaml").read_text()
    assert "qruntime" not in text
    assert "at:" not in text
    assert load(tmp_path / "it.yaml") == plain


def test_folders_are_made_and_permissions_and_links_are_kept(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er" / "it.yaml"
    save(tape(), place)
    place.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(place)

    save(tape(EXCHANGE, EXCHANGE), link)

    assert link.is_symlink()
    assert place.stat().st_mode & 0o777 == 0o640
    assert len(load(place).exchanges) == 2


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    save(tape(), tmp_path / "it.yaml")

    def fail(*_: Any) -> None:
        assert (tmp_path / "it.yaml").read_text() == FILE
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        with pytest.raises((CassetteError, KeyboardInterrupt)):
            save(tape(EXCHANGE, EXCHANGE), tmp_path / "it.yaml")

    assert (tmp_path / "it.yaml").read_text() == FILE
    assert [path.name for path in tmp_path.iterdir()] == ["it.yaml"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"at_us": -1}, "interaction 0: at_us is -1"),
        ({"method": "post"}, "it would be read as another recording from 'method: post' on"),
        ({"url": "/jobs"}, "expected an absolute URL, found '/jobs'"),
        ({"status": 7}, "expected a status of three digits, found 7"),
        ({"request_headers": {"Accept": "*/*"}}, "'Accept' cannot be the name of a header"),
        ({"request_headers": {"x" * 300: "1"}}, "cannot be the name of a header"),
        ({"request_headers": {"x": "\ud800"}}, "half a character"),
        ({"response_headers": {"content-encoding": "gzip"}}, "it would be read as another recording"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(CassetteError, match=r"it\.yaml was not written") as caught:
        save(tape(exchange(**fields)), tmp_path / "it.yaml")

    assert problem in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_would_be_too_large_to_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LIMIT", 500)
    with pytest.raises(CassetteError, match="expected at most 500"):
        save(tape(), tmp_path / "it.yaml")
    assert list(tmp_path.iterdir()) == []


class TestReadingOnce:
    @pytest.fixture
    def readings(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The names of the files that were parsed."""
        names = []

        def reading(text: str, name: str, *others: Any) -> Tape:
            names.append(name)
            return read(text, name, *others)

        monkeypatch.setattr(files, "read", reading)
        return names

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        save(tape(), tmp_path / "it.yaml")
        return tmp_path / "it.yaml"

    def test_a_file_is_read_once(self, place: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        first = load(place)
        monkeypatch.chdir(place.parent)

        assert load("it.yaml") is first
        assert readings == [str(place)]

    def test_a_file_that_was_saved_anew_is_read_anew_even_within_a_tick(self, place: Path) -> None:
        load(place)
        status = place.stat()
        save(tape(exchange(response_body=b'{"id":"xyz"}')), place)
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))

        assert place.stat().st_size == status.st_size
        assert load(place).exchanges[0].response_body == b'{"id":"xyz"}'

    def test_a_file_that_was_edited_in_place_is_read_anew(self, place: Path) -> None:
        load(place)
        place.write_text(FILE.replace("abc", "xyz"))
        os.utime(place, ns=(1, 1))

        assert load(place).exchanges[0].response_body == b'{"id":"xyz"}'

    def test_a_smaller_limit_holds_for_a_file_that_was_read(self, place: Path) -> None:
        load(place)
        with pytest.raises(CassetteError, match="expected at most 10"):
            load(place, limit=10)
