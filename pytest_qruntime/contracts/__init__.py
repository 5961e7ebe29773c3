"""Contracts: the rules of the lifecycle, each a judge of traces: it holds, it is broken, or it was not exercised."""

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION, CHAPTERS, OF_THE_SERVICE, contract
from pytest_qruntime.contracts.checker import ContractChecker
from pytest_qruntime.contracts.checking import BROKEN, HOLDS, NOT_EXERCISED, Finding, Report, Verdict, check
from pytest_qruntime.contracts.contract import CONFIDENCE, SOURCES, Break, Contract
from pytest_qruntime.contracts.tally import Tally
from pytest_qruntime.contracts.terms import Terms

__all__ = [
    "BROKEN",
    "CATALOGUE",
    "CATALOGUE_VERSION",
    "CHAPTERS",
    "CONFIDENCE",
    "HOLDS",
    "NOT_EXERCISED",
    "OF_THE_SERVICE",
    "SOURCES",
    "Break",
    "Contract",
    "ContractChecker",
    "Finding",
    "Report",
    "Tally",
    "Terms",
    "Verdict",
    "check",
    "contract",
]
