"""Judging without the garbage collector: facts are thousands of objects that all die together a moment later."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collections_paused() -> Iterator[None]:
    """For the length of a block or of a call: no collection of garbage, unless somebody asks for one.

    Facts point at each other, so only the collector can free them. Meeting them while they are made it would keep
    them among what lives long, and look at everything in the process before it frees them. After the block they are
    the youngest objects there are, and are gone at its next short look.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
