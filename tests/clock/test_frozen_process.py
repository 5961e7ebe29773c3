"""The traps of a frozen process: each of these is wrong, or hangs, under a plain freeze."""

from __future__ import annotations

import concurrent.futures
import copy
import datetime
import email.utils
import logging
import multiprocessing.connection
import pickle
import queue
import random
import subprocess
import sys
import threading
import time
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

import freezegun
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.real import Real
from tests.clock.stub import START_UNIX_US, StubWorld

UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 1, 15, 12, tzinfo=UTC)
QUICKLY_S = 10

Zone = Callable[[str], None]


@pytest.fixture(autouse=True)
def bounded() -> Any:
    """Nothing here may take long in real time."""
    began = Real.monotonic()
    yield
    assert Real.monotonic() - began < QUICKLY_S


# -- one and the same time, everywhere -------------------------------------------------------------------------------


def every_reading() -> dict[str, float]:
    return {
        "time": time.time(),
        "time_ns": time.time_ns() / 1e9,
        "gmtime": float(time.strftime("%s", time.localtime())),
        "datetime": datetime.datetime.now(UTC).timestamp(),
        "naive": datetime.datetime.now().timestamp(),
        "today": datetime.datetime.today().timestamp(),
        "utcnow": datetime.datetime.utcnow().replace(tzinfo=UTC).timestamp(),
        "logging": logging.makeLogRecord({}).created and logging.LogRecord("n", 0, "p", 0, "m", (), None).created,
        "email": email.utils.parsedate_to_datetime(email.utils.formatdate()).timestamp(),
        "uuid1": uuid.uuid1().time / 1e7 - 12_219_292_800,
    }


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
def test_every_clock_shows_the_same_virtual_time_in_every_thread(held: Clock) -> None:
    held.tick("1h")
    expected = START_UNIX_US / 1e6 + 3600
    readings = [every_reading()]
    threads = [threading.Thread(target=lambda: readings.append(every_reading())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(QUICKLY_S)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        readings.append(pool.submit(every_reading).result(QUICKLY_S))
        times = [pool.submit(time.time).result(QUICKLY_S)]
    assert len(readings) == 4
    for reading in readings:
        assert reading == pytest.approx(dict.fromkeys(reading, expected), abs=1e-3)
    assert times == [expected]


def test_the_monotonic_clocks_go_on_and_count_virtual_time_only(clock: Clock) -> None:
    before = time.monotonic(), time.perf_counter()
    with clock.hold():
        first = time.monotonic(), time.perf_counter(), time.monotonic_ns(), time.perf_counter_ns()
        assert before[0] <= first[0] < before[0] + 60
        assert before[1] <= first[1] < before[1] + 60
        clock.tick("8h")
        second = time.monotonic(), time.perf_counter(), time.monotonic_ns(), time.perf_counter_ns()
    assert [b - a for a, b in zip(first, second, strict=True)] == pytest.approx([28800, 28800, 28800e9, 28800e9])


def test_the_calendar_turns_with_virtual_time(held: Clock) -> None:
    assert datetime.date.today() == datetime.date(2026, 1, 15)
    held.tick("1d")
    assert datetime.date.today() == datetime.date(2026, 1, 16)
    assert time.strftime("%Y-%m-%d") == "2026-01-16"


def test_a_given_time_is_formatted_as_given(held: Clock) -> None:
    assert time.gmtime(0).tm_year == 1970
    assert time.strftime("%Y", time.gmtime(0)) == "1970"
    assert time.localtime(86400 * 365).tm_year in (1970, 1971)
    assert datetime.datetime.fromtimestamp(0, UTC).year == 1970


# -- time zones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "winter_hours", "summer_hours"),
    [("UTC", 0, 0), ("America/New_York", -5, -4), ("Europe/Berlin", 1, 2), ("Asia/Kolkata", 5.5, 5.5)],
)
def test_local_time_is_that_of_the_process_s_zone_across_summer_time(
    name: str, winter_hours: float, summer_hours: float, zone: Zone, clock: Clock
) -> None:
    zone(name)
    with clock.hold():
        for months, hours in ((0, winter_hours), (181, summer_hours)):
            clock.move_to(datetime.timedelta(days=months))
            local = clock.now().replace(tzinfo=None) + datetime.timedelta(hours=hours)
            assert datetime.datetime.now() == datetime.datetime.today() == local
            assert datetime.datetime.now(UTC) == clock.now()
            assert datetime.datetime.now().astimezone() == clock.now()
            assert datetime.datetime.now().astimezone().utcoffset() == datetime.timedelta(hours=hours)
            assert datetime.datetime.now(zoneinfo.ZoneInfo(name)).replace(tzinfo=None) == local
            assert datetime.datetime.fromtimestamp(time.time()) == local
            assert datetime.datetime.now().timestamp() == time.time()
            assert time.localtime()[:6] == local.timetuple()[:6]
            assert time.localtime().tm_gmtoff == hours * 3600
            assert time.mktime(time.localtime()) == time.time()
            assert datetime.date.today() == local.date()


def test_the_hour_that_comes_twice_is_told_apart(zone: Zone) -> None:
    zone("Europe/Berlin")
    with Clock(StubWorld(1_792_888_200_000_000)).hold() as clock:  # 2026-10-25T00:30:00Z, 02:30 in summer time
        first = datetime.datetime.now()
        clock.tick("1h")
        second = datetime.datetime.now()
    assert (first.hour, first.fold, second.hour, second.fold) == (2, 0, 2, 1)
    assert second.timestamp() - first.timestamp() == 3600


# -- waits with a real timeout, which never end on a clock that stands still -----------------------------------------


def test_a_child_process_times_out_in_real_time(held: Clock, world: StubWorld) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)
    assert world.now_us == 0


