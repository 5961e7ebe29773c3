from __future__ import annotations

import functools
import http.client
import socket
import ssl
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport import FakeTransport, Interception

if TYPE_CHECKING:
    from tests.transport.conftest import Stub

URL = "https://quantum.cloud.ibm.com/api/v1/sessions"


def patched() -> list[tuple[object, dict[str, object]]]:
    """Everything that an interception may touch, as it is now."""
    owners: list[Any] = [
        httpx.HTTPTransport,
        httpx.AsyncHTTPTransport,
        http.client.HTTPConnection,
        socket,
        socket.socket,
        ssl.SSLContext,
    ]
    if "requests" in sys.modules:
        owners.append(sys.modules["requests"].adapters.HTTPAdapter)
    return [(owner, dict(vars(owner))) for owner in owners]


@pytest.fixture(scope="module")
def client() -> httpx.Client:
    return httpx.Client(verify=False)


def put_over(below: Any, calls: list[str]) -> Any:
    """A patch as another tool makes it, on top of what is there."""

    @functools.wraps(below)
    def theirs(self: httpx.HTTPTransport, request: httpx.Request) -> Any:
        calls.append(request.url.host)
        return below(self, request)

    return theirs


def ask(client: httpx.Client, crn: str | None = None) -> str:
    """Which stub answers."""
    name: str = client.get(URL, headers={"Service-CRN": crn} if crn else {}).json()["from"]
    return name


def test_nothing_is_patched_after_the_last_one_stops(make_stub: type[Stub]) -> None:
    before = patched()

    with Interception(make_stub(), label="outer"), Interception(make_stub(), label="inner"):
        assert patched() != before

    assert patched() == before


def test_nothing_is_patched_after_an_exception(make_stub: type[Stub]) -> None:
    before = patched()

    with pytest.raises(KeyboardInterrupt), Interception(make_stub(), label="failing"):
        raise KeyboardInterrupt

    assert patched() == before


def test_a_start_that_fails_leaves_nothing_behind(make_stub: type[Stub], monkeypatch: pytest.MonkeyPatch) -> None:
    before = patched()
    with Interception(make_stub(), label="so that everything is loaded"):
        pass
    from pytest_qruntime.transport import interception

    class Broken:
        def install(self) -> None:
            raise MemoryError

        def remove(self) -> None:
            """Was not installed."""

    monkeypatch.setattr(interception, "_patches", [*interception._patches, Broken()])
    failing = Interception(make_stub(), label="failing")

    with pytest.raises(MemoryError):
        failing.start()

    assert not failing.active
    assert patched() == before


def test_stopping_twice_is_harmless_and_starting_twice_is_an_error(make_stub: type[Stub]) -> None:
    interception = Interception(make_stub(), label="once")
    interception.stop()
    with interception:
        with pytest.raises(QRuntimeError, match="active already"):
            interception.start()
        assert interception.active
    interception.stop()

    with interception:  # again, later
        assert interception.active


def test_the_innermost_world_answers_unless_an_outer_one_knows_the_crn(
    client: httpx.Client, make_stub: type[Stub]
) -> None:
    outer, inner = make_stub("outer", ("crn:outer", "crn:both")), make_stub("inner", ("crn:inner", "crn:both"))
    with Interception(outer, label="outer"):
        with Interception(inner, label="inner"):
            assert ask(client) == "inner"
            assert ask(client, "crn:inner") == "inner"
            assert ask(client, "crn:outer") == "outer"
            assert ask(client, "crn:both") == "inner"
            assert ask(client, "crn:nobody") == "inner"
        assert ask(client, "crn:inner") == "outer"


def test_a_handler_need_not_know_crns(client: httpx.Client, make_stub: type[Stub]) -> None:
    class Plain:
        handle = make_stub("plain").handle

    with Interception(make_stub("outer", ("crn:outer",)), label="outer"), Interception(Plain(), label="inner"):
        assert ask(client, "crn:outer") == "outer"
        assert ask(client, "crn:other") == "plain"


def test_one_that_stops_out_of_order_leaves_the_others(client: httpx.Client, make_stub: type[Stub]) -> None:
    before = patched()
    first, second, third = (Interception(make_stub(name), label=name) for name in ("first", "second", "third"))
    first.start()
    second.start()
    third.start()

    second.stop()
    assert ask(client) == "third"
    third.stop()
    assert ask(client) == "first"
    first.stop()
    assert patched() == before


def test_two_threads_each_with_their_own_world(make_stub: type[Stub]) -> None:
    before = patched()
    wrong: list[str] = []

    def run(name: str) -> None:
        with httpx.Client(verify=False, headers={"Service-CRN": name}) as own:
            for _ in range(30):
                with Interception(make_stub(name, (name,)), label=name):
                    wrong.extend(answer for answer in (ask(own) for _ in range(3)) if answer != name)

    threads = [threading.Thread(target=run, args=(f"crn:{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert patched() == before


def test_a_patch_that_somebody_put_over_ours_is_left_to_them(
    client: httpx.Client, make_stub: type[Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = patched()
    for _ in range(sys.getrecursionlimit()):  # nothing may pile up
        with monkeypatch.context() as theirs:
            with Interception(make_stub("ours"), label="ours"):
                above = put_over(httpx.HTTPTransport.handle_request, [])
                theirs.setattr(httpx.HTTPTransport, "handle_request", above)
            assert vars(httpx.HTTPTransport)["handle_request"] is above
        # their undo has put ours back, which passes everything through until the next one replaces it

    with pytest.raises(httpx.ConnectError):
        client.get("https://127.0.0.1:9/")
    with Interception(make_stub("last"), label="last"):
        assert ask(client) == "last"
    assert patched() == before


def test_an_interception_below_and_above_somebody_elses_patch(
    client: httpx.Client, make_stub: type[Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    with Interception(make_stub("below"), label="below"):
        theirs = put_over(httpx.HTTPTransport.handle_request, calls)
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", theirs)
        assert ask(client) == "below"

    with Interception(make_stub("above"), label="above"):
        assert ask(client) == "above"
        with pytest.raises(httpx.ConnectError):
            client.get("https://127.0.0.1:9/")

    assert calls == ["quantum.cloud.ibm.com", "127.0.0.1"]
    assert vars(httpx.HTTPTransport)["handle_request"] is theirs
    monkeypatch.undo()
    with Interception(make_stub(), label="to clean up"):
        pass


def test_users_may_patch_the_same_things_within(
    client: httpx.Client, make_stub: type[Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = patched()
    with Interception(make_stub("ours"), label="ours"):
        with monkeypatch.context() as patch:
            patch.setattr(httpx.HTTPTransport, "handle_request", FakeTransport(make_stub("mocked")).handle_request)
            assert ask(client) == "mocked"
        assert ask(client) == "ours"
    assert patched() == before


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, pytest_qruntime.transport; "
        "print([name for name in ('httpx', 'requests', 'urllib3', 'ssl', 'pydantic') if name in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_requests_is_not_needed() -> None:
    code = (
        "import sys; sys.modules['requests'] = None\n"
        "import httpx\n"
        "from pytest_qruntime.transport import Interception\n"
        "from pytest_qruntime.rest.http import Response\n"
        "class Answers:\n"
        "    def handle(self, request): return Response(200, (), b'ok')\n"
        "with Interception(Answers(), label='x'):\n"
        f"    print(httpx.get({URL!r}, verify=False).text)\n"
    )
    assert run_python(code) == "ok"
