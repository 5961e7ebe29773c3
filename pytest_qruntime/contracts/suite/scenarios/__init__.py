"""The scenarios, one file for each chapter. A new one needs no more than a function with its decorator."""

from typing import Final

from pytest_qruntime.contracts.suite.scenario import Scenario
from pytest_qruntime.contracts.suite.scenarios.asking import ASKING
from pytest_qruntime.contracts.suite.scenarios.cancelling import CANCELLING
from pytest_qruntime.contracts.suite.scenarios.closing import CLOSING
from pytest_qruntime.contracts.suite.scenarios.jobs import JOBS
from pytest_qruntime.contracts.suite.scenarios.limits import LIMITS
from pytest_qruntime.contracts.suite.scenarios.opening import OPENING
from pytest_qruntime.contracts.suite.scenarios.ordering import ORDERING
from pytest_qruntime.contracts.suite.scenarios.plans import PLANS
from pytest_qruntime.contracts.suite.scenarios.submitting import SUBMITTING

CHAPTERS: Final = (OPENING, SUBMITTING, CLOSING, CANCELLING, LIMITS, JOBS, ORDERING, PLANS, ASKING)

SCENARIOS: Final[tuple[Scenario, ...]] = tuple(scenario for chapter in CHAPTERS for scenario in chapter.all)

__all__ = ["CHAPTERS", "SCENARIOS"]
