"""Contracts that judge what was answered: the fake's face keeps them all, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.derive.documents import parsed
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.contracts import BROKEN, NOT_EXERCISED, Report, Terms, check
from pytest_qruntime.contracts.catalogue import OF_ANSWERS
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.model import PLANS, Durations, JobRequest, JobScript, Policy, World
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories.asking import ASKING
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request
from tests.cassette.derive.telling import SESSION, close, derived, error, look, open_at, submit
from tests.cassette.replay.stages import HEADERS
from tests.cassette.replay.tapes import said, tape
from tests.cassette.replay.test_any_lifecycle import ACTIONS, Action, Player

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)
POLICIES = st.builds(
    Policy,
    queued_on_end=st.sampled_from(["failed", "cancelled"]),
    idle_close=st.sampled_from(["immediate", "lazy"]),
    closing_state=st.sampled_from(["closed", "pending_closed"]),
    active_ttl_report=st.sampled_from(["max", "remaining"]),
    batch_ittl=st.sampled_from(["documented", "literal", "consistent"]),
    cancel_closed=st.sampled_from([204, 404, 409]),
    delete_nonterminal=st.sampled_from(["reject", "allow"]),
    legacy_usage_keys=st.booleans(),
    ran_too_long=st.sampled_from(["coded", "uncoded", "status_string"]),
    session_usage=st.sampled_from(["windows", "span"]),
    open_plan_session=st.sampled_from(["error", "job_mode"]),
    max_ttl_from=st.sampled_from(["start", "open"]),
)
PLAN = st.sampled_from([PLANS["premium"], PLANS["open"], PLANS["premium"].but(usage_limit_s=25, session_ittl_s=30)])
OFTEN = [Action(at_s, what, number) for at_s in (50, 310) for what in ("delete", "delete") for number in (0, 1)]


class Asker(Player):
    """Asks for everything that there is, and for what there is not."""

    def _paths(self) -> Iterator[str]:
        yield from super()._paths()
        yield from ("/workloads?limit=3", "/instances/usage", "/sessions/none", "/jobs/none", "/jobs?session_id=none")
        yield from (f"/jobs/{job}/results" for job in self.jobs)
        yield from (f"/jobs?session_id={session}" for session in self.sessions)
        yield from (
            "/jobs?pending=true",
            "/jobs?pending=false&limit=1&offset=1",
            "/jobs?tags=a&tags=b",
            "/jobs?tags[]=a",
        )

    def _delete(self, number: int) -> None:
        if number < len(self.jobs):
            self._ask("DELETE", f"/jobs/{self.jobs[number]}")

    def _ask(self, method: str, path: str, document: Any = None) -> tuple[int, bytes]:
        path, _, query = path.partition("?")
        headers = {name.lower(): value for name, value in HEADERS.items()} | {"ibm-api-version": "2026-04-15"}
        body = b"" if document is None else to_json(document)
        answer = self.handler.handle(Request(method, "quantum.cloud.ibm.com", f"/api/v1{path}", query, headers, body))
        return answer.status, answer.body


def _ten_seconds(_: JobRequest) -> Durations:
    return Durations.of(10, 10)


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([10, 30]), POLICIES, PLAN, st.booleans())
def test_the_face_of_the_fake_breaks_no_contract(
    actions: list[Action], lanes: int, grid_s: int, policy: Policy, plan: Any, too_long: bool
) -> None:
    world = World(lanes=lanes, policy=policy, plan=plan, durations=_ten_seconds)
    world.add_backend("fake_backend")
    if too_long:
        world.script(JobScript(runs_too_long=True))
    taping = Taping(Service(world), world)
    Asker(taping, world).play(sorted([*actions, *OFTEN], key=lambda one: one.at_s), grid_s)

    plans = {name: one.plan for name, one in world.instances.items()}
    report = check(derive(taping.tape()), terms=Terms(policy=policy, plans=plans, alone=True))

    assert report.ids(BROKEN) == [], "\n".join(report.describe(finding) for finding in report.broken)


def judged(*exchanges: Exchange) -> Report:
    return check(derived(*exchanges), terms=Terms(alone=True))


def test_what_was_said_again_is_not_judged_again_until_something_is_asked_for() -> None:
    once = judged(open_at(0), look(1))
    often = judged(open_at(0), *(look(at_s) for at_s in range(1, 9)))
    after = judged(open_at(0), look(1), close(2), look(3), look(4))

    assert often["STS-05"].cases == once["STS-05"].cases == 1
    assert after["STS-05"].cases == 2


def test_on_a_real_clock_an_answer_may_be_older_than_it_looks() -> None:
    def verdict(at_s: float) -> str:
        late = look(at_s, state="active", accepting_jobs=True)
        return check(derive(tape(open_at(0), submit(1), close(5), late))).verdict("CLS-02")

    assert [verdict(at_s) for at_s in (4, 6, 9)] == [NOT_EXERCISED, NOT_EXERCISED, BROKEN]


def test_an_instance_may_have_times_of_its_own() -> None:
    told = {"max_ttl": 7200, "interactive_ttl": 600}
    opened = replace(open_at(0, **told), request_body=b'{"mode":"dedicated"}')
    premium = Terms(plans={"mine": PLANS["premium"]})

    unknown, known = check(derived(opened)), check(derived(opened), terms=premium)
    assert [unknown.verdict(name) for name in ("OPN-13", "PLN-03")] == [NOT_EXERCISED, NOT_EXERCISED]
    assert [known.verdict(name) for name in ("OPN-13", "PLN-03")] == [BROKEN, BROKEN]


def test_a_break_shows_the_exchange_in_short() -> None:
    report = judged(open_at(0), look(1, state="resting"), look(2, state="open"))
    told = report.describe(report["STS-05"])

    assert "exchange 1" in told
    assert "    >          1 s  request.answered    operation=read session status=200 exchange=1" in told
    assert told.count("request.answered") == 1


def test_facts_have_the_answers_of_an_operation_in_their_order() -> None:
    refused = said(3, "POST /jobs", sent={"session_id": SESSION}, **error(400, 1217, "Session has been closed."))
    facts = read(derived(open_at(0), submit(1), close(2), refused), Terms())

    assert [answer.operation for answer in facts.answered("submit", "close", "open")] == [
        *("open", "submit", "close", "submit")
    ]
    assert [answer.accepted for answer in facts.answered("submit")] == [True, False]
    assert facts.answered("submit")[1].error["code"] == 1217
    assert [answer.no for answer in facts.answered("usage")] == []
    assert len(facts.only(SESSION).answers) == 4
    assert facts.only("another").answers == []


def test_the_fakes_own_trace_exercises_none_of_them() -> None:
    world = World()
    world.add_backend("fake_backend")
    world.open("dedicated", backend="fake_backend")
    report = check(world.trace, terms=Terms.of(world))

    assert len(OF_ANSWERS) > 35
    assert [name for name in OF_ANSWERS if report[name].cases] == []


WEIRD: list[Any] = [None, [], {}, "x", 5, -1.5, True, [[]], [{}], {"a": []}, "", {"status": []}, {"id": {}}, 10**30]


def mangled(random: Random, found: Any) -> Any:
    """A document of which one part is another thing."""
    if random.random() < 0.8 and isinstance(found, (dict, list)) and found:
        where = random.choice(list(found)) if isinstance(found, dict) else random.randrange(len(found))
        part = mangled(random, found[where]) if random.random() < 0.5 else random.choice(WEIRD)
        return {**found, where: part} if isinstance(found, dict) else [*found[:where], part, *found[where + 1 :]]
    return random.choice(WEIRD)


def altered(random: Random, exchange: Exchange) -> Exchange:
    asked, told = parsed(exchange.request_body), parsed(exchange.response_body)
    if random.random() < 0.3:
        exchange = replace(exchange, response_body=to_json(mangled(random, told)))
    if random.random() < 0.1:
        exchange = replace(exchange, request_body=to_json(mangled(random, asked)))
    return replace(exchange, status=random.choice([204, 404, 500])) if random.random() < 0.05 else exchange


@pytest.mark.parametrize("story", ASKING.all, ids=lambda story: story.name.replace(" ", "_"))
def test_what_is_no_document_of_the_service_breaks_rules_and_no_judge(story: Story) -> None:
    stage, random = story.stage(), Random(story.name)
    story.tell(stage)
    whole, broken = stage.taping.tape(), set()
    for _ in range(15):
        exchanges = tuple(altered(random, one) for one in whole.exchanges)
        report = check(derive(Tape(whole.provenance, exchanges)), terms=stage.terms())
        assert all(report.describe(finding) for finding in report.broken)
        broken |= set(report.ids(BROKEN))
    assert broken & OF_ANSWERS
