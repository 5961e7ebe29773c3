"""Files that are damaged, of something else, or meant to do harm: a clear error, and nothing happens."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette import events
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.writing import write
from pytest_qruntime.model.errors import QRuntimeError
from tests.cassette.tapes import EXCHANGE, exchange, tape

FILE = write(tape(EXCHANGE, exchange(response_body=b"\xff\x00"), exchange(response_body=b"a\nb\n")))
PLAIN = write(Tape(None, (exchange(at_us=0),)))


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both of PyYAML's parsers, one after the other."""
    name: str = request.param
    if name == "pure Python":
        monkeypatch.setattr(events, "LOADER", yaml.SafeLoader)
    return name


def problem(text: str) -> str:
    """The error that reading it gives."""
    with pytest.raises(CassetteError) as caught:
        read(text, "it.yaml", 10_000)
    return str(caught.value)


def problem_if_any(text: str) -> str:
    """The error that reading it gives, if it is one of ours; empty if it can be read."""
    try:
        read(text, "it.yaml", 10_000)
    except CassetteError as error:
        return str(error)
    return ""


def test_a_file_that_was_cut_off_anywhere_is_an_error() -> None:
    for length in range(len(FILE) - 1):  # all but its last line's end
        assert problem(FILE[:length]).startswith("it.yaml")


def test_an_error_names_the_file_the_line_the_place_and_what_was_expected(tmp_path: Path) -> None:
    place = tmp_path / "it.yaml"
    place.write_text(FILE.replace("code: 200", "code: fine", 1))

    with pytest.raises(QRuntimeError) as caught:
        load(place)

    line = 1 + FILE.splitlines().index("      code: 200")
    assert str(caught.value) == (
        f"{place}, line {line}: interaction 0, response, status, code: expected a whole number, found 'fine'"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "!!python/object/apply:os.system ['echo > {0}']",
        "!!python/object/new:os.system ['echo > {0}']",
        "!!python/object:os.system {{}}",
        "!!python/object/apply:builtins.iter {{args: [[]]}}",
        "!!python/object/new:_io.BytesIO {{state: !!python/tuple ['a']}}",
        "!!python/name:os.system",
        "!!python/module:os",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['echo > {0}']",
        "!p!apply:os.system ['echo > {0}']",
        "!local x",
        "!!set {{a, b}}",
    ],
)
@pytest.mark.parametrize(
    "entry",
    [
        "version: 1",
        "clock: virtual",
        "httpx: '0.28.1'",
        "at: '+00:00:01.250000'",
        "method: POST",
        "- '*/*'",
        'body: \'{"program_id":"sampler"}\'',
        "code: 200",
        "message: OK",
        'string: \'{"id":"abc"}\'',
        "metadata: {}",
    ],
)
def test_a_tag_is_refused_wherever_it_stands_and_nothing_is_executed(
    tmp_path: Path, parser: str, attack: str, entry: str
) -> None:
    key = "-" if entry.startswith("-") else entry.partition(":")[0] + ":"
    planted = f"{key} {attack.format(tmp_path / 'executed')}"
    text = FILE.replace("version: 1\n", "version: 1\nmetadata: {}\n").replace(entry, planted, 1)
    place = tmp_path / "it.yaml"
    place.write_text("%TAG !p! tag:yaml.org,2002:python/object/\n---\n" + text)

    with pytest.raises(CassetteError, match="found the YAML tag !"):
        load(place)

    assert planted in text
    assert [path.name for path in tmp_path.iterdir()] == ["it.yaml"]
    assert place.read_text().endswith(text)


@pytest.mark.parametrize("key", ["interactions:", "qruntime:", "  request:", "    headers:", "      accept:"])
def test_a_tag_of_a_mapping_or_a_list_is_refused_too(key: str) -> None:
    text = FILE.replace(f"{key}\n", f"{key} !!python/object/new:os.system\n", 1)

    assert "found the YAML tag !!python/object/new:os.system" in problem(text)


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system [ls]", "1:30", ".inf", "0x10", "010", "yes", "2026-01-15", "!!set {a}"]
)
def test_a_setting_that_json_does_not_have_is_refused(parser: str, value: str) -> None:
    text = FILE.replace("interactions:\n", f"  settings:\n    lanes: {value}\ninteractions:\n", 1)

    assert "qruntime, settings, lanes: " in problem(text)


