"""A failing example as a test function that can be pasted into a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, Final

from pytest_qruntime.machine.failures import Failure
from pytest_qruntime.machine.script import MACHINE
from pytest_qruntime.reproducing.function import Function, head, marker, needed_to_suppress
from pytest_qruntime.runtime import world

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]+")


class Program(Function):
    """A test function that does what an example did."""

    def fails_with(self, error: BaseException, machine: type, settings: Mapping[str, Any]) -> bool:
        """Run it in a world with these arguments; whether the same error comes of it."""
        try:
            with world(**settings, label="a reproduction") as qruntime, redirect_stdout(StringIO()):
                self.call(qruntime, **{machine.__name__: machine})
        except Exception as found:
            return type(found) is type(error) and _told(found) == _told(error)
        return False


def _told(error: BaseException) -> str:
    """What an error says, without the addresses of objects."""
    return _ADDRESS.sub("0x", str(error))


def program(failure: Failure, machine: type, marked: Mapping[str, Any], *, checks: bool) -> Program:
    """The function that does what a failing example did.

    Args:
        failure: the example.
        machine: its class.
        marked: what its marker says.
        checks: whether every invariant is called wherever it was; else only one that failed in the end.
    """
    spelling = failure.script.spelling
    lines = [line for line in failure.lines if checks or not line.check or line is failure.lines[-1]]
    body = [text for line in lines for text in line.lines()] or ["pass"]
    imports = {"import pytest"}
    for error in {line.passed[0] for line in lines if line.passed}:
        imports |= needed_to_suppress(error)
    comments = []
    if any(f"{MACHINE}." in text for text in body):
        name = spelling.reference(machine)
        body.insert(0, f"{MACHINE} = {name or machine.__name__}.on(qruntime)")
        if name is None:
            comments.append(f"{machine.__name__} cannot be imported: paste this where it is defined")
    first, decorator = head(_words(machine.__name__), body), marker(spelling.arguments(**marked))
    return Program(tuple(imports | spelling.imports), tuple(comments), decorator, first, tuple(body))


def _words(name: str) -> str:
    """``VqeMachine`` as ``vqe_machine``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
