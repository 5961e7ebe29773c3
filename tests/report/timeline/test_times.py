"""Instants and lengths of time in brief."""

from __future__ import annotations

import pytest

from pytest_qruntime.report.timeline.times import about, brief, since


@pytest.mark.parametrize(
    ("us", "told"),
    [
        (0, "0s"),
        (40_000, "0.04s"),
        (3_024_000, "3s"),
        (3_190_000, "3.1s"),
        (908_148_000, "15m8s"),
        (8_105_124_000, "2h15m"),
        (7_200_000_000, "2h"),
        (90_061_000_000, "1d1h"),
        (-908_148_000, "-15m8s"),
    ],
)
def test_a_length_in_brief_has_two_units(us: int, told: str) -> None:
    assert brief(us) == told


def test_an_instant_says_whether_it_was_before_or_after_the_beginning() -> None:
    assert (since(908_148_000), since(-3_000_000)) == ("+15m8.148s", "-3s")
    assert (about(908_148_000), about(-908_148_000), about(0)) == ("+15m8s", "-15m8s", "+0s")
