"""The rules and invariants of a class: they write into its script, some are switched off, some are tried more often."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, precondition, rule

from pytest_qruntime.machine.choices import resolved
from pytest_qruntime.machine.writing import acts, writing_check, writing_rule
from pytest_qruntime.model import ConfigurationError
from pytest_qruntime.model.errors import whole_number

# Where Hypothesis leaves what its decorators were given; see RULE_MARKER and its neighbours in hypothesis/stateful.py.
RULE: Final = "hypothesis_stateful_rule"
INITIALIZE: Final = "hypothesis_stateful_initialize_rule"
INVARIANT: Final = "hypothesis_stateful_invariant"

ALL_OF_OURS: Final = "*"
"""Stands for the rules that every machine begins with."""

OWN: Final = 3
"""The weight of the rules that are not ours: they are what a machine is about."""

_SHAPED: Final = "pytest_qruntime_shaped"
_ORIGINALS: Final = "_originals_of_rules"
_COPIES: Final = "_copies_of_rules"


def shape(cls: Any) -> None:
    """Apply `cls.weights`, and the strategies that the class has chosen; let everything write.

    Raises `ConfigurationError` for a weight that cannot be used, and for a choice that is no strategy.
    """
    originals = _originals(cls)
    _check(cls, cls.weights, originals)
    weights = _weights(cls, originals)
    for copy in getattr(cls, _COPIES, ()):
        setattr(cls, copy, None)
    copies = []
    for name, method in originals.items():
        weight = weights[name]
        setattr(cls, name, _shaped(method, cls) if weight else _switched_off(method))
        for number in range(2, weight + 1):
            copies.append(f"_{name}_{number}")
            setattr(cls, copies[-1], _shaped(method, cls))
    setattr(cls, _ORIGINALS, originals)
    setattr(cls, _COPIES, tuple(copies))


def _originals(cls: Any) -> dict[str, Any]:
    """Every rule and invariant of a class as it was written, also those that a class above it switched off."""
    above = getattr(cls, _ORIGINALS, {})
    kept = {name: method for name, method in above.items() if hasattr(getattr(cls, name), _SHAPED)}
    own = {
        name: method
        for name, method in inspect.getmembers(cls, callable)
        if _kind(method) is not None and not hasattr(method, _SHAPED)
    }
    return {**kept, **own}


def _kind(method: object) -> str | None:
    """What Hypothesis takes a method for, None if for nothing."""
    return next((name for name in (RULE, INITIALIZE, INVARIANT) if hasattr(method, name)), None)


def _weights(cls: Any, methods: Mapping[str, Any]) -> dict[str, int]:
    """What each method counts; the nearest class that mentions it decides, and there its name before the star."""
    weights = {name: OWN if _is_own_rule(method) else 1 for name, method in methods.items()}
    ours = [name for name, method in methods.items() if _kind(method) == RULE and not _is_own_rule(method)]
    for owner in reversed(cls.__mro__):
        said = dict(vars(owner).get("weights", {}))
        if ALL_OF_OURS in said:
            general = said.pop(ALL_OF_OURS)
            weights.update((name, general) for name in ours)
        weights.update((name, weight) for name, weight in said.items() if name in weights)
    return weights


def _is_own_rule(method: Any) -> bool:
    """Whether it is a rule, and none that every machine begins with."""
    return _kind(method) == RULE and not acts(getattr(method, RULE).function)


def _check(cls: Any, weights: Any, methods: Mapping[str, object]) -> None:
    where = f"{cls.__name__}.weights"
    if not isinstance(weights, Mapping):
        raise ConfigurationError(f"{where} is {weights!r}; expected a mapping such as {{'pause_backend': 0}}")
    for name, weight in weights.items():
        if name not in methods and name != ALL_OF_OURS:
            raise ConfigurationError(f"{where} names {name!r}; expected some of {', '.join(sorted(methods))}")
        whole_number(f"{where}[{name!r}]", weight, minimum=0)
        if weight > 1 and _kind(methods.get(name)) in (INVARIANT, INITIALIZE):
            raise ConfigurationError(f"{where}[{name!r}] is {weight}; expected 0 or 1, for it is no rule")


def _switched_off(method: Any) -> Callable[..., Any]:
    """The function alone: it can be called, and Hypothesis does not see it."""

    def function(*given: Any, **named: Any) -> Any:
        return method(*given, **named)

    setattr(function, _SHAPED, True)
    return function


def _shaped(method: Any, cls: Any) -> Callable[..., Any]:
    """The same rule, initialize rule or invariant, made by the same decorators around a function that writes."""
    kind = _kind(method)
    assert kind is not None
    given = getattr(method, kind)
    function = writing_check(given.function) if kind == INVARIANT else writing_rule(given.function, given.targets)
    for condition in given.preconditions if kind != INITIALIZE else ():
        function = precondition(condition)(function)
    if kind == INVARIANT:
        decorated = invariant(check_during_init=given.check_during_init)(function)
    else:
        decorate: Any = rule if kind == RULE else initialize
        arguments = {name: _strategy(name, one, cls) for name, one in given.arguments.items()}
        decorated = decorate(targets=[Bundle(name) for name in given.targets], **arguments)(function)
    setattr(decorated, _SHAPED, True)
    return decorated


def _strategy(name: str, given: st.SearchStrategy[Any], cls: Any) -> st.SearchStrategy[Any]:
    found = resolved(given, cls)
    if not isinstance(found, st.SearchStrategy):
        raise ConfigurationError(
            f"{cls.__name__} has {found!r} for the argument {name}; expected a strategy, such as "
            "hypothesis.strategies.sampled_from(['1m', '1h'])"
        )
    return found
