"""When the parts of a program ran: the job's time on the QPU, divided among chunks by the executions that they hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple


class Work(NamedTuple):
    """An item of a program: its shape, and the most elements of it that one chunk holds (None: all)."""

    shape: tuple[int, ...]
    chunk_size: int | None


class _Chunk(NamedTuple):
    item: int
    start: int
    stop: int


def chunk_timing(items: Sequence[Work], started: str, finished: str, *, ranges: bool) -> list[dict[str, Any]]:
    """The spans of all chunks, one after the other in the order of the items.

    Args:
        items: what was run.
        started: when the job began to run, ISO 8601 in UTC.
        finished: when it ended.
        ranges: whether to say which elements a chunk holds, as versions from v1.0 on do.
    """
    begin, end = (datetime.fromisoformat(time.removesuffix("Z")) for time in (started, finished))
    chunks = [chunk for index, work in enumerate(items) for chunk in _chunks(index, work)]
    total = sum(chunk.stop - chunk.start for chunk in chunks) or 1
    spans, done = [], 0
    for chunk in chunks:
        start = done
        done += chunk.stop - chunk.start
        part = _part(chunk, len(items[chunk.item].shape) if ranges else None)
        spans.append(_span(begin, end - begin, start / total, done / total, part))
    return spans


def _chunks(index: int, work: Work) -> Iterator[_Chunk]:
    size = math.prod(work.shape)
    step = work.chunk_size or size or 1
    for start in range(0, size, step):
        yield _Chunk(index, start, min(start + step, size))


def _part(chunk: _Chunk, dimensions: int | None) -> dict[str, Any]:
    part: dict[str, Any] = {"idx_item": chunk.item, "size": chunk.stop - chunk.start}
    if dimensions is not None:
        part |= {"permutation": list(range(dimensions)), "element_range": [chunk.start, chunk.stop, 1]}
    return part


def _span(begin: datetime, length: timedelta, start: float, stop: float, part: dict[str, Any]) -> dict[str, Any]:
    first, last = (f"{(begin + length * share).isoformat(timespec='microseconds')}Z" for share in (start, stop))
    return {"start": first, "stop": last, "parts": [part]}
