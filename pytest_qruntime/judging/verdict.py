"""Whether the service kept its contracts in a test, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from pytest_qruntime.contracts import Contract, Finding, Report, Terms, check
from pytest_qruntime.judging.allowed import allowed
from pytest_qruntime.judging.hooks import JUDGE
from pytest_qruntime.judging.terms import is_own

if TYPE_CHECKING:
    from pytest_qruntime.model import Trace
    from pytest_qruntime.runtime.surface import Surface

_WHOSE: Final = {
    "own": "The service is the fake, so this is a fault of pytest-qruntime and not of the code under test: please "
    "report it.",
    "cassette": "This is about the service that was recorded, not about the code under test: it behaves otherwise than "
    "the contract says, or otherwise than the test's policy.",
    "client": "This is about the client that is installed, qiskit-ibm-runtime, or about what the test has put in the "
    "place of its methods; pytest-qruntime knows the rules of the versions in docs/reference/clients.md.",
    "live": "This is about the live service, not about the code under test: it behaves otherwise than the contract "
    "says, or otherwise than the test's policy.",
}


class Verdict(NamedTuple):
    """What is wrong with the service, each empty if nothing is.

    Attributes:
        report: on every contract.
        failure: what fails the test; `warning`: what does not.
        used: the ids of contracts that were broken, and were allowed to be.
    """

    report: Report
    failure: str
    warning: str
    used: set[str]


def judge(item: pytest.Item, trace: Trace, terms: Terms, *, surface: Surface, level: str = "fail") -> Verdict:
    """Judge what happened in a run of a test.

    Args:
        item: the test.
        trace: what happened.
        terms: what is known of the service besides.
        surface: the service.
        level: ``"fail"`` or ``"warn"``: what becomes of a break of level "must" by the service. In a strict run one of
            level "may" is no better, nor one by the official client.
    """
    report, may_break = check(trace, terms=terms), allowed(item)
    broken = [finding for finding in report.broken if finding.contract.id not in may_break]
    strict = item.config.stash[JUDGE].strict
    bad = [one for one in broken if level == "fail" and (strict or _is_grave(one.contract))]
    return Verdict(
        report=report,
        failure=_told(report, bad, surface),
        warning=_told(report, [one for one in broken if one not in bad], surface),
        used={one.contract.id for one in report.broken} & set(may_break),
    )


def _is_grave(contract: Contract) -> bool:
    """Whether a break fails a test: another version of the client, which nobody has chosen here, is no reason."""
    return contract.level == "must" and contract.partial != "client"


def _told(report: Report, broken: Sequence[Finding], surface: Surface) -> str:
    """What the service broke, and what the client did."""
    own = "own" if surface.source == "fake" or is_own(surface) else surface.source
    by_client = [one for one in broken if one.contract.partial == "client"]
    by_service = [one for one in broken if one not in by_client]
    told = [_told_of(report, by_service, "the service", own), _told_of(report, by_client, "the client", "client")]
    return "\n\n".join(text for text in told if text)


def _told_of(report: Report, broken: Sequence[Finding], who: str, whose: str) -> str:
    if not broken:
        return ""
    ids = [finding.contract.id for finding in broken]
    several = f"{len(ids)} contracts" if len(ids) > 1 else "a contract"
    allow = ", ".join(f'"{name}": "..."' for name in ids)
    advice = (
        f"{_WHOSE[whose]} If the test is to go on nevertheless, say why: @pytest.mark.qruntime(allow={{{allow}}}), or "
        "set contracts=warn."
    )
    return "\n".join([f"{who} broke {several}: {', '.join(ids)}", *map(report.describe, broken), advice])
