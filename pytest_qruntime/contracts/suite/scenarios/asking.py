"""Scenarios about what is answered: the words of sessions, jobs, lists, results, usage and errors."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import NOBODY, Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

ASKING = Scenarios()
_VERSION = {"IBM-API-Version": "2026-04-15"}


@ASKING.scenario("OPN-12 OPN-14 OPN-13 MAX-07 MAX-10 RST-03")
def opened_in_many_ways(s: Play) -> None:
    """As the official client does, with a max TTL, and with times to live that are not for everybody."""
    s.session(instance=s.qruntime.crn)
    s.session(1_500)
    s.batch(900)
    s.session(600, interactive_ttl=30)
    s.look()
    for one in s.workloads:
        s.close(one)


@ASKING.scenario(
    "OPN-03 CLS-02 CLS-16 SUB-04 SUB-12 ACT-02 STS-05 STS-07 USG-12 USG-13 DET-02 DET-03 RST-01 RST-02 RST-05 JOB-01"
    " PLN-03 MXT-04 ORD-12 SUB-13",
    lanes=2,
)
def a_session_is_watched(s: Play) -> None:
    """From its opening to after its closing."""
    session = s.session()
    s.look()
    first = s.run(session, 20)
    s.run(session, program="estimator", params=s.estimator())
    s.started(first).look()
    s.run(session)
    s.close(session)
    s.look()
    s.run(session)
    s.list_jobs(session_id=session)
    s.ended().look()
    s.result(first)
    s.metrics(first, _VERSION)


@ASKING.scenario("SUB-11 PLN-02 RST-01")
def a_batch_of_many_jobs(s: Play) -> None:
    """More than there are lanes; then it is cancelled."""
    batch = s.batch()
    s.look()
    for _ in range(7):
        s.run(batch)
    s.ended()
    s.cancel(batch)
    s.look()


@ASKING.scenario("CLS-04", takes_s=60, lanes=1)
def max_ttl_while_draining(s: Play) -> None:
    """One job runs, and one waits, when its time is over."""
    session = s.session(40)
    s.started(s.run(session, 30))
    s.run(session, 30)
    s.run(session, 30)
    s.wait(5)
    s.close(session)
    s.look().wait(40).look()
    s.ended()


@ASKING.scenario("JOB-06 JOB-09", lanes=1)
def results_of_all_kinds(s: Play) -> None:
    """Of a job that was cancelled, one that failed, and one that is private."""
    s.started(s.run(None, 20))
    cancelled, failed, private = s.run(), s.run(params=s.nonsense()), s.run(private=True)
    s.cancel_job(cancelled)
    s.ended().look()
    for job in (cancelled, failed, private, private):
        s.result(job)


@ASKING.scenario("JOB-08 SUB-17 RST-06 PLN-11", lanes=1)
def lists_of_jobs(s: Play) -> None:
    """Pending ones and others, page by page, by tags, and of a session that is not there."""
    first, second = s.run(None, 20, tags=["one", "two"]), s.run(tags=["one"])
    s.started(first)
    s.list_jobs(pending="true")
    s.ended(first, second)
    s.list_jobs(pending="false", limit="1")
    s.list_jobs(pending="false", limit="1", offset="1")
    s.list_jobs()
    s.list_jobs(**{"tags[]": "one"})
    s.list_jobs(tags=["one", "two"])
    s.list_jobs(session_id=NOBODY)


@ASKING.scenario("STS-06 STS-08", lanes=1)
def lists_of_workloads(s: Play) -> None:
    """While a session is active, and after it was closed."""
    session = s.session()
    s.started(s.run(session, 20))
    s.look().ask("GET", "/v1/workloads")
    s.ended()
    s.close(session)
    s.look().ask("GET", "/v1/workloads")


@ASKING.scenario("USG-11 JCN-08 PLN-06", lanes=1)
def the_usage_of_an_instance(s: Play) -> None:
    """It has that of its sessions and batches, and deleting a job gives nothing back."""
    for one in (s.session(), s.batch()):
        s.ended(s.run(one, 10))
        s.close(one)
        s.look()
    plain = s.run()
    s.ended(plain).ask("GET", "/v1/instances/usage")
    s.delete_job(plain)
    s.ask("GET", "/v1/instances/usage")


@ASKING.scenario("PLN-11")
def searches_for_tags(s: Play) -> None:
    """Two characters are too few."""
    s.run(tags=["one"])
    s.ask("GET", "/v1/tags?type=job&search=one")
    s.ask("GET", "/v1/tags?type=job&search=on")
    s.ended()


@ASKING.scenario("RST-04 RST-05 RST-07")
def nobody_asks(s: Play) -> None:
    """For what is not there, or without a token, or without an instance, there is an error."""
    s.ask("GET", f"/v1/sessions/{NOBODY}")
    for header in ("Authorization", "Service-CRN"):
        s.ask("GET", "/v1/jobs", without=header)
    s.list_jobs()


@ASKING.scenario("PLN-09", policy={"max_payload_bytes": 2_000})
def a_submit_that_is_too_large(s: Play) -> None:
    """It is refused for its size, and a smaller one is not."""
    s.run()
    s.run(tags=["x" * 80] * 8, log_level="x" * 2_000)
    s.ended()
