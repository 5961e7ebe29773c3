"""Whether the service kept its contracts in a test, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from pytest_qruntime.contracts import Contract, Finding, Report, check
from pytest_qruntime.judging.allowed import allowed
from pytest_qruntime.judging.hooks import JUDGE
from pytest_qruntime.judging.terms import is_own

if TYPE_CHECKING:
    from pytest_qruntime.judging.evidence import Evidence
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

Broken = tuple[Report, Finding]


class Verdict(NamedTuple):
    """What is wrong with the service, each empty if nothing is.

    Attributes:
        reports: on every contract, one for each piece of evidence.
        failure: what fails the test; `warning`: what does not.
        used: the ids of contracts that were broken, and were allowed to be.
    """

    reports: list[Report]
    failure: str
    warning: str
    used: set[str]


def judge(item: pytest.Item, shown: Sequence[Evidence], *, surface: Surface, level: str = "fail") -> Verdict:
    """Judge what happened in a run of a test.

    Args:
        item: the test.
        shown: what it shows; on each contract the first one counts that says anything.
        surface: the service.
        level: ``"fail"`` or ``"warn"``: what becomes of a break of level "must" by the service. In a strict run one of
            level "may" is no better, nor one by the official client.
    """
    reports, may_break = _reports(shown), allowed(item)
    strict = item.config.stash[JUDGE].strict
    bad: list[Broken] = []
    odd: list[Broken] = []
    used = set()
    for report, finding in ((one, finding) for one in reports for finding in one.broken):
        contract = finding.contract
        if contract.id in may_break:
            used.add(contract.id)
        else:
            fails = level == "fail" and (strict or _is_grave(contract))
            (bad if fails else odd).append((report, finding))
    return Verdict(reports, _told(bad, surface), _told(odd, surface), used)


def _reports(shown: Sequence[Evidence]) -> list[Report]:
    """What each piece of evidence says, of contracts of which those before say nothing."""
    reports: list[Report] = []
    said: set[str] = set()
    for trace, terms in shown:
        found = [finding for finding in check(trace, terms=terms) if finding.contract.id not in said]
        said |= {finding.contract.id for finding in found if finding.cases}
        reports.append(Report(trace, found))
    return reports


def _is_grave(contract: Contract) -> bool:
    """Whether a break fails a test: another version of the client, which nobody has chosen here, is no reason."""
    return contract.level == "must" and contract.partial != "client"


def _told(broken: Sequence[Broken], surface: Surface) -> str:
    """What the service broke, and what the client did."""
    own = "own" if surface.source == "fake" or is_own(surface) else surface.source
    by_client = [one for one in broken if one[1].contract.partial == "client"]
    by_service = [one for one in broken if one[1].contract.partial != "client"]
    told = [_told_of(by_service, "the service", own), _told_of(by_client, "the client", "client")]
    return "\n\n".join(text for text in told if text)


def _told_of(broken: Sequence[Broken], who: str, whose: str) -> str:
    if not broken:
        return ""
    ids = [finding.contract.id for _, finding in broken]
    several = f"{len(ids)} contracts" if len(ids) > 1 else "a contract"
    allow = ", ".join(f'"{name}": "..."' for name in ids)
    advice = (
        f"{_WHOSE[whose]} If the test is to go on nevertheless, say why: @pytest.mark.qruntime(allow={{{allow}}}), or "
        "set contracts=warn."
    )
    described = [report.describe(finding) for report, finding in broken]
    return "\n".join([f"{who} broke {several}: {', '.join(ids)}", *described, advice])
