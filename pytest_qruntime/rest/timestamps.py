"""Instants at the REST edge: RFC 3339 text for the model's whole microseconds, and back.

Integer arithmetic only. Nothing here reads a clock or touches `datetime`, so a frozen clock cannot change what is
written, and a timestamp costs well under a microsecond. All instants here count from 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SECOND_US: Final = 1_000_000
_DAY_S: Final = 86_400
_DAYS_IN_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    # A plus sign that a client forgot to encode arrives as a space.
    r"(?:([Zz])|([-+ ])([0-9]{2}):?([0-9]{2}))?)?"
)


@lru_cache(maxsize=8192)
def iso(unix_us: int) -> str:
    """The instant as the service writes it, such as ``2026-01-15T12:00:00.000000Z``."""
    seconds, micros = divmod(unix_us, SECOND_US)
    days, second = divmod(seconds, _DAY_S)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return f"{_day(days)}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"


@lru_cache(maxsize=1024)
def _day(days: int) -> str:
    """The calendar date of a number of days since 1970-01-01, in the proleptic Gregorian calendar.

    Years are counted from March, so that the leap day is the last of its year: http://howardhinnant.github.io/date_algorithms.html
    """
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    return f"{year_of_era + era * 400 + (month <= 2):04}-{month:02}-{day:02}"


def parse(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 date or instant; without an offset it is UTC.

    Raises ValueError if it is not one.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date or an instant of RFC 3339, such as 2026-01-15T12:00:00Z")
    hour, minute, second = (int(match[group] or 0) for group in (4, 5, 6))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{text!r} has a time of day that does not exist")
    seconds = parse_date(text[:10]) * _DAY_S + hour * 3600 + minute * 60 + second - _offset_s(match)
    return seconds * SECOND_US + int((match[7] or "").ljust(6, "0")[:6])


def _offset_s(match: re.Match[str]) -> int:
    if match[9] is None:
        return 0
    hours, minutes = int(match[10]), int(match[11])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{match[0]!r} has an offset that does not exist")
    return (-1 if match[9] == "-" else 1) * (hours * 3600 + minutes * 60)


def parse_date(text: str) -> int:
    """Days since 1970-01-01 of a date such as ``2025-05-01``. Raises ValueError if there is no such date."""
    match = _INSTANT.fullmatch(text)
    if match is None or match[4] is not None:
        raise ValueError(f"{text!r} is not a date such as 2025-05-01")
    year, month, day = (int(match[group]) for group in (1, 2, 3))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _DAYS_IN_MONTH[month - 1] + (leap and month == 2):
        raise ValueError(f"{text!r} is a date that does not exist")
    march_year = year - (month <= 2)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    era, year_of_era = divmod(march_year, 400)
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468
