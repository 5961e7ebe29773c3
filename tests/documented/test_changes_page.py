"""The page "Execution modes changes": its blocks, and how it says that usage is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from pytest_qruntime import QRuntime
from tests.documented import batch_page, changes_page, given, session_page
from tests.documented.conftest import Start
from tests.documented.play import Play

pytestmark = pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning")


def jobs_by_tag(qruntime: QRuntime) -> Counter[str]:
    """How many jobs each of the two optimisers submitted; every job has one tag."""
    return Counter(tag for job in qruntime.jobs() for [tag] in [job.tags])


def test_a_job_tells_its_qpu_time(qruntime: QRuntime, start: Start) -> None:
    qruntime.next_jobs(classical="1m", quantum="10s")
    play = start(session_page.CLOSE_CONTEXT).run()
    assert start(changes_page.QPU_TIME, job=play["job1"]).run()["_"] == 10


@pytest.mark.qruntime(policy={"legacy_usage_keys": True})
def test_a_service_with_the_old_keys_takes_the_block_as_it_is_printed(kind: str, way: str) -> None:
    names = given.names(kind)
    names["job"] = names["Sampler"](mode=names["backend"]).run([names["sampler_circuit"]])
    assert isinstance(Play(changes_page.QPU_TIME, kind, names, printed=True).run()["_"], int)


def test_usage_is_wall_clock_time_in_a_session_and_qpu_time_in_a_batch_and_in_job_mode(
    qruntime: QRuntime, start: Start
) -> None:
    qruntime.next_jobs(None, classical="20s", quantum="10s")
    session = start(session_page.CLOSE).run()["session"]
    assert session.usage() == pytest.approx(40, abs=1)  # prepared together, one after the other on the QPU
    batch = start(batch_page.CLOSE).run()["batch"]
    assert batch.usage() == 20
    names = start(session_page.SET_UP).names
    job = names["Sampler"](mode=names["backend"]).run([names["sampler_circuit"]])
    job.wait_for_final_state()
    assert job.usage() == 10


def test_two_optimisers_in_threads_share_a_session(qruntime: QRuntime, start: Start) -> None:
    play = start(session_page.THREADS).run()
    [session] = qruntime.workloads()
    assert {job.session_id for job in qruntime.jobs()} == {session.session_id}
    evaluations = {"cobyla": play["cobyla_result"].nfev, "nelder-mead": play["nelder_mead_result"].nfev}
    assert jobs_by_tag(qruntime) == evaluations
    assert session.status() == "Closed"


def test_two_optimisers_one_after_the_other_share_a_session(qruntime: QRuntime, start: Start) -> None:
    start(changes_page.THREADS).run()
    [session] = qruntime.workloads()
    tags = [tag for job in qruntime.jobs() for tag in job.tags]
    assert tags == ["cobyla"] * tags.count("cobyla") + ["nelder-mead"] * tags.count("nelder-mead")
    assert tags[0] != tags[-1]
    assert session.status() == "Closed"


def test_five_hundred_circuits_are_five_jobs_of_a_batch(qruntime: QRuntime, start: Start) -> None:
    play = start(changes_page.PARTITION).run()
    [batch] = qruntime.workloads()
    assert batch.status() == "In progress, not accepting new jobs"
    assert [len(job.result()) for job in play["jobs"]] == [100] * 5
    assert {job.session_id for job in qruntime.jobs()} == {batch.session_id}
    assert batch.status() == "Closed"
