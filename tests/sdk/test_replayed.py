"""The real client on a recording: it finds its account there, and waits on the recorded clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, RuntimeJobTimeoutError, Session

from pytest_qruntime import NothingPendingError, QRuntime
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.runtime.surface import Surface
from pytest_qruntime.sdk import own_service
from tests.runtime.recordings import ended_after, left, recorded, replayed
from tests.sdk.client import bell, estimator, sampler, submit, zz
from tests.sdk.needs import at_least, because
from tests.sdk.test_primitives import PRIMITIVES

THEIRS = "crn:v1:bluemix:public:quantum-computing:us-east:a/bbbb4efa4efa4efa4efa4efa4efa4efa:31111111-2222::"
KEY = "k3y" * 13 + "Other"
HAS_INTERVAL = at_least("0.47")


def hours(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, classical="10m", quantum="20m")


def in_a_session(service: QiskitRuntimeService) -> Any:
    """Two jobs in a session, from its opening to its end."""
    with Session(service.backend("fake_manila"), max_time="2h") as session:
        jobs = [submit(session) for _ in range(2)]
        counts = [job.result()[0].data.meas.get_counts() for job in jobs]
    return [job.job_id() for job in jobs], counts, [job.usage() for job in jobs], session.status()


def plain(qruntime: Surface) -> Any:
    return in_a_session(QiskitRuntimeService(channel="ibm_quantum_platform", token=KEY, instance=qruntime.crn))


@pytest.fixture(scope="module")
def recording() -> tuple[Any, Tape]:
    """What `plain` saw on the fake, and its recording."""
    return recorded(plain, prepare=hours, backend="fake_manila")


Recording = tuple[Any, Tape]


def test_it_sees_what_it_saw(recording: Recording) -> None:
    seen, tape = recording
    again, runtime = replayed(plain, tape)
    assert (again, left(runtime)) == (seen, [])
    assert runtime.clock.world.now_us == 50 * 60 * 1_000_000


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"token": KEY, "instance": THEIRS}, id="the CRN of another account"),
        pytest.param({"token": KEY, "instance": "our-lab"}, id="the name of an instance"),
        pytest.param({"token": KEY}, id="no instance"),
        pytest.param({"name": "whatever"}, id="a saved account"),
        pytest.param({}, id="nothing"),
    ],
)
def test_it_may_be_made_in_any_way(recording: Recording, arguments: Mapping[str, str], users_file: Path) -> None:
    def story(_: Surface) -> Any:
        service = QiskitRuntimeService(**arguments)
        if "instance" in arguments:
            assert arguments["instance"] in (service.active_instance(), service.instances()[0]["name"])
        return in_a_session(service)

    seen, tape = recording
    assert replayed(story, tape)[0] == seen


@pytest.mark.parametrize("instance", [THEIRS, "our-lab"])
def test_it_may_be_made_by_the_environment(
    recording: Recording, instance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", KEY)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", instance)
    seen, tape = recording
    assert replayed(lambda _: in_a_session(QiskitRuntimeService()), tape)[0] == seen


def test_it_may_be_made_by_an_account_of_its_own_file(recording: Recording, tmp_path: Path) -> None:
    def story(_: Surface) -> Any:
        path = str(tmp_path / "accounts.json")
        QiskitRuntimeService.save_account(token=KEY, instance=THEIRS, filename=path, name="mine")
        return in_a_session(QiskitRuntimeService(filename=path, name="mine"))

    seen, tape = recording
    assert replayed(story, tape)[0] == seen


def test_the_fixture_has_it_ready(recording: Recording) -> None:
    seen, tape = recording
    assert replayed(lambda _: in_a_session(own_service()), tape)[0] == seen


def test_what_it_did_is_told(recording: Recording) -> None:
    (ids, *_), tape = recording
    _, runtime = replayed(plain, tape)
    assert [job.job_id() for job in runtime.jobs()] == ids
    assert [type(one).__name__ for one in runtime.workloads()] == ["Session"]


def test_instances_that_are_called_by_their_names_are_told_apart() -> None:
    def two(qruntime: Surface) -> Any:
        names = ["first", "second"] if qruntime.source == "fake" else ["one", "another"]
        services = [QiskitRuntimeService(token=KEY, instance=name) for name in names]
        return [submit(service.backend("fake_manila")).job_id() for service in services]

    def instances(qruntime: QRuntime) -> None:
        qruntime.instance("first")
        qruntime.instance("second", plan="flex")

    seen, tape = recorded(two, prepare=instances, backend="fake_manila")
    assert replayed(two, tape)[0] == seen


def test_the_names_that_a_recording_has_itself_are_taken_as_they_are() -> None:
    def story(qruntime: Surface) -> Any:
        names = [one["name"] for one in QiskitRuntimeService(token=KEY, instance=qruntime.crn).instances()]
        second, first = (QiskitRuntimeService(token=KEY, instance=names[number]) for number in (2, 1))
        return [submit(service.backend("fake_manila")).job_id() for service in (first, second)]

    def instances(qruntime: QRuntime) -> None:
        qruntime.instance("lab-1")
        qruntime.instance("lab-2")

    seen, tape = recorded(story, prepare=instances, backend="fake_manila")
    again, runtime = replayed(story, tape)
    assert again == seen
    submits = [one for one in tape.exchanges if one.method == "POST" and one.url.endswith("/jobs")]
    crns = [one.request_headers["service-crn"] for one in submits]
    assert [one.crn for one in runtime.account.observed.submitted] == crns


def test_primitives_with_parameters_and_batches_are_recognised() -> None:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    def story(qruntime: Surface) -> Any:
        angle, circuit = Parameter("angle"), QuantumCircuit(2)
        circuit.rz(angle, 0)
        circuit.sx(0)
        service = QiskitRuntimeService(token=KEY, instance=qruntime.crn)
        with Batch(service.backend("fake_manila")) as batch:
            first = estimator(batch).run([(circuit, zz(), [0.5])])
            second = sampler(batch).run([bell()], shots=100)
            return first.result()[0].data.evs.tolist(), second.result()[0].data.meas.get_counts()

    seen, tape = recorded(story, backend="fake_manila")
    assert replayed(story, tape)[0] == seen


@pytest.mark.parametrize("name", PRIMITIVES)
def test_the_jobs_of_every_primitive_are_recognised(name: str) -> None:
    """They are encoded anew, with other names and ids."""

    def story(qruntime: Surface) -> Any:
        service = QiskitRuntimeService(token=KEY, instance=qruntime.crn)
        job = PRIMITIVES[name].run(service.backend("fake_manila"))
        PRIMITIVES[name].check(job.result())
        return job.job_id()

    seen, tape = recorded(story, backend="fake_manila")
    assert replayed(story, tape)[0] == seen


@pytest.mark.parametrize("poll_s", [0.1, 1, 10, 100])
def test_a_wait_ends_at_the_poll_after_the_recorded_change(recording: Recording, poll_s: float) -> None:
    if not HAS_INTERVAL:
        pytest.skip(because("0.47.0", "poll_interval"))

    def story(qruntime: Surface) -> Any:
        service = QiskitRuntimeService(token=KEY, instance=qruntime.crn)
        with Session(service.backend("fake_manila"), max_time="2h") as session:
            jobs = [submit(session) for _ in range(2)]
            ends = []
            for job in jobs:
                job.wait_for_final_state(poll_interval=poll_s)
                ends.append((qruntime.clock.world.now_us, job.status()))
        return ends

    _, tape = recording
    assert replayed(story, tape)[0] == [(30 * 60 * 10**6, "DONE"), (50 * 60 * 10**6, "DONE")]


def test_a_wait_for_which_the_recording_is_too_short_says_so(recording: Recording) -> None:
    def story(qruntime: Surface) -> None:
        job = submit(Session(own_service().backend("fake_manila"), max_time="2h"))
        with pytest.raises(NothingPendingError, match="either it ends before the job does"):
            job.wait_for_final_state()

    replayed(story, ended_after(recording[1], 60))


def test_a_wait_ends_at_its_timeout_as_it_did() -> None:
    def story(qruntime: Surface) -> Any:
        job = submit(QiskitRuntimeService(token=KEY, instance=qruntime.crn).backend("fake_manila"))
        with pytest.raises(RuntimeJobTimeoutError):
            job.result(timeout=30)
        return qruntime.clock.now(), job.status()

    seen, tape = recorded(story, prepare=hours, backend="fake_manila")
    assert replayed(story, tape)[0] == seen
