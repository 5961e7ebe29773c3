"""Which refusal an error answer is: its status, its code and its text, against the error catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from pytest_qruntime.cassette.derive import documents
from pytest_qruntime.cassette.derive.evidence import Workload
from pytest_qruntime.cassette.derive.known import Refused
from pytest_qruntime.model.errors import Refusal
from pytest_qruntime.rest.catalogue import CATALOGUE
from pytest_qruntime.rest.faults import Fault

_PLACE: Final = re.compile(r"\{[^}]*\}")
_OF_CLOSED: Final = frozenset({Refusal.WORKLOAD_CLOSED, Refusal.WORKLOAD_NOT_ACCEPTING})
_OF_ACCESS: Final = frozenset(entry.status for key, entry in CATALOGUE.items() if isinstance(key, Fault)) - frozenset(
    entry.status for key, entry in CATALOGUE.items() if isinstance(key, Refusal)
)
"""Statuses that only say that the request itself, or whoever sent it, was not taken."""


def explained(refused: Refused, workload: Workload | None, slack_us: int) -> dict[str, object] | None:
    """What a refused request tells: the status, the code, and the refusal if there is but one that looks so.

    None if it was refused for its form or its sender: a lifecycle knows nothing of these.
    """
    if refused.status in _OF_ACCESS:
        return None
    told: dict[str, object] = {"operation": refused.operation, "status": refused.status}
    code = refused.error.get("code")
    if isinstance(code, (int, str)):
        told["code"] = code
    candidates = list(_matching(refused.status, refused.error, Refusal))
    if not candidates and any(_matching(refused.status, refused.error, Fault)):
        return None
    if set(candidates) == _OF_CLOSED:
        candidates = _by_its_end(refused, workload, slack_us)
    if len(candidates) == 1:
        told["refusal"] = candidates[0].value
    return told


def _by_its_end(refused: Refused, workload: Workload | None, slack_us: int) -> list[Refusal]:
    """A session that is closed and one that is to be closed refuse a job in the same words."""
    closed_us = None if workload is None else workload.closed_us()
    if workload is None or closed_us is None or abs(closed_us - refused.at_us) <= slack_us:
        return []
    ended = any(act.operation == "cancel" and act.number < refused.number for act in workload.acts)
    return [Refusal.WORKLOAD_CLOSED if ended or closed_us < refused.at_us else Refusal.WORKLOAD_NOT_ACCEPTING]


def _matching(status: int, error: Mapping[str, Any], kind: type) -> Iterator[Any]:
    message, asked = documents.text(error, "message"), (status, error.get("code"))
    for key, entry in CATALOGUE.items():
        if isinstance(key, kind) and (entry.status, entry.code) == asked and _says(entry.message, message):
            yield key


def _says(template: str, message: str | None) -> bool:
    return message is not None and _pattern(template).fullmatch(message) is not None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What a message looks like, whatever its facts."""
    return re.compile(".*".join(re.escape(part) for part in _PLACE.split(template)), re.DOTALL)
