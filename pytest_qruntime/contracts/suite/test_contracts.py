"""One test for each contract of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_qruntime.contracts import CATALOGUE, Contract
from pytest_qruntime.contracts.suite.theatre import BROKEN, HOLDS, OUTCOME, Theatre, ids


@pytest.mark.parametrize("contract", CATALOGUE, ids=ids(CATALOGUE))
def test_contract(
    contract: Contract,
    theatre: Theatre,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    """It was exercised, and it holds."""
    outcome = theatre.judge(contract, request.node)
    record_property(OUTCOME, {"id": contract.id, "verdict": outcome.verdict, "why": outcome.why})
    if outcome.verdict == HOLDS:
        return
    text = f"{contract.id} ({contract.level}) is {outcome.verdict}: {contract.statement}\n{outcome.why}"
    if outcome.fails:
        pytest.fail(text, pytrace=False)
    if outcome.verdict == BROKEN:
        pytest.xfail(f"of level {contract.level!r}: {text}")
    pytest.skip(f"{outcome.verdict}: {outcome.why}")
