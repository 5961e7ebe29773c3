"""Stories that a client tells the REST face: only what is answered shows whether the rules are kept."""

from __future__ import annotations

from pytest_qruntime.model import PLANS
from pytest_qruntime.mutants.face import HOST, Face
from pytest_qruntime.mutants.stage import Stories

ASKING = Stories(Face)
_LIMITED = PLANS["premium"].but(usage_limit_s=25)


@ASKING.story(lanes=1)
def a_session_that_is_looked_at(f: Face) -> None:
    """From its opening to after its closing."""
    session = f.open(instance="crn:any")
    f.look(session)
    first, second = f.run(session, 20), f.run(session, program="estimator")
    f.look_at(first, second)
    f.at(25).look(session)
    f.list("pending=true")
    f.look_at(first, second)
    f.at(40).look(session)
    f.at(120).look(session)
    third = f.run(session, 30)
    f.at(130).close(session)
    f.look(session)
    f.run(session)
    f.list(f"session_id={session}")
    f.at(200).look(session)
    f.close(session)
    f.look(session)
    f.look_at(first, second, third)
    f.list("pending=false&limit=2")
    f.list("pending=false&limit=2&offset=2")


@ASKING.story(lanes=1)
def sessions_that_are_cancelled(f: Face) -> None:
    """One while its jobs run and wait, the other before."""
    session, batch = f.open(max_ttl=100), f.open("batch", max_ttl=200)
    running, waiting = f.run(session, 50), f.run(session)
    other = f.run(batch)
    f.at(10).cancel(session)
    f.look(session, batch)
    f.cancel(session)
    f.look_at(running, waiting)
    f.at(20).cancel(batch)
    f.look(session, batch)
    f.at(60).look_at(running, waiting, other)
    f.at(70).close(session, accepting=True)
    f.look(session, batch)


@ASKING.story(lanes=1)
def the_max_ttl_ends_it(f: Face) -> None:
    """While a job runs and another waits; it was being closed."""
    session = f.open(max_ttl=40)
    jobs = [f.run(session, 30), f.run(session, 30), f.run(session, 30)]
    f.at(5).close(session)
    f.look(session)
    f.at(45).look(session)
    f.at(70).look(session)
    f.look_at(*jobs)


@ASKING.story(lanes=1)
def jobs_that_do_not_complete(f: Face) -> None:
    """One fails, one is cancelled, one is deleted, one is private."""
    failing, cancelled = f.run(None, tags=["fails"]), f.run(None, cost=60)
    f.ask("POST", f"/jobs/{cancelled}/cancel")
    deleted, private = f.run(None, 20), f.run(None, private=True)
    f.at(60).look_at(failing, cancelled, deleted, private)
    f.ask("GET", f"/jobs/{private}/results")
    f.ask("POST", f"/jobs/{deleted}/cancel")
    f.look()
    f.ask("DELETE", f"/jobs/{deleted}")
    f.look()
    f.look_at(deleted)
    f.ask("PUT", f"/jobs/{failing}/tags", {"tags": ["one", "two"]})
    f.ask("PUT", f"/jobs/{cancelled}/tags", {"tags": ["one"]})
    f.list()
    f.list("tags%5B%5D=one")
    f.list("tags=one&tags=two")
    f.ask("GET", "/tags", query="search=one")
    f.ask("GET", "/tags", query="search=on")


@ASKING.story(plan="open")
def on_the_open_plan(f: Face) -> None:
    """A session is refused, a batch is opened."""
    f.open()
    batch = f.open("batch")
    job = f.run(batch)
    f.at(5).look(batch)
    f.at(20).look_at(job)
    f.cancel(batch)
    f.look(batch)


@ASKING.story(lanes=2)
def a_batch_of_many_jobs(f: Face) -> None:
    """More than there are lanes."""
    batch = f.open("batch")
    jobs = [f.run(batch) for _ in range(7)]
    f.at(15).look(batch)
    f.close(batch)
    f.look(batch)
    f.at(100).look(batch)
    f.look_at(*jobs)
    f.list(f"session_id={batch}")


@ASKING.story(plan=_LIMITED)
def usage_up_to_the_limit(f: Face) -> None:
    """Of the instance."""
    f.look()
    session = f.open()
    f.run(session, 30)
    f.at(40).close(session)
    f.look(session)


@ASKING.story(allow_custom_ttl=True, active_ttl_report="remaining")
def times_to_live_of_ones_own(f: Face) -> None:
    """In order, and not."""
    f.open_for("25m")
    f.open(interactive_ttl=60, active_ttl=30, max_ttl=600)
    session = f.open(interactive_ttl=30, active_ttl=300, max_ttl=600)
    f.look(session)
    f.run(session, 20)
    f.at(10).look(session)
    f.at(25).look(session)


@ASKING.story(max_payload_bytes=2_000)
def requests_that_are_refused(f: Face) -> None:
    """For what they ask for, and for who asks."""
    f.run(None)
    f.run(None, log_level="debug", tags=["x" * 80] * 8, runtime="x" * 3_000)
    f.list("session_id=00000000-0000-4000-8000-000000000000")
    f.ask("GET", "/sessions/00000000-0000-4000-8000-000000000000")
    f.ask("GET", "/jobs", without="authorization")
    f.ask("GET", "/jobs", without="service-crn")
    f.ask("GET", "/jobs", host=f"eu-de.{HOST}")
    f.ask("GET", "/versions", without="authorization")
