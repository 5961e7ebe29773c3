"""The arithmetic of the benchmarks and the page that they write; nothing is timed here."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import GOALS, main
from benchmarks.measure import Ratio, alternate
from benchmarks.profiles import profiles
from benchmarks.report import absent, as_json, from_json, page, row
from benchmarks.traffic import REQUESTS, NullTransport, httpx_client, lifecycle, through_httpx


@pytest.fixture(autouse=True)
def little_to_collect() -> Iterator[None]:
    """Before each case garbage is collected; what other tests have left in this process need not be looked at."""
    gc.freeze()
    yield
    gc.unfreeze()


def test_cases_take_turns_and_the_first_round_is_thrown_away() -> None:
    ran: list[str] = []

    def case(name: str, seconds: list[float]) -> float:
        ran.append(name)
        return seconds.pop(0)

    first, second = [9.0, 1.0, 2.0], [9.0, 4.0, 4.0]
    times = alternate({"a": lambda: case("a", first), "b": lambda: case("b", second)}, 2)
    assert ran == ["b", "a", "a", "b", "b", "a"]
    assert times == {"a": [1.0, 2.0], "b": [4.0, 4.0]}


def test_a_ratio_is_one_of_medians_and_its_spread_is_that_of_the_rounds() -> None:
    assert Ratio.of([2.0, 4.0, 30.0], [2.0, 2.0, 3.0]) == Ratio(2.0, 1.0, 10.0)
    assert Ratio.added([2.0, 4.0, 30.0], [2.0, 2.0, 3.0], 1e3) == Ratio(2000.0, 0.0, 27000.0)


def test_the_page_says_what_is_met_what_is_missed_and_what_was_not_there() -> None:
    rows = [
        row("P1", "start-up", Ratio(1.02, 1.0, 1.1), limit=1.05, rounds=11),
        row("P8", "events", Ratio(100.0, 90.0, 110.0), "k/s", limit=250, at_least=True, rounds=9),
        absent("P8", "simpy", "simpy"),
        row("", "the first world", Ratio(200.0, 190.0, 210.0), "ms", rounds=9),
    ]
    text = page(rows, [("P8: events", "ncalls")], "python -m benchmarks", 61.2)
    assert "Goals: 1 of 2 met" in text
    assert "| P1 | start-up | 1.02 × | 1.00 × – 1.10 × | 11 | ≤ 1.05 × | yes |" in text
    assert "| P8 | events | 100 k/s | 90.0 k/s – 110 k/s | 9 | ≥ 250 k/s | **no** |" in text
    assert "simpy is not installed" in text
    assert "- P8: events: 100 k/s, the goal is ≥ 250 k/s" in text
    document = as_json(rows, 61.2)
    assert [found["met"] for found in json.loads(document)["rows"]] == [True, False, None, None]
    assert from_json(document) == rows


def test_the_lifecycle_is_of_sixteen_requests() -> None:
    sent: list[str] = []

    class Counting(NullTransport):
        def handle_request(self, request):  # type: ignore[no-untyped-def]
            sent.append(request.method)
            return super().handle_request(request)

    lifecycle(through_httpx(httpx_client(Counting())), lambda: None)
    assert len(sent) == REQUESTS == 16


@pytest.mark.parametrize("goal", ["P5", "P6", "P9", "P10", "P11", "P15"])
def test_a_goal_can_be_measured_alone(goal: str, tmp_path: Path) -> None:
    output = tmp_path / "page.md"
    main(["--only", goal, "--runs", "1", "--quick", "--output", str(output)])
    assert goal in GOALS
    assert "## Goals" in output.read_text(encoding="utf-8")


def test_where_the_time_of_a_missed_goal_goes_is_shown_without_the_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastjsonschema", None)
    monkeypatch.setattr("benchmarks.profiles.installed", lambda *_: False)
    [(title, table)] = profiles(["P6", "a goal that is not of this process"])
    assert title == "P6: 20 lifecycles, validated by jsonschema"
    assert "conformance.py" in table or "validators.py" in table
