"""What a recording calls the secrets of a request: it was scrubbed, and a program that is tested on it was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule, Scrubber
from pytest_qruntime.cassette.tape import Exchange, Tape

_COUNTS: Final = "service-crn"  # the one header that tells requests apart


class Likeness:
    """Gives a request the pseudonyms under which the recording knows what is in it.

    Its secrets are found by the rules that the recording was scrubbed with. Which pseudonym is whose, nobody wrote
    down; but a program names its secrets in the order in which it did when it was recorded. So the first secret of a
    kind gets the pseudonym of this kind that came first in the recorded requests, the second one the second, and so on.
    A pseudonym that the program has from the recording itself stays as it is, and is nobody else's unless no other is
    left.

    Args:
        tape: the recording.
        rules: those that it was scrubbed with.
        known: secrets that are known beforehand, by what they are called.
    """

    def __init__(
        self, tape: Tape, rules: Sequence[Rule] = DEFAULT_RULES, known: Mapping[str, str] | None = None
    ) -> None:
        self._exchanges = tape.exchanges
        self._rules = rules
        self._scrubber = Scrubber(known, rules)
        self._scrubber.names.reserving = True
        self._scrubber.names.preferred = lambda kind: self._recorded.names.met(kind)

    def exchange(self, exchange: Exchange) -> Exchange:
        """The request of an exchange, without the headers that do not count."""
        return self._scrubber.exchange(_essence(exchange))

    def text(self, text: str) -> str:
        """Any text that a request could have."""
        return self._scrubber.text(text)

    @cached_property
    def _recorded(self) -> Scrubber:
        """One that has met the pseudonyms of the recorded requests. Programs without secrets never need it."""
        return _having_met(self._exchanges, self._rules)


def _having_met(exchanges: Iterable[Exchange], rules: Sequence[Rule]) -> Scrubber:
    scrubber = Scrubber(rules=rules)
    scrubber.names.reserving = True
    for exchange in exchanges:
        scrubber.exchange(_essence(exchange))
    return scrubber


def _essence(exchange: Exchange) -> Exchange:
    headers = exchange.request_headers
    return replace(
        exchange,
        request_headers={_COUNTS: headers[_COUNTS]} if _COUNTS in headers else {},
        response_headers={},
        response_body=b"",
    )
