"""The table in the docs lists every block, and every block has its test."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.documented.blocks import Block
from tests.documented.table import BLOCKS, PAGES, table

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_in_the_docs_is_current() -> None:
    page = (ROOT / "docs" / "reference" / "documented-examples.md").read_text(encoding="utf-8")
    assert table() in page, f"the table should be:\n\n{table()}"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_block_that_can_run_is_run_by_a_test(page: ModuleType) -> None:
    module = page.__name__.rpartition(".")[2]
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {name: block for name, block in vars(page).items() if isinstance(block, Block)}
    assert tuple(named.values()) == page.BLOCKS
    assert [name for name, block in named.items() if block.runs and f"start({module}.{name}" not in tests] == []


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_runs_or_the_client_refuses_it(block: Block) -> None:
    assert block.runs or (block.refused and block.why and not block.edits)
