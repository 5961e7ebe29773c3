"""`qruntime drift CASSETTE...`: where the fake's answers differ from recorded ones, for people or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pytest_qruntime.cassette.drift import OWN, Drift, Finding, drift
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model.errors import QRuntimeError

FORMAT: Final = 1
NONE, DIFFERENCES, UNUSABLE = 0, 1, 2
_SHOWN: Final = 5


def drift_of(paths: Sequence[str], *, as_json: bool) -> int:
    """Compare recordings with the fake, and print what differs on stdout.

    Args:
        paths: of the recordings. What is wrong with one does not keep the others from being compared.
        as_json: one JSON document instead of text.

    Returns:
        0 if nothing differs, 1 if something does, 2 if a recording cannot be used.
    """
    results = [(path, _compared(path)) for path in paths]
    if as_json:
        print(json.dumps(_document(results), indent=2))  # noqa: T201
    else:
        for path, result in results:
            _print(path, result)
    if any(isinstance(result, str) for _, result in results):
        return UNUSABLE
    return DIFFERENCES if any(isinstance(result, Drift) and result.findings for _, result in results) else NONE


def _compared(path: str) -> Drift | str:
    """The result, or why there is none."""
    try:
        return drift(load(path))
    except QRuntimeError as error:
        text = str(error)
        return text if text.startswith(path) else f"{path}: {text}"


# -- text ------------------------------------------------------------------------------------------------------------


def _print(path: str, result: Drift | str) -> None:
    if isinstance(result, str):
        print(f"qruntime: {printable(result)}", file=sys.stderr)  # noqa: T201
        return
    for line in _lines(path, result):
        print(printable(line))  # noqa: T201


def _lines(path: str, result: Drift) -> Iterator[str]:
    differences = _counted(result.differences, "difference")
    yield f"{path}: {differences} in {_counted(result.interactions, 'interaction')} ({_origin(result)})"
    for finding in result.findings:
        yield from _lines_of(finding)
    if result.skipped:
        skipped = _counted(result.skipped, "interaction")
        yield f"  not compared: {skipped} about what the fake refused to make"
    if result.findings or result.provenance.service == OWN:  # of a real service everything is staged
        yield from (f"  staged: {sentence}" for sentence in result.staged)


def _lines_of(finding: Finding) -> Iterator[str]:
    shown = ", ".join(map(str, finding.interactions[:_SHOWN])) + (", ..." if finding.count > _SHOWN else "")
    yield f"  {finding.kind}: {finding.route}, {finding.place}"
    yield f"    recorded: {finding.recorded}"
    yield f"    the fake: {finding.found}"
    plural = "" if finding.count == 1 else "s"
    times = "once" if finding.count == 1 else f"{finding.count} times"
    yield f"    {times}: interaction{plural} {shown}, from {words_of(finding.at_us)} on"
    yield f"    may mean: {finding.means}"


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _origin(result: Drift) -> str:
    provenance = result.provenance
    version = provenance.versions.get("pytest-qruntime")
    made_by = f"{provenance.service} {version}" if version and provenance.service == OWN else None
    when = "" if provenance.recorded is None else f", recorded {provenance.recorded}"
    return f"{made_by or provenance.service}{when}"


# -- JSON ------------------------------------------------------------------------------------------------------------


def _document(results: Sequence[tuple[str, Drift | str]]) -> dict[str, Any]:
    return {"format": FORMAT, "recordings": [_of_recording(path, result) for path, result in results]}


def _of_recording(path: str, result: Drift | str) -> dict[str, Any]:
    if isinstance(result, str):
        return {"path": path, "error": result}
    return {
        "path": path,
        "error": None,
        "service": result.provenance.service,
        "recorded": result.provenance.recorded,
        "versions": dict(result.provenance.versions),
        "interactions": result.interactions,
        "not_compared": result.skipped,
        "differences": result.differences,
        "findings": [_of_finding(finding) for finding in result.findings],
        "staged": list(result.staged),
    }


def _of_finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "route": finding.route,
        "place": finding.place,
        "recorded": finding.recorded,
        "found": finding.found,
        "means": finding.means,
        "count": finding.count,
        "interactions": list(finding.interactions),
        "at_seconds": finding.at_us / 1_000_000,
    }
