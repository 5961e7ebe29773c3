"""From exchanges to evidence: which kind of request shows what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_qruntime.cassette.derive import acting, answers, documents, looking
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
    """What accepted requests show, and whether the trace tells of refused ones."""

    accepted: _Reader
    is_told: bool = True


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
    ("POST", _Route("sessions", False, "")): _Action(acting.opened),
    ("PATCH", _Route("sessions", True, "")): _Action(acting.updated),
    ("DELETE", _Route("sessions", True, "close")): _Action(acting.cancelled),
    ("POST", _Route("jobs", False, "")): _Action(acting.submitted),
    ("POST", _Route("jobs", True, "cancel")): _Action(acting.job_cancelled),
    ("DELETE", _Route("jobs", True, "")): _Action(acting.job_deleted),
    ("PUT", _Route("jobs", True, "tags")): _Action(acting.job_tagged),
    ("PUT", _Route("instances", True, "")): _Action(acting.limited, is_told=False),
}


def gather(known: Known, number: int, exchange: Exchange) -> None:
    """Add what one exchange shows; a question that has no answer, and a path of nobody's, shows nothing."""
    try:
        where = place(unquote(urlsplit(exchange.url).path))
    except ValueError:
        return
    method, route = exchange.method.upper(), _Route(where.kind, bool(where.id), where.part)
    if not where.kind:
        return
    sent, called = _noted(known, number, where, exchange)
    if method == "GET":
        if exchange.status == 200 and (look := _LOOKS.get(route)) is not None:
            look(known, sent)
    elif (action := _ACTIONS.get((method, route))) is not None:
        if exchange.status < 300:
            action.accepted(known, sent)
        elif 400 <= exchange.status < 500 and action.is_told:
            acting.refused(known, sent, called)


def _noted(known: Known, number: int, where: Place, exchange: Exchange) -> tuple[Sent, str]:
    """An exchange, taken apart, and what it is called; what it says is kept as it is."""
    asked = documents.document(exchange.request_body)
    sent = Sent(number, exchange.at_us, where, asked, documents.NOTHING, exchange.status)
    called = answers.operation(exchange.method.upper(), sent)
    skipped = called in answers.LARGE and exchange.status < 300
    told = None if skipped else documents.parsed(exchange.response_body)
    sent = sent._replace(told=documents.mapping(told))
    answers.note(known, called, sent, exchange, told)
    return sent, called
