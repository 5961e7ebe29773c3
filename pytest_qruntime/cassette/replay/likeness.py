"""What a recording calls the secrets of a request: it was scrubbed, and a program that is tested on it was not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule, Scrubber
from pytest_qruntime.cassette.tape import Exchange, Tape

_COUNTS: Final = "service-crn"  # the one header that tells requests apart
# An address in which ids of sessions and jobs may stand, which are no secrets, and nothing else.
_PLAIN: Final = re.compile(r"https://[a-z.-]+\.cloud\.ibm\.com/api/v1/(?:jobs|sessions)(?:/[A-Za-z0-9-]{1,40}){0,2}")


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
        self._plain = {one.url for one in tape.exchanges if _PLAIN.fullmatch(one.url)}
        self._rules = rules
        self._scrubber = Scrubber(known, rules)
        self._scrubber.names.reserving = True
        self._scrubber.names.preferred = lambda kind: self._recorded.names.met(kind)

    def exchange(self, exchange: Exchange) -> Exchange:
        """The request of an exchange, without the headers that do not count."""
        sent = _essence(exchange)
        if sent.url not in self._plain:
            return self._scrubber.exchange(sent)
        if sent.request_body:
            return replace(self._scrubber.exchange(replace(sent, url="")), url=sent.url)
        headers = {name: self._scrubber.field(value, name) for name, value in sent.request_headers.items()}
        return replace(sent, request_headers=headers)

    def text(self, text: str) -> str:
        """Any text that a request could have."""
        return self._scrubber.text(text)

    @cached_property
    def _recorded(self) -> Scrubber:
        """One that has met the pseudonyms of the recorded requests. Programs without secrets never need it."""
        scrubber = Scrubber(rules=self._rules)
        scrubber.names.reserving = True
        seen = set()
        for one in self._exchanges:
            url = "" if one.url in self._plain else one.url
            told = url, one.request_headers.get(_COUNTS), one.request_body
            if told not in seen:
                seen.add(told)
                scrubber.look(replace(_essence(one), url=url))
        return scrubber


def _essence(exchange: Exchange) -> Exchange:
    headers = exchange.request_headers
    return replace(
        exchange,
        request_headers={_COUNTS: headers[_COUNTS]} if _COUNTS in headers else {},
        response_headers={},
        response_body=b"",
    )
