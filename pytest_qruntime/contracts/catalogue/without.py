"""The rules of the lifecycle that are no contracts, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TWO_RUNS: Final = "compares two runs, a contract judges one trace; tests/model/comparisons.py has it, with its mutant"

WITHOUT: Final[Mapping[str, str]] = {
    "JOB-07": "the client takes an older spelling, `reasonCode`, too: whatever the service does keeps it",
    "MXT-06": "an older limit for each job, which the service calculated; today it is MXT-01 with another number",
    "ORD-13": "simulators of the service had no queue; there are none any more",
    "PLN-12": "a limit of what the params of a program ask for, of which a trace keeps the names alone",
    "RST-08": "a path without an id is answered by a web page, by no API",
    "INV-10": "that closing and cancelling twice change nothing is CLS-10 and CAN-07",
    "INV-11": "that what is closed ends with its last job is CLS-03",
    "INV-12": _TWO_RUNS,
    "INV-14": "what the words for states go with are STS-01 to STS-04",
    "INV-15": _TWO_RUNS,
}
"""By their ids."""
