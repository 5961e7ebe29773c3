"""The table of checks on the page about them: ``python -m tests.cassette.lint.page`` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_qruntime.cassette.lint import CHECKS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "checking.md"
TABLE = re.compile(
    r"(?<=<!-- checks: python -m tests.cassette.lint.page -->\n\n).*?(?=<!-- end of checks -->)", re.DOTALL
)


def table() -> str:
    rows = [f"| `{check.id}` | {check.severity} | {check.finds} | {check.advice} |\n" for check in CHECKS]
    return "".join(["| check | | what is wrong | what to do |\n| --- | --- | --- | --- |\n", *rows, "\n"])


def shown() -> str:
    """What stands on the page."""
    [found] = TABLE.findall(PAGE.read_text(encoding="utf-8"))
    return str(found)


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")
