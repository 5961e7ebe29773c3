"""The report for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

SCHEMA: Final = Path(__file__).parent / "report.schema.json"


def as_json(document: Document) -> str:
    """The document as it stands, in lines that can be compared. Raises `ValueError` for what is no number in JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report."""
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read
