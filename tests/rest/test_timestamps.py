from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_qruntime.rest.timestamps import iso, parse, parse_date

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
instants = st.datetimes(timezones=st.just(timezone.utc))


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def test_an_instant_is_written_as_the_service_writes_it() -> None:
    assert iso(1_768_478_400_000_000) == "2026-01-15T12:00:00.000000Z"
    assert iso(1_768_478_400_000_001) == "2026-01-15T12:00:00.000001Z"


@given(instants)
def test_every_instant_is_written_as_datetime_would(instant: datetime) -> None:
    assert iso(micros(instant)) == instant.strftime("%Y").zfill(4) + instant.strftime("-%m-%dT%H:%M:%S.%fZ")


@given(instants)
def test_what_is_written_can_be_read(instant: datetime) -> None:
    assert parse(iso(micros(instant))) == micros(instant)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(-1439, 1439))
def test_an_offset_is_taken_into_account(local: datetime, minutes: int) -> None:
    instant = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse(instant.isoformat()) == micros(instant)


@given(st.dates())
def test_every_date_can_be_read(day: date) -> None:
    assert parse_date(day.isoformat()) == (day - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15", "2026-01-15T00:00:00.000000Z"),
        ("2026-01-15T12:30", "2026-01-15T12:30:00.000000Z"),
        ("2026-01-15t12:30:15z", "2026-01-15T12:30:15.000000Z"),
        ("2026-01-15 12:30:15,5", "2026-01-15T12:30:15.500000Z"),
        ("2026-01-15T12:30:15.123456789Z", "2026-01-15T12:30:15.123456Z"),
        ("2026-01-15T12:30:15+0130", "2026-01-15T11:00:15.000000Z"),
        ("2026-01-15T12:30:15 01:30", "2026-01-15T11:00:15.000000Z"),
        ("2024-02-29T00:00:00-00:30", "2024-02-29T00:30:00.000000Z"),
    ],
)
def test_the_usual_forms_are_read(text: str, expected: str) -> None:
    assert iso(parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026",
        "2026-1-15",
        "2026-00-15",
        "2026-13-15",
        "2026-02-29",
        "2100-02-29",
        "0000-01-01",
        "2026-01-15T24:00",
        "2026-01-15T12:60",
        "2026-01-15T12:30:60",
        "2026-01-15T12:30:15+24:00",
        "2026-01-15T12:30:15 Z",
        "2026-01-15T12:30:15.Z",
        "２０２６-01-15",
        "2026-01-15T12:30:15Z\n",
    ],
)
def test_what_is_not_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)
