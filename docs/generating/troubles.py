"""The pages of faults, of scenarios, and of the journal of requests."""

from __future__ import annotations

from docs.generating.markdown import cell
from pytest_qruntime.network import KINDS
from pytest_qruntime.network.answers import phrase
from pytest_qruntime.network.journal import BODIES, LIMIT
from pytest_qruntime.rest.operations import ROUTES
from pytest_qruntime.scenarios import SCENARIOS

FAULTS = """\
# Faults

`qruntime.fail(...)` lets something go wrong between a client and the fake, with requests to come. How to use it is \
told in
[test against faults](../how-to/faults.md); ready ones with names are [scenarios](scenarios.md).

```python
def test_the_first_two_polls_fail(qruntime):
    job = qruntime.run()
    outage = qruntime.fail(503, "read job", times=2)
    assert [qruntime.http.get(f"/v1/jobs/{job.job_id()}").status_code for _ in range(3)] == [503, 503, 200]
    assert outage.count == 2
```

What goes wrong is an HTTP status from 400 to 599, or one of these:

| what | what happens | takes effect |
| --- | --- | --- |
"""

FAULTS_OF_CLIENTS = """
A fault that takes effect is one of which the client does not know, or not all: the job is there. `effect=True` says \
so of
a status, and of `"read_timeout"`.

## What a client sees

Every client raises what it raises on a real network, which the tests compare with real sockets. Time passes in virtual
time: a timeout takes as long as the client waits, and no longer.

| what | httpx | requests |
| --- | --- | --- |
"""

SEEN = {
    "refused": ("`ConnectError`", "`ConnectionError`"),
    "connect_timeout": ("`ConnectTimeout`, after its connect timeout", "`ConnectTimeout`, likewise"),
    "reset": ("`ReadError`", "`ConnectionError`"),
    "read_timeout": ("`ReadTimeout`, after its read timeout", "`ReadTimeout`, likewise"),
    "lost": ("`ReadError`", "`ConnectionError`"),
    "slow": ("the answer, or `ReadTimeout`", "the answer, or `ReadTimeout`"),
    "truncated": ("`RemoteProtocolError`, when the body is read", "`ChunkedEncodingError`, likewise"),
    "malformed": ("an answer that is no JSON", "an answer that is no JSON"),
}

