"""From exchanges to evidence: which kind of request shows what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_qruntime.cassette.derive import acting, documents, looking
from pytest_qruntime.cassette.derive.known import Known, Sent
from pytest_qruntime.cassette.replay.meaning import Place, place
from pytest_qruntime.cassette.tape import Exchange

_Reader = Callable[[Known, Sent], None]


class _Route(NamedTuple):
    """A path of the API: what it is about, whether an id follows, and what comes then."""

    kind: str
    one: bool
    part: str


class _Action(NamedTuple):
    """What accepted requests show, and what the trace calls refused ones; None: it does not tell of them."""

    accepted: _Reader
    operation: str | None


_LOOKS: Final[dict[_Route, _Reader]] = {
    _Route("sessions", True, ""): looking.session,
    _Route("jobs", True, ""): looking.job,
    _Route("jobs", True, "metrics"): looking.metrics,
    _Route("jobs", True, "results"): looking.results,
    _Route("jobs", False, ""): looking.jobs,
    _Route("workloads", False, ""): looking.workloads,
    _Route("backends", False, ""): looking.backends,
}
_ACTIONS: Final[dict[tuple[str, _Route], _Action]] = {
    ("POST", _Route("sessions", False, "")): _Action(acting.opened, acting.OPEN),
    ("PATCH", _Route("sessions", True, "")): _Action(acting.updated, "close"),
    ("DELETE", _Route("sessions", True, "close")): _Action(acting.cancelled, "cancel"),
    ("POST", _Route("jobs", False, "")): _Action(acting.submitted, acting.SUBMIT),
    ("POST", _Route("jobs", True, "cancel")): _Action(acting.job_cancelled, "cancel job"),
    ("DELETE", _Route("jobs", True, "")): _Action(acting.job_deleted, "delete job"),
    ("PUT", _Route("jobs", True, "tags")): _Action(acting.job_tagged, "replace tags"),
    ("PUT", _Route("instances", True, "")): _Action(acting.limited, None),
}


def gather(known: Known, number: int, exchange: Exchange) -> None:
    """Add what one exchange shows; a question that has no answer, and a path of nobody's, shows nothing."""
    try:
        where = place(unquote(urlsplit(exchange.url).path))
    except ValueError:
        return
    method, route = exchange.method.upper(), _Route(where.kind, bool(where.id), where.part)
    if method == "GET":
        if exchange.status == 200 and (look := _LOOKS.get(route)) is not None:
            look(known, _taken_apart(number, where, exchange))
    elif (action := _ACTIONS.get((method, route))) is not None:
        sent = _taken_apart(number, where, exchange)
        if exchange.status < 300:
            action.accepted(known, sent)
        elif 400 <= exchange.status < 500 and action.operation is not None:
            acting.refused(known, sent, _operation(sent, action.operation))


def _taken_apart(number: int, where: Place, exchange: Exchange) -> Sent:
    asked, told = documents.document(exchange.request_body), documents.document(exchange.response_body)
    return Sent(number, exchange.at_us, where, asked, told, exchange.status)


def _operation(sent: Sent, operation: str) -> str:
    return "reopen" if operation == "close" and documents.truth(sent.asked, "accepting_jobs") else operation
