"""asyncio on the virtual clock.

`asyncio.sleep` sleeps virtually. The loop stays the real one: while a task sleeps, the loop looks once a turn whether
anything else is ready or arrives from a socket, and when not, time moves to the next deadline: that of a sleeper or of
one of the loop's own timers, whichever is earlier. So `asyncio.wait_for(asyncio.sleep(7200), 3600)` times out at +3600.

A loop in which nobody sleeps may wait for a thread that does: `asyncio.wait_for(asyncio.to_thread(job.result), 60)`.
Its timers count too: time stops at each, and moves on when the loop has had its turn.

`loop.time()` is real time plus what the clock skipped, so a timeout around real I/O goes on counting real seconds. The
real part goes in steps (`LAG_S`, and coarser while somebody sleeps): the microseconds that the loop itself needs would
otherwise show up in the virtual instants.

The private attributes of asyncio's loops that this reads (`_ready`, `_scheduled`, `_selector`) may be missing, as in
uvloop: then sleeping works, timeouts count real time, and a turn counts as idle after one look.
"""

from __future__ import annotations

import asyncio
import math
import sys
import threading
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from pytest_qruntime.clock.real import Real
from pytest_qruntime.clock.sleepers import LOOK_EVERY_S, Sleeper
from pytest_qruntime.clock.watch import SETTLED_S, STUCK_S

if TYPE_CHECKING:
    from pytest_qruntime.clock.clock import Clock

LAG_S: Final = 0.02
_RESOLUTION_US: Final = 0.0005  # half of what asyncio's loops forgive


class _LoopState:
    """What is known of one loop.

    `real_s` is the real part of its time; `idle` says that only sleepers are left; `since_s` is when they last saw time
    move, told by the count `moves`.
    """

    def __init__(self) -> None:
        self.real_s = Real.monotonic()
        self.sleepers: list[AsyncSleeper] = []
        self.idle = False
        self.idle_turns = 0
        self.checking = False
        self.since_s = 0.0
        self.moves = 0


_STATES: Final[WeakKeyDictionary[Any, _LoopState]] = WeakKeyDictionary()


def _state(loop: Any) -> _LoopState:
    state = _STATES.get(loop)
    if state is None:
        state = _STATES[loop] = _LoopState()
    return state


class AsyncSleeper(Sleeper):
    """A task asleep in a loop."""

    def __init__(self, deadline_us: int, born_us: int, loop: Any, result: Any, clock: Clock) -> None:
        super().__init__(deadline_us, born_us)
        self.future: asyncio.Future[Any] = loop.create_future()
        self.clock = clock
        self.state = _state(loop)
        self._loop = loop
        self._result = result

    def is_quiet(self) -> bool:
        """Whether its loop has nothing else to do."""
        return self.state.idle and all(handle._callback is _look for handle in list(getattr(self._loop, "_ready", ())))

    def nudge(self) -> None:
        """Nothing to do: its loop looks every turn."""

    def wake(self, error: Exception | None = None) -> None:
        """End the sleep, from whatever thread."""
        self.error, self.awake, self.state.idle = error, True, False
        if self._loop.is_closed():
            return
        if self.ident == threading.get_ident():
            self._finish()
        elif self._loop.is_running():
            self.clock.sleepers.landing.add(self)
            self._loop.call_soon_threadsafe(self._finish)

    def is_landing(self) -> bool:
        """Whether its task, which was woken, will get its turn."""
        return bool(self._loop.is_running())

    def _finish(self) -> None:
        if self.future.done():
            self.clock.sleepers.landing.discard(self)  # cancelled meanwhile
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self._result)


class Bell(Sleeper):
    """A turn that a loop waiting in another thread is given, because one of its timers is due."""

    def __init__(self, loop: Any, landing: set[Sleeper]) -> None:
        super().__init__(None, 0)
        self.ident = loop._thread_id
        self._loop = loop
        self._landing = landing

    def ring(self) -> None:
        """Wake the loop. Its timers that are due run in the same turn as the answer to this."""
        self._landing.add(self)
        try:
            self._loop.call_soon_threadsafe(self._landing.discard, self)
        except RuntimeError:  # it was closed meanwhile
            self._landing.discard(self)

    def is_landing(self) -> bool:
        """Whether the loop will have that turn."""
        return bool(self._loop.is_running())


