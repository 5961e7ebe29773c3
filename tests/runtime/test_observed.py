"""What is known of a run from its exchanges alone."""

from __future__ import annotations

from pytest_qruntime.runtime.observed import Observed
from tests.cassette.replay.tapes import said

OPENED = said(0, "POST /sessions", {"id": "s"}, sent={"mode": "dedicated"})
IN_A_BATCH = said(1, "POST /sessions", {"id": "b"}, sent={"mode": "batch"}, crn="crn:b")
SUBMITTED = said(2, "POST /jobs", {"id": "j"}, sent={"program_id": "sampler"})
SECOND = said(3, "POST /jobs", {"id": "k"}, sent={"program_id": "sampler"}, crn="crn:b")


def test_what_was_created_is_known_in_its_order_with_its_instance() -> None:
    observed = Observed()
    for exchange in (IN_A_BATCH, OPENED, SUBMITTED, SECOND):
        observed.note(exchange)
    assert observed.opened == (("b", "batch", "crn:b"), ("s", "dedicated", "crn:a"))
    assert observed.submitted == (("j", "crn:a"), ("k", "crn:b"))
    assert observed.exchanges == (IN_A_BATCH, OPENED, SUBMITTED, SECOND)


def test_a_session_that_was_opened_without_a_mode_is_a_session() -> None:
    observed = Observed()
    observed.note(said(0, "POST /sessions", {"id": "s"}, sent={}))
    assert observed.opened == (("s", "dedicated", "crn:a"),)


def test_what_was_refused_or_only_looked_at_was_not_created() -> None:
    observed = Observed()
    observed.note(said(0, "POST /sessions", {"errors": []}, 400, sent={}))
    observed.note(said(0, "POST /jobs/x/cancel", status=204))
    observed.note(said(0, "GET /jobs/x", {"id": "x"}))
    observed.note(said(0, "POST https://iam.cloud.ibm.com/identity/token", {"access_token": "x", "id": "y"}))
    assert (observed.opened, observed.submitted) == ((), ())


def test_a_deleted_job_is_no_longer_there_and_one_whose_deletion_failed_is() -> None:
    observed = Observed()
    for exchange in (SUBMITTED, SECOND, said(4, "DELETE /jobs/j", status=204), said(4, "DELETE /jobs/k", status=409)):
        observed.note(exchange)
    assert [one.id for one in observed.submitted] == ["k"]