def test_queues_events_conditions_and_joins_time_out_in_real_time(held: Clock, world: StubWorld) -> None:
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=0.01)
    full = queue.Queue[int](1)
    full.put(1)
    with pytest.raises(queue.Full):
        full.put(2, timeout=0.01)
    assert not threading.Event().wait(0.01)
    condition = threading.Condition()
    with condition:
        assert not condition.wait_for(lambda: False, 0.01)
    assert not threading.Semaphore(0).acquire(timeout=0.01)
    assert world.now_us == 0


def test_futures_time_out_in_real_time(held: Clock, world: StubWorld) -> None:
    never: concurrent.futures.Future[None] = concurrent.futures.Future()
    with pytest.raises(concurrent.futures.TimeoutError):
        never.result(0.01)
    with pytest.raises(concurrent.futures.TimeoutError):
        list(concurrent.futures.as_completed([never], 0.01))
    assert concurrent.futures.wait([never], 0.01).not_done == {never}
    assert world.now_us == 0


def test_pipes_time_out_in_real_time(held: Clock, world: StubWorld) -> None:
    ours, theirs = multiprocessing.connection.Pipe()
    assert not ours.poll(0.01)
    assert multiprocessing.connection.wait([theirs], 0.01) == []
    ours.close()
    theirs.close()
    assert world.now_us == 0


def test_a_loop_that_polls_until_its_own_deadline_ends(held: Clock, world: StubWorld) -> None:
    deadline = time.monotonic() + 3600
    while time.monotonic() < deadline:
        time.sleep(10)
    assert 3600 <= world.seconds <= 3620


# -- values that outlive the freeze ----------------------------------------------------------------------------------


def test_frozen_times_are_datetimes_that_can_be_copied_and_pickled(clock: Clock) -> None:
    with clock.hold():
        now, day = datetime.datetime.now(UTC), datetime.date.today()
        assert isinstance(now, datetime.datetime)
        assert isinstance(clock.now(), datetime.datetime)
        assert not isinstance(day, datetime.datetime)
        assert copy.deepcopy([now, day]) == pickle.loads(pickle.dumps([now, day])) == [now, day]
        during = pickle.dumps([now, day, clock.now()])
    assert isinstance(now, datetime.datetime)
    assert isinstance(day, datetime.date)
    assert pickle.loads(during) == pickle.loads(pickle.dumps([now, day, clock.now()])) == [NOON, NOON.date(), NOON]
    assert copy.deepcopy(now) == NOON
    assert now - clock.now() == datetime.timedelta(0)


