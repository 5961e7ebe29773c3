"""A recording as a test meets it: `ReplayedRuntime`; `replaying()` opens one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

import httpx

from pytest_qruntime import arguments
from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.replay.likeness import Likeness
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.client import EventPatience, VirtualClient
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.turns import InTurn
from pytest_qruntime.clock import Clock
from pytest_qruntime.model import Trace
from pytest_qruntime.network import Requests
from pytest_qruntime.runtime.recorded import RecordedAccount, RecordedNews
from pytest_qruntime.runtime.surface import Opened, Source, Submitted, Surface
from pytest_qruntime.runtime.wire import requests_of
from pytest_qruntime.sdk import accommodated
from pytest_qruntime.transport import Interception

__tracebackhide__ = hidden


class ReplayedRuntime(Surface):
    """A recording of the service, in virtual time.

    Requests are answered with what was answered at this instant when it was recorded; those that the recording does not
    know raise `UnexpectedRequestError`. Time moves as on the fake. Its events are the recorded changes.

    Args:
        tape: the recording.
        freeze: whether the process shows virtual time while `clock` is held.
        rules: those that the recording was scrubbed with; requests are, before they are compared.
        known: values that were secrets when it was recorded, by what they are called, such as those of environment
            variables: they are found wherever they stand in a request.

    Attributes:
        deck: the recording as it is played: what was not used, and what had no answer.
        account: who answers.
    """

    source: ClassVar[Source] = "cassette"

    def __init__(
        self,
        tape: Tape,
        *,
        freeze: bool = True,
        rules: Sequence[Rule] = DEFAULT_RULES,
        known: Mapping[str, str] | None = None,
    ) -> None:
        likeness = Likeness(tape, rules, known)
        self.deck = Deck(tape, scrub=likeness.exchange)
        self.account = RecordedAccount(tape, self.deck, likeness)
        self.clock = Clock(self.deck.world, freeze=arguments.freeze(freeze))
        self.news = RecordedNews(self.deck, self.clock)
        self.default_backend = self.account.default_backend
        self._tape = tape

    @property
    def trace(self) -> Trace:
        """What happened so far, as far as the code under test has seen it: see `cassette.derive`."""
        return derive(replace(self._tape, exchanges=self.account.observed.exchanges))

    @property
    def requests(self) -> Requests:
        """Every request so far, in order, and what was answered from the recording."""
        return requests_of(self.account.observed.exchanges, self.deck.world.start_unix_us)

    @property
    def crn(self) -> str:
        """The CRN of the instance, a pseudonym; any other one will do in its place."""
        return self.account.crn()

    @property
    def token(self) -> str:
        """A bearer token that is valid for an hour of virtual time; any other one will do in its place."""
        return self.deck.token()

    @property
    def api_key(self) -> str:
        """An API key, a pseudonym; any other one will do in its place."""
        return self.account.api_key()

    @property
    def base_url(self) -> str:
        """The root of the service's REST API; its paths begin with ``/v1``."""
        return self.account.base_url

    def __repr__(self) -> str:
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        return f"<ReplayedRuntime at {now}, {self.deck!r}>"

    def _client(self, crn: str | None) -> httpx.Client:
        return VirtualClient(self.account, self.clock, EventPatience(self.clock, self.news.of), crn)

    def _opened(self) -> Iterable[Opened]:
        return self.account.observed.opened

    def on_open(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the id of each session or batch from now on, in the thread that opened it."""
        self.account.observed.on_open = tell

    def _submitted(self) -> Iterable[Submitted]:
        return self.account.observed.submitted


@contextmanager
def replaying(
    tape: Tape,
    *,
    label: str,
    freeze: bool = True,
    rules: Sequence[Rule] = DEFAULT_RULES,
    known: Mapping[str, str] | None = None,
) -> Iterator[ReplayedRuntime]:
    """A recording in place of the service for the length of a ``with`` block, as `world()` puts the fake there.

    httpx and requests calls to the service's hosts are answered from it, and code that makes its own
    `QiskitRuntimeService` is at home in it. See `ReplayedRuntime` for the arguments.

    Args:
        label: what a refused network connection names as its origin, usually the test's id.

    Raises `CassetteError` for a recording that cannot be replayed, before anything is patched.
    """
    replayed = ReplayedRuntime(tape, freeze=freeze, rules=rules, known=known)
    account, clock = replayed.account, replayed.clock
    with (
        clock.hold(),
        Interception(InTurn(account, clock), label=label),
        accommodated(account, clock, replayed.news.of, renaming=account.renamed),
    ):
        yield replayed
