"""The reference pages say what the code says."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from pytest_qruntime.programs.problems import Code

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMES = (
    "contracts.md",
    "coverage.md",
    "faults.md",
    "fixtures.md",
    "options.md",
    "policy.md",
    "report.md",
    "requests.md",
    "rest.md",
    "scenarios.md",
    "scrubbing.md",
    "suite.md",
)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    return import_module("docs.generate")


def test_every_generated_page_is_checked_here(generator: ModuleType) -> None:
    assert sorted(generator.PAGES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_current(generator: ModuleType, name: str) -> None:
    page = generator.NOTICE + generator.PAGES[name]()

    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == page, "run: python docs/generate.py"


def test_the_page_on_results_names_every_code() -> None:
    page = (DOCS / "reference" / "results.md").read_text(encoding="utf-8")

    assert [code.value for code in Code if f"| {code.value} |" not in page] == []
