"""vcrpy reads and replays what is saved here, and what vcrpy recorded can be loaded."""

from __future__ import annotations

import gzip
import itertools
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
import requests
import vcr
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.writing import write
from tests.cassette.tapes import JOBS, exchange, tape

BODIES = (
    b"",
    b"{}",
    b'{"id":"it\'s"}',
    b"a\nb\n",
    b"a\n\nb\n\n\n",
    b"Bearer a:",
    b" a\r\n",
    b"\xff\x00",
    "é😀\u2028".encode(),
    b"null",
    b"7",
)


class TestWhatIsSavedHere:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        first = exchange(request_body=b'{"program_id":"sampler"}', response_body='{"id":"é"}'.encode())
        second = exchange(method="GET", url=JOBS + "/abc", request_body=b"", response_body=b"\xff\x00", status=404)
        save(tape(first, second), tmp_path / "it.yaml")
        return tmp_path / "it.yaml"

    def test_vcrpy_replays_it_to_httpx(self, place: Path) -> None:
        before = place.read_bytes()
        with vcr.use_cassette(str(place), record_mode="none") as cassette:
            posted = httpx.post(JOBS, content=b'{"program_id":"sampler"}')
            assert (posted.status_code, posted.json()) == (200, {"id": "é"})
            assert posted.headers["content-type"] == "application/json"
            got = httpx.get(JOBS + "/abc")
            assert (got.status_code, got.reason_phrase, got.content) == (404, "Not Found", b"\xff\x00")

        assert cassette.all_played
        assert place.read_bytes() == before

    def test_vcrpy_replays_it_to_requests(self, place: Path) -> None:
        with vcr.use_cassette(str(place), record_mode="none", match_on=["method", "uri", "body"]) as cassette:
            assert requests.post(JOBS, data=b'{"program_id":"sampler"}').json() == {"id": "é"}
            assert requests.get(JOBS + "/abc").content == b"\xff\x00"

        assert cassette.all_played

    def test_vcrpy_reads_every_body_as_it_was(self) -> None:
        recording = tape(*[exchange(request_body=body, response_body=body) for body in BODIES])
        text = write(recording)

        asked, answered = deserialize(text, yamlserializer)

        assert read(text, "it", 10_000) == recording
        assert tuple(request.body or b"" for request in asked) == BODIES
        assert tuple(response["body"]["string"] for response in answered) == BODIES
        assert all(request.headers == {"accept": "*/*", "content-type": "application/json"} for request in asked)


class Answering(BaseHTTPRequestHandler):
    """Answers with a greeting, compressed as the path says."""

    protocol_version = "HTTP/1.1"
    compress: ClassVar[dict[str, Callable[[bytes], bytes]]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "identity": bytes,
    }

    def do_POST(self) -> None:
        encoding = self.path.strip("/")
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = self.compress[encoding](b'{"greeting":"hello"}')
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if encoding != "identity":
            self.send_header("Content-Encoding", encoding)
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a server on this machine that answers in compressed bodies."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.mark.parametrize("client", [httpx, requests])
@pytest.mark.parametrize("options", [{}, {"decode_compressed_response": True}])
def test_what_vcrpy_records_is_loaded_with_its_bodies_decoded(
    tmp_path: Path, server: str, client: Any, options: dict[str, Any]
) -> None:
    place = tmp_path / "it.yaml"
    with vcr.use_cassette(str(place), **options):
        for encoding in Answering.compress:
            with client.Client() if client is httpx else client.Session() as session:
                assert session.post(f"{server}/{encoding}", data={"é": "\x00"}).json() == {"greeting": "hello"}

    recording = load(place)

    assert recording.provenance is None
    assert [found.url for found in recording.exchanges] == [f"{server}/{encoding}" for encoding in Answering.compress]
    for found in recording.exchanges:
        assert (found.at_us, found.method, found.status) == (0, "POST", 200)
        assert found.request_body == b"%C3%A9=%00"
        assert found.request_headers["content-type"] == "application/x-www-form-urlencoded"
        assert found.response_body == b'{"greeting":"hello"}'
        assert found.response_headers["set-cookie"] == "a=1, b=2"
        assert found.response_headers["content-length"] == "20"
        assert "content-encoding" not in found.response_headers


