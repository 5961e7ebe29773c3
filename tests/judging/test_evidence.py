"""What a strict run listens to."""

from __future__ import annotations

from pytest_qruntime import QRuntime, world
from pytest_qruntime.contracts import HOLDS, check
from pytest_qruntime.judging.evidence import Listening, evidence
from pytest_qruntime.model.trace import REQUEST_ANSWERED


def test_what_clients_ask_and_are_told_is_a_trace_of_its_own(qruntime: QRuntime) -> None:
    listening = Listening(qruntime)
    with qruntime.session() as session:
        session.run().result()
    listening.end()
    qruntime.session().close()

    own, heard = evidence(qruntime, {}, listening)
    assert own.trace.complete
    assert {event.data["operation"] for event in heard.trace if event.kind == REQUEST_ANSWERED} >= {"open", "close"}
    assert len(heard.trace.where(kind="workload.opened")) == 1  # nobody listened any more
    for contract in ("OPN-03", "RST-02"):
        assert check(heard.trace, terms=heard.terms).verdict(contract) == HOLDS
    assert "handle" not in vars(qruntime.service)


def test_the_plan_of_several_instances_is_not_guessed(qruntime: QRuntime) -> None:
    listening = Listening(qruntime)
    qruntime.instance("lab", plan="open")
    listening.end()
    assert listening.heard().terms.plans == {}


def test_a_refused_request_for_heads_alone_has_no_error_in_it(qruntime: QRuntime) -> None:
    listening = Listening(qruntime)
    assert qruntime.http.head("/v1/sessions/unknown").status_code == 405
    listening.end()
    heard = listening.heard()
    assert check(heard.trace, terms=heard.terms).broken == []


def test_what_is_heard_is_judged_by_the_policy_that_the_world_has() -> None:
    with world(policy={"batch_ittl": "consistent"}) as swept:
        listening = Listening(swept)
        swept.batch().close()
        listening.end()
        _, heard = evidence(swept, {}, listening)
    assert check(heard.trace, terms=heard.terms).verdict("PLN-02") == HOLDS