FAULTS_OF_THE_CLIENT = """
A client without a timeout would wait for ever for an answer that does not come. It is told so with \
`NeverAnsweredError`.
The retries of requests' adapters are in force, with their pauses in virtual time.

The official client (measured with 0.51.0) asks so often, and raises this in the end, if a fault does not end:

| what | a read | a submit | a close |
| --- | --- | --- | --- |
| `500` `502` `503` `504` `520` `521` `522` `524` | 6 times in 15 s, `RequestsApiError` | 6 times in 15 s, \
`IBMRuntimeError` | once, `IBMRuntimeError` |
| `523`, and other statuses | once, `RequestsApiError` | once, `IBMRuntimeError` | once, `IBMRuntimeError` |
| `401` | once, `IBMNotAuthorizedError` | once, `IBMNotAuthorizedError` | once, `IBMNotAuthorizedError` |
| `429` with `retry_after` | 6 times, sleeping as told | once, `IBMRuntimeError` | once, `IBMRuntimeError` |
| `"refused"` | 4 times in 3 s, `RequestsApiError` | 4 times in 3 s, `IBMRuntimeError` | 4 times in 3 s, \
`IBMRuntimeError` |
| `"connect_timeout"` | 4 times, 5 s each | 4 times, 900 s each | 4 times, 5 s each |
| `"reset"`, `"lost"` | 6 times in 15 s, `RequestsApiError` | once, `IBMRuntimeError` | once, `IBMRuntimeError` |
| `"read_timeout"` | for ever: it has no read timeout | once, after 900 s | for ever |
| `"truncated"` | once, `RequestsApiError` | once, `IBMRuntimeError` | as `"lost"`: there is no body |
| `"malformed"` | `JSONDecodeError`; results come as text | `JSONDecodeError` | nothing: it reads no body |

On the [loopback server](server.md) faults happen to real connections. There `"refused"` and `"connect_timeout"` reset \
the
connection, since it stands already; a client waits in real time for an answer that does not come; and a slow answer \
takes
no real time, only that of the world.

## With which requests

| argument | |
| --- | --- |
| `operation` | what a request is [called](requests.md#operations): `"submit"`, `"close"`, `"read job"`, ... |
| `method`, `path` | instead: such as `"GET"` and `"/v1/jobs/*"`. `*` and `{id}` stand for one part of a path, `**` \
for any number of them. A path that the service does not have is an error |
| `times` | with how many of them; `None`: with every one from now on. Once, unless `rate` or `lasting` is given |
| `after` | how many of them go well before |
| `rate` | how likely it is for each, from 0 to 1; drawn from the seed of the world, so the same in every run |
| `lasting` | for how long from now, in virtual time: `"10m"` |

Of several faults that are about a request, the first one that was arranged counts.

## What is answered

| argument | |
| --- | --- |
| `retry_after` | the header `Retry-After` of an error; there is none without it |
| `body` | in place of an error's own body, or of a malformed one: text, bytes, or a mapping for JSON |
| `delay` | how long a `"slow"` answer takes |
| `effect` | whether the service does what it is asked for all the same |

Errors up to 501 come in the envelope of the service; 401, 403 and 429 with their codes and texts of the
[error catalogue](rest.md). Those above are a gateway's, in HTML, such as "523 Origin Is Unreachable". The pages are \
ours.

## Between two requests, and at an instant

| method | |
| --- | --- |
| `qruntime.before("submit", f, nth=2)` | calls `f()` just before the second submit reaches the service |
| `qruntime.after("submit", f, nth=2)` | calls `f()` just after it was answered, before the code under test goes on |
| `qruntime.at("10m", f)` | calls `f()` ten minutes of virtual time from now |
| `qruntime.limit_usage(0)` | the quota of the instance is used up; also `after="10m"` |
| `qruntime.maintenance("1h", after="10m", status="offline")` | the backend goes, and comes back by itself |
| `qruntime.other_users(5, quantum="1h", after="10m")` | the queue grows |

`f` may stage whatever `qruntime` can. In `before` and `after` it may move the clock and ask the service itself; in \
`at` it
may not, for time is moving already.

## In the marker

`@pytest.mark.qruntime(fault=Fault(503, "submit"))` is in force when the test begins; a list makes a test of each. \
`Fault`
takes the arguments of `fail`. All of this is for the fake; on a recording and on a live service it is a `SourceError`.
"""

SCENARIOS_PAGE = """\
# Scenarios

What has gone wrong for others, ready to be tried on your code: `@pytest.mark.qruntime(scenario="expires_mid_loop")`, or
`--qruntime-scenario` and the ini key `qruntime_scenario`. `scenario="all"` makes a test of each, and so does a list of
names; `qruntime.scenario` says which one is played. In a test that has begun, `qruntime.play("expires_mid_loop")`.

```python
import pytest

from pytest_qruntime import ServiceError


@pytest.mark.qruntime(scenario=["expires_mid_loop", "closed_elsewhere"])
def test_a_loop_is_told_that_its_session_is_closed(qruntime):
    session = qruntime.session()
    with pytest.raises(ServiceError, match="Session has been closed"):
        for _ in range(3):
            session.run().result()
```

Some need a world with another plan or policy, which they bring along unless the test decides that itself. Ids such as
`SDK-11` are rules of the lifecycle; see [contracts](contracts.md).

"""