def test_a_naive_time_that_outlives_the_freeze_still_has_a_timestamp(zone: Zone, clock: Clock) -> None:
    zone("America/New_York")
    with clock.hold():
        now = datetime.datetime.now()
    assert now.timestamp() == NOON.timestamp()
    assert type(now).now(UTC).year >= 2024
    assert type(now).today().timestamp() > 1_700_000_000
    assert type(now).fromtimestamp(0, UTC).year == 1970


@pytest.mark.parametrize("dumper", ["SafeDumper", "CSafeDumper", "Dumper", "CDumper"])
def test_yaml_writes_frozen_times(dumper: str, clock: Clock) -> None:
    if not hasattr(yaml, dumper):
        pytest.skip("PyYAML was built without libyaml")
    tables = [dict(cls.yaml_representers) for cls in (yaml.SafeDumper, yaml.Dumper)]
    with clock.hold():
        text = yaml.dump([datetime.datetime.now(UTC), datetime.date.today()], Dumper=getattr(yaml, dumper))
    assert yaml.safe_load(text) == [NOON, NOON.date()]
    assert [dict(cls.yaml_representers) for cls in (yaml.SafeDumper, yaml.Dumper)] == tables


# -- beside other tools ----------------------------------------------------------------------------------------------


def test_a_freeze_inside_the_hold_shows_its_own_time(held: Clock, world: StubWorld) -> None:
    with freezegun.freeze_time("2030-05-01T00:00:00Z"):
        assert time.time() == 1_903_824_000
        assert time.gmtime().tm_year == 2030
        assert datetime.datetime.now(UTC).year == datetime.date.today().year == 2030
        time.sleep(10)
        assert time.time() == 1_903_824_000
    assert world.seconds == 10
    assert datetime.datetime.now(UTC) == NOON + datetime.timedelta(seconds=10)


def test_a_freeze_inside_an_unfrozen_hold_shows_its_own_time(world: StubWorld) -> None:
    with Clock(world, freeze=False).hold(), freezegun.freeze_time("2030-05-01T00:00:00Z"):
        assert datetime.datetime.now(UTC).year == 2030
        time.sleep(10)
    assert world.seconds == 10


def test_a_hold_inside_a_freeze_shows_the_clock(world: StubWorld) -> None:
    with freezegun.freeze_time("2030-05-01T00:00:00Z"):
        with Clock(world).hold():
            time.sleep(10)
            assert datetime.datetime.now(UTC) == NOON + datetime.timedelta(seconds=10)
            assert time.time() == NOON.timestamp() + 10
        assert datetime.datetime.now(UTC).year == 2030
    assert datetime.datetime.now(UTC).year < 2030 or time.time() > 1_903_824_000


def test_a_plain_freeze_works_as_ever_afterwards(clock: Clock) -> None:
    with clock.hold():
        pass
    with freezegun.freeze_time("2030-05-01T00:00:00Z", tz_offset=-4):
        assert datetime.datetime.now().hour == 20
        assert datetime.datetime.utcnow().hour == 0
        assert datetime.date.today().day == 30


def test_freezegun_s_own_settings_stay(clock: Clock) -> None:
    before = list(freezegun.config.settings.default_ignore_list)
    with clock.hold():
        assert freezegun.config.settings.default_ignore_list == before
    assert "threading" in freezegun.config.settings.default_ignore_list


def test_randomness_is_left_alone(clock: Clock) -> None:
    random.seed(7)
    expected = random.random()
    random.seed(7)
    with clock.hold():
        time.sleep(5)
    assert random.random() == expected
