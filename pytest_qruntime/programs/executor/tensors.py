"""Arrays as the executor's results carry them: base64 of little-endian bytes, bits packed lowest first."""

from __future__ import annotations

import zlib
from base64 import b64encode
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_PLAIN = {"f64", "u8", "bool", "c128"}
"""What the uncompressed tensors of the older versions can hold."""


def tensor(array: Array, *, compressed: bool) -> dict[str, Any]:
    """An array as a `CompressedTensorModel`, or as a `TensorModel`, which knows fewer types: wider ones stand in there.

    Compressed as fast as can be: the bits of a result are random, and no effort makes them much smaller.
    """
    if not compressed and _dtype(array) not in _PLAIN:
        array = array.astype(_wider(array.dtype))
    if array.dtype == np.bool_:
        data = np.packbits(array.reshape(-1), bitorder="little").tobytes()
    else:
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    coded = b64encode(zlib.compress(data, 1) if compressed else data).decode("ascii")
    return {"data": coded, "shape": list(array.shape), "dtype": _dtype(array)}


def _dtype(array: Array) -> str:
    return "bool" if array.dtype == np.bool_ else f"{array.dtype.kind}{8 * array.dtype.itemsize}"


def _wider(dtype: np.dtype[Any]) -> type[Any]:
    return np.complex128 if dtype.kind == "c" else np.float64
