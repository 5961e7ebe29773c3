"""The encodings of Qiskit's runtime client: circuits and arrays that come in, and everything that goes out."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_qruntime.programs.native import npy
from pytest_qruntime.programs.problems import Code, Invalid, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BYTES = 1 << 28
"""Of one circuit or array, decompressed (ours: a few kilobytes can stand for any number of zeros)."""

_FASTEST = 1
"""zlib's level: bits of a measurement hardly compress, so effort is wasted on them."""


def circuit(value: object, where: str) -> Any:
    """The one `qiskit.QuantumCircuit` of an encoded one, which must not be changed. Raises `Invalid`."""
    if isinstance(value, str):
        raise Invalid(
            Code.NOT_SIMULATED,
            f"{where}: the circuit is text, but other PUBs of the job have encoded circuits",
            "Send jobs whose circuits are all text or all encoded.",
        )
    text = _text(value, "QuantumCircuit", where)
    try:
        return _loaded(text)
    except Exception as problem:  # what a reader of a foreign format raises is anybody's guess
        raise _unreadable(where, "circuit", problem) from problem


@lru_cache(maxsize=32)
def _loaded(text: str) -> Any:
    """The circuit of QPY, read once while it is sent again and again: that takes half of a small job's time."""
    from qiskit import QuantumCircuit, qpy

    loaded = qpy.load(io.BytesIO(_unpacked(text)))
    if len(loaded) != 1 or not isinstance(loaded[0], QuantumCircuit):
        raise ValueError(f"it holds {len(loaded)} programs where one circuit is expected")
    return loaded[0]


def array(value: object, where: str) -> NDArray[np.float64]:
    """An array of finite numbers: an encoded ndarray, or lists. Raises `Invalid`."""
    lists = value.get("__value__") if isinstance(value, Mapping) and value.get("__type__") == "ndarray" else value
    try:
        if isinstance(lists, (list, tuple, int, float)):
            found = np.asarray(lists)
        else:
            found = npy.loads(_unpacked(_text(value, "ndarray", where)))
        if found.size and found.dtype.kind not in "fiu":
            raise ValueError(f"its type is {found.dtype}, which is not real")
    except (ValueError, EOFError, OSError, SyntaxError, MemoryError, RecursionError) as problem:
        raise _unreadable(where, "array of parameter values", problem) from problem
    values = found.astype(np.float64)
    if not np.isfinite(values).all():
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: a parameter value is not finite",
            "Give numbers that are neither inf nor nan.",
        )
    return values


def _text(value: object, kind: str, where: str) -> str:
    """What stands in an object of this `__type__`."""
    text = value.get("__value__") if isinstance(value, Mapping) and value.get("__type__") == kind else None
    if isinstance(text, str):
        return text
    raise Invalid(
        Code.PAYLOAD_NOT_VALID,
        f"{where}: {short(value)} is not an encoded {kind}",
        f'Send {{"__type__": "{kind}", "__value__": "..."}}, as RuntimeEncoder of qiskit-ibm-runtime writes it.',
    )


def _unpacked(text: str) -> bytes:
    """What base64 and zlib wrap. Raises `ValueError`."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.b64decode(text), MAX_BYTES)
    except zlib.error as problem:
        raise ValueError(str(problem)) from problem
    if not reader.eof:
        raise ValueError(f"it is cut off, or larger than {MAX_BYTES} bytes")
    return content


def _unreadable(where: str, what: str, problem: Exception) -> Invalid:
    return Invalid(
        Code.PAYLOAD_NOT_VALID,
        f"{where}: the {what} cannot be read: {str(problem) or type(problem).__name__}",
        "Send what RuntimeEncoder of qiskit-ibm-runtime writes, from a Qiskit that is not newer than the one here.",
    )


def typed(kind: str, value: object) -> dict[str, Any]:
    """An object of the client's encoding."""
    return {"__type__": kind, "__value__": value}


def ndarray(values: NDArray[Any]) -> dict[str, Any]:
    """An array."""
    return typed("ndarray", base64.b64encode(zlib.compress(npy.dumps(values), _FASTEST)).decode("ascii"))


def bit_array(bits: NDArray[np.bool_]) -> dict[str, Any]:
    """A `BitArray` of bits of shape (..., shots, width), whose bit j is the register's j-th."""
    width = bits.shape[-1]
    low_first = np.packbits(bits, axis=-1, bitorder="little")
    return typed("BitArray", {"array": ndarray(np.ascontiguousarray(low_first[..., ::-1])), "num_bits": width})


_CLASSES = {"BitArray": "qiskit.primitives.containers.bit_array.BitArray", "ndarray": "numpy.ndarray"}


def data_bin(shape: Sequence[int], fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A `DataBin` of encoded fields. The official models want `field_types`, which no client reads."""
    return typed(
        "DataBin",
        {
            "field_names": list(fields),
            "field_types": [f"<class '{_CLASSES[field['__type__']]}'>" for field in fields.values()],
            "shape": list(shape),
            "fields": dict(fields),
        },
    )


def pub_result(kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A `PubResult`, or a `SamplerPubResult`."""
    return typed(kind, {"data": data, "metadata": metadata})


def primitive_result(pub_results: Sequence[Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A `PrimitiveResult`."""
    return typed("PrimitiveResult", {"pub_results": list(pub_results), "metadata": metadata})


def moment(text: str) -> dict[str, Any]:
    """A point in time; spans are in UTC and do not say so."""
    return typed("datetime", text.removesuffix("Z"))
