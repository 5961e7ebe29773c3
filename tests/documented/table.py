"""The table of the page docs/reference/documented-examples.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.documented import batch_page, changes_page, session_page
from tests.documented.blocks import Block

PAGES = {
    "run-jobs-session": session_page,
    "execution-mode-changes": changes_page,
    "run-jobs-batch": batch_page,
}
BLOCKS: tuple[Block, ...] = tuple(block for page in PAGES.values() for block in page.BLOCKS)
HEAD = "| page | block | with today's client | what is adapted |\n| --- | --- | --- | --- |\n"


def table(blocks: Iterable[Block] = BLOCKS) -> str:
    """One row for each block, in the order of the pages."""
    return HEAD + "".join(
        f"| {block.page} | {block.name} | {_outcome(block)} | {_adapted(block)} |\n" for block in blocks
    )


def _outcome(block: Block) -> str:
    if not block.refused:
        return "runs" if block.edits else "runs as printed"
    refused = f"cannot run as printed: `{block.refused}`"
    return refused + ("; runs as adapted" if block.runs else f"; {block.why}")


def _adapted(block: Block) -> str:
    return "; ".join(f"{_shown(edit.old)} becomes {_shown(edit.new)}: {edit.because}" for edit in block.edits) or "-"


def _shown(code: str) -> str:
    return f"`{' '.join(code.split())}`" if code.strip() else "nothing"
