"""What a client sees of a recording does not depend on how often it looks."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.scrub import Scrubber
from tests.cassette.replay.stages import FINAL, Client, Story, play, recorded, replayed


def graceful_close(client: Client) -> None:
    session = client.open()
    first, second = client.submit(session, "first"), client.submit(session, "second")
    client.wait(first)
    client.close(session)
    client.poll(lambda: client.session(session) == "closed")
    assert client.job(second) == "Completed"


def cancel_with_queued_jobs(client: Client) -> None:
    session = client.open()
    jobs = [client.submit(session, name) for name in ("first", "second", "third")]
    client.wait(jobs[0])
    client.cancel(session)
    client.wait(*jobs)
    assert client.job(jobs[2]) == "Failed"


def max_ttl(client: Client) -> None:
    session = client.open(max_ttl=100)
    jobs = [client.submit(session, f"number {number}") for number in range(5)]
    client.poll(lambda: client.session(session) == "closed" and all(client.job(job) in FINAL for job in jobs))
    assert client.job(jobs[4]) != "Completed"


def interactive_ttl_and_reactivation(client: Client) -> None:
    session = client.open()
    client.wait(client.submit(session, "first"))
    client.poll(lambda: client.session(session) == "inactive")
    second = client.submit(session, "second")
    client.wait(second)
    assert client.session(session) == "active"
    client.close(session)
    client.poll(lambda: client.session(session) == "closed")


def unused_auto_close(client: Client) -> None:
    session = client.open()
    client.poll(lambda: client.session(session) == "closed")


def batch_of_three(client: Client) -> None:
    batch = client.open("batch")
    jobs = [client.submit(batch, name) for name in ("first", "second", "third")]
    client.poll(lambda: not [job for job in jobs if client.results(job) != 200])
    client.close(batch)
    client.poll(lambda: client.session(batch) == "closed")


def failed_job(client: Client) -> None:
    job = client.submit(None, "broken", circuit="OPENQASM 3.0; nonsense")
    client.wait(job)
    assert client.job(job) == "Failed"
    assert client.ask("GET", f"/jobs/{job}/logs").status_code == 200


def private_job(client: Client) -> None:
    job = client.submit(None, "secret", private=True)
    client.poll(lambda: client.results(job) == 200)
    assert client.results(job) == 404
    assert client.results(job) == 404


def open_plan_refusal(client: Client) -> None:
    refused = client.ask("POST", "/sessions", {"mode": "dedicated", "backend": "fake_backend"})
    assert refused.status_code == 400
    client.wait(client.submit(None, "alone"))


class Lifecycle(NamedTuple):
    story: Story
    every_s: float = 5
    plan: str = "premium"


LIFECYCLES = [
    Lifecycle(graceful_close),
    Lifecycle(cancel_with_queued_jobs),
    Lifecycle(max_ttl),
    Lifecycle(interactive_ttl_and_reactivation),
    Lifecycle(unused_auto_close, every_s=600),
    Lifecycle(batch_of_three),
    Lifecycle(failed_job),
    Lifecycle(private_job),
    Lifecycle(open_plan_refusal, plan="open"),
]
each = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=[one.story.__name__ for one in LIFECYCLES])


@each
@pytest.mark.parametrize("client", ["httpx", "requests"])
def test_the_same_client_gets_the_same_bytes_at_the_same_instants(lifecycle: Lifecycle, client: str) -> None:
    live, tape = recorded(lifecycle.story, lifecycle.every_s, plan=lifecycle.plan)

    again, deck = replayed(lifecycle.story, tape, lifecycle.every_s, client)

    assert again.raw == live.raw
    assert (deck.unused(), deck.unmatched) == ([], [])


@each
def test_a_recording_replays_from_its_file(lifecycle: Lifecycle, tmp_path: Path) -> None:
    live, tape = recorded(lifecycle.story, lifecycle.every_s, plan=lifecycle.plan)
    save(tape, tmp_path / "tape.yaml")

    again, deck = replayed(lifecycle.story, load(tmp_path / "tape.yaml"), lifecycle.every_s)

    assert again.raw == live.raw
    assert (deck.unused(), deck.unmatched) == ([], [])


@each
def test_a_scrubbed_recording_replays_for_a_client_that_sends_what_was_scrubbed(lifecycle: Lifecycle) -> None:
    live, tape = recorded(lifecycle.story, lifecycle.every_s, plan=lifecycle.plan)
    deck = Deck(Scrubber().tape(tape), scrub=Scrubber().exchange)

    again = play(lifecycle.story, deck, deck.world, lifecycle.every_s)

    assert [(look.at_s, look.gist) for look in again.seen] == [(look.at_s, look.gist) for look in live.seen]
    assert (deck.unused(), deck.unmatched) == ([], [])


@each
@pytest.mark.parametrize("times_less", [2, 5, 10])
def test_a_client_that_polls_less_often_sees_what_it_would_see_live(lifecycle: Lifecycle, times_less: int) -> None:
    live, _ = recorded(lifecycle.story, lifecycle.every_s * times_less, plan=lifecycle.plan)
    _, tape = recorded(lifecycle.story, lifecycle.every_s, plan=lifecycle.plan)

    seldom, deck = replayed(lifecycle.story, tape, lifecycle.every_s * times_less)

    assert seldom.seen == live.seen
    assert deck.unmatched == []


@each
@pytest.mark.parametrize("times_more", [2, 5, 10])
def test_a_client_that_polls_more_often_sees_the_same_changes_at_the_same_instants(
    lifecycle: Lifecycle, times_more: int
) -> None:
    live, tape = recorded(lifecycle.story, lifecycle.every_s, plan=lifecycle.plan)

    often, deck = replayed(lifecycle.story, tape, lifecycle.every_s / times_more)

    assert often.changes == live.changes
    assert len(often.seen) > len(live.seen)
    assert (deck.unused(), deck.unmatched) == ([], [])
