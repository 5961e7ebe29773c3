"""`qruntime serve` in a process of its own: what it serves, how it stops, and that nothing of it is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.server.caller import Caller, Control

COMMAND = [sys.executable, "-m", "pytest_qruntime.cli"]
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server and its address."""
    with subprocess.Popen(
        [*COMMAND, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert url is not None, server.stderr and server.stderr.read()
            yield server, url[0]
        finally:
            server.kill()


def first_world(url: str) -> Caller:
    world = Control(url).of("/worlds/1")
    return Caller(url, world["token"], world["crn"])


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_stops_when_told_so_though_clients_keep_their_connections(number: signal.Signals) -> None:
    with serving() as (server, url), first_world(url) as client:
        job = client.submit()
        assert [client.status(job), client.status(job)] == ["Running", "Completed"]
        server.send_signal(number)
        written, errors = server.communicate(timeout=60)
        assert (server.returncode, written, errors) == (0, "", "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5)


def test_it_says_in_one_line_where_it_is_and_how_it_is_found() -> None:
    with serving() as (_, url):
        shown = subprocess.run([*COMMAND, "environment", url], capture_output=True, text=True, timeout=60)
        assert shown.stdout.startswith("export QISKIT_IBM_CHANNEL=ibm_quantum_platform\n")


def test_the_world_is_made_of_its_arguments() -> None:
    arguments = ("--plan", "open", "--seed", "7", "--backend", "ibm_mine", "--lanes", "2", "--engine", "schema")
    with serving("--time", "manual", "--start", "2030-06-01T08:00:00Z", *arguments) as (_, url):
        world = Control(url).of("/worlds/1")
    assert (world["plan"], world["seed"]) == ("open", 7)
    assert world["backends"] == [{"name": "ibm_mine", "qubits": 127, "lanes": 2, "status": "online"}]
    assert (world["time"]["mode"], world["time"]["now"]) == ("manual", "2030-06-01T08:00:00Z")


def test_a_policy_may_be_given_several_times() -> None:
    """A batch that is never used closes after a minute, then."""
    knobs = ("--policy", "queued_on_end=cancelled", "--policy", "unused_autoclose=dedicated:600+batch:60")
    with serving("--time", "manual", *knobs) as (_, url), first_world(url) as client:
        control = Control(url)
        batch = client.open("batch")
        control("POST", "/worlds/1/time", advance_by=61)
        assert client.state(batch) == "closed"


def test_a_port_may_be_chosen() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving("--port", str(port)) as (_, url):
        assert url == f"http://127.0.0.1:{port}"


def test_a_second_server_on_a_port_ends_with_1() -> None:
    with serving() as (_, url):
        port = url.rpartition(":")[2]
        second = subprocess.run([*COMMAND, "serve", "--port", port], capture_output=True, text=True, timeout=60)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith(f"qruntime: cannot serve on port {port} of 127.0.0.1")


@needs_signals
def test_a_server_that_has_stopped_gives_its_port_back_at_once() -> None:
    with serving() as (server, url):
        httpx.get(f"{url}/qruntime", trust_env=False)
        server.terminate()
        server.wait(60)
    with serving("--port", url.rpartition(":")[2]) as (_, again):
        assert again == url


@needs_signals
def test_a_shell_finds_it_by_one_line() -> None:
    shell = shutil.which("sh")
    assert shell is not None
    ask = (
        "import os, urllib.request as r; "
        "h = {'Authorization': 'Bearer ' + os.environ['QRUNTIME_TOKEN'], 'Service-CRN': os.environ['QRUNTIME_CRN']}; "
        "print(r.urlopen(r.Request('http://quantum.cloud.ibm.com/api/v1/backends', headers=h)).status)"
    )
    with serving() as (_, url):
        script = f'eval "$({" ".join(COMMAND)} environment {url})" && {sys.executable} -c "$1"'
        done = subprocess.run(
            [shell, "-c", script, "sh", ask], capture_output=True, text=True, timeout=60, env=dict(os.environ)
        )
    assert (done.stdout, done.stderr) == ("200\n", "")
