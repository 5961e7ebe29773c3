"""Which requests a fault strikes, and how often."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from pytest_qruntime import QRuntime, ServiceError, world
from pytest_qruntime.model import ConfigurationError
from pytest_qruntime.network import Fault, Where
from pytest_qruntime.rest.operations import ROUTES, operation


def statuses(qruntime: QRuntime, times: int, path: str = "/v1/backends") -> list[int]:
    return [qruntime.http.get(path).status_code for _ in range(times)]


def test_a_fault_strikes_once(qruntime: QRuntime) -> None:
    failing = qruntime.fail(503)
    assert statuses(qruntime, 3) == [503, 200, 200]
    assert failing.count == 1


def test_or_as_often_as_it_is_told(qruntime: QRuntime) -> None:
    qruntime.fail(503, times=2, after=2)
    assert statuses(qruntime, 6) == [200, 200, 503, 503, 200, 200]


def test_or_until_it_is_stopped(qruntime: QRuntime) -> None:
    with qruntime.fail(503, times=None) as outage:
        assert statuses(qruntime, 3) == [503, 503, 503]
    assert statuses(qruntime, 1) == [200]
    assert outage.count == 3


def test_or_for_some_virtual_time(qruntime: QRuntime) -> None:
    qruntime.fail(503, lasting="10m")
    qruntime.clock.tick("9m")
    assert statuses(qruntime, 2) == [503, 503]
    qruntime.clock.tick("1m")
    assert statuses(qruntime, 1) == [200]


def test_a_rate_is_drawn_from_the_seed_of_the_world() -> None:
    def drawn(seed: int) -> list[int]:
        with world(seed=seed) as inner:
            inner.fail(503, rate=0.25)
            return statuses(inner, 60)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 5 < drawn(1).count(503) < 25


def test_rates_are_drawn_independently(qruntime: QRuntime) -> None:
    qruntime.fail(503, "list backends", rate=0.5)
    qruntime.fail(503, "usage", rate=0.5)
    assert statuses(qruntime, 40) != statuses(qruntime, 40, "/v1/instances/usage")


@pytest.mark.parametrize(("rate", "status"), [(0, 200), (1, 503)])
def test_a_rate_may_be_never_or_always(qruntime: QRuntime, rate: float, status: int) -> None:
    qruntime.fail(503, rate=rate)
    assert statuses(qruntime, 5) == [status] * 5


def test_of_several_faults_the_first_one_counts(qruntime: QRuntime) -> None:
    qruntime.fail(503)
    qruntime.fail(500, times=2)
    assert statuses(qruntime, 4) == [503, 500, 500, 200]


def test_other_requests_go_well(qruntime: QRuntime) -> None:
    qruntime.fail(500, "read session", times=None)
    qruntime.fail(500, method="GET", path="/v1/jobs/*", times=None)
    session = qruntime.session()
    job = session.run()
    assert statuses(qruntime, 1, f"/v1/sessions/{session.session_id}") == [500]
    assert statuses(qruntime, 1, f"/v1/jobs/{job.job_id()}") == [500]
    assert statuses(qruntime, 1, f"/v1/jobs/{job.job_id()}/metrics") == [200]
    assert statuses(qruntime, 1, "/v1/jobs") == [200]


@pytest.mark.parametrize(
    ("path", "matching"),
    [
        ("/v1/jobs/*", {"/api/v1/jobs/x"}),
        ("/v1/jobs/{id}", {"/api/v1/jobs/x"}),
        ("/api/v1/jobs/*", {"/api/v1/jobs/x"}),
        ("/v1/jobs/x", {"/api/v1/jobs/x"}),
        ("/v1/jobs/*/results", {"/api/v1/jobs/x/results"}),
        ("/v1/jobs/**", {"/api/v1/jobs/x", "/api/v1/jobs/x/results"}),
        ("/v1/**", {"/api/v1/jobs", "/api/v1/jobs/x", "/api/v1/jobs/x/results", "/api/v1/sessions/x"}),
        ("/v1/*", {"/api/v1/jobs"}),
        ("/identity/token", {"/identity/token"}),
    ],
)
def test_a_pattern_of_paths(path: str, matching: set[str]) -> None:
    paths = ["/api/v1/jobs", "/api/v1/jobs/x", "/api/v1/jobs/x/results", "/api/v1/sessions/x", "/identity/token"]
    where = Where(path=path)
    assert {one for one in paths if where.matches("GET", "quantum.cloud.ibm.com", one)} == matching


def test_every_operation_has_the_name_of_its_route() -> None:
    hosts = {"token": "iam.cloud.ibm.com", "find instances": "api.global-search-tagging.cloud.ibm.com"}
    hosts |= {"read plan": "globalcatalog.cloud.ibm.com", "read instance": "resource-controller.cloud.ibm.com"}
    for name, (method, path) in ROUTES.items():
        host, base = hosts.get(name, "quantum.cloud.ibm.com"), "/api" if path.startswith("/v1/") else ""
        body = b'{"accepting_jobs":true}' if name == "reopen" else b""
        assert operation(method, host, base + path.replace("{id}", "x"), body) == name
    assert operation("GET", "quantum.cloud.ibm.com", "/api/v1/nothing") == "other"
    assert operation("PATCH", "quantum.cloud.ibm.com", "/api/v1/jobs") == "other"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((200,), "status is 200; expected an error, from 400 to 599"),
        ((600,), "status is 600"),
        (("503",), "expected a number, without quotes: 503"),
        ((True,), "what goes wrong is True"),
        (("refuse",), "what goes wrong is 'refuse'; did you mean 'refused'?"),
        ((503, "sumbit"), "operation is 'sumbit'; did you mean 'submit'?"),
        ((503, 5), "operation is 5; expected one of open, "),
    ],
)
def test_what_cannot_go_wrong_is_told_at_once(qruntime: QRuntime, arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words.replace("?", r"\?")):
        qruntime.fail(*arguments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": ""}, "path is ''; expected a path that begins with a slash"),
        ({"path": "v1/jobs"}, "begins with a slash"),
        ({"path": "/v1/jobs?limit=1"}, "without a query"),
        ({"path": "/v1/job/*"}, "which no path of the service matches"),
        ({"method": "get"}, "method is 'get'; did you mean|method is 'get'; expected one of GET"),
        ({"method": "PATCH", "path": "/v1/jobs"}, "method is 'PATCH'; expected, with /v1/jobs, one of GET, POST"),
        ({"operation": "submit", "method": "POST"}, "operation 'submit' says the method and the path already"),
        ({"rate": 1.5}, "rate is 1.5; expected a number from 0 to 1"),
        ({"rate": -0.1}, "rate is -0.1"),
        ({"rate": "often"}, "rate is 'often'"),
        ({"times": 0}, "times is 0; expected None or a whole number, at least 1"),
        ({"after": -1}, "after is -1"),
        ({"lasting": "0s"}, "lasting is '0s'; expected more than no time"),
        ({"delay": "30s"}, "delay is '30s', and 503 is not 'slow'"),
        ({"retry_after": -1}, "retry_after is -1; expected whole seconds, zero or more, or a date as HTTP has it"),
        ({"retry_after": ""}, "retry_after is ''"),
        ({"retry_after": 1.5}, "retry_after is 1.5"),
        ({"retry_after": "5m"}, "retry_after is '5m'; a service says seconds: 300"),
        ({"retry_after": "3\r\nX-Evil: 1"}, "retry_after is '3"),
        ({"body": 5}, r"body is 5; expected text, bytes, or a mapping for JSON \(it is of type int\)"),
        ({"body": [1]}, r"body is \[1\]"),
        ({"body": {"when": object()}}, "a mapping for JSON .*Unable to serialize"),
        ({"body": "\ud800"}, "surrogates not allowed"),
        ({"effect": "yes"}, "effect is 'yes' with 503"),
    ],
)
def test_values_that_make_no_sense_are_told_at_once(qruntime: QRuntime, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        qruntime.fail(503, **options)
    assert statuses(qruntime, 1) == [200]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"what": "slow"}, "a slow answer needs its delay"),
        ({"what": "slow", "delay": 0}, "delay is 0; expected more than no time"),
        ({"what": "reset", "retry_after": 3}, "retry_after is 3; it goes with a status"),
        ({"what": "reset", "body": "x"}, "'reset' has a body, and no answer to put it in"),
        ({"what": "lost", "effect": True}, "'lost' always has its effect"),
    ],
)
def test_so_are_values_that_do_not_go_together(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Fault(**arguments)


def test_a_fault_says_everything(qruntime: QRuntime) -> None:
    outage = Fault(503, "list backends", times=2)
    qruntime.fail(outage)
    assert statuses(qruntime, 3) == [503, 503, 200]
    with pytest.raises(ConfigurationError, match="a Fault says everything"):
        qruntime.fail(outage, times=1)


@pytest.mark.parametrize("round", [1, 2])
def test_nothing_is_left_for_the_next_test(qruntime: QRuntime, round: int) -> None:
    assert statuses(qruntime, 1) == [200]
    assert len(qruntime.requests) == 1
    qruntime.fail(503, times=None)


def test_a_fault_is_that_of_its_world(qruntime: QRuntime) -> None:
    with world(seed=1) as inner:
        inner.fail(503, times=None)
        assert statuses(inner, 1) == [503]
        assert statuses(qruntime, 1) == [200]
        qruntime.fail(500)
        assert statuses(inner, 1) == [503]
    assert statuses(qruntime, 2) == [500, 200]


def test_of_threads_that_ask_at_one_instant_it_is_always_the_same_that_is_struck() -> None:
    def struck() -> list[str]:
        with world() as inner:
            inner.fail(503, "submit", after=1, times=1)
            failed: list[str] = []

            def run(name: str) -> None:
                with suppress(ServiceError):
                    inner.run()
                    return
                failed.append(name)

            threads = [Thread(target=run, args=(str(number),)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return failed

    assert [struck() for _ in range(3)] == [["1"]] * 3
