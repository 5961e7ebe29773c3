from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pytest_qruntime.clock import Clock, ClockTimeoutError
from pytest_qruntime.model import ClockError, ConfigurationError, JobRequest, NothingPendingError, QRuntimeError, World
from tests.clock.stub import SECOND, StubWorld

UTC = datetime.timezone.utc


def test_now_is_an_aware_time_in_utc(clock: Clock) -> None:
    assert clock.now() == datetime.datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert clock.now().utcoffset() == datetime.timedelta(0)


@pytest.mark.parametrize("delta", ["25m", 1500, 1500.0, datetime.timedelta(minutes=25)])
def test_tick_lets_time_pass(clock: Clock, world: StubWorld, delta: Any) -> None:
    clock.tick(delta)
    assert world.now_us == 1500 * SECOND
    assert clock.now() == datetime.datetime(2026, 1, 15, 12, 25, tzinfo=UTC)


def test_tick_alone_is_one_second(clock: Clock, world: StubWorld) -> None:
    clock.tick()
    assert world.now_us == SECOND


def test_tick_goes_through_every_event_on_the_way(clock: Clock, world: StubWorld) -> None:
    world.at(10, "first")
    world.at(20, "second")
    world.at(30, "too late")
    clock.tick(25)
    assert world.happened == [(10, "first"), (20, "second")]


@pytest.mark.parametrize("delta", ["25", "abc", -1, float("nan"), float("inf"), True, None])
def test_a_bad_duration_moves_nothing(clock: Clock, world: StubWorld, delta: Any) -> None:
    with pytest.raises(ConfigurationError, match='"25m"'):
        clock.tick(delta)
    assert world.now_us == 0


@pytest.mark.parametrize(
    "target",
    [
        "2026-01-15T13:00:00Z",
        "2026-01-15T13:00:00",
        "2026-01-15 14:00:00+01:00",
        datetime.datetime(2026, 1, 15, 13),
        datetime.datetime(2026, 1, 15, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=-5))),
        datetime.timedelta(hours=1),
    ],
)
def test_move_to_accepts_instants_and_the_time_since_the_start(clock: Clock, world: StubWorld, target: Any) -> None:
    clock.tick(60)
    clock.move_to(target)
    assert world.now_us == 3600 * SECOND


def test_a_time_without_a_zone_is_utc_in_every_zone(clock: Clock, world: StubWorld, zone: Any) -> None:
    zone("America/New_York")
    clock.move_to("2026-01-15T13:00:00")
    assert world.now_us == 3600 * SECOND


def test_the_clock_only_goes_forward(clock: Clock, world: StubWorld) -> None:
    clock.tick("1h")
    with pytest.raises(ClockError, match="only goes forward") as caught:
        clock.move_to("2026-01-15T12:30:00Z")
    for part in ("2026-01-15T13:00:00Z", "2026-01-15T12:30:00Z", "30m", "later time"):
        assert part in str(caught.value)
    assert world.now_us == 3600 * SECOND


def test_moving_to_now_is_no_move(clock: Clock, world: StubWorld) -> None:
    clock.move_to(clock.now())
    assert world.now_us == 0


@pytest.mark.parametrize("target", ["tomorrow", "25m", "", 3600, None])
def test_what_is_no_instant_is_refused(clock: Clock, target: Any) -> None:
    with pytest.raises(ConfigurationError, match="expected"):
        clock.move_to(target)


def test_the_end_of_the_calendar_is_an_error_of_the_clock(clock: Clock, world: StubWorld) -> None:
    with pytest.raises(ClockError, match="9999"):
        clock.tick("4000000d")
    assert world.now_us == 0


def test_run_until_stops_at_the_first_event_that_makes_it_true(clock: Clock, world: StubWorld) -> None:
    for second in (10, 20, 30):
        world.at(second, f"event {second}")
    clock.run_until(lambda: len(world.happened) == 2)
    assert world.now_us == 20 * SECOND


def test_run_until_moves_nothing_when_it_is_true_already(clock: Clock, world: StubWorld) -> None:
    world.at(10, "event")
    clock.run_until(lambda: True)
    assert world.now_us == 0


def test_run_until_sees_all_events_of_an_instant_at_once(clock: Clock, world: StubWorld) -> None:
    seen: list[int] = []

    def predicate() -> bool:
        seen.append(len(world.happened))
        return bool(world.happened)

    world.at(10, "a")
    world.at(10, "b")
    clock.run_until(predicate)
    assert seen == [0, 2]


def test_run_until_that_cannot_end_lists_what_was_pending(clock: Clock, world: StubWorld) -> None:
    world.at(60, "the session's ttl")
    with pytest.raises(NothingPendingError, match=r"in 1m \(2026-01-15T12:01:00Z\): the session's ttl happens"):
        clock.run_until(lambda: False)
    assert world.now_us == 60 * SECOND
    with pytest.raises(NothingPendingError, match="nothing was pending when the wait began"):
        clock.run_until(lambda: False)


def test_run_until_gives_up_after_its_virtual_timeout(clock: Clock, world: StubWorld) -> None:
    world.at(7200, "much later")
    with pytest.raises(ClockTimeoutError, match="much later happens") as caught:
        clock.run_until(lambda: False, timeout="1h")
    assert world.now_us == 3600 * SECOND
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, QRuntimeError)


