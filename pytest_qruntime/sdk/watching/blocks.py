"""Which with blocks of sessions and batches surround what is done, by the same rules of contexts as the client's own.

The client keeps the session of a block in a context variable, and forgets the outer one when an inner is left. What the
contracts need to know is what the blocks are, whatever the client makes of them: so they are counted here once more.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Final, NamedTuple


class Block(NamedTuple):
    """A with block: the id of its session or batch, the number of the handle, its backend, and which object that is."""

    session: str | None
    handle: int
    backend: str | None
    backend_id: int


class Surroundings(NamedTuple):
    """The blocks around something, outermost first; None: some of them were entered before anybody looked.

    Attributes:
        watch: the number of the watch that counted them; those of another one are of no account.
        fresh: whether the innermost was entered, and none left since.
    """

    watch: int
    blocks: tuple[Block, ...] | None
    fresh: bool


_HERE: Final[ContextVar[Surroundings]] = ContextVar("pytest_qruntime_blocks")
_ALONE: Final = Surroundings(0, (), False)


class Blocks:
    """The blocks that are open, in all contexts. One for the process, as the client's classes are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[int] = []
        self._watch = 0

    def begin(self, *, within: bool) -> None:
        """A watch begins; `within`: in this context a block is open, nobody knows how many."""
        with self._lock:
            self._watch += 1
            self._open = []
        _HERE.set(Surroundings(self._watch, None if within else (), False))

    def here(self) -> Surroundings:
        """What surrounds the caller."""
        found = _HERE.get(_ALONE)
        return found if found.watch == self._watch else _ALONE

    def entered(self, block: Block) -> None:
        """A block begins in this context."""
        around = self.here()
        with self._lock:
            self._open.append(block.handle)
        blocks = None if around.blocks is None else (*around.blocks, block)
        _HERE.set(Surroundings(self._watch, blocks, True))

    def left(self, handle: int) -> None:
        """A block of this handle ends in this context."""
        around = self.here()
        with self._lock:
            if handle in self._open:
                self._open.remove(handle)
        blocks = around.blocks
        if blocks is not None:
            blocks = tuple(block for block in blocks if block.handle != handle)
        _HERE.set(Surroundings(self._watch, blocks, False))

    def elsewhere(self, around: Surroundings) -> bool:
        """Whether a block is open that is not one of these."""
        mine = {block.handle for block in around.blocks or ()}
        with self._lock:
            return any(handle not in mine for handle in self._open)


BLOCKS: Final = Blocks()
