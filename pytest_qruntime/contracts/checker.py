"""`ContractChecker`: what a test asks about the contracts, of everything that happened in it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from difflib import get_close_matches
from math import inf
from typing import Any, Final, cast

from pytest_qruntime.contracts import assertions
from pytest_qruntime.contracts.assertions import CLOSING, USAGE, Way
from pytest_qruntime.contracts.catalogue import CATALOGUE
from pytest_qruntime.contracts.catalogue import contract as found
from pytest_qruntime.contracts.checking import Report, check, judged
from pytest_qruntime.contracts.contract import Break, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.contracts.subjects import WorkloadFacts
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import ConfigurationError, QRuntimeError, Trace
from pytest_qruntime.model.errors import one_of
from pytest_qruntime.model.trace import WORKLOAD_SETTLED

_SAME_US: Final = 1_000  # what is left of a number of seconds when it was a float


def hidden(excinfo: Any) -> bool:
    """For pytest's `__tracebackhide__`: what fails is shown where the test calls us."""
    return issubclass(excinfo.type, AssertionError | QRuntimeError)


__tracebackhide__ = hidden


def check_id(contract_id: object) -> None:
    """Raise `ConfigurationError`, with the ids that are near, if there is no contract of that id."""
    if not any(one.id == contract_id for one in CATALOGUE):
        near = get_close_matches(str(contract_id).upper(), [one.id for one in CATALOGUE], n=5)
        meant = f"did you mean {', '.join(near)}?" if near else "ids are such as 'CAN-02'."
        raise ConfigurationError(
            f"there is no contract {contract_id!r}; {meant} All are in docs/reference/contracts.md"
        )


