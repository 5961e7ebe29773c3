"""Every recorded request, sent to a fake at its recorded instant; what is answered otherwise than recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from pytest_qruntime.cassette.drift.directing import Directions
from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.cassette.drift.findings import ROUTE, STATUS, UNKNOWN_ID, Met
from pytest_qruntime.cassette.drift.names import Names
from pytest_qruntime.cassette.drift.sending import request_of
from pytest_qruntime.cassette.drift.shape import Body, body_of, differences
from pytest_qruntime.cassette.drift.shown import Shown, code_of, error_code, is_refusal
from pytest_qruntime.cassette.drift.stage import NONE, StagedWorld
from pytest_qruntime.cassette.drift.states import Look, Subject, compared, looks
from pytest_qruntime.cassette.drift.unions import Unions
from pytest_qruntime.model.errors import Refusal
from pytest_qruntime.model.job import Job
from pytest_qruntime.rest import Service, platform, routes
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.regions import answered_by

_STATE_OF: Final[Mapping[str, tuple[str, str]]] = {
    "session": ("GET /v1/sessions/{id}", "$.state"),
    "job": ("GET /v1/jobs/{id}", "$.state.status"),
    "listed workload": ("GET /v1/workloads", "$.workloads[].status"),
}


class Play:
    """One recording, played against a fresh fake.

    Attributes:
        jobs: what the fake made of each submission, by the number of its interaction.
        skipped: how many interactions were about something that the fake had refused to make.
        apart: how many had another status, or showed another state; their shapes are not compared.

    Args:
        service: the fake, at the instant at which the recording began; its world is a `StagedWorld`.
        directions: what becomes of jobs, by the numbers of their submissions.
        exactly: whether states have to be the same at every look, not only in the same order.
        settled: whether the settings tell everything that the service had before the recording began.
    """

    def __init__(self, service: Service, shown: Shown, directions: Directions, *, exactly: bool, settled: bool) -> None:
        world = service.world
        assert isinstance(world, StagedWorld)
        self.world = world
        self.service = service
        self.began_us = world.now_us
        self.jobs: dict[int, Job] = {}
        self.skipped = 0
        self.apart = 0
        self._names = Names(shown)
        self._directions = directions
        self._exactly = exactly
        self._settled = settled
        self._created: set[str] = set()
        self._lost: set[str] = set()
        self._looks: dict[Subject, list[Look]] = {}
        self._unions = Unions()
        self._known: dict[bytes, Body] = {}
        self._met: list[Met] = []

    def through(self, entries: list[Entry]) -> list[Met]:
        """Play every exchange, and say what differs."""
        for entry in entries:
            if entry.where.id in self._lost or entry.sent_session in self._lost:
                self._lost.update({entry.created} - {""})
                self.skipped += 1
            else:
                self._one(entry)
        met = self._met if self._exactly else [one for one in self._met if self._unions.differ(one)]
        return [*met, *self._ways()]

    def _one(self, entry: Entry) -> None:
        answer = self._answer(entry)
        if isinstance(answer, str):
            self.apart += 1
            self._differs(STATUS, entry, "status", _status(entry), answer)
            self._lost.update({entry.created} - {""})
            return
        found = self._body(answer.body)
        self._note(entry, found, worked=answer.status < 400)
        if answer.status != entry.exchange.status:
            self.apart += 1
            self._differs(self._kind(entry, answer), entry, "status", _status(entry), _status_of(answer.status, found))
            return
        seen = list(looks(entry, entry.answer.document, found.document, self._names, self._created))
        for subject, look in seen:
            self._looks.setdefault(subject, []).append(look)
        if all(look.recorded == look.found for _, look in seen):
            self._compare(entry, found)
        else:
            self.apart += 1

    # -- asking ------------------------------------------------------------------------------------------------------

    def _answer(self, entry: Entry) -> Response | str:
        """The fake's answer, or how it broke."""
        self.world.direction = self._directions.get(entry.number, NONE)
        self.world.submitted = None
        try:
            self.world.advance_to(self.began_us + entry.exchange.at_us)
            with self._used_up(entry):
                return self.service.handle(request_of(entry, self._names, self.service))
        except Exception as error:  # whatever breaks the fake is a difference, and the rest can be compared
            return f"an error in the fake: {type(error).__name__}: {error}"

    @contextmanager
    def _used_up(self, entry: Entry) -> Iterator[None]:
        """What was used before the recording began is not shown but by the refusal of more."""
        if self._settled or not is_refusal(entry, Refusal.QUOTA_EXHAUSTED):
            yield
            return
        instances = self.world.instances.values()
        instance = next((one for one in instances if self.service.crn(one) == entry.crn), self.world.instance)
        before, instance.usage_limit_s = instance.usage_limit_s, 0
        try:
            yield
        finally:
            instance.usage_limit_s = before

    def _body(self, content: bytes) -> Body:
        body = self._known.get(content)
        if body is None:
            body = self._known[content] = body_of(content)
        return body

    def _note(self, entry: Entry, found: Body, *, worked: bool) -> None:
        """Learn what the fake calls what it has made."""
        said: Any = found.document
        name = said.get("id") if (entry.submits or entry.opens) and worked and isinstance(said, dict) else None
        if entry.created and isinstance(name, str):
            self._names.learn(entry.created, name)
            self._created.add(entry.created)
        elif entry.created:
            self._lost.add(entry.created)
        elif isinstance(name, str):
            self._names.made(name)
        if entry.submits and self.world.submitted is not None:
            self.jobs[entry.number] = self.world.submitted
        if entry.worked and worked and isinstance(said, dict):
            self._names.learn_pages(entry.said, said)

    # -- comparing ---------------------------------------------------------------------------------------------------

    def _kind(self, entry: Entry, answer: Response) -> str:
        if answer.status in (404, 405) and not _is_known(entry):
            return ROUTE
        strange = {entry.where.id if entry.where.kind in ("jobs", "sessions") else "", entry.sent_session}
        if answer.status == 404 and entry.worked and strange - {""} - self._created:
            return UNKNOWN_ID
        return STATUS

    def _compare(self, entry: Entry, found: Body) -> None:
        if found.shape is not None and entry.answer.shape is not None:
            self._unions.add(entry, entry.answer.shape, found.shape)
        if entry.answer is found or entry.exchange.method == "HEAD":
            return
        for difference in differences(entry.answer, found):
            self._differs(difference.kind, entry, *difference[1:])

    def _differs(self, kind: str, entry: Entry, place: str, recorded: str, found: str) -> None:
        self._met.append(Met(kind, entry.route, place, recorded, found, entry.number))

    def _ways(self) -> Iterator[Met]:
        for subject, looked in self._looks.items():
            way = compared(looked, exactly=self._exactly)
            if way is not None:
                yield Met(way.kind, *_STATE_OF[subject.kind], way.recorded, way.found, way.number)


def _is_known(entry: Entry) -> bool:
    """Whether the fake has this endpoint at all."""
    answers, method = answered_by(entry.address.host), entry.exchange.method
    if answers.platform is not None:
        found = platform.find(answers.platform, entry.address.path)
        return found is not None and found[0].method == method
    known = routes.match(entry.address.path)
    return entry.address.asks_for_token or (known is not None and method in known[0].endpoints)


def _status(entry: Entry) -> str:
    return _with_code(entry.exchange.status, code_of(entry))


def _status_of(status: int, found: Body) -> str:
    return _with_code(status, error_code(found.document))


def _with_code(status: int, code: object) -> str:
    return str(status) if code is None else f"{status} with code {code}"
