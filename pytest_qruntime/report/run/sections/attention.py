"""What needs attention: what was left open, which contracts were broken, and what else is odd."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.places import Place, places
from pytest_qruntime.report.run.sections.pieces import badge, code, facts, listed
from pytest_qruntime.report.run.verdict import broken, left
from pytest_qruntime.report.run.words import count, instant, length

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Broken, ContractResult, Document, Left

MOST: Final = 50
"""So many of a kind are told."""
_TESTS: Final = 20
_LEAST_SHARE: Final = 6


def attention(document: Document) -> str:
    """All of it; empty if there is nothing."""
    return "".join([_left(document), _broken(document), _unbroken(document), _unjudged(document)])


def _part(heading: str, cards: Iterable[str], more: int = 0) -> str:
    rest = f"<p>And {more} more.</p>" if more > 0 else ""
    told = "".join(f'<li class="card">{card}</li>' for card in cards)
    return f'<h3>{html(heading)}</h3><ul class="cards">{told}</ul>{rest}'


def _tests(names: Iterable[str]) -> str:
    """The tests, each once; of many the first ones."""
    every = list(dict.fromkeys(names))
    told = [code(name) for name in every[:_TESTS]]
    rest = [f"and {len(every) - _TESTS} more"] if len(every) > _TESTS else []
    return told[0] if len(every) == 1 else listed([*told, *rest])


# -- left open -----------------------------------------------------------------------------------------------------


def _left(document: Document) -> str:
    """A card for each line that opened something."""
    found = places(left(document))
    cards = [_leak(place) for place in found[:MOST]]
    return _part(f"Left open: {len(left(document))}", cards, len(found) - MOST) if found else ""


def _leak(place: Place) -> str:
    first = place.first
    within = f" in {code(first['function'])}" if first["function"] else ""
    together = ", together" if place.times > 1 else ""
    return (
        f'<p class="title">{badge("bad", place.what)} opened by <strong>{code(place.opened_by)}</strong>{within}</p>'
        + _life(first)
        + facts(
            [
                (f"cost in the test{together}", _length(place.used_s)),
                ("would have cost, left alone", _length(place.cost_s)),
                ("at most, until its max TTL", _length(place.at_most_s)),
            ]
        )
        + facts([("left open by", _tests(place.tests)), ("its id", "" if together else code(first["id"]))], "long")
    )


def _length(seconds: float | None) -> str:
    return "unknown" if seconds is None else html(length(seconds))


def _life(leak: Left) -> str:
    """How long it was open in the test, and how long it would have stayed so, as a bar."""
    opened, ended, closed = leak["opened_s"], leak["ended_s"], leak["closed_s"]
    if closed is None or closed <= ended:
        return f'<p class="soft">Opened at {instant(opened)}; the test ended at {instant(ended)}.</p>'
    share = 100 * (ended - opened) / (closed - opened)
    percent = min(max(share, _LEAST_SHARE), 100 - _LEAST_SHARE)
    return (
        f'<div class="life"><span class="bar" aria-hidden="true"><i class="used" style="flex-grow:{percent:.0f}"></i>'
        f'<i class="later" style="flex-grow:{100 - percent:.0f}"></i></span><p><span>opened {instant(opened)}, '
        f"the test ended {instant(ended)}</span> <span>left alone, closed {instant(closed)}</span></p></div>"
    )


# -- broken --------------------------------------------------------------------------------------------------------


def _broken(document: Document) -> str:
    rules = broken(document)
    return _part(f"Broken contracts: {len(rules)}", map(_rule, rules)) if rules else ""


def _rule(rule: ContractResult) -> str:
    several = [one for one in rule["broken"] if one["allowed"] is None]
    first, others = several[0], [one["test"] for one in several[1:]]
    return (
        f'<p class="title">{badge("bad", rule["id"])} <strong>{html(rule["statement"])}</strong></p>'
        + facts([*_break(first), ("also broken by", _tests(others) if others else "")], "long")
        + f'<p class="soft">Level {rule["level"]}; source: {html("; ".join(rule["sources"]))}</p>'
    )


def _break(one: Broken) -> Iterator[tuple[str, str]]:
    about = f", {html(one['about'])}" if one["about"] else ""
    more = f", and {one['more']} more" if one["more"] else ""
    yield "in", code(one["test"])
    yield "when", f"{instant(one['at_s'])}{about}{more}"
    yield "broken by", code(one["by"]) if one["by"] else "nothing happened"
    yield "expected", html(one["expected"])
    yield "seen", html(one["seen"])


# -- odd -----------------------------------------------------------------------------------------------------------


def _unbroken(document: Document) -> str:
    entries = document["unbroken"]
    told = [f"{code(one['where'])} allows {badge('odd', one['name'])}: {html(one['reason'])}" for one in entries[:MOST]]
    return _part(f"Allowed, and not broken: {len(entries)}", told, len(entries) - MOST) if entries else ""


def _unjudged(document: Document) -> str:
    entries = document["unjudged"]
    told = [
        f'<p class="title">{html(one["because"])} <span class="soft">({count(len(one["tests"]), "test")})</span></p>'
        + _tests(one["tests"])
        for one in entries[:MOST]
    ]
    return _part("Contracts that were not judged", told, len(entries) - MOST) if entries else ""
