"""What happens to a service: what its users do, time, other users, and those who run it. Each rule is a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, precondition, rule

from pytest_qruntime.client import Batch, Duration, Job, JobTimeoutError, Session
from pytest_qruntime.machine.choices import of_the_class
from pytest_qruntime.machine.writing import acting

if TYPE_CHECKING:
    from pytest_qruntime.runtime import QRuntime

COMPLETED: Final = "completed"
FAILED: Final = "failed"
TOO_LONG: Final = "runs too long"


BACKEND: Final = of_the_class("_backend_names")
MAX_TIME: Final = of_the_class("max_times")
CLASSICAL: Final = of_the_class("classical_times")
QUANTUM: Final = of_the_class("quantum_times")
OUTCOME: Final = of_the_class("outcomes")
WAIT: Final = of_the_class("waits")


def _something_is_pending(machine: Any) -> bool:
    # no lambda: older versions of Hypothesis look for its source at each step
    return machine.qruntime.world.next_event_us() is not None


class Rules(RuleBasedStateMachine):
    """The rules that every machine begins with."""

    sessions = Bundle("sessions")
    jobs = Bundle("jobs")

    max_times: st.SearchStrategy[Duration | None] = st.sampled_from([None, "1m", "5m", "25m", "2h"])
    classical_times: st.SearchStrategy[Duration | None] = st.sampled_from([None, "1s", "5s", "30s"])
    quantum_times: st.SearchStrategy[Duration | None] = st.sampled_from([None, "5s", "20s", "1m", "10m"])
    outcomes: st.SearchStrategy[str] = st.sampled_from([COMPLETED, COMPLETED, COMPLETED, FAILED, TOO_LONG])
    waits: st.SearchStrategy[Duration] = st.sampled_from(["1s", "10s", "30s", "1m", "5m", "30m", "2h", "8h"])

    if TYPE_CHECKING:
        qruntime: QRuntime

        act: Callable[..., Any]

    # -- what a user of the service does -----------------------------------------------------------------------------

    @rule(target=sessions, max_time=MAX_TIME, backend=BACKEND)
    @acting
    def open_session(self, max_time: Duration | None, backend: str | None) -> Any:
        """Open a session."""
        return self._new(self.qruntime, "session", naming="session", backend=backend, max_time=max_time)

    @rule(target=sessions, max_time=MAX_TIME, backend=BACKEND)
    @acting
    def open_batch(self, max_time: Duration | None, backend: str | None) -> Any:
        """Open a batch."""
        return self._new(self.qruntime, "batch", naming="batch", backend=backend, max_time=max_time)

    @rule(target=jobs, session=sessions, classical=CLASSICAL, quantum=QUANTUM, outcome=OUTCOME)
    @acting
    def submit(
        self, session: Session | Batch, classical: Duration | None, quantum: Duration | None, outcome: str
    ) -> Any:
        """Submit a job to a session or batch."""
        self._decide(classical, quantum, outcome, session=session)
        return self._new(session, "run", naming="job")

    @rule(target=jobs, classical=CLASSICAL, quantum=QUANTUM, outcome=OUTCOME, backend=BACKEND)
    @acting
    def submit_plain(
        self, classical: Duration | None, quantum: Duration | None, outcome: str, backend: str | None
    ) -> Any:
        """Submit a job in job mode."""
        self._decide(classical, quantum, outcome)
        return self._new(self.qruntime, "run", naming="job", backend=backend)

    @rule(session=sessions)
    @acting
    def close(self, session: Session | Batch) -> None:
        """Close a session or batch."""
        self.act(session, "close")

    @rule(session=sessions)
    @acting
    def cancel(self, session: Session | Batch) -> None:
        """Cancel a session or batch."""
        self.act(session, "cancel")

    @rule(job=jobs)
    @acting
    def cancel_job(self, job: Job) -> None:
        """Cancel a job."""
        self.act(job, "cancel")

    @rule(job=jobs)
    @acting
    def delete_job(self, job: Job) -> None:
        """Delete a job."""
        self.act(job, "delete")

    @rule(job=jobs)
    @acting
    def wait_for(self, job: Job) -> None:
        """Wait for the end of a job, eight hours at most."""
        self.act(job, "wait_for_final_state", timeout="8h", passing=(JobTimeoutError,))

    # -- time --------------------------------------------------------------------------------------------------------

    @rule(duration=WAIT)
    @acting
    def let_time_pass(self, duration: Duration) -> None:
        """Let so much time pass."""
        self.act(self.qruntime, "clock.tick", duration)

    @precondition(_something_is_pending)
    @rule()
    @acting
    def pass_to_the_next_event(self) -> None:
        """Let time pass until something happens."""
        self.act(self.qruntime, "clock.wait_for_event")

    # -- everybody else ----------------------------------------------------------------------------------------------

    @rule(jobs=st.integers(1, 3), quantum=QUANTUM, after=WAIT, backend=BACKEND)
    @acting
    def let_others_submit(self, jobs: int, quantum: Duration | None, after: Duration, backend: str | None) -> None:
        """Other users submit jobs, after some time."""
        self.act(self.qruntime, "other_users", jobs, **_given(quantum=quantum, after=after, backend=backend))

    @rule(backend=BACKEND)
    @acting
    def pause_backend(self, backend: str | None) -> None:
        """A backend starts no more jobs."""
        self.act(self.qruntime.backend(backend), "set_status", "paused")

    @rule(backend=BACKEND)
    @acting
    def bring_backend_back(self, backend: str | None) -> None:
        """A backend starts jobs again."""
        self.act(self.qruntime.backend(backend), "set_status", "online")

    @rule(lasting=WAIT, after=WAIT, backend=BACKEND)
    @acting
    def plan_maintenance(self, lasting: Duration, after: Duration, backend: str | None) -> None:
        """A backend will be in maintenance for some time."""
        self.act(self.qruntime, "maintenance", lasting, **_given(after=after, backend=backend))

    @rule(after=WAIT, backend=BACKEND)
    @acting
    def plan_calibration(self, after: Duration, backend: str | None) -> None:
        """A backend will be calibrated."""
        self.act(self.qruntime, "calibrate", **_given(after=after, backend=backend))

    # ------------------------------------------------------------------------------------------------------------------

    def _new(self, receiver: object, path: str, *given: Any, naming: str, **named: Any) -> Any:
        """What the service made; nothing if it refused."""
        made = self.act(receiver, path, *given, naming=naming, **_given(**named))
        return multiple() if made is None else made

    def _decide(self, classical: Duration | None, quantum: Duration | None, outcome: str, **whose: Any) -> None:
        decided = _given(
            classical=classical,
            quantum=quantum,
            code=1517 if outcome == FAILED else None,
            runs_too_long=True if outcome == TOO_LONG else None,
        )
        if decided:
            self.act(self.qruntime, "next_jobs", **decided, **whose)


def _given(**named: Any) -> dict[str, Any]:
    return {name: value for name, value in named.items() if value is not None}
