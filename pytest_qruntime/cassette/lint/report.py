"""What was found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from pytest_qruntime.cassette.lint.checking import Checked
from pytest_qruntime.cassette.lint.findings import CHECKS, ERROR, WARNING

FORMAT: Final = 1
SCHEMA: Final = Path(__file__).parent / "report.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def lines(checked: Sequence[Checked]) -> Iterator[str]:
    """One line for each finding, and a summary."""
    for one in checked:
        yield from map(str, one.findings)
    files, interactions = len(checked), sum(one.interactions for one in checked)
    yield (
        f"{_counted(files, 'file')}, {_counted(interactions, 'interaction')}: "
        f"{_counted(count(checked, ERROR), 'error')}, {_counted(count(checked, WARNING), 'warning')}"
    )


def count(checked: Sequence[Checked], severity: str) -> int:
    """How many findings of a severity there are."""
    return sum(finding.severity == severity for one in checked for finding in one.findings)


def document(checked: Sequence[Checked]) -> dict[str, Any]:
    """The same as JSON; `schema` describes it."""
    return {
        "format": FORMAT,
        "errors": count(checked, ERROR),
        "warnings": count(checked, WARNING),
        "files": [
            {
                "path": one.path,
                "interactions": one.interactions,
                "events": None if one.trace is None else len(one.trace),
                "findings": [_without_path(asdict(finding)) for finding in one.findings],
            }
            for one in checked
        ],
    }


def _without_path(finding: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in finding.items() if name != "path"}


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `document`; `SCHEMA` is the file that it is published in."""
    natural = {"type": "integer", "minimum": 0}
    finding = {
        "check": {"enum": [check.id for check in CHECKS]},
        "severity": {"enum": [ERROR, WARNING]},
        "interaction": {"type": ["integer", "null"], "minimum": 0},
        "place": {"type": "string"},
        "problem": {"type": "string", "minLength": 1},
        "advice": {"type": "string", "minLength": 1},
        "times": {"type": "integer", "minimum": 1},
    }
    file = {
        "path": {"type": "string"},
        "interactions": natural,
        "events": {"type": ["integer", "null"], "minimum": 0},
        "findings": {"type": "array", "items": _object(finding)},
    }
    whole = {
        "format": {"const": FORMAT},
        "errors": natural,
        "warnings": natural,
        "files": {"type": "array", "items": _object(file)},
    }
    return {"$schema": _DIALECT, "title": "qruntime check --json", **_object(whole)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def write() -> None:
    """Write the schema into the package."""
    import json

    SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
