"""The catalogue: every rule of the lifecycle that a trace can show, one module for each prefix."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.contracts.catalogue.active_ttl import ACT
from pytest_qruntime.contracts.catalogue.answers import endings, jobs, openings, states, submits, usage  # noqa: F401
from pytest_qruntime.contracts.catalogue.answers.face import RST
from pytest_qruntime.contracts.catalogue.autoclose import AUT
from pytest_qruntime.contracts.catalogue.cancelling import CAN
from pytest_qruntime.contracts.catalogue.client import SDK
from pytest_qruntime.contracts.catalogue.closing import CLS
from pytest_qruntime.contracts.catalogue.details import DET
from pytest_qruntime.contracts.catalogue.interactive_ttl import ITT
from pytest_qruntime.contracts.catalogue.invariants import INV
from pytest_qruntime.contracts.catalogue.job_cancels import JCN
from pytest_qruntime.contracts.catalogue.job_limits import MXT
from pytest_qruntime.contracts.catalogue.job_states import JOB
from pytest_qruntime.contracts.catalogue.max_ttl import MAX
from pytest_qruntime.contracts.catalogue.opening import OPN
from pytest_qruntime.contracts.catalogue.ordering import ORD
from pytest_qruntime.contracts.catalogue.plans import PLN
from pytest_qruntime.contracts.catalogue.statuses import STS
from pytest_qruntime.contracts.catalogue.submitting import SUB
from pytest_qruntime.contracts.catalogue.usage import USG
from pytest_qruntime.contracts.contract import Chapter, Contract

CATALOGUE_VERSION: Final = "2026-11-21"
"""The date of the newest contract; new ones may turn a green suite red."""

CHAPTERS: Final[tuple[Chapter, ...]] = (
    OPN,
    SUB,
    CLS,
    CAN,
    MAX,
    ITT,
    ACT,
    AUT,
    JOB,
    JCN,
    MXT,
    ORD,
    USG,
    PLN,
    STS,
    DET,
    RST,
    SDK,
    INV,
)

CATALOGUE: Final[tuple[Contract, ...]] = tuple(
    contract for chapter in CHAPTERS for contract in sorted(chapter.contracts, key=lambda one: one.id)
)

OF_ANSWERS: Final = frozenset(
    one.id for one in CATALOGUE if one.monitor.__module__.startswith("pytest_qruntime.contracts.catalogue.answers.")
)
"""The contracts that judge nothing but what was answered."""

OF_THE_SERVICE: Final[tuple[Contract, ...]] = tuple(one for one in CATALOGUE if one.partial != "client")
"""The contracts that whoever serves the REST API has to keep; the others are the official client's."""

_BY_ID: Final = {contract.id: contract for contract in CATALOGUE}


def contract(contract_id: str) -> Contract:
    """The contract of that id. Raises `KeyError` with the ids that begin alike."""
    found = _BY_ID.get(contract_id)
    if found is None:
        alike = [name for name in _BY_ID if name[:3] == contract_id[:3].upper()]
        known = f"those of {contract_id[:3].upper()} are {', '.join(alike)}" if alike else "see `CATALOGUE`"
        raise KeyError(f"there is no contract {contract_id!r}; {known}")
    return found
