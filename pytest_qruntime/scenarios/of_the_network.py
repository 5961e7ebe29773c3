"""Scenarios of the network, and of what stands between a client and the service."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.scenarios.scenario import Scenario, Stage

CLOUDFLARE: Final = "<html>\n<head><title>403 Forbidden</title></head>\n<body>cloudflare</body>\n</html>\n"


def _goes_down(q: Stage) -> None:
    q.after("submit", lambda: q.fail(503, path="/v1/**", lasting="10m"))


NETWORK: Final = (
    Scenario(
        name="lost_submit",
        happens="The first job is created, and a gateway answers 502 in place of the service.",
        report="Measured by the project localqpu with version 0.50 of the client: when the answer to POST /jobs is "
        "lost after the job was made, the client submits it twice.",
        look="Are there two jobs, and who pays for the one that nobody knows?",
        stage=lambda q: q.fail(502, "submit", effect=True),
    ),
    Scenario(
        name="rate_limited",
        happens="The second submit is answered with 429 and code 1202, without a Retry-After.",
        report="Five submits a minute are documented and were measured live in August 2026 (PLN-07); the client never "
        "retries a 429 (measured by localqpu).",
        look="Does the code wait and submit again, or lose the rest of its work?",
        stage=lambda q: q.fail(429, "submit", after=1),
    ),
    Scenario(
        name="retry_after",
        happens="The first two polls for a job are answered with 429 and a Retry-After of a minute.",
        report="Rule SDK-11, verified with version 0.51 of the client: it sleeps for as long as the header says.",
        look="Does a timeout of the code itself allow for that?",
        stage=lambda q: q.fail(429, "read job", retry_after=60, times=2),
    ),
    Scenario(
        name="short_outage",
        happens="Three requests in a row for jobs are answered with 503.",
        report="Rule SDK-11: the client retries 503 since version 0.41, with pauses of 0, 1, 2, 4 and 8 seconds.",
        look="With the client nothing should be seen of it; code on the REST API has to retry by itself.",
        stage=lambda q: q.fail(503, method="GET", path="/v1/jobs/**", times=3),
    ),
    Scenario(
        name="outage",
        happens="After the first submit everything is answered with 503, for ten minutes.",
        report="Rule SDK-12: what reaches the user has lost its status code, and speaks of a maintenance mode.",
        look="Is the job found again when the service is back, and is the session closed then?",
        stage=_goes_down,
    ),
    Scenario(
        name="close_fails",
        happens="The request that closes a session is answered with 500.",
        report="Rule CLS-15, verified with version 0.51 of the client: PATCH is never retried. Issue 963 of "
        "qiskit-ibm-runtime asks for a way to close what was left open.",
        look="Is the session closed in the end? A leaked one fails the test.",
        stage=lambda q: q.fail(500, "close"),
    ),
    Scenario(
        name="token_expires",
        happens="The second poll for a job is answered with 401, Token is expired.",
        report="The text was seen live in 2026, at the gateway; every call of the client raises "
        "IBMNotAuthorizedError then (SDK-12).",
        look="Does the code sign in again and ask for the same job, or submit a new one?",
        stage=lambda q: q.fail(401, "read job", after=1),
    ),
    Scenario(
        name="payload_refused",
        happens="The first submit is answered with 403 and a page of HTML.",
        report="Issue 16047 of Qiskit: Cloudflare, which stands before the service, answers large payloads so.",
        look="Is that told from missing permissions, and is there JSON expected where there is none?",
        stage=lambda q: q.fail(403, "submit", body=CLOUDFLARE),
    ),
)
"""Where the service itself is well."""
