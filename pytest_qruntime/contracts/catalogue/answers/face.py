"""RST: how requests and answers look, whatever they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts
from pytest_qruntime.contracts.catalogue.plans import PLN
from pytest_qruntime.contracts.contract import Chapter, Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly

RST = Chapter("RST", "The REST API")

_SILENT: Final = ("close", "reopen", "cancel", "cancel job", "delete job", "replace tags")
_MOST_JOBS: Final = 200
_MOST_WORKLOADS: Final = 50
_SEARCH: Final = range(3, 101)
_PUBLIC: Final = "versions"
_NO_INSTANCE: Final = 1279


@RST.rule(
    "02",
    "Closing, cancelling, deleting and tagging are answered with 204 and nothing.",
    exercise="Close a session.",
    sources="s0 live oa25",
    confidence="SL",
    partial="yes",
)
def nothing_is_answered(facts: Facts) -> Iterator[Outcome]:
    """RST-02"""
    for answer in facts.answered(*_SILENT):
        if answer.accepted:
            seen = f"status {answer.status}{'' if answer.empty else ' and a body'}"
            yield (answer.status == 204 and answer.empty) or answered_wrongly(answer, "status 204, no body", seen)


@RST.rule(
    "03",
    "Opening a session or batch is answered with its id, if not with all of it.",
    exercise="Open a session.",
    sources="s0 oa25",
    confidence="S",
    partial="yes",
)
def opening_is_answered_with_an_id(facts: Facts) -> Iterator[Outcome]:
    """RST-03"""
    for answer in facts.answered("open"):
        if answer.accepted:
            name = answer.said("id")
            yield (isinstance(name, str) and name != "") or answered_wrongly(answer, "an id", f"the id {name!r}")


@RST.rule(
    "04",
    "An error is a list of errors, each with a code, a number or a word, and a message, and beside it the id of the "
    "request under `trace`.",
    exercise="Read a session that does not exist.",
    sources="live oa25 issues",
    confidence="L",
    partial="yes",
)
def the_envelope_of_errors(facts: Facts) -> Iterator[Outcome]:
    """RST-04"""
    for answer in facts.said.errors:
        if answer.event.data.get("method") != "HEAD":  # to which no answer has a body
            yield _is_enveloped(answer) or answered_wrongly(
                answer, 'like {"errors":[{"code":1217,"message":"..."}],"trace":"..."}', f"{answer.told!r:.200}"
            )


def _is_enveloped(answer: AnswerFacts) -> bool:
    errors = answer.rows("errors")
    return (
        bool(errors)
        and isinstance(answer.said("trace"), str)
        and all(isinstance(one.get("code"), (int, str)) and isinstance(one.get("message"), str) for one in errors)
    )


@RST.rule(
    "05",
    "Errors are compact JSON, without spaces between their parts: programs look for a code in the text of exceptions.",
    exercise="Submit a job to a closed session.",
    sources="issues",
    confidence="I",
    partial="yes",
)
def errors_are_compact(facts: Facts) -> Iterator[Outcome]:
    """RST-05"""
    for answer in facts.said.errors:
        if answer.compact is not None:
            yield answer.compact or answered_wrongly(answer, "no spaces", "spaces between the parts")


@RST.rule(
    "06",
    "Several values of a filter are sent as the same name several times, and all of them hold; `tags[]` is no filter.",
    exercise="List the jobs with two tags, and with tags[].",
    sources="live c51",
    confidence="L",
    partial="yes",
)
def filters_of_several_values(facts: Facts) -> Iterator[Outcome]:
    """RST-06"""
    for answer in facts.answered("list jobs"):
        tags = set(answer.query.get("tags", ()))
        if not answer.accepted:
            if "tags[]" in answer.query and answer.status in (400, 422):
                yield answered_wrongly(answer, "tags[] is ignored")
            continue
        for row in answer.rows("jobs") if tags else ():
            found = row.get("tags")
            has_all = isinstance(found, list) and tags <= set(found)
            yield has_all or answered_wrongly(answer, f"jobs with all of {sorted(tags)}", f"one with {found!r}")
        if not tags and "tags[]" in answer.query and answer.rows("jobs"):
            yield True
    if not facts.slack_us:  # else jobs may come in between
        yield from _ignored_filters(facts)


def _ignored_filters(facts: Facts) -> Iterator[Outcome]:
    """`tags[]` leaves away nothing that was listed without it just before."""
    whole: AnswerFacts | None = None
    for answer in facts.answered("list jobs", "submit", "delete job"):
        if answer.operation != "list jobs" or not answer.accepted:
            whole = None
        elif not answer.query:
            whole = answer
        elif set(answer.query) == {"tags[]"} and whole is not None:
            count = whole.said("count")
            seen = f"{answer.said('count')} jobs"
            yield answer.said("count") == count or answered_wrongly(answer, f"all {count} jobs", seen)


@RST.rule(
    "07",
    "Who asks says who he is, and for which instance: without Authorization and Service-CRN nothing is answered, but "
    "the list of versions. An instance of another region than the host's is not found.",
    exercise="List the jobs without the header Authorization, and with the CRN of an instance of another region.",
    sources="live s0",
    confidence="L",
    partial="yes",
)
def who_asks(facts: Facts) -> Iterator[Outcome]:
    """RST-07"""
    if len(facts.said.nobodys) < len(facts.answers):
        yield True
    for answer in facts.said.nobodys:
        if answer.operation != _PUBLIC and answer.status < 400:
            missing = "service-crn" if "authorization" in answer.headers else "authorization"
            yield answered_wrongly(answer, "it is refused", f"it is answered without {missing}")
        elif answer.status in (401, 403, 404):
            yield True
    for answer in facts.answers:
        region, its = answer.region, answer.headers.get("service-crn")
        if region and its and its != region and answer.operation != _PUBLIC and (answer.accepted or _not_there(answer)):
            seen = f"status {answer.status} to who asks {region} for an instance of {its}"
            yield answer.status == 404 or answered_wrongly(answer, "status 404: the instance is not there", seen)


def _not_there(answer: AnswerFacts) -> bool:
    """Whether an instance was not found."""
    return answer.error.get("code") == _NO_INSTANCE


@PLN.rule(
    "11",
    "A page of jobs has at most 200, one of workloads at most 50; a search for tags takes 3 to 100 characters.",
    exercise="List workloads, and search for a tag of two characters.",
    sources="live",
    confidence="L",
    partial="yes",
)
def pages_and_searches(facts: Facts) -> Iterator[Outcome]:
    """PLN-11"""
    for operation, name, most in (("list jobs", "jobs", _MOST_JOBS), ("list workloads", "workloads", _MOST_WORKLOADS)):
        for answer in facts.answered(operation):
            if answer.accepted:
                rows = len(answer.rows(name))
                yield rows <= most or answered_wrongly(answer, f"at most {most} of a page", f"{rows}")
    for answer in facts.answered("search tags"):
        search = (answer.query.get("search") or ("",))[-1]
        if answer.accepted:
            yield len(search) in _SEARCH or answered_wrongly(answer, "it is refused", f"{len(search)} characters do")
        elif answer.status in (400, 422):
            yield len(search) not in _SEARCH or answered_wrongly(answer, "the tags", f"{search!r} is refused")