def test_what_a_predicate_raises_is_passed_on(clock: Clock, world: StubWorld) -> None:
    world.at(10, "event")
    with pytest.raises(ZeroDivisionError):
        clock.run_until(lambda: world.now_us and 1 / 0)


def test_a_long_list_of_pending_events_is_cut_in_messages(clock: Clock, world: StubWorld) -> None:
    for second in range(1, 31):
        world.at(second, "event")
    with pytest.raises(NothingPendingError, match="and 10 more"):
        clock.run_until(lambda: False)


def test_wait_for_event_jumps_on_until_what_it_waits_for(clock: Clock, world: StubWorld) -> None:
    for second in (1, 2, 3):
        world.at(second, "event")
    clock.wait_for_event(over=lambda: world.seconds >= 2)
    assert world.seconds == 2
    clock.wait_for_event(10 * SECOND, over=lambda: False)
    assert world.seconds == 10
    with pytest.raises(NothingPendingError):
        clock.wait_for_event(over=lambda: False)


def test_wait_for_event_jumps_to_the_next_event_or_the_limit(clock: Clock, world: StubWorld) -> None:
    world.at(10, "event")
    clock.wait_for_event(4 * SECOND)
    assert world.now_us == 4 * SECOND
    clock.wait_for_event()
    assert world.now_us == 10 * SECOND
    clock.wait_for_event(12 * SECOND)
    assert world.now_us == 12 * SECOND
    with pytest.raises(NothingPendingError):
        clock.wait_for_event()


def test_pending_reads_like_a_plan(clock: Clock, world: StubWorld) -> None:
    world.at(5400, "b")
    world.at(0.5, "a")
    first, second = clock.pending()
    assert str(first) == "in 0.5s (2026-01-15T12:00:00.500000Z): a happens [stub.event a]"
    assert repr(second) == "<in 1h30m (2026-01-15T13:30:00Z): b happens [stub.event b]>"
    assert second.at == clock.now() + datetime.timedelta(minutes=90)
    assert second.in_us == 5400 * SECOND


def test_the_clock_says_what_time_it_is(clock: Clock) -> None:
    clock.tick("25m")
    assert repr(clock) == "<Clock at 2026-01-15T12:25:00Z, 25m after the start>"


def test_sleep_accepts_durations(clock: Clock, world: StubWorld) -> None:
    clock.sleep("25m")
    clock.sleep(0)
    clock.sleep(datetime.timedelta(seconds=1))
    assert world.now_us == 1501 * SECOND


def test_an_error_on_the_way_leaves_the_view_at_the_world_s_instant(held: Clock, world: StubWorld) -> None:
    world.at(10, "breaks", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        held.tick(20)
    assert datetime.datetime.now(UTC) == held.now() == datetime.datetime(2026, 1, 15, 12, 0, 10, tzinfo=UTC)


def test_polling_for_what_cannot_come_is_an_error_not_a_hang(clock: Clock) -> None:
    clock.idle_sleeps_limit = 100
    with pytest.raises(NothingPendingError, match="100 times in a row"):
        poll(lambda: clock.sleep(0.5))


def poll(wait: Callable[[], object]) -> None:
    """What a client does that never gives up."""
    while True:
        wait()


def test_a_pending_event_makes_polling_a_wait(clock: Clock, world: StubWorld) -> None:
    clock.idle_sleeps_limit = 100
    world.at(400, "event")
    for _ in range(450):
        clock.sleep(1)
    assert world.happened == [(400, "event")]


def test_only_idle_sleeps_in_a_row_count(clock: Clock, world: StubWorld) -> None:
    clock.idle_sleeps_limit = 100
    for _ in range(3):
        for _ in range(98):
            clock.sleep(1)
        world.at(world.seconds + 2, "event")
        clock.sleep(1)  # something is pending: the count begins anew
        clock.sleep(1)


def test_who_goes_on_after_the_error_of_a_poll_may_sleep_as_often_again(clock: Clock) -> None:
    clock.idle_sleeps_limit = 100
    for _ in range(2):
        for _ in range(100):
            clock.sleep(1)
        with pytest.raises(NothingPendingError):
            clock.sleep(1)


def test_a_client_that_waits_for_nothing_is_told_what_to_do(clock: Clock) -> None:
    with pytest.raises(NothingPendingError, match="Submit the work first, or check what the client waits for"):
        clock.wait_for_event()


def test_the_world_is_locked_while_time_moves(clock: Clock, world: StubWorld) -> None:
    free: list[bool] = []

    def probe() -> None:
        other = threading.Thread(target=lambda: free.append(world.lock.acquire(blocking=False)))
        other.start()
        other.join()

    world.at(10, "probe", probe)
    clock.tick(10)
    assert free == [False]


def test_it_drives_the_service() -> None:
    world = World(seed=1)
    world.add_backend("fake_backend")
    clock = Clock(world)
    job = world.submit(JobRequest())
    assert "job" in str(clock.pending()[0])
    clock.run_until(lambda: job.final)
    assert job.status == "Completed"
    assert world.now_us > 0
