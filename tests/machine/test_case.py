"""How examples are run and judged, unless somebody says otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import Phase, settings

from pytest_qruntime import RuntimeMachine
from pytest_qruntime.judging.errors import ContractWarning
from pytest_qruntime.machine.case import suited
from tests.machine.running import UNSHRUNK, failure, only, run
from tests.model import mutants


def test_there_is_no_deadline_and_no_explanation_unless_somebody_asks() -> None:
    usual = suited(settings())
    assert (usual.deadline, Phase.explain in usual.phases) == (None, False)
    asked = suited(settings(deadline=500, phases=[Phase.generate, Phase.shrink, Phase.explain]))
    assert (asked.deadline, Phase.explain in asked.phases) == (timedelta(milliseconds=500), True)
    assert suited(settings(max_examples=7)).max_examples == 7


class Cancels(RuntimeMachine):
    settings: ClassVar = {"lanes": 1, "contracts": "warn"}
    weights = only("open_session", "submit", "cancel", "pass_to_the_next_event")


class Ignores(Cancels):
    settings: ClassVar = {"lanes": 1, "contracts": "off"}


class Minds(Cancels):
    settings: ClassVar = {"lanes": 1}


def test_a_broken_contract_can_be_a_warning_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants.cancels_running_jobs(monkeypatch)
    with pytest.warns(ContractWarning) as warned:
        run(Cancels, UNSHRUNK)
    assert any(str(one.message).startswith("CAN-03 (must) is broken") for one in warned)
    run(Ignores, UNSHRUNK)


def test_contracts_are_judged_also_while_somebody_handles_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants.cancels_running_jobs(monkeypatch)
    try:
        raise KeyError("something else")
    except KeyError:
        error, printed = failure(Minds, UNSHRUNK)
    assert isinstance(error, AssertionError)
    assert "qruntime_contracts.assert_holds(" in printed


def test_the_test_case_of_a_class_is_its_own_and_one() -> None:
    assert Minds.TestCase is Minds.TestCase
    assert Minds.TestCase is not Cancels.TestCase
    assert Minds.TestCase.__name__ == "Minds.TestCase"