def test_settings_that_are_nested_too_deep_are_refused(parser: str) -> None:
    deep = "[" * 200 + "]" * 200
    text = FILE.replace("interactions:\n", f"  settings:\n    lanes: {deep}\ninteractions:\n", 1)

    assert "nested more than 100 levels deep" in problem(text)


def test_the_tag_is_named() -> None:
    told = problem(FILE.replace("method: POST", "method: !!python/object/apply:os.system [ls]", 1))

    assert "interaction 0, request, method: found the YAML tag !!python/object/apply:os.system" in told
    assert "nothing of this file was executed" in told


def test_aliases_are_refused_so_that_none_can_multiply(parser: str) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + PLAIN

    assert "line 2: b: found the YAML alias *a; write out the value" in problem(bomb)
    assert "alias" in problem("a: &a [*a]\n" + PLAIN)
    assert "interaction 0, request, body: found the YAML alias *x" in problem(
        PLAIN.replace('body: \'{"program_id":"sampler"}\'', "body: *x")
    )


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? ", "{[: "])
def test_nesting_without_an_end_is_an_error_and_not_the_end_of_the_process(parser: str, bracket: str) -> None:
    assert problem("unheard of:\n  " + bracket * 300_000)
    assert problem(bracket * 300_000)


@pytest.mark.parametrize(
    "line", ["version: 1", "  clock: virtual", "  request:", "    method: POST", "      accept:", "    httpx: '0.28.1'"]
)
def test_a_key_that_is_there_twice_is_an_error(line: str) -> None:
    key = line.strip().partition(":")[0]

    assert f"the key '{key}' is there twice" in problem(_doubled(line))


def _doubled(line: str) -> str:
    """The file with the whole entry of this line twice."""
    lines = FILE.splitlines(keepends=True)
    start = next(index for index, candidate in enumerate(lines) if candidate.startswith(line))
    indent = len(line) - len(line.lstrip())
    end = start + 1
    while lines[end].startswith(" " * (indent + 1)) or lines[end].startswith(" " * indent + "- "):
        end += 1
    return "".join(lines[:end] + lines[start:end] + lines[end:])


OTHERS: list[Any] = [None, 7, -1, 1.5, True, "x", "", b"\xff", [], ["x"], {}, {"x": "x"}, datetime.date(2026, 1, 15)]


def _changed(value: Any) -> Iterator[Any]:
    """Copies of a document in which one value is another, or missing."""
    places: list[tuple[Any, Any]] = []

    def visit(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            places.append((node, key))
            visit(node[key])

    document = copy.deepcopy(value)
    visit(document)
    for holder, key in places:
        old = holder[key]
        for other in OTHERS:
            holder[key] = other
            yield document
        if isinstance(holder, dict):
            del holder[key]
            yield document
        holder[key] = old
    yield from OTHERS


@pytest.mark.parametrize("text", [FILE, PLAIN], ids=["ours", "plain"])
def test_a_value_of_another_type_is_a_clear_error_or_read(text: str) -> None:
    errors = 0
    for document in _changed(yaml.safe_load(text)):
        told = problem_if_any(yaml.safe_dump(document) + "...\n")
        assert told.startswith("it.yaml") or not told
        errors += bool(told)
    assert errors > 200


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version: 1", "version: 2", "version: expected 1, found 2"),
        ("  format: 1", "  format: 9", "qruntime, format: expected 1, found 9. Update pytest-qruntime"),
        ("  clock: virtual\n", "", "qruntime: clock is missing"),
        ("clock: virtual", "clock: sundial", "expected 'virtual' or 'real', found 'sundial'"),
        ("'2026-01-15T12:00:00.000000Z'", "long ago", "'long ago' is not a date"),
        ("recorded: '2026-11-21'", "recorded: 2026-11-21", "expected text, found '2026-11-21'; put it in quotes"),
        ("'+00:00:01.250000'", "soon", "interaction 0, at: 'soon' is not an offset such as '+00:00:01.250000'"),
        ("at: '+00:00:01.250000'", "else: 1", "interaction 0: at is missing"),
        ("    method: POST\n", "", "interaction 0, request: method is missing"),
        ("https://quantum.cloud.ibm.com/api/v1/jobs", "/jobs", "expected an absolute URL, found '/jobs'"),
        ("code: 200", "code: 0200", "expected a whole number, found '0200'"),
        ("- application/json", "- 7", "interaction 0, request, headers, content-type: expected text, found '7'"),
        ('    body: \'{"program_id":"sampler"}\'', "    body: 12", "put it in quotes if it is text"),
        ("/wA=", "/wA", "interaction 1, response, body, string: expected base64 behind !!binary"),
        ("/wA=", "/w*A=", "expected base64 behind !!binary"),
        ("/wA=", "é", "expected base64 behind !!binary"),
        ("...\n", "--- {}\n", "is missing: it is cut off"),
        ("...\n", "...\n--- {}\n", "there is a second YAML document"),
        ("interactions:", "inter:", "interactions is missing"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, told: str) -> None:
    assert old in FILE
    assert told in problem(FILE.replace(old, new, 1))


def test_a_text_that_is_no_mapping_is_said_to_be_none() -> None:
    assert problem("") == "it.yaml is empty; expected a recording. Record it again, or delete it"
    assert problem("# nothing\n") == problem("")
    assert "expected a mapping, found 'just text'" in problem("just text")
    assert "as vcrpy before 1.0 wrote it" in problem("- request: {}\n  response: {}\n")
    assert "this is not YAML" in problem("\x00\x01")


def test_keys_in_any_order_are_read() -> None:
    turned = yaml.safe_dump(yaml.safe_load(FILE), sort_keys=True) + "...\n"

    assert turned != FILE
    assert read(turned, "it", 10_000) == read(FILE, "it", 10_000)


def test_interactions_in_another_order_are_read_as_they_stand() -> None:
    document = yaml.safe_load(FILE)
    document["interactions"].reverse()
    exchanges = read(yaml.safe_dump(document) + "...\n", "it", 10_000).exchanges

    assert exchanges == read(FILE, "it", 10_000).exchanges[::-1]


def test_keys_that_nobody_knows_are_dropped() -> None:
    text = FILE.replace("interactions:", "metadata: {a: [1, 2.5, null, {b: 2026-01-15}]}\ninteractions:")

    assert read(text, "it", 10_000) == read(FILE, "it", 10_000)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_is_read_or_is_a_clear_error(data: st.DataObject) -> None:
    content = bytearray(FILE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 20))] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"&a ", b"*a", b"!!x ", b"- ", b": ", b"'", b"\n", b"{", b"? "])
        )
    told = problem_if_any(content.decode("utf-8", "replace"))
    assert told.startswith("it.yaml") or not told


