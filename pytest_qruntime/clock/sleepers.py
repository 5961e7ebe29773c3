"""Sleeping together: threads and asyncio tasks that sleep at the same time share the time that passes.

Two threads that each sleep for ten seconds from the same instant wake at +10, not +20. Whoever sleeps registers a
deadline; time moves to the earliest one when every other thread is asleep too or blocked (`watch`), and then sleepers
wake one by one, in the order of their deadlines, each only after the one before has gone back to sleep or blocked. So a
program of threads that only sleep and wait for each other runs in the same order every time.

Event loops in threads keep that order too: a task that was woken has run before time moves on. Exact whatever happens
are two things: each sleeper's own deadline, before which it never wakes, and the time of the world, which is the latest
deadline that was reached. The order of wake-ups is exact as long as every thread gets a turn on a processor: one that
gets none within the wait below cannot be told from one that is blocked, and wakes late.

With one thread there is nothing to coordinate: the sleep moves time and returns, in a few microseconds.

Nothing here can hang: a sleep waits for busy threads for as long as it would have slept without the plugin, a quarter
of a second at least and a second at most (`SHORTEST_S`, `watch.STUCK_S`); then time moves anyway. Who kept it waiting
for so long is not waited for again, until it has been seen at rest.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pytest_qruntime.clock.instants import iso
from pytest_qruntime.clock.real import Real
from pytest_qruntime.clock.watch import STUCK_S, UNMOVED_S, Watch
from pytest_qruntime.model.errors import NothingPendingError

if TYPE_CHECKING:
    from pytest_qruntime.clock.clock import Clock

LOOK_EVERY_S: Final = 0.0003
HELP_EVERY_S: Final = 0.02
SHORTEST_S: Final = 0.25
HOPELESS_S: Final = 5.0
_HUGE_US: Final = 1 << 80


class Sleeper:
    """Somebody asleep until `deadline_us`, or until the next event of the world if `for_event`; None: no deadline.

    With `over`, no event as such wakes it: it sleeps until `over()` is true, by an event or by another thread's doing.
    With `for_turn`, it waits at this very instant until everybody else is quiet.
    """

    def __init__(
        self,
        deadline_us: int | None,
        born_us: int,
        *,
        for_event: bool = False,
        over: Callable[[], bool] | None = None,
        for_turn: bool = False,
    ) -> None:
        self.ident = threading.get_ident()
        self.deadline_us = deadline_us
        self.born_us = born_us
        self.for_event = for_event
        self.over = over
        self.for_turn = for_turn
        self.event_came = False
        self.awake = False
        self.error: Exception | None = None
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def order(self) -> tuple[int, bool, int, int]:
        """Who wakes first: the earlier deadline, then who fell asleep earlier; turns last, by the age of the thread."""
        deadline_us = _HUGE_US if self.deadline_us is None else self.deadline_us
        return (deadline_us, self.for_turn, self.born_us, _age(self.ident) if self.for_turn else 0)

    def is_due(self, now_us: int) -> bool:
        """Whether it has slept long enough."""
        if self.deadline_us is not None and self.deadline_us <= now_us:
            return True
        return self.event_came if self.over is None else self.over()

    def is_quiet(self) -> bool:
        """Whether its thread does nothing else."""
        return True

    def is_landing(self) -> bool:
        """Whether it was woken and has yet to run."""
        return False

    def wake(self, error: Exception | None = None) -> None:
        """End the sleep, with an error that it then raises."""
        self.error = error
        self.awake = True
        self.nudge()

    def nudge(self) -> None:
        """End its `doze`: something may have changed."""
        with suppress(RuntimeError):
            self._lock.release()

    def doze(self, seconds: float) -> None:
        """Wait in real time, `seconds` at most."""
        if not self.awake:
            self._lock.acquire(timeout=seconds)


class Sleepers:
    """Everybody who sleeps on one clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._world = clock.world
        self._asleep: list[Sleeper] = []
        self._woken: set[int] = set()
        self._watch = Watch()
        self._driver: Sleeper | None = None
        self.moves = 0  # how often time moved or somebody was woken
        # The asyncio side: when the next timer of a loop is due, what to do when it is, and who has yet to run then.
        self.timers: Callable[[], int | None] = lambda: None
        self.on_time: Callable[[], None] = lambda: None
        self.landing: set[Sleeper] = set()

    # -- falling asleep ----------------------------------------------------------------------------------------------

    def sleep(self, seconds: float) -> None:
        """Sleep for virtual seconds, at least one microsecond."""
        micros = max(1, round(seconds * 1_000_000))
        if _thread._count() == 0:
            self._clock.advance_by(micros)
        else:
            now_us = self._world.now_us
            self._sleep(Sleeper(now_us + micros, now_us), seconds)
        self._clock.count_idle_sleep()

    def wait_for_event(self, until_us: int | None, over: Callable[[], bool] | None = None) -> None:
        """Sleep until the next event, or with `over` until that is true; in any case no longer than `until_us`.

        Raises `NothingPendingError` if there is no such end.
        """
        if _thread._count() == 0:
            self._jump(until_us, over)
        else:
            self._sleep(Sleeper(until_us, self._world.now_us, for_event=True, over=over), STUCK_S)

    def _jump(self, until_us: int | None, over: Callable[[], bool] | None) -> None:
        self._next_event(until_us)
        while over is not None and not over() and (until_us is None or self._world.now_us < until_us):
            self._next_event(until_us)

    def _next_event(self, until_us: int | None) -> None:
        event_us = self._world.next_event_us()
        times_us = [t for t in (event_us, until_us) if t is not None]
        if not times_us:
            raise self._hopeless()
        self._clock.advance_to(max(min(times_us), self._world.now_us))

    def take_turn(self) -> None:
        """Wait until everybody else is quiet at this instant, and whoever else waits here in an older thread is too.

        The main thread need not: the others wait for it.
        """
        if _thread._count() > 0 and threading.current_thread() is not threading.main_thread():
            now_us = self._world.now_us
            self._sleep(Sleeper(now_us, now_us, for_turn=True), STUCK_S)

    def _sleep(self, sleeper: Sleeper, seconds: float) -> None:
        bound_s = min(max(seconds, SHORTEST_S), STUCK_S)
        self.add(sleeper)
        try:
            moves, since_s = -1, 0.0
            while not sleeper.awake:
                if moves != self.moves:
                    moves, since_s = self.moves, Real.perf_counter()
                if self._driver is None:
                    self._driver = sleeper
                if not self.step(waited_s=Real.perf_counter() - since_s, bound_s=bound_s):
                    sleeper.doze(LOOK_EVERY_S if self._driver is sleeper else HELP_EVERY_S)
        finally:
            self._leave(sleeper)
        if sleeper.error is not None:
            raise sleeper.error

    def add(self, sleeper: Sleeper) -> None:
        """Register a sleeper, and let the one who drives look again at once."""
        self._woken.discard(sleeper.ident)
        self._asleep.append(sleeper)
        if (driver := self._driver) is not None:
            driver.nudge()

    def remove(self, sleeper: Sleeper) -> None:
        """Forget a sleeper, whether or not it is still there."""
        with suppress(ValueError):
            self._asleep.remove(sleeper)

    def _leave(self, sleeper: Sleeper) -> None:
        self.remove(sleeper)
        if self._driver is sleeper:
            self._driver = None
            for other in self._asleep[:1]:
                other.nudge()

    def release_all(self) -> None:
        """Wake everybody, because the clock is let go. Time does not move."""
        while self._asleep:
            self._asleep.pop().wake()

    def __bool__(self) -> bool:
        return bool(self._asleep)

    def everybody_else_rests(self) -> bool:
        """Whether nobody sleeps here and all other threads are blocked: then nobody but the caller lets time pass."""
        return not self._asleep and (_thread._count() == 0 or self._others_are_quiet(None))

    # -- moving time -------------------------------------------------------------------------------------------------

    def note_events_until(self, us: int) -> None:
        """Time is about to move to `us`: whoever waits for an event on the way has got it."""
        event_us = self._world.next_event_us()
        if event_us is not None and event_us <= us:
            for sleeper in self._asleep:
                sleeper.event_came = sleeper.event_came or sleeper.for_event

    def step(self, *, waited_s: float = 0, bound_s: float = STUCK_S) -> bool:
        """Wake the next sleeper whose time has come, or move time to the earliest deadline. False: not yet.

        The other threads must be quiet, unless the caller has `waited_s` real seconds for that, more than `bound_s`.
        """
        moves = self.moves
        forced = waited_s > (UNMOVED_S if self._watch.only_restless else bound_s)
        if forced:
            self._watch.give_up()
        due = self._first(lambda sleeper: sleeper.is_due(self._world.now_us))
        # Who is due need not wait for threads that were not woken; a turn is taken when nobody else has anything to do.
        only = self._woken if due is not None and not due.for_turn else None
        if not forced and not self._others_are_quiet(only):
            return False
        if not self._world.lock.acquire(timeout=LOOK_EVERY_S):
            return False
        try:
            return moves == self.moves and self._move(due, hopeless=not forced or waited_s > HOPELESS_S)
        finally:
            self._world.lock.release()

    def _others_are_quiet(self, only: Collection[int] | None) -> bool:
        asleep = {sleeper.ident for sleeper in list(self._asleep) if sleeper.is_quiet()}
        if any(sleeper.ident not in asleep and sleeper.is_landing() for sleeper in list(self.landing)):
            return False
        if only is not None and not only:
            return True
        if not self._watch.quiet(asleep=asleep, woken=self._woken, only=only):
            return False
        # A thread that was busy a moment ago, and is seen at rest now, may have given a loop something to do meanwhile.
        return all(sleeper.is_quiet() for sleeper in list(self._asleep) if sleeper.ident in asleep)

    def _move(self, due: Sleeper | None, *, hopeless: bool) -> bool:
        first = due or self._first(lambda sleeper: True)
        if first is None:
            return False
        target_us = self._target_us(first)
        if target_us is None and not hopeless:
            return False
        self._woken.clear()
        if due is not None:
            self._wake(due)
        elif target_us is None:
            self._wake(first, self._hopeless())
        else:
            self._advance(target_us, first)
        self.moves += 1  # last: who looked at the threads while somebody was half awake has seen nothing
        return True

    def _advance(self, target_us: int, first: Sleeper) -> None:
        try:
            self._clock.advance_to(max(target_us, self._world.now_us))
        except Exception as error:
            self._wake(first, error)  # whoever wanted this instant gets to know; the others sleep on
        self.on_time()

    def _target_us(self, first: Sleeper) -> int | None:
        """The next instant at which anybody has something to do."""
        times_us = [first.deadline_us, self.timers()]
        if any(sleeper.for_event for sleeper in list(self._asleep)):
            times_us.append(self._world.next_event_us())
        return min((t for t in times_us if t is not None), default=None)

    def _hopeless(self) -> NothingPendingError:
        return NothingPendingError(
            f"a client waits for an event at {iso(self._clock.now())}, but nothing is pending and nobody is left who "
            "could change that: the wait would never end. Submit the work first, or check what the client waits for"
        )

    def _wake(self, sleeper: Sleeper, error: Exception | None = None) -> None:
        self.remove(sleeper)
        if sleeper.ident != threading.get_ident():
            self._woken.add(sleeper.ident)
        sleeper.wake(error)

    def _first(self, wanted: Callable[[Sleeper], bool]) -> Sleeper | None:
        return min(filter(wanted, list(self._asleep)), key=Sleeper.order, default=None)


def _age(ident: int) -> int:
    """How many threads that live began before this one: an order that does not depend on who got a processor first."""
    return [thread.ident for thread in threading.enumerate()].index(ident)


class Alone(Sleepers):
    """The sleepers on a clock that one thread alone uses, so that nobody has to look at the others."""

    def wait_for_event(self, until_us: int | None, over: Callable[[], bool] | None = None) -> None:
        """Jump to the next event, or with `over` until that is true; in any case no further than `until_us`."""
        self._jump(until_us, over)