def test_what_vcrpy_records_as_json_is_loaded(tmp_path: Path, server: str) -> None:
    with vcr.use_cassette(str(tmp_path / "it.json"), serializer="json", decode_compressed_response=True):
        httpx.post(f"{server}/gzip", content=b"caf\xc3\xa9")

    [found] = load(tmp_path / "it.json").exchanges
    assert (found.request_body.decode(), found.response_body) == ("café", b'{"greeting":"hello"}')


@pytest.mark.parametrize("client", [httpx, requests])
def test_what_vcrpy_records_can_be_saved_here_and_replayed_by_vcrpy(tmp_path: Path, server: str, client: Any) -> None:
    with vcr.use_cassette(str(tmp_path / "it.yaml")), httpx.Client() as session:
        session.post(f"{server}/gzip")
    save(load(tmp_path / "it.yaml"), tmp_path / "again.yaml")

    with vcr.use_cassette(str(tmp_path / "again.yaml"), record_mode="none"):
        assert client.post(f"{server}/gzip").json() == {"greeting": "hello"}


# as pytest-recording's README and vcrpy 4 show them: names in capitals, headers in bytes, bodies of mappings
OLD = """\
interactions:
- request:
    body: null
    headers:
      Accept:
      - '*/*'
      User-Agent:
      - !!binary |
        cHl0aG9u
    method: get
    uri: https://httpbin.org/ip
  response:
    body:
      string: "{\\n  \\"origin\\": \\"192.0.2.1\\"\\n}\\n"
    headers:
      Content-Type:
      - application/json
      content-type:
      - again
    status:
      code: 200
      message: OK
    url: https://httpbin.org/ip
version: 1
"""
OLD_HTTPX = """\
interactions:
- request: {body: '', headers: {host: [h]}, method: GET, uri: 'https://h/'}
  response:
    content: '{"a":1}'
    headers:
      content-encoding: [gzip]
      content-length: ['999']
    http_version: HTTP/1.1
    status_code: 201
version: 1
"""


def test_files_of_older_versions_are_loaded() -> None:
    [found] = read(OLD, "it", 10_000).exchanges

    assert (found.method, found.url, found.request_body) == ("GET", "https://httpbin.org/ip", b"")
    assert found.request_headers == {"accept": "*/*", "user-agent": "python"}
    assert found.response_headers == {"content-type": "application/json, again"}
    assert found.response_body == b'{\n  "origin": "192.0.2.1"\n}\n'


def test_files_that_older_versions_wrote_for_httpx_are_loaded() -> None:
    [found] = read(OLD_HTTPX, "it", 10_000).exchanges

    assert (found.status, found.response_body) == (201, b'{"a":1}')
    assert found.response_headers == {"content-length": "7"}


def _encoded(encoding: str, body: bytes) -> str:
    """A plain file whose one answer says that its body is encoded so."""
    text = write(Tape(None, (exchange(response_body=body, response_headers={"x-encoding": encoding}),)))
    return text.replace("x-encoding", "content-encoding")


def _raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("GZip", gzip.compress(b"hel") + gzip.compress(b"lo")),
        ("x-gzip", gzip.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", _raw_deflate(b"hello")),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello"))),
        ("identity", b"hello"),
        ("gzip", b"hello"),
        ("deflate", b"hello"),
        ("br", b"hello"),
    ],
    ids=itertools.count(),  # compressed bodies carry the time
)
def test_a_body_is_decoded_or_was_already(encoding: str, body: bytes) -> None:
    [found] = read(_encoded(encoding, body), "it", 10_000).exchanges

    assert found.response_body == b"hello"
    assert found.response_headers == {}


@pytest.mark.parametrize(
    ("encoding", "body", "told"),
    [
        ("gzip", gzip.compress(b"hello")[:-4], "it is said to be gzip and cannot be decompressed: it ends too early"),
        ("gzip", gzip.compress(b"hello")[:10] + b"\xff" * 9, "said to be gzip and cannot be decompressed"),
        ("deflate", b"\xff\xfe", "it is said to be deflate and cannot be decompressed"),
        ("br", b"\xff\x00", "its content encoding is 'br'; expected gzip, deflate or none"),
    ],
    ids=itertools.count(),
)
def test_a_body_that_cannot_be_decoded_is_an_error(encoding: str, body: bytes, told: str) -> None:
    with pytest.raises(CassetteError, match=r"interaction 0, response, body: ") as caught:
        read(_encoded(encoding, body), "it", 10_000)
    assert told in str(caught.value)