class TestFilesThatAreNone:
    def test_a_file_that_is_not_utf8(self, tmp_path: Path) -> None:
        place = tmp_path / "it.yaml"
        place.write_bytes(FILE.encode("utf-16"))
        with pytest.raises(CassetteError, match=r"it\.yaml, byte 0: this is not UTF-8"):
            load(place)

    def test_a_byte_order_mark_does_no_harm(self, tmp_path: Path) -> None:
        place = tmp_path / "it.yaml"
        place.write_bytes(FILE.encode("utf-8-sig"))
        assert len(load(place).exchanges) == 3

    def test_a_huge_file_is_not_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        place = tmp_path / "it.yaml"
        with place.open("wb") as file:
            file.truncate(100 * 1024 * 1024)
        monkeypatch.setattr("builtins.open", None)

        with pytest.raises(CassetteError, match="has 104857600 bytes; expected at most 67108864"):
            load(place)

    def test_one_that_grew_since_it_was_looked_at(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        place = tmp_path / "it.yaml"
        place.write_text(FILE)
        small = tmp_path / "small"
        small.write_text("x")
        status = small.stat()
        with monkeypatch.context() as patch:
            patch.setattr("os.stat", lambda *_, **__: status)
            with pytest.raises(CassetteError, match="expected at most 20"):
                load(place, limit=20)

    def test_none_at_all_and_a_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(CassetteError, match=r"^nowhere\.yaml cannot be read: No such file or directory"):
            load("nowhere.yaml")
        with pytest.raises(CassetteError, match="is not a file; expected a recording"):
            load(tmp_path)
        with pytest.raises(CassetteError, match="is not a file"):
            load("/dev/null")

    def test_a_body_that_would_become_huge(self, tmp_path: Path) -> None:
        import gzip

        bomb = exchange(response_body=gzip.compress(bytes(3_000_000)))
        text = write(tape(bomb)).replace(
            "- application/json\n    body:\n", "- application/json\n      content-encoding:\n      - gzip\n    body:\n"
        )
        place = tmp_path / "it.yaml"
        place.write_text(text)

        with pytest.raises(CassetteError, match="larger than 1000000 bytes when it is decompressed"):
            load(place, limit=1_000_000)
        assert load(place).exchanges[0].response_body == bytes(3_000_000)
