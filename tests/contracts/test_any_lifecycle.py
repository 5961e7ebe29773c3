"""Whatever is done to the fake service, under whatever policy, it breaks no contract."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_qruntime.contracts import BROKEN, Terms, check
from tests.contracts.lives import COMMANDS, lived, setups
from tests.model.player import Command, Setup

THOROUGH = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@THOROUGH
@given(setups(), COMMANDS, st.booleans())
def test_the_fake_breaks_no_contract(setup: Setup, commands: list[Command], to_the_end: bool) -> None:
    world = lived(setup, commands, to_the_end=to_the_end).world

    report = check(world.trace, terms=Terms.of(world))

    assert report.ids(BROKEN) == [], "\n".join(report.describe(finding) for finding in report.broken)
