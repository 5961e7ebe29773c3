"""What the fake itself answered has no drift: any lifecycle, scrubbed or not, with its settings or without."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.drift import drift
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.scrub import Scrubber
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.model import Durations, Failure, JobScript, Plan, Policy, World
from pytest_qruntime.rest import Service
from tests.cassette.drift.plays import EVERY_S, answer, none, story, taped, told
from tests.cassette.replay.stages import HEADERS, Client, play
from tests.cassette.replay.test_any_lifecycle import ACTIONS, GRID_S, Action, recorded

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.booleans())
def test_any_lifecycle_of_the_fake_has_no_drift(actions: list[Action], lanes: int, scrubbed: bool) -> None:
    _, tape = recorded(actions, GRID_S, lanes)
    tape = Scrubber({}).tape(tape) if scrubbed else tape

    assert none(drift(told(tape, {"lanes": lanes})))


# The later jobs waited for the first ones, which took longer than the fake itself would have made them.
WAITED = [(0, "submit", 1), (0, "submit", 1), (0, "open", 2), (20, "submit", 0), (30, "batch", 0), (100, "submit", 2)]
# The second job was cancelled before it came to the QPU, which the first one had.
CANCELLED = [(0, "batch", 0), (0, "submit", 2), (10, "submit", 2), (10, "submit", 1), (30, "cancel_job", 1)]
# The second job was cancelled at once and never ran: the only lane was busy.
BUSY = [(0, "batch", 1), (0, "submit", 0), (10, "submit", 0), (10, "cancel_job", 1), (310, "submit", 2)]


@BOUNDED
@example([Action(*action) for action in BUSY], 1)
@example([Action(*action) for action in WAITED], 2)
@example([Action(*action) for action in CANCELLED], 3)
@given(ACTIONS, st.integers(1, 3))
def test_nor_has_it_if_nobody_recorded_the_settings(actions: list[Action], lanes: int) -> None:
    _, tape = recorded(actions, GRID_S, lanes)

    assert none(drift(tape))


def test_who_waits_for_a_long_job_does_not_wait_for_other_users() -> None:
    _, tape = recorded([Action(*action) for action in WAITED], GRID_S, 2)

    assert not [sentence for sentence in drift(tape).staged if "other users" in sentence]


def of_world(story: Any, settings: dict[str, Any], *scripts: JobScript, **arguments: Any) -> Any:
    """The recording of a story in a world of its own durations."""
    world = World(**{name: value for name, value in settings.items() if name in ("seed", "lanes", "plan")}, **arguments)
    world.add_backend("fake_backend")
    for script in scripts:
        world.script(script)
    service = Service(world)
    service.accounts.register(world.instance, crn=HEADERS["Service-CRN"])
    taping = Taping(service, world)
    play(story, taping, world, EVERY_S)
    return told(taping.tape(), settings)


def test_ids_of_another_seed_are_followed_through_paths_queries_and_bodies() -> None:
    def follows(client: Client) -> None:
        session = client.open()
        jobs = [client.submit(session, name) for name in "abc"]
        client.ask("GET", f"/jobs?session_id={session}")
        client.ask("GET", f"/workloads?search={session}")
        client.ask("PUT", f"/jobs/{jobs[0]}/tags", {"tags": [f"after {jobs[1]}"]})
        client.wait(*jobs)
        client.cancel(session)
        client.ask("DELETE", f"/jobs/{jobs[0]}")
        client.ask("GET", f"/jobs/{jobs[0]}")

    def paged(client: Client) -> None:
        for number in range(5):
            client.submit(None, str(number))
            client.wait()
        page = client.ask("GET", "/workloads?limit=2").json()
        while "next" in page:
            page = client.ask("GET", "/workloads?" + page["next"]["href"].partition("?")[2]).json()

    for told_by in (follows, paged):
        assert none(drift(of_world(told_by, {"seed": 3})))
        assert none(drift(told(of_world(told_by, {"seed": 3}), {})))
        assert none(drift(told(of_world(told_by, {"seed": 3}), None)))


def test_what_a_test_decided_about_a_job_is_staged_and_said() -> None:
    def fails(client: Client) -> None:
        client.wait(client.submit(None, "fails"), client.submit(None, "long"), client.submit(None, "other", cost=9))

    tape = of_world(
        fails,
        {"lanes": 1},
        JobScript(failure=Failure(code=1234, reason="on purpose")),
        JobScript(durations=Durations.of(40, 20)),
        JobScript(runs_too_long=True),
    )

    result = drift(tape)

    assert none(result)
    assert [sentence.split(",")[0] for sentence in result.staged] == [
        "the job of interaction 0 fails with 1234",
        "the job of interaction 1 takes 40s and 20s on the QPU",
        "the job of interaction 2 takes 2.1s and 9.000001s on the QPU",
    ]


def test_nothing_is_staged_that_the_settings_explain() -> None:
    def waits(client: Client) -> None:
        client.wait(*[client.submit(None, name) for name in "abc"])

    result = drift(of_world(waits, {"lanes": 1}))

    assert none(result)
    assert result.staged == ()


def test_who_waited_for_whom_tells_how_many_lanes_there_were() -> None:
    def waits(client: Client) -> None:
        jobs = [client.submit(None, name) for name in "abcd"]
        client.wait(*jobs)
        for job in jobs:
            client.ask("GET", f"/jobs/{job}/metrics")

    result = drift(told(of_world(waits, {"lanes": 2}), None))

    assert none(result)
    assert result.staged == ()


def test_a_failure_that_only_the_fake_decides_on_is_not_staged() -> None:
    def runs(client: Client) -> None:
        client.wait(client.submit(None, "one"))

    def fails(document: Any) -> None:
        document["state"].update(status="Failed", reason="not ISA", reason_code=1517)

    tape = of_world(runs, {})
    lie = replace(tape, exchanges=(*tape.exchanges[:-1], answer(fails)(tape.exchanges[-1])))

    assert [finding.kind for finding in drift(lie).findings] == ["states"]
    assert drift(lie).staged == ()


def test_a_job_that_the_fake_itself_lets_fail_is_not_made_to_fail() -> None:
    def fails(client: Client) -> None:
        client.wait(client.submit(None, "bad", circuit="OPENQASM 3.0; nonsense"))

    result = drift(of_world(fails, {}))

    assert none(result)
    assert result.staged == ()


def test_other_users_are_staged_where_no_settings_are_recorded() -> None:
    def waits(client: Client) -> None:
        client.wait(client.submit(None, "a"))

    world = World(lanes=1)
    world.add_backend("fake_backend")
    world.add_load("fake_backend", classical_s=33)
    taping = Taping(Service(world), world)
    play(waits, taping, world, EVERY_S)

    result = drift(taping.tape())

    assert none(result)
    assert result.staged == ("the job of interaction 0 waits 34.876s for other users, as recorded",)
    assert not none(drift(told(taping.tape(), {"lanes": 1})))


@pytest.mark.parametrize("known", [True, False])
def test_a_plan_is_known_from_the_settings_or_from_a_refusal(known: bool) -> None:
    def refused(client: Client) -> None:
        body = {"mode": "dedicated", "backend": "fake_backend"}
        assert client.ask("POST", "/sessions", body).status_code == 400
        client.wait(client.submit(client.open("batch"), "one"))

    tape = of_world(refused, {"plan": "open"})

    assert none(drift(tape if known else told(tape, None)))
    assert not none(drift(told(tape, {"plan": "premium"})))


def test_a_plan_with_limits_of_its_own_is_made_again() -> None:
    plan = Plan.named("premium").but(pending_limit=2)

    def too_many(client: Client) -> None:
        client.wait(*[client.submit(None, name) for name in "ab"])
        for name in "cd":
            client.submit(None, name)
        assert client.ask("POST", "/jobs", {"program_id": "sampler", "backend": "fake_backend"}).status_code == 400

    settings = {"plan": {**asdict(plan), "modes": sorted(plan.modes)}}
    tape = told(of_world(too_many, {}, plan=plan), settings)

    assert none(drift(tape))
    assert not none(drift(told(tape, {})))


def test_empty_settings_tell_that_everything_was_the_default() -> None:
    def crowded(client: Client) -> None:
        client.wait(*[client.submit(None, name) for name in "abcdefg"])

    result = drift(of_world(crowded, {}))

    assert none(result)
    assert result.staged == ()


def test_policy_knobs_of_the_settings_hold() -> None:
    def cancels(client: Client) -> None:
        session = client.open()
        jobs = [client.submit(session, name) for name in "ab"]
        client.cancel(session)
        client.wait(*jobs)

    knobs = {"queued_on_end": "cancelled", "unused_autoclose": {"dedicated": 60}}
    tape = of_world(cancels, {"lanes": 1, "policy": knobs}, policy=Policy().but(**knobs))

    assert none(drift(tape))
    assert not none(drift(told(tape, {"lanes": 1})))


@pytest.mark.parametrize("settings", [{}, None])
def test_a_backend_that_was_not_there_is_not_there(settings: dict[str, Any] | None) -> None:
    def mistakes(client: Client) -> None:
        job = {"backend": "other_backend", "program_id": ""}
        assert client.ask("POST", "/jobs", job).status_code == 400
        assert client.ask("POST", "/jobs", {**job, "program_id": "sampler"}).status_code == 404
        assert client.ask("GET", "/backends/other_backend/status").status_code == 404
        assert client.ask("GET", "/backends/mock_backend/status").status_code == 200

    assert none(drift(told(of_world(mistakes, {}), settings)))


def test_results_of_a_private_job_are_there_once() -> None:
    def private(client: Client) -> None:
        job = client.submit(None, "secret", private=True)
        client.wait(job)
        assert [client.results(job), client.results(job)] == [200, 404]

    assert none(drift(of_world(private, {})))


def test_a_recording_that_was_saved_has_none_either(tmp_path: Any) -> None:
    save(Scrubber({}).tape(taped()), tmp_path / "it.yaml")

    assert none(drift(load(tmp_path / "it.yaml")))


def test_the_world_begins_at_the_start_of_the_settings() -> None:
    tape = told(taped(story), {"lanes": 1, "start": "2026-01-15T11:00:00Z"})

    assert none(drift(tape))
