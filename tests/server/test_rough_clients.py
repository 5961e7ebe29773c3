"""Clients that are slow, go away, fork, or meet a world that is reset under their hands."""

from __future__ import annotations

import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller, Control, job
from tests.server.conftest import new_caller
from tests.server.programs import python


def connection(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=60)


# -- a world that is reset or removed ----------------------------------------------------------------------------------


def test_a_connection_is_good_for_the_world_after_a_reset(gateway: Gateway) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds", time="manual", start="2100-01-01T00:00:00Z")
    control("POST", "/worlds/1/time", advance_by=10)
    with new_caller(gateway, "1") as caller:
        old = caller.submit()
        control("POST", "/worlds/1/reset")
        control("POST", "/worlds/1/time", advance_by=3599)
        assert caller.http.get(f"/v1/jobs/{old}").status_code == 404
        assert caller.submit() == old  # the same seed gives the same ids
        control("POST", "/worlds/1/time", advance_by=1)
        assert caller.http.get("/v1/jobs").status_code == 401  # the token's hour began with the world


@pytest.mark.parametrize("end", [("POST", "/worlds/1/reset"), ("DELETE", "/worlds/1")], ids=["reset", "removed"])
def test_a_poll_that_is_held_while_its_world_ends_is_answered(gateway: Gateway, end: tuple[str, str]) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds")
    with new_caller(gateway, "1") as caller, new_caller(gateway, "1") as other, ThreadPoolExecutor(1) as pool:
        made = caller.submit()
        other.submit()  # this client is between two requests, so polls are held
        caller.status(made)
        held = pool.submit(caller.http.get, f"/v1/jobs/{made}")
        assert control(*end).is_success
        assert held.result().status_code in (200, 404)


def test_two_clients_of_a_world_that_is_reset_again_and_again_see_no_failure(gateway: Gateway) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds")
    over = threading.Event()

    def client(_: int) -> set[int]:
        seen = set()
        while not over.is_set():
            with new_caller(gateway, "1") as caller:
                made = caller.http.post("/v1/jobs", json=job())
                seen.add(made.status_code)
                seen.update(caller.http.get(f"/v1/jobs/{made.json().get('id')}").status_code for _ in range(4))
        return seen

    with ThreadPoolExecutor(2) as pool:
        clients = [pool.submit(client, number) for number in range(2)]
        for _ in range(20):
            assert control("POST", "/worlds/1/reset").status_code == 200
        over.set()
    assert set().union(*(one.result() for one in clients)) <= {200, 404}


# -- clients that are slow or go away ----------------------------------------------------------------------------------


def test_a_request_may_come_byte_by_byte(gateway: Gateway) -> None:
    gateway.worlds.create()
    with connection(gateway.url) as slow:
        for byte in b"GET /qruntime HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            slow.sendall(bytes([byte]))
        got = b"".join(iter(lambda: slow.recv(65536), b""))
    assert json.loads(got.partition(b"\r\n\r\n")[2])["worlds"] == ["1"]


def test_a_client_that_sends_half_a_request_holds_nobody_up(gateway: Gateway) -> None:
    gateway.worlds.create()
    with connection(gateway.url) as half, new_caller(gateway, "1") as caller:
        half.sendall(b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        made = caller.submit()
        while caller.status(made) != "Completed":
            pass


def test_a_client_that_does_not_read_its_answer_holds_nobody_up(gateway: Gateway) -> None:
    gateway.worlds.create(backends=[{"name": "wide", "snapshot": "fake_sherbrooke"}])
    with new_caller(gateway, "1") as caller, connection(gateway.url) as deaf:
        headers = "".join(f"{name}: {value}\r\n" for name, value in caller.headers.items())
        ask = f"GET /api/v1/backends/wide/properties HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
        deaf.sendall(ask * 50)  # some ten megabytes of answers
        made = caller.submit()
        while caller.status(made) != "Completed":
            pass
        got = 0
        while got < 50:
            got += deaf.recv(1 << 20).count(b"HTTP/1.1 200 OK")


def test_a_client_that_goes_away_before_its_answer_leaves_nothing_behind(gateway: Gateway) -> None:
    world = gateway.worlds.create()
    with new_caller(gateway, "1") as caller, new_caller(gateway, "1") as other:
        made = caller.submit()
        other.submit()
        headers = "".join(f"{name}: {value}\r\n" for name, value in caller.headers.items())
        ask = f"GET /api/v1/jobs/{made} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
        for _ in range(5):
            with connection(gateway.url) as hasty:
                hasty.sendall(ask)
        while caller.status(made) != "Completed":
            pass
        assert caller.http.get("/v1/jobs").json()["count"] == 2
    assert gateway.failures == []
    assert world.service.world.jobs[made].final


def test_fifty_megabytes_are_refused_or_taken_and_the_server_goes_on(gateway: Gateway) -> None:
    gateway.worlds.create()
    with new_caller(gateway, "1") as caller:
        big = caller.http.post("/v1/jobs", content=b'{"params": "' + b"x" * 50_000_000 + b'"}', timeout=120)
        assert big.status_code == 400
        assert caller.http.post("/v1/sessions", json={"mode": "batch", "backend": "fake_backend"}).status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT"])
def test_a_method_that_does_not_go_with_a_path_is_told_so(caller: Caller, method: str) -> None:
    answered = caller.http.request(method, "/v1/backends")
    assert (answered.status_code, answered.headers["allow"]) == (405, "GET")


def test_the_answers_of_a_pipeline_come_in_its_order(qruntime_server: LoopbackServer, caller: Caller) -> None:
    made = caller.submit()
    headers = "".join(f"{name}: {value}\r\n" for name, value in caller.headers.items())
    asks = [f"GET /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}" for path in (f"/jobs/{made}", "/backends")]
    with connection(qruntime_server.url) as ahead:
        ahead.sendall("\r\n".join([*asks, *asks, "GET /qruntime HTTP/1.0\r\nHost: 127.0.0.1\r\n", ""]).encode())
        got = b"".join(iter(lambda: ahead.recv(65536), b""))
    answers = [json.loads(one.partition(b"\r\n\r\n")[2]) for one in got.split(b"HTTP/1.1 200 OK")[1:]]
    assert [sorted(answer)[0] for answer in answers] == ["backend", "devices", "backend", "devices", "failures"]


# -- processes ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_is_a_client_of_its_own(qruntime: QRuntime, qruntime_server: LoopbackServer) -> None:
    """Several processes that were forked from one program, each with a session of its own in the same world."""
    found = python(
        """
        import multiprocessing, httpx

        token, crn, url = (os.environ["QRUNTIME_" + name] for name in ("TOKEN", "CRN", "URL"))
        headers = {"Authorization": "Bearer " + token, "Service-CRN": crn}

        def work(number):
            with httpx.Client(base_url=url + "/api/v1", headers=headers) as client:
                made = client.post("/jobs", json=json.loads(sys.argv[1])).json()["id"]
                while client.get("/jobs/" + made).json()["state"]["status"] != "Completed":
                    pass
            return made

        with multiprocessing.get_context("fork").Pool(4) as pool:
            print(json.dumps(pool.map(work, range(8))))
        """,
        qruntime_server.environment,
        json.dumps(job()),
    )
    assert sorted(found) == sorted(one.job_id() for one in qruntime.jobs())
    assert len(set(found)) == 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_of_the_tests_process_does_not_keep_the_port(gateway: Gateway) -> None:
    """A child holds a copy of the listening socket; it has no thread to answer with, and the server goes on."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert httpx.get(f"{gateway.url}/qruntime", trust_env=False).status_code == 200
