"""NumPy's file format, in which arrays travel. For a small array the header is most of the work: it is remembered."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"\x93NUMPY\x01\x00"
"""Of version 1.0 of the format, in which everything is written whose header is no longer than 64 kB."""


def loads(content: bytes) -> NDArray[Any]:
    """The array of a file, which cannot be changed. Raises `ValueError`, `EOFError` or `OSError` if it has none."""
    if not content.startswith(_MAGIC):
        return np.load(io.BytesIO(content), allow_pickle=False)  # type: ignore[no-any-return]
    start = len(_MAGIC) + 2 + int.from_bytes(content[len(_MAGIC) : len(_MAGIC) + 2], "little")
    shape, columns_first, dtype = _read_header(content[len(_MAGIC) : start])
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    flat = np.frombuffer(content, dtype, math.prod(shape), start) if math.prod(shape) else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if columns_first else "C")


def dumps(values: NDArray[Any]) -> bytes:
    """The array as a file."""
    values = np.ascontiguousarray(values).reshape(values.shape)
    return _MAGIC + _header(values.shape, values.dtype) + values.tobytes()


@lru_cache(maxsize=256)
def _read_header(header: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    return npy.read_array_header_1_0(io.BytesIO(header))


@lru_cache(maxsize=256)
def _header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    buffer = io.BytesIO()
    described = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(buffer, described)
    return buffer.getvalue().removeprefix(_MAGIC)
