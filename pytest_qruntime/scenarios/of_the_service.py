"""Scenarios of the service: sessions that end, backends that go, queues, quotas, and jobs that fail."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.model import Plan
from pytest_qruntime.scenarios.scenario import Scenario, Stage, nothing

_SECOND_US: Final = 1_000_000
PREMIUM: Final = Plan.named("premium")


def _open(q: Stage) -> list[Stage]:
    """The sessions and batches that are not closed."""
    return [one for one in q.world.workloads.values() if one.closed_us is None]


def _outlive(q: Stage) -> None:
    """Let time pass until every session and batch has reached its max TTL."""
    now_us = q.world.now_us
    ends_us = [(now_us if one.started_us is None else one.started_us) + one.max_ttl_s * _SECOND_US for one in _open(q)]
    if ends_us:
        q.clock.tick((max(ends_us) - now_us) / _SECOND_US)


def _close_all(q: Stage) -> None:
    for one in _open(q):
        q.world.set_accepting(one.id, accepting=False)


def _goes_idle(q: Stage) -> None:
    q.other_users(5, quantum="10m")
    q.clock.tick("2m")


def _stands_in_line(q: Stage) -> None:
    q.before("submit", lambda: q.other_users(8, quantum="1h"))


SERVICE: Final = (
    Scenario(
        name="expires_mid_loop",
        happens="After the second submit the code computes until its session or batch has reached its max TTL.",
        report="Two public client code bases look for code 1217 in the error of a submit, and go on in a new session "
        "(rules MAX-03 and SUB-02).",
        look="Does the loop go on in a new session, without doing anything twice?",
        stage=lambda q: q.after("submit", lambda: _outlive(q), nth=2),
    ),
    Scenario(
        name="goes_idle_mid_loop",
        happens="After the first result the code computes for two minutes, and other users submit five jobs of ten "
        "minutes meanwhile.",
        report="The state reason session_inactivated_by_interactive_ttl was seen live in 2026; the next job stands "
        "in the normal queue then (ITT-02, ITT-06).",
        look="Does a timeout of the code allow for a queue in the middle of a session?",
        stage=lambda q: q.after("results", lambda: _goes_idle(q)),
    ),
    Scenario(
        name="closed_elsewhere",
        happens="Before the second submit somebody closes every session and batch through another handle.",
        report="Issues 1643 and 1780 of qiskit-ibm-runtime: one handle refuses by itself after its own close, and "
        "another one leaves that to the service (SUB-05, SUB-06).",
        look="Is the refusal understood, and is nothing submitted to the closed session again?",
        stage=lambda q: q.before("submit", lambda: _close_all(q), nth=2),
    ),
    Scenario(
        name="stays_pending",
        happens="A session that is closed while nothing of it runs stays pending, until its max TTL.",
        report="Issue 2188 of qiskit-ibm-runtime, March 2025 (X-04).",
        look="Does the code wait for a session to be closed?",
        stage=nothing,
        settings={"policy": {"idle_close": "lazy"}},
    ),
    Scenario(
        name="never_final",
        happens="The first job runs too long, and its status is `Cancelled - Ran too long`.",
        report="Issue 2673 of qiskit-ibm-runtime, 2026: the client never takes that for final, and result() waits for "
        "ever without a timeout (X-14, SDK-14).",
        look="Does every wait have a timeout? One that has none is told here that it would wait for ever.",
        stage=lambda q: q.next_jobs(runs_too_long=True),
        settings={"policy": {"ran_too_long": "status_string"}},
    ),
    Scenario(
        name="long_queue",
        happens="Before the first submit other users submit eight jobs of an hour.",
        report="IBM's guides: the first job of a session or batch waits in the normal queue like any other (OPN-05).",
        look="Does the code give up too early, or compute a deadline from the submit?",
        stage=_stands_in_line,
    ),
    Scenario(
        name="backend_offline",
        happens="After the first submit the backend is offline for an hour.",
        report="A backend that goes offline or is paused is among the failures that localqpu makes, for users who test "
        "what their code does then.",
        look="Is the job waited for, or is it submitted elsewhere and paid for twice?",
        stage=lambda q: q.after("submit", lambda: q.maintenance("1h", status="offline")),
    ),
    Scenario(
        name="quota_runs_out",
        happens="Before the second submit the usage limit of the instance is reached, and the submit is refused.",
        report="Code 4317, `Job create exceeds open plan job usage limits`, stands in public client code; issue 1124 "
        "of qiskit-ibm-runtime.",
        look="Are the results so far kept, and is the session closed?",
        stage=lambda q: q.before("submit", lambda: q.limit_usage(0), nth=2),
        settings={"plan": PREMIUM.but(refuses_over_limit=True)},
    ),
    Scenario(
        name="too_many_pending",
        happens="A fourth job is refused while three are queued or running, with code 3458.",
        report="Issue 498 of pytket-qiskit, and issue 1124 of qiskit-ibm-runtime (PLN-08).",
        look="Does the code wait for a job before it submits the next one?",
        stage=nothing,
        settings={"plan": PREMIUM.but(pending_limit=3)},
    ),
    Scenario(
        name="no_sessions",
        happens="The instance is on the Open plan: a session is refused with code 1352, a batch is not.",
        report="The answer was captured live in 2026; older guides say that the jobs would run in job mode (X-02).",
        look="Does the code fall back to a batch, or to job mode?",
        stage=nothing,
        settings={"plan": "open"},
    ),
    Scenario(
        name="internal_error",
        happens="The first job fails with code 9707, Temporary Internal Error.",
        report="The code stands in public client code.",
        look="Is the job submitted again, once, and in the same session?",
        stage=lambda q: q.next_jobs(code=9707, reason="Temporary Internal Error", blame="system"),
    ),
    Scenario(
        name="result_too_large",
        happens="The first job fails with code 5302, because its result is too large to be sent.",
        report="Issue 1042 of qiskit-ibm-runtime.",
        look="Submitting the same job again cannot help: does the code know?",
        stage=lambda q: q.next_jobs(
            code=5302, reason="Failed to publish job: nats: maximum payload exceeded", blame="system"
        ),
    ),
)
"""Where the network is well."""
