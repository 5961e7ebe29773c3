"""`Clock`: virtual time for one world, and the only place where virtual time meets the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pytest_qruntime.clock.durations import micros_of, words_of
from pytest_qruntime.clock.errors import ClockTimeoutError
from pytest_qruntime.clock.held import HELD
from pytest_qruntime.clock.instants import LAST_UNIX_US, Pending, iso, listed, micros_after, utc
from pytest_qruntime.clock.loops import Loops
from pytest_qruntime.clock.process import take
from pytest_qruntime.clock.sleepers import Sleepers
from pytest_qruntime.clock.world import WorldLike
from pytest_qruntime.model.errors import ClockError, NothingPendingError

if TYPE_CHECKING:
    from pytest_qruntime.clock.freezing import View


class Clock:
    """Virtual time for one world.

    The model
        The world counts microseconds since its start and owns that number. A clock moves it, forward only, through
        every event on the way, in four ways: `tick` and `move_to` (the test says so), `run_until`, a sleep of the code
        under test, and `wait_for_event`, with which a client jumps to the next event in place of polling. Nothing else
        moves time: looking at the world does not, and computing does not.

    While the clock is held
        `time.sleep` and `asyncio.sleep` move virtual time and return at once. With ``freeze=True`` the process shows
        virtual time too: `datetime.now`, `date.today`, `time.time`, `localtime`, `strftime`, `uuid1`, and
        `time.monotonic` and `perf_counter`, which go on from their real value. With ``freeze=False`` only the service
        and the sleeps are virtual: code that polls until `time.time()` has passed some point polls for that long.
        Names that modules saved (``from time import time``) are found and put back afterwards. What a class attribute,
        a default argument or a closure saved before the hold is out of reach and stays real. `__main__` is searched
        anew by every hold; any other module that imports such a name after the hold that first searched it keeps what
        it got: the real one, or during a hold a stand-in that is virtual in holds and real outside of them.

    Who comes first
        1. The innermost held clock owns the process; clocks are released in the opposite order.
        2. A `freezegun.freeze_time` that starts inside the hold shows its own time; the service and the sleeps stay
           ours. One that was active before the hold keeps its own `time.localtime` and `time.monotonic`.
        3. Modules that must have the real clock keep it: those that wait with a timeout (`threading`, `queue`,
           `subprocess`, `concurrent.futures`, `multiprocessing`, sockets) and those that measure tests (pytest,
           Hypothesis, coverage, debuggers), and event loops other than asyncio's. `Event.wait(5)` waits five real
           seconds.
        4. A due sleeper wakes before time moves on; of several, the one with the earlier deadline, then the one who
           fell asleep earlier. Events of the world at an instant come before the sleepers of that instant.

    Threads and tasks
        Those that sleep at the same time share the time that passes: time moves when every other thread sleeps or is
        blocked. A thread that computes is waited for, a real second at most. Reading a socket counts as blocked, so
        while an outside server is slow, the hours of another thread's sleep may pass. In asyncio, tasks that are ready
        run before time moves, and `asyncio.timeout` counts real time plus the virtual time that was skipped. `tick` and
        `move_to` do not stop for sleepers on the way: these wake afterwards, in order.

    No wait hangs
        A wait that nothing pending can end raises `NothingPendingError` at once, with the list. Code that sleeps
        `idle_sleeps_limit` times in a row while nothing is pending gets the same error: it polls for something that
        cannot come.

    What stays real
        The times of files, TLS, sqlite's and numpy's ``now``, `select` used to wait, new child processes (a forked one
        gets a copy of the clock), pydantic's `PastDatetime` and `FutureDatetime`.

    Args:
        world: the world whose time this is.
        freeze: whether the process shows virtual time during a hold.
    """

    def __init__(self, world: WorldLike, *, freeze: bool = True) -> None:
        self.world = world
        self.freezes = freeze
        # How many sleeps in a row, with nothing pending, are a poll that cannot end. Raise it for a test that means it.
        self.idle_sleeps_limit = 20_000
        self.view: View | None = None
        self.sleepers = Sleepers(self)
        self.loops = Loops(self)
        self._idle_sleeps = 0
        self._held_since_us = 0
        self._undo: ExitStack | None = None

    def __repr__(self) -> str:
        return f"<Clock at {iso(self.now())}, {words_of(self.world.now_us)} after the start>"

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def unix_us(self) -> int:
        """The virtual instant in microseconds since 1970."""
        return self.world.start_unix_us + self.world.now_us

    @property
    def skipped_s(self) -> float:
        """Virtual seconds that passed since the hold began."""
        return (self.world.now_us - self._held_since_us) / 1_000_000

    def now(self) -> datetime:
        """The virtual instant, as an aware datetime in UTC."""
        return utc(self.unix_us)

    def pending(self) -> list[Pending]:
        """Everything that will happen unless something changes, in order."""
        world = self.world
        return [
            Pending(utc(world.start_unix_us + due.at_us), due.at_us - world.now_us, due.kind, due.subject, due.text)
            for due in world.pending()
        ]

    # -- moving ------------------------------------------------------------------------------------------------------

    def tick(self, delta: str | float | timedelta = 1) -> None:
        """Let time pass: `"25m"`, `"1h30m"`, seconds or a timedelta; one second unless given.

        Raises:
            ConfigurationError: `delta` is no duration, or negative.
        """
        self.advance_by(micros_of(delta, what="a time to pass"))

    def move_to(self, target: str | datetime | timedelta) -> None:
        """Move to an instant: a datetime, ISO 8601 text, or a timedelta since the world's start.

        A datetime or text without a zone is taken as UTC, whatever the zone of the process.

        Raises:
            ClockError: the instant is in the past.
            ConfigurationError: `target` is none of these.
        """
        self.advance_to(micros_after(target, self.world.start_unix_us))

    def run_until(self, predicate: Callable[[], object], *, timeout: str | float | timedelta | None = None) -> None:
        """Move from event to event until `predicate()` is true. It is asked first, and after each event instant.

        Args:
            predicate: looks at the world; what it raises is passed on.
            timeout: virtual time to give up after; None gives up when nothing is pending any more.

        Raises:
            NothingPendingError: no event is left that could make it true.
            ClockTimeoutError: `timeout` passed; also a `TimeoutError`.
        """
        limit_us = None if timeout is None else self.world.now_us + micros_of(timeout, what="a timeout")
        if predicate():
            return
        began, at_first = self.now(), self.pending()
        while self.world.next_event_us() is not None and (limit_us is None or self.world.now_us < limit_us):
            self.wait_for_event(limit_us)
            if predicate():
                return
        story = f"since {iso(began)}, and it is {iso(self.now())} now; {listed(at_first)}"
        if self.world.next_event_us() is None:
            raise NothingPendingError(
                f"run_until waits for something that nothing pending can bring about: its predicate was false {story}. "
                "Submit the work first, or check what the predicate looks at"
            )
        raise ClockTimeoutError(f"run_until reached its timeout of {timeout!r}: its predicate was false {story}")

    def wait_for_event(self, until_us: int | None = None, *, over: Callable[[], bool] | None = None) -> None:
        """Jump to the next event of the world, and no further than `until_us` (microseconds since its start).

        With `over`, jump on until it is true. It is asked after each event, and whenever another thread has acted.

        Raises:
            NothingPendingError: nothing is pending and `until_us` is None.
        """
        self.sleepers.wait_for_event(until_us, over)

    def take_turn(self) -> None:
        """Before something is changed: threads that would do so at one and the same instant do it in a fixed order.

        Waits, in real time, until every other thread sleeps or is blocked; of those that wait here, the one that began
        first goes first. Without it, who is first would depend on who got a processor. Does nothing in the main thread,
        or while the clock is not held.
        """
        if self.held:
            self.sleepers.take_turn()

    def sleep(self, seconds: str | float | timedelta) -> None:
        """Sleep in virtual time, as `time.sleep` does during a hold; also accepts `"25m"` and timedeltas."""
        micros = micros_of(seconds, what="a time to sleep")
        if micros:
            self.sleepers.sleep(micros / 1_000_000)

    def advance_by(self, micros: int) -> None:
        """Move by whole microseconds."""
        with self.world.lock:
            self.advance_to(self.world.now_us + micros)

    def advance_to(self, us: int) -> None:
        """Move to `us`, microseconds since the world's start. Raises `ClockError` for the past and after year 9999."""
        world = self.world
        with world.lock:
            if not world.now_us <= us <= LAST_UNIX_US - world.start_unix_us:
                raise self._unreachable(us)
            if self.sleepers:
                self.sleepers.note_events_until(us)
            try:
                world.advance_to(us)
            finally:
                if self.view is not None:
                    self.view.move(world.start_unix_us + world.now_us)

    def count_idle_sleep(self) -> None:
        """A sleep has ended. Raises `NothingPendingError` if it was one too many with nothing pending."""
        if self.world.next_event_us() is not None:
            self._idle_sleeps = 0
            return
        self._idle_sleeps += 1
        if self._idle_sleeps > self.idle_sleeps_limit:
            self._idle_sleeps = 0
            raise NothingPendingError(
                f"the code slept {self.idle_sleeps_limit} times in a row while nothing was pending, up to "
                f"{iso(self.now())}: it polls for something that cannot come. If it means to wait that long, raise "
                "clock.idle_sleeps_limit"
            )

    # -- holding -----------------------------------------------------------------------------------------------------

    @property
    def held(self) -> bool:
        """Whether the process sleeps on this clock, or would if no other were held inside."""
        return self._undo is not None

    @contextmanager
    def hold(self) -> Iterator[Clock]:
        """Own the process's sleeps, and with `freeze` its clock, inside the `with` block."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Begin a hold that `stop` ends. Raises `ClockError` if this clock is held already."""
        if self._undo is not None:
            raise ClockError("this clock is held already; a clock is held once, other clocks may be held inside")
        self._held_since_us = self.world.now_us
        self._undo = take(self)

    def stop(self) -> None:
        """End the hold; nothing is patched after the outermost one. Sleepers in other threads wake at once.

        Does nothing when the clock is not held. Raises `ClockError` while a clock that was held later is still held.
        """
        if self._undo is None:
            return
        if HELD[-1] is not self:
            raise ClockError(f"{HELD[-1]!r} was held after {self!r}; release it first")
        undo, self._undo = self._undo, None
        try:
            self.loops.let_go(last=len(HELD) == 1)
        finally:
            undo.close()
            self.sleepers.release_all()

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _unreachable(self, us: int) -> ClockError:
        if us > self.world.now_us:
            return ClockError(f"it is {iso(self.now())}; the clock ends with the year 9999, ask for an earlier time")
        asked = utc(self.world.start_unix_us + us)
        return ClockError(
            f"the clock only goes forward: it is {iso(self.now())}, and {iso(asked)} was asked for, "
            f"{words_of(self.world.now_us - us)} earlier. Start the world earlier, or ask for a later time"
        )
