"""What a test decides about what happens: what becomes of jobs, and what other users do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Literal

from pytest_qruntime.client import BackendLike, Duration, Workload
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.given import whole_seconds
from pytest_qruntime.clock import seconds_of
from pytest_qruntime.model import ClockError, ConfigurationError, Durations, Failure, JobScript
from pytest_qruntime.model.errors import whole_number
from pytest_qruntime.model.events import ARRANGED, ARRIVAL
from pytest_qruntime.runtime.premises import Premises

__tracebackhide__ = hidden

FAILED: Final = "The job was made to fail by the test."


class Staging(Premises):
    """The stage of a test: what the service has, and does without being asked by the code under test."""

    def next_jobs(
        self,
        times: int | None = 1,
        *,
        classical: Duration | None = None,
        quantum: Duration | None = None,
        code: int | None = None,
        reason: str | None = None,
        solution: str = "",
        blame: Literal["user", "system"] = "user",
        runs_too_long: bool = False,
        backend: BackendLike | None = None,
        session: str | Workload | None = None,
        program: str | None = None,
        tag: str | None = None,
    ) -> None:
        """Decide what becomes of the next `times` jobs that are submitted (None: of every one from now on).

        Args:
            times: how many of the jobs that match.
            classical, quantum: how long they take, as ``"25m"``, seconds or a timedelta; if only one is given, the
                other is zero.
            code, reason, solution, blame: they fail with this code at the end of their QPU time; a fault of the
                ``"system"`` is not charged, one of the ``"user"`` is (USG-07).
            runs_too_long: they need more QPU time than their limit and are stopped with code 1305 (MXT-03).
            backend, session, program, tag: only jobs that match; `session` is a session or batch, or its id.

        Of several decisions that match a job, the first one counts. Raises `ConfigurationError` for values that make no
        sense, alone or together.
        """
        _check_decision(times, code, reason, [classical, quantum], runs_too_long)
        failure = None
        if code is not None:
            failure = Failure(code=code, reason=reason or FAILED, solution=solution, blame=blame)
        script = JobScript(
            times=times,
            backend=None if backend is None else self._known(backend),
            workload=None if session is None else self._known_session(session),
            program=program,
            tag=tag,
            durations=_durations(classical, quantum),
            failure=failure,
            runs_too_long=runs_too_long,
        )
        with self.world.lock:
            self.world.script(script)

    def other_users(
        self,
        jobs: int = 1,
        *,
        classical: Duration = 0,
        quantum: Duration = 60,
        after: Duration | None = None,
        backend: BackendLike | None = None,
    ) -> None:
        """Other users submit so many plain jobs, now or `after` some time; they queue and hold lanes like any job.

        Args:
            jobs: how many.
            classical, quantum: how long each one takes, as ``"25m"``, seconds or a timedelta.
            after: how long from now they are submitted; None: now.
            backend: where; None: on the default backend.
        """
        whole_number("jobs", jobs, minimum=1)
        where = self._known(backend)
        load = {"classical_s": _seconds("classical", classical), "quantum_s": _seconds("quantum", quantum)}
        with self.world.lock:
            for _ in range(jobs):
                self.world.add_load(where, **load, at_us=self._at_us(after))

    def limit_usage(self, limit: Duration | None, *, after: Duration | None = None) -> None:
        """The instance may use so much in 28 days (None: as much as it likes), from now on or `after` some time.

        0 takes away whatever is left. Once the limit is reached, work stays queued, and active sessions and batches go
        on (PLN-04); the Open plan refuses jobs.

        Args:
            limit: as ``"25m"``, seconds or a timedelta; whole seconds.
            after: how long from now; None: now.
        """
        seconds = None if limit is None else whole_seconds(limit, what="limit")
        if after is None:
            with self.world.lock:
                self.world.limit_usage(self.world.instance, seconds)
        else:
            self.at(after, partial(self.limit_usage, limit))

    def at(self, after: Duration, happens: Callable[[], object]) -> None:
        """Let something happen `after` some time: ``qruntime.at("10m", lambda: qruntime.fail("refused", times=None))``.

        Args:
            after: how long from now, as ``"25m"``, seconds or a timedelta.
            happens: a function without arguments, called when it is that time, as the last event of its instant. It may
                stage whatever `qruntime` can; it cannot move time.
        """
        if not callable(happens):
            raise ConfigurationError(f"what happens is {happens!r}; expected a function without arguments")
        at_us = self._at_us(after)
        assert at_us is not None
        with self.world.lock:
            self.world.events.add(
                at_us, ARRIVAL, self._happen, happens, "does what the test has arranged", ARRANGED, "qruntime.at"
            )

    def _happen(self, happens: Callable[[], object]) -> None:
        now_us = self.world.now_us
        happens()
        if self.world.now_us != now_us:
            raise ClockError(
                "what qruntime.at arranged has moved time, while time was moving already; arrange the rest with "
                "another qruntime.at"
            )

    def _known_session(self, session: str | Workload) -> str:
        session_id = session.session_id if isinstance(session, Workload) else session
        if session_id not in self.world.workloads:
            raise ConfigurationError(
                f"session is {session!r}; expected one of the sessions and batches that exist, or its id"
            )
        return session_id


def _check_decision(
    times: int | None, code: int | None, reason: str | None, durations: list[Duration | None], runs_too_long: bool
) -> None:
    """Raise `ConfigurationError`, in the words of `next_jobs`, for a decision that decides nothing or too much."""
    whole_number("times", times, minimum=1, optional=True)
    if reason is not None and code is None:
        raise ConfigurationError(f"next_jobs() has the reason {reason!r} and no code; a job that fails has a code")
    if code is not None and runs_too_long:
        raise ConfigurationError("next_jobs() has a code and runs_too_long=True; a job ends in one way, call it twice")
    if code is None and not runs_too_long and all(duration is None for duration in durations):
        raise ConfigurationError(
            "next_jobs() decides nothing; give classical or quantum (how long they take), code (they fail), or "
            "runs_too_long=True"
        )


def _durations(classical: Duration | None, quantum: Duration | None) -> Durations | None:
    if classical is None and quantum is None:
        return None
    return Durations.of(
        0 if classical is None else _seconds("classical", classical),
        0 if quantum is None else _seconds("quantum", quantum),
    )


def _seconds(what: str, duration: Duration) -> float:
    return seconds_of(duration, what=what)
