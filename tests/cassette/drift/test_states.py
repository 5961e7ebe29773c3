"""The order in which states were seen: exactly, or as far as a service whose timing is its own can be held to it."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.drift.states import Look, Way, compared


def looked(recorded: str, found: str) -> list[Look]:
    """Looks at states of one letter, one pair after the other, at the interactions 10, 11 ..."""
    words = {"q": "Queued", "r": "Running", "c": "Completed", "f": "Failed", "a": "active", "i": "inactive"}
    return [
        Look(number, words[one], words[other])
        for number, (one, other) in enumerate(zip(recorded, found, strict=True), 10)
    ]


@pytest.mark.parametrize("states", ["q", "qqrrcc", "rc", "aiaia"])
def test_the_same_states_at_the_same_looks(states: str) -> None:
    assert compared(looked(states, states), exactly=True) is None
    assert compared(looked(states, states), exactly=False) is None


def test_the_same_order_at_other_looks_counts_for_an_exact_recording_alone() -> None:
    looks = looked("qqrc", "qrrc")

    assert compared(looks, exactly=True) == Way("timing", 11, *["Queued, Running, Completed"] * 2)
    assert compared(looks, exactly=False) is None


@pytest.mark.parametrize(("recorded", "found"), [("qrc", "rrc"), ("rrc", "qrc"), ("qqr", "qrc"), ("aia", "aaa")])
def test_a_state_that_one_side_never_shows_counts_for_an_exact_recording_alone(recorded: str, found: str) -> None:
    looks = looked(recorded, found)

    assert compared(looks, exactly=False) is None
    way = compared(looks, exactly=True)
    assert way is not None
    assert way.kind == "states"


@pytest.mark.parametrize(
    ("recorded", "found"), [("qrc", "qrr"), ("qrc", "qrf"), ("qrcr", "qrcc"), ("rqc", "qrc"), ("qf", "qr")]
)
def test_another_order_or_another_end_always_counts(recorded: str, found: str) -> None:
    for exactly in (True, False):
        way = compared(looked(recorded, found), exactly=exactly)
        assert way is not None
        assert way.kind == "states"
