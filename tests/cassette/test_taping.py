from __future__ import annotations

import json
import threading
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.transport import FakeTransport
from tests.rest.face import SAMPLER, Face


class Mute:
    """A handler that cannot tell CRNs, and answers with repeated headers in capitals."""

    def handle(self, request: Request) -> Response:
        if request.path == "/broken":
            raise RuntimeError("a bug")
        return Response(204, (("Set-Cookie", "a=1"), ("set-cookie", "b=2")), b"")


@pytest.fixture
def face() -> Face:
    return Face()


def test_a_session_is_recorded_with_its_times_and_its_token(face: Face, tmp_path: Path) -> None:
    taping = Taping(face.service, face.world)
    headers = {"service-crn": face.service.crn()}
    with httpx.Client(transport=FakeTransport(taping), base_url="https://quantum.cloud.ibm.com/api") as client:
        form = urlencode({"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": face.service.api_key()})
        token = client.post("https://iam.cloud.ibm.com/identity/token", content=form).json()["access_token"]
        headers["authorization"] = f"Bearer {token}"
        face.at(1.25)
        job_id = client.post("/v1/jobs", json=SAMPLER, headers=headers).json()["id"]
        face.at(40)
        client.get(f"/v1/jobs/{job_id}", params={"exclude_params": "true"}, headers=headers)
        client.get("/v1/jobs/none", headers=headers)

    tape = taping.tape(test="test_it.py::test_it", recorded="2026-11-21", versions={"httpx": "0.28.1"})
    save(tape, tmp_path / "it.yaml")

    assert load(tmp_path / "it.yaml") == tape
    assert [(found.at_us, found.method, found.url, found.status) for found in tape.exchanges] == [
        (0, "POST", "https://iam.cloud.ibm.com/identity/token", 200),
        (1_250_000, "POST", "https://quantum.cloud.ibm.com/api/v1/jobs", 200),
        (40_000_000, "GET", f"https://quantum.cloud.ibm.com/api/v1/jobs/{job_id}?exclude_params=true", 200),
        (40_000_000, "GET", "https://quantum.cloud.ibm.com/api/v1/jobs/none", 404),
    ]
    submitted = tape.exchanges[1]
    assert json.loads(submitted.request_body) == SAMPLER
    assert submitted.request_headers["authorization"] == f"Bearer {token}"
    assert json.loads(submitted.response_body)["id"] == job_id
    assert tape.provenance is not None
    assert (tape.provenance.service, tape.provenance.clock) == ("pytest-qruntime", "virtual")
    assert tape.provenance.began == "2026-01-15T12:00:00.000000Z"


def test_headers_that_are_there_twice_are_joined(face: Face) -> None:
    taping = Taping(Mute(), face.world)
    taping.handle(Request("delete", "h", "/x", "", {}, b""))

    [found] = taping.tape().exchanges
    assert found.method == "DELETE"
    assert found.response_headers == {"set-cookie": "a=1, b=2"}


def test_what_the_handler_raises_reaches_the_caller_and_is_not_kept(face: Face) -> None:
    taping = Taping(Mute(), face.world)
    with pytest.raises(RuntimeError, match="a bug"):
        taping.handle(Request("GET", "h", "/broken", "", {}, b""))
    assert taping.tape().exchanges == ()


def test_it_knows_the_crns_that_its_handler_knows(face: Face) -> None:
    assert Taping(face.service, face.world).knows_crn(face.service.crn())
    assert not Taping(face.service, face.world).knows_crn("crn:v1:other")
    assert not Taping(Mute(), face.world).knows_crn(face.service.crn())


def test_a_tape_is_of_the_moment(face: Face) -> None:
    taping = Taping(Mute(), face.world)
    before = taping.tape()
    taping.handle(Request("GET", "h", "/x", "", {}, b""))

    assert (len(before.exchanges), len(taping.tape().exchanges)) == (0, 1)


def test_other_threads_wait_until_an_answer_is_kept(face: Face) -> None:
    free = []

    class Curious(Mute):
        def handle(self, request: Request) -> Response:
            thread = threading.Thread(target=lambda: free.append(face.world.lock.acquire(blocking=False)))
            thread.start()
            thread.join()
            return super().handle(request)

    Taping(Curious(), face.world).handle(Request("GET", "h", "/x", "", {}, b""))

    assert free == [False]
