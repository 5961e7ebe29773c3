from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from pytest_qruntime.clock import seconds_of
from pytest_qruntime.clock.durations import micros_of, words_of
from pytest_qruntime.model import ConfigurationError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("25m", 1500),
        ("1h30m", 5400),
        ("90s", 90),
        ("1d", 86400),
        ("500ms", 0.5),
        ("1d2h3m4s5ms", 93784.005),
        ("2h 30m 40s", 9040),
        ("1.5H", 5400),
        (".5s", 0.5),
        ("0s", 0),
        (90, 90),
        (0.25, 0.25),
        (Fraction(1, 4), 0.25),
        (0, 0),
        (timedelta(hours=8), 28800),
    ],
)
def test_every_accepted_form_gives_seconds(written: str, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    "written",
    ["25", "abc", "", "  ", "-5m", "5m1h", "1m1m", "5 minutes", "1e3s", "٣s", "m", ".s", "s", "1h.", b"5m",
     -1, -0.5, True, False, float("nan"), float("inf"), 1e308, "9" * 400 + "s", None, [], 1j, timedelta(seconds=-1)],
)  # fmt: skip
def test_anything_else_is_refused_with_the_accepted_forms(written: object) -> None:
    with pytest.raises(ConfigurationError, match=r'"25m", "1h30m", "90s", "1d", "500ms".*seconds.*timedelta') as caught:
        seconds_of(written)  # type: ignore[arg-type]
    assert repr(written) in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_number_in_quotes_is_told_to_bring_its_unit() -> None:
    with pytest.raises(ConfigurationError, match="needs its unit"):
        seconds_of("25")


@pytest.mark.parametrize(
    ("micros", "words"),
    [(0, "0s"), (1, "0.000001s"), (1_500_000, "1.5s"), (5_400_000_000, "1h30m"), (90_061_000_000, "1d1h1m1s"),
     (-60_000_000, "-1m")],
)  # fmt: skip
def test_words_of_a_duration_can_be_read_back(micros: int, words: str) -> None:
    assert words_of(micros) == words
    if micros >= 0:
        assert micros_of(words) == micros