class Loops:
    """The sleeping tasks of one clock, in whatever loops they run."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        clock.sleepers.timers = self.next_timer_us
        clock.sleepers.on_time = self.ring

    async def sleep(self, delay: float, result: Any) -> Any:
        """Sleep virtually in the running loop, then return `result`."""
        loop = asyncio.get_running_loop()
        now_us = self._clock.world.now_us
        sleeper = AsyncSleeper(now_us + max(1, round(delay * 1_000_000)), now_us, loop, result, self._clock)
        state = sleeper.state
        state.sleepers.append(sleeper)
        self._clock.sleepers.add(sleeper)
        try:
            self._look_soon(loop, state)
            result = await sleeper.future
            self._clock.count_idle_sleep()
            return result
        finally:
            state.sleepers.remove(sleeper)
            self._clock.sleepers.remove(sleeper)
            self._clock.sleepers.landing.discard(sleeper)

    def _look_soon(self, loop: Any, state: _LoopState) -> None:
        if not state.checking:
            state.checking = True
            state.since_s = Real.monotonic()
            loop.call_soon(_look, loop, state)

    def next_timer_us(self) -> int | None:
        """When the first timer is due of a loop that waits, or in which somebody sleeps on this clock; world time."""
        found = [
            _timer_us(loop, self._clock.world.now_us)
            for loop, state in list(_STATES.items())
            if any(sleeper.clock is self._clock for sleeper in state.sleepers) or _is_waiting(loop)
        ]
        return min((us for us in found if us is not None), default=None)

    def ring(self) -> None:
        """Time has moved: give every loop that waits for a thread, and has a timer that is due, a turn."""
        now_us = self._clock.world.now_us
        for loop, state in list(_STATES.items()):
            due_us = None if state.sleepers or not _is_waiting(loop) else _timer_us(loop, now_us)
            if due_us is not None and due_us <= now_us:
                Bell(loop, self._clock.sleepers.landing).ring()

    def real_time(self, loop: Any) -> float:
        """The real part of `loop.time()`, in seconds."""
        state = _state(loop)
        now_s = Real.monotonic()
        if now_s - state.real_s > (STUCK_S if state.sleepers else LAG_S):
            state.real_s = now_s
        return state.real_s

    def let_go(self, *, last: bool) -> None:
        """Move the timers of all loops back by what this clock skipped, since `loop.time()` goes back by that."""
        for loop, state in list(_STATES.items()):
            back_s = self._clock.skipped_s + (state.real_s - Real.monotonic() if last else 0)
            for handle in getattr(loop, "_scheduled", ()):
                handle._when -= back_s
        if last:
            _STATES.clear()


def _look(loop: Any, state: _LoopState) -> None:
    """Once a turn of a loop in which somebody sleeps. A failure ends the sleeps with it, rather than leave them."""
    try:
        _turn(loop, state)
    except Exception as error:
        for sleeper in list(state.sleepers):
            sleeper.wake(error)
    if state.sleepers:
        loop.call_soon(_look, loop, state)
    else:
        state.checking = state.idle = False


def _turn(loop: Any, state: _LoopState) -> None:
    """Is there anything else to do in this loop? If not, let time move."""
    if getattr(loop, "_ready", ()):
        state.idle, state.idle_turns = False, 0
    elif state.idle_turns == 0:
        state.idle_turns = 1  # one more turn, so that the loop polls its sockets
    elif state.idle_turns == 1 and _waits_for_sockets(loop):
        state.idle_turns = 2
        Real.sleep(SETTLED_S)
    else:
        state.idle = True  # for other threads that want to know while this one asks about them
        state.idle = not _let_time_move(state)


def _let_time_move(state: _LoopState) -> bool:
    now_s = Real.monotonic()
    moved = False
    clocks = {id(sleeper.clock): sleeper.clock for sleeper in state.sleepers}.values()
    moves = sum(clock.sleepers.moves for clock in clocks)
    if moves != state.moves:
        state.moves, state.since_s = moves, now_s  # another thread moved time: nobody has kept this loop waiting yet
    for clock in clocks:
        moved = clock.sleepers.step(waited_s=now_s - state.since_s) or moved
    if moved:
        state.idle_turns = 0
    else:
        Real.sleep(LOOK_EVERY_S)
    return moved


def _is_waiting(loop: Any) -> bool:
    """Whether the loop, run by another thread, is in its select: nobody in there could do anything before a timer."""
    ident = getattr(loop, "_thread_id", None)
    frame = None if ident in (None, threading.get_ident()) else sys._current_frames().get(ident)
    return frame is not None and frame.f_code.co_name == "select" and frame.f_globals.get("__name__") == "selectors"


def _waits_for_sockets(loop: Any) -> bool:
    """Whether the loop watches anything but its own wake-up pipe."""
    try:
        return len(loop._selector.get_map()) > 1
    except (AttributeError, TypeError, RuntimeError):
        return False


def _timer_us(loop: Any, now_us: int) -> int | None:
    whens: list[float] = [handle._when for handle in list(getattr(loop, "_scheduled", ())) if not handle._cancelled]
    when = min(whens, default=math.inf)
    if not math.isfinite(when):
        return None
    left_s: float = when - loop.time()
    return now_us + max(0, math.ceil(left_s * 1_000_000 - _RESOLUTION_US))
