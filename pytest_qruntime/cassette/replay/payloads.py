"""What stands in a body as encoded data: circuits and arrays, told so that the same ones are told alike.

Qiskit writes into a circuit what says nothing about it: names that it counts up in each process (``circuit-160``), and
a new UUID for each parameter. And what two versions of zlib compress need not be the same. So circuits are told as
text, an instruction a line, which also makes a difference of two of them readable; other data is told by a digest.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from inspect import signature
from typing import Any, Final

_MAX_BYTES: Final = 1 << 26
# What base64 makes of the first bytes of zlib's data at its four levels, and of a file of circuits.
_BEGINS: Final = ("eJ", "eN", "eA", "eF", "UUlTS0lU")
_ENCODED: Final = re.compile(rb'"(?:eJ|eN|eA|eF|UUlTS0lU)')
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_QPY: Final = b"QISKIT"
# Older files hold expressions as something that is executed when it is read.
_FIRST_SAFE_QPY: Final = 13
# What an operation has besides parameters.
_MORE: Final = ("condition", "target", "unit", "ctrl_state", "annotations")
_COUNTED_NAME: Final = re.compile(r"circuit-[0-9]+(?:-[0-9]+)*")
_BASES: Final = b"basis_changes."
_BASIS: Final = re.compile(rb"(?<![A-Za-z0-9])basis([0-9]+)(?![A-Za-z0-9])")
_UUID: Final = re.compile(r"UUID\([^)]*\)|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def holds_data(body: bytes) -> bool:
    """Whether a JSON body may hold encoded data."""
    return _ENCODED.search(body) is not None


def uncounted(body: bytes) -> bytes:
    """A body without the numbers that samplomatic counts up in each process, but with their order."""
    if _BASES not in body:
        return body
    rank = {number: place for place, number in enumerate(sorted(set(map(int, _BASIS.findall(body)))))}
    return _BASIS.sub(lambda found: b"basis%d" % rank[int(found[1])], body)


def told(document: Any) -> Any:
    """A JSON document with its encoded data told."""
    if isinstance(document, dict):
        return {name: told(value) for name, value in document.items()}
    if isinstance(document, list):
        return [told(value) for value in document]
    if not isinstance(document, str):
        return document
    if document[:1] in ("{", "[") and holds_data(document.encode("utf-8", "surrogatepass")):
        return _inner(document)
    if document.startswith(_BEGINS) and _BASE64.fullmatch(document):
        return _data(document)
    return document


def _inner(text: str) -> Any:
    """A JSON document that stands in a string."""
    try:
        return told(json.loads(text))
    except (ValueError, RecursionError):
        return text


@lru_cache(maxsize=256)
def _data(text: str) -> Any:
    try:
        content = base64.b64decode(text, validate=True)
        if not content.startswith(_QPY):
            reader = zlib.decompressobj()
            content = reader.decompress(content, _MAX_BYTES)
            if not reader.eof:
                return text
    except (ValueError, zlib.error):
        return text
    return _circuits(content) or f"data with the SHA-256 {hashlib.sha256(content).hexdigest()}"


def _circuits(content: bytes) -> list[str] | None:
    """The lines of the circuits in a file of Qiskit's; None for anything else, and for what cannot be read here."""
    is_readable = content.startswith(_QPY) and len(content) > len(_QPY) and content[len(_QPY)] >= _FIRST_SAFE_QPY
    if not is_readable or find_spec("qiskit") is None:
        return None
    from qiskit import qpy

    try:
        circuits = qpy.load(io.BytesIO(content), **_annotations(qpy.load))
        return [line for circuit in circuits for line in _of_circuit(circuit, set())]
    except Exception:  # what a reader of a foreign format raises is anybody's guess
        return None


def _annotations(load: Callable[..., Any]) -> dict[str, Any]:
    """How the annotations of boxes are read, if Qiskit has any, and what the client writes them with is installed."""
    if "annotation_factories" not in signature(load).parameters or find_spec("ibm_quantum_schemas") is None:
        return {}
    from ibm_quantum_schemas.common.qpy import ANNOTATION_FACTORIES

    return {"annotation_factories": ANNOTATION_FACTORIES}


def _of_circuit(circuit: Any, defined: set[str], indent: str = "") -> Iterator[str]:
    registers = ", ".join(f"{register.name}[{register.size}]" for register in circuit.cregs)
    shape = f"{circuit.num_qubits} qubits, {circuit.num_clbits} bits {registers}".rstrip()
    yield f"{indent}{_stable(circuit.name)}: {shape}, phase {_stable(circuit.global_phase)}"
    places = {bit: number for bits in (circuit.qubits, circuit.clbits) for number, bit in enumerate(bits)}
    for instruction in circuit.data:
        operation = instruction.operation
        where = [[places[bit] for bit in bits] for bits in (instruction.qubits, instruction.clbits)]
        yield f"{indent}{_of_operation(operation)} {where[0]} {where[1] or ''}".rstrip()
        yield from _inside(operation, defined, f"{indent}  ")


def _of_operation(operation: Any) -> str:
    blocks = getattr(operation, "blocks", ())
    parameters = [] if blocks else list(getattr(operation, "params", ()))
    more = [getattr(operation, name, None) for name in _MORE]
    told_more = [_stable(value) for value in more if value is not None and value != []]
    return f"{_stable(operation.name)}({', '.join(map(_stable, parameters))}) {' '.join(told_more)}".rstrip()


def _inside(operation: Any, defined: set[str], indent: str) -> Iterator[str]:
    """The blocks of control flow, and once what an operation of the user's own is made of."""
    for block in getattr(operation, "blocks", ()):
        yield from _of_circuit(block, defined, indent)
    home = str(getattr(operation, "base_class", type(operation)).__module__)
    is_own = home.startswith("qiskit.circuit.") and ".library" not in home
    if is_own and operation.name not in defined and not getattr(operation, "blocks", ()):
        defined.add(operation.name)
        definition = getattr(operation, "definition", None)
        if definition is not None:
            yield from _of_circuit(definition, defined, indent)


def _stable(value: Any) -> str:
    """A value as text, without what is another one in each process."""
    if hasattr(value, "tobytes"):  # the matrix of a gate
        return f"data with the SHA-256 {hashlib.sha256(value.tobytes()).hexdigest()}"
    text = repr(value) if isinstance(value, float) else str(value)
    return _UUID.sub("an id", _COUNTED_NAME.sub("circuit", text))
