"""What the command knows of secrets: values of the environment, and rules of the user's own."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule
from pytest_qruntime.model.errors import ConfigurationError

KNOWN: Final = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE")


def known_values(names: Sequence[str]) -> dict[str, str]:
    """The values of `KNOWN` and of more environment variables, by their names; those that are not set are left out."""
    return {name: os.environ[name] for name in (*KNOWN, *names) if os.environ.get(name)}


def rules_of(where: str | None) -> tuple[Rule, ...]:
    """The default rules and those of ``module:NAME``, a list of `Rule`; the folder at hand is searched first.

    Raises:
        ConfigurationError: there is no such module or name, or it holds something else.
    """
    if where is None:
        return DEFAULT_RULES
    module, colon, name = where.partition(":")
    if not (module and colon and name):
        raise ConfigurationError(f"--rules is {where!r}; expected module:NAME, such as tests.secrets:RULES")
    found = _found(where, module, name)
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise ConfigurationError(f"--rules {where} is {type(found).__name__}; expected a list of Rule")
    own = list(found)
    wrong = next((rule for rule in own if not isinstance(rule, Rule)), None)
    if wrong is not None:
        raise ConfigurationError(f"--rules {where} holds {type(wrong).__name__}; expected Rule alone")
    return tuple(dict.fromkeys((*DEFAULT_RULES, *own)))


def _found(where: str, module: str, name: str) -> object:
    try:
        with _folder_at_hand():
            return getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever the user's module does
        raise ConfigurationError(
            f"--rules {where} cannot be had: {type(error).__name__}: {error}; expected module:NAME of a list of Rule"
        ) from error


@contextmanager
def _folder_at_hand() -> Iterator[None]:
    """As `python -m` has it; the script that pip installs is in another folder."""
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