class ContractChecker:
    """The contracts, judged on what happened in a test so far.

    An assertion fails if a rule was broken, and also if nothing happened that shows it. `session` is a session or
    batch, or its id, of this client or the official one: only that one is looked at, instead of all of the test.

    Args:
        trace: gives what happened so far.
        terms: gives what is known of the service besides.
        watching: notes the calls of the official client in the trace, until the end of its block; None: nobody can.
    """

    def __init__(
        self,
        trace: Callable[[], Trace],
        terms: Callable[[], Terms],
        *,
        watching: Callable[[], AbstractContextManager[object]] | None = None,
    ) -> None:
        self._trace = trace
        self._terms = terms
        self._watching = watching

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Until the end of the block, see what the official client does, so that its rules (SDK) are judged.

        With the fixture `qiskit_runtime_service` that is so anyway; this is for code that makes its own service. Raises
        `ConfigurationError` if the client is not installed.
        """
        with nullcontext() if self._watching is None else self._watching():
            yield

    def check(self, trace: Trace | None = None) -> Report:
        """The verdict on every contract: holds, broken or not exercised; of another trace, if one is given."""
        if trace is None:
            return check(self._trace(), terms=self._terms())
        if not isinstance(trace, Trace):
            raise ConfigurationError(f"trace is {trace!r}; expected one such as qruntime.trace")
        return check(trace, terms=replace(self._terms(), now_us=None))

    def assert_holds(self, contract_id: str) -> None:
        """A contract was exercised and not broken. Raises `ConfigurationError` if there is none of that id."""
        check_id(contract_id)
        self._hold([contract_id], None, f"{contract_id} holds")

    def assert_no_submits_after_close(self, session: object = None) -> None:
        """Nobody tried to submit a job to what was closed or being closed, refused or not (SUB-02, SUB-03).

        Something has to have been closed.
        """
        facts = self._facts()
        only = _id(session, facts)
        workloads = _workloads(facts, only)
        rules = [found("SUB-02"), found("SUB-03")]
        report = judged(facts, rules, only)
        _fail_if_broken(report)
        if late := list(assertions.submitted_late(workloads)):
            head = "a job was submitted after its session or batch was closed"
            raise assertions.told(report, head, rules[0], late)
        if not any(one.ended or one.drainings for one in workloads):
            raise AssertionError(
                "nothing in this trace shows that there are no submits after a close: no session or batch was closed. "
                "Close it first, or leave its with block"
            )

    def assert_jobs_run_in_their_block(self, session: object = None) -> None:
        """The jobs that the official client submitted in the with block of a session or batch belong to it (SDK-04).

        A primitive that was made outside of the block runs in job mode, and queues for each job. Needs the fixture
        `qiskit_runtime_service`, or `watching()`.
        """
        facts, rule = self._facts(), found("SDK-04")
        only = _id(session, facts)
        calls = [one for one in facts.called("Primitive.run") if only in (None, one.block)]
        outcomes = list(assertions.submitted_in_blocks(calls))
        if not outcomes:
            what = "jobs run in the session of their with block"
            raise AssertionError(assertions.unexercised([found("SDK-01")], facts.trace, what))
        if strayed := [one for one in outcomes if isinstance(one, Break)]:
            head = "a job was submitted in the with block of a session or batch, and does not belong to it"
            raise assertions.told(judged(facts, [rule]), head, rule, strayed)

    def assert_submits_refused_after_close(self, session: object = None) -> None:
        """The service refused every submit to what was closed or being closed, and there was one (SUB-02, SUB-03)."""
        self._hold(["SUB-02", "SUB-03"], session, "submits are refused after a close")

    def assert_queued_jobs_fail_on_cancel(self, session: object = None) -> None:
        """The jobs that were queued when their session or batch was cancelled failed in that instant (CAN-02)."""
        self._hold(["CAN-02"], session, "queued jobs fail on cancel")

    def assert_running_jobs_finish_on_cancel(self, session: object = None) -> None:
        """The jobs that ran when their session or batch was cancelled ran to their end (CAN-03)."""
        self._hold(["CAN-03"], session, "running jobs finish on cancel")

    def assert_queued_jobs_fail_at_max_time(self, session: object = None) -> None:
        """The jobs that were queued at the max TTL of their session or batch failed in that instant (MAX-03)."""
        self._hold(["MAX-03"], session, "queued jobs fail at the max TTL")

    def assert_running_jobs_finish_at_max_time(self, session: object = None) -> None:
        """The jobs that ran at the max TTL of their session or batch ran to their end (MAX-04)."""
        self._hold(["MAX-04"], session, "running jobs finish at the max TTL")

    def assert_closed_automatically(self, session: object = None, *, by: Way | None = None) -> None:
        """Every session and batch was closed, and neither by a cancel nor by a limit of time or cost.

        Args:
            session: only this one.
            by: ``"close"``: at once, on ``close()`` or the end of its ``with`` block (CLS-06, CLS-08, CLS-09); ``"last
                job"``: with its last job after that (CLS-03); ``"unused"``: it got no job for half an hour (AUT-01).
                None: any of these.
        """
        if by is not None:
            one_of("by", by, tuple(CLOSING))
        ids = CLOSING[by] if by is not None else [name for names in CLOSING.values() for name in names]
        facts, rules = self._facts(), [found(name) for name in ids]
        workloads = _workloads(facts, _id(session, facts))
        now_us = facts.last_us if facts.terms.now_us is None else facts.terms.now_us
        if not workloads:
            raise AssertionError("nothing in this trace shows how sessions are closed: none was opened. Open one first")
        for one in workloads:
            report = judged(facts, rules, one.id)
            _fail_if_broken(report)
            if (kept := assertions.kept_open(one, now_us)) is not None:
                head = f"session or batch {one.id} was not closed automatically"
                raise assertions.told(report, head, found("CLS-03"), [kept])
            how = "" if by is None else f", by: {by}"
            _fail_if_unexercised(report, facts.trace, f"session or batch {one.id} is closed automatically{how}")

    def assert_usage(
        self, session: object = None, *, seconds: float | None = None, at_most: float | None = None
    ) -> None:
        """The usage figures are what the rules say (USG-01 to USG-10).

        Args:
            session: only this one.
            seconds: what the sessions and batches cost together, or this one.
            at_most: what they may cost.
        """
        _seconds("seconds", seconds)
        _seconds("at_most", at_most)
        facts = self._hold(USAGE, session, "the usage figures are right")
        if seconds is None and at_most is None:
            return
        only = _id(session, facts)
        used_us = sum(_settled(one) for one in _workloads(facts, only))
        if seconds is not None and abs(used_us - seconds * 1_000_000) > _SAME_US:
            raise AssertionError(_costs(facts.trace, only, used_us, f"{seconds:g} s"))
        if at_most is not None and used_us > at_most * 1_000_000 + _SAME_US:
            raise AssertionError(_costs(facts.trace, only, used_us, f"at most {at_most:g} s"))

    def _facts(self) -> Facts:
        return read(self._trace(), self._terms())

    def _hold(self, ids: Sequence[str], session: object, what: str) -> Facts:
        facts = self._facts()
        report = judged(facts, [found(name) for name in ids], _id(session, facts))
        _fail_if_broken(report)
        _fail_if_unexercised(report, facts.trace, what)
        return facts


def _fail_if_broken(report: Report) -> None:
    if report.broken:
        raise assertions.against(report)


def _fail_if_unexercised(report: Report, trace: Trace, what: str) -> None:
    if not any(finding.cases for finding in report):
        rules = [finding.contract for finding in report]
        raise AssertionError(assertions.unexercised(rules, trace, what))


def _workloads(facts: Facts, only: str | None) -> list[WorkloadFacts]:
    return [one for one in facts.workloads if only in (None, one.id)]


def _id(session: object, facts: Facts) -> str | None:
    """The id of a session or batch. Raises `ConfigurationError` for what is none, or is not of this test."""
    if session is None:
        return None
    name = session if isinstance(session, str) else getattr(session, "session_id", None)
    if not isinstance(name, str):
        raise ConfigurationError(f"session is {session!r}; expected a session or batch, or the id of one")
    known = [one.id for one in facts.workloads]
    if name not in known:
        raise ConfigurationError(
            f"session is {name!r}, which this trace does not know; it knows {', '.join(known) or 'none'}"
        )
    return name


def _seconds(what: str, value: object) -> None:
    """Raise `ConfigurationError` for what is no number of seconds."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 <= cast("float", value) < inf):
        raise ConfigurationError(f"{what} is {value!r}; expected a number of seconds, such as 60")


def _settled(workload: WorkloadFacts) -> int:
    usage = None if workload.settled is None else workload.settled.data.get("usage_us")
    if isinstance(usage, int):
        return usage
    raise AssertionError(
        f"the usage of session or batch {workload.id} is not known yet: it is {workload.state}. It is final when "
        "it is closed and its last job has ended; on a recording, the test has to look at it after that"
    )


def _costs(trace: Trace, only: str | None, used_us: int, expected: str) -> str:
    who = "the sessions and batches cost" if only is None else f"session or batch {only} costs"
    settled = trace.where(kind=WORKLOAD_SETTLED, workload=only)
    each = [f"    {seconds(one.at_us):>12}  {one.workload}  {one.data.get('usage_us')} us" for one in settled]
    rules = [f"  {one.id}: {one.statement}" for one in (found("USG-01"), found("USG-05"))]
    head = f"{who} {seconds(used_us)}; expected {expected}"
    return "\n".join([head, *rules, "  settled:", *each])
