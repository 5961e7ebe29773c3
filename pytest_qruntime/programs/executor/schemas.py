"""The official models of `ibm_quantum_schemas`, one module per program and version, and their complaints in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

from pytest_qruntime.programs.problems import Code, Invalid, short

T = TypeVar("T")


def read(family: str, version: object, known: Sequence[str], params: Mapping[str, Any]) -> Any:
    """The params of a job as the official `ParamsModel`, validated. Raises `Invalid`.

    Args:
        family: the program's package in `ibm_quantum_schemas`.
        version: what the request calls its version.
        known: the versions that this fake reads.
        params: the job's input.
    """
    if version not in known:
        raise invalid(
            f"params.schema_version is {short(version)}; expected {_either(known)}",
            f"The versions of {family} that this fake reads are {_either(known)}.",
        )
    module = _module(family, str(version))
    return reading(
        lambda: module.ParamsModel.model_validate(params),
        "params",
        f"The model that it must fit is {module.__name__}.ParamsModel.",
    )


def reading(read: Callable[[], T], what: str, solution: str) -> T:
    """What `read` returns; whatever it objects to is what is wrong with the payload. Raises `Invalid`."""
    from pydantic import ValidationError
    from qiskit.exceptions import MissingOptionalLibraryError

    try:
        return read()
    except ValidationError as complaints:
        raise invalid(_complaint(complaints.errors(include_url=False, include_context=False), what), solution) from None
    except MissingOptionalLibraryError as missing:
        raise Invalid(Code.NOT_SIMULATED, f"{what} cannot be read here: {missing.message}", solution) from None
    except Exception as error:  # the libraries raise of their own, of zlib, of struct: all of them mean the payload
        raise invalid(f"{what} cannot be read: {str(error) or type(error).__name__}", solution) from None


def invalid(reason: str, solution: str) -> Invalid:
    """The refusal of a payload that is not the input of its program."""
    return Invalid(Code.PAYLOAD_NOT_VALID, reason, solution)


def _module(family: str, version: str) -> Any:
    name = f"ibm_quantum_schemas.{family}.version_{version.removeprefix('v').replace('.', '_')}"
    try:
        return import_module(name)
    except ImportError as missing:
        raise Invalid(
            Code.NOT_SIMULATED,
            f"the job needs {name}, which cannot be imported: {missing}",
            "Install or upgrade it: pip install --upgrade ibm-quantum-schemas (it comes with qiskit-ibm-runtime 0.46 "
            "and later).",
        ) from None


def _complaint(errors: Sequence[Mapping[str, Any]], what: str) -> str:
    """The first complaint in full, and how many there are besides it."""
    first = errors[0]
    place = what + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    found = "" if first["type"] in ("missing", "value_error") else f" is {short(first['input'])}"
    rest = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}{found}: {str(first['msg']).removeprefix('Value error, ')}{rest}"


def _either(known: Sequence[str]) -> str:
    return " or ".join(known) if len(known) < 3 else f"{', '.join(known[:-1])} or {known[-1]}"