REQUESTS_PAGE = f"""\
# The journal of requests

`qruntime.requests` are all requests of the test so far, in the order in which they reached the service, whoever sent \
them:
your code, the official client, the handles of the fixtures, other processes on the loopback server. It works on the \
fake, on
a recording and on a live service alike.

```python
def test_the_session_is_closed_once(qruntime):
    with qruntime.session() as session:
        session.run(tags=["vqe"])

    submitted = qruntime.requests.where("submit").one()
    assert submitted.json["tags"] == ["vqe"]
    assert submitted.answer["session_id"] == session.session_id
    assert qruntime.requests.where(method="PATCH", path="/v1/sessions/*").count == 1
    qruntime.requests.where("cancel").none()
```

| | |
| --- | --- |
| `where(operation, method=, path=, status=, failed=)` | those that match every given part; paths as in \
[faults](faults.md#with-which-requests); `failed` is whether a fault acted |
| `one()` | the only one; an assertion that shows what was sent, if there is none or more |
| `none()` | asserts that there is none |
| `count`, `len()`, `[0]`, `for` | as in a list |

Of each request:

| | |
| --- | --- |
| `method`, `path`, `query` | the path as on these pages, without what comes before `/v1`; the query as a mapping to \
lists |
| `operation` | what it is called; see below |
| `json`, `answer` | what was sent and what was answered, read when it is asked for; `body` are the bytes that were \
sent |
| `status` | of the answer; `None`: there was none |
| `at` | when it reached the service, in the time of the world |
| `client` | who sent it, by its headers: `"qiskit-ibm-runtime"`, `"ibm-cloud-sdk"`, `"httpx"`, `"requests"`, \
`"aiohttp"`, `"curl"`, or `None` |
| `fault` | what went wrong because the test said so, or `None` |

An assertion that fails shows the requests:

```python
import pytest

from pytest_qruntime import RequestAssertionError


def test_two_submits(qruntime):
    qruntime.run()
    qruntime.run()
    with pytest.raises(RequestAssertionError) as told:
        qruntime.requests.where("submit").one()
    assert str(told.value).splitlines() == [
        "expected one request (submit), and there were 2:",
        "  2026-01-15T12:00:00Z POST /v1/jobs [submit] -> 200",
        "  2026-01-15T12:00:00Z POST /v1/jobs [submit] -> 200",
    ]
```

The last {LIMIT:,} requests are kept, and {BODIES // 1024 // 1024} MiB of bodies; more than that is told when it \
matters.
Headers are not shown, and neither are tokens.

## Operations

| name | request |
| --- | --- |
"""


def faults_page() -> str:
    """What can go wrong."""
    return "".join(
        [
            FAULTS,
            *(f'| `"{kind}"` | {text} | {_effect(kind)} |\n' for kind, text in KINDS.items()),
            f"| a status, such as `503` | it is answered: {phrase(503)} | no |\n",
            FAULTS_OF_CLIENTS,
            *(f'| `"{kind}"` | {" | ".join(SEEN[kind])} |\n' for kind in KINDS),
            FAULTS_OF_THE_CLIENT,
        ]
    )


def _effect(kind: str) -> str:
    return "yes" if kind in ("lost", "slow", "truncated", "malformed") else "no"


def scenarios_page() -> str:
    """Every scenario."""
    parts = [SCENARIOS_PAGE, "| name | what happens |\n| --- | --- |\n"]
    parts += [f"| [`{one.name}`](#{one.name}) | {cell(one.happens)} |\n" for one in SCENARIOS.values()]
    for one in SCENARIOS.values():
        parts.append(f"\n## {one.name}\n\n{one.happens}\n\n- From: {one.report}\n- Look at: {one.look}\n")
        settings = ", ".join(f"{name}={value!r}" for name, value in one.settings.items() if name != "plan")
        if "plan" in one.settings:
            settings = "the Open plan" if one.settings["plan"] == "open" else "the Premium plan with that limit"
        parts.append(f"- World: {settings}\n" if settings else "")
    return "".join(parts)


def requests_page() -> str:
    """The journal, and what requests are called."""
    return REQUESTS_PAGE + "".join(f"| `{name}` | `{method} {path}` |\n" for name, (method, path) in ROUTES.items())
