"""Settings that a marker gives as a list: the test becomes several, one for each combination of their values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

ALL_ORDERS: Final = "all"
"""The interleavings that are all there are."""

SWEEP: Final = "sweep"
"""A policy that is every one, or among the knobs of one: the test runs with the others, too."""

PARAMETER: Final = "_qruntime_matrix"
"""The parameter that makes the tests of a matrix."""

_ALWAYS_SINGLE: Final = ("interleavings", "allow")
"""What is not about the world of a test, so that a list of it would be no matrix."""

__tracebackhide__ = True  # what is wrong with a list is told where it stands


def is_list(value: object) -> bool:
    """Whether a setting has several values."""
    return isinstance(value, (list, tuple))


def singles(marker: Mapping[str, Any]) -> dict[str, Any]:
    """What a marker says but for its lists: of these each test has its own value."""
    return {name: value for name, value in marker.items() if not is_list(value)}


def asks(name: str, value: object) -> bool:
    """Whether a setting asks for several runs of a test."""
    swept = name == "policy" and (value == SWEEP or (isinstance(value, Mapping) and SWEEP in value))
    return is_list(value) or swept or name == "interleavings"


def once(found: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of one of the runs: without what asks for several."""
    rest = {name: value for name, value in found.items() if name != "interleavings"}
    if SWEEP in rest.get("policy", ()):
        rest["policy"] = {knob: value for knob, value in rest["policy"].items() if knob != SWEEP}
    return rest


def check(name: str, values: Sequence[Any], read: Callable[[Any], object]) -> None:
    """Raise `ConfigurationError` for a list that is empty, or has a value that cannot be used, or one twice."""
    from pytest_qruntime.model import ConfigurationError  # what only few markers need is loaded for them

    if name in _ALWAYS_SINGLE:
        read(values)  # which says what it expects instead
        return
    if not values:
        raise ConfigurationError(f"{name} is an empty list; expected values, each of which makes a test")
    checked: list[object] = []
    for value in values:
        if name == "policy" and asks(name, value):
            raise ConfigurationError(f"policy has {value!r} in a list; a sweep is no value of its own")
        found = read(value)
        one = value if name == "policy" else found  # knobs that have their defaults still count when policies add up
        if one in checked:
            raise ConfigurationError(f"{name} has {value!r} twice; expected different values")
        checked.append(one)


def axes(markers: Iterable[Mapping[str, Any]], decided: Container[str]) -> dict[str, Sequence[Any]]:
    """The settings that have several values, by name.

    A marker that is nearer to the test takes the place of a farther one, but for policies, which add up: of them the
    nearest list counts.

    Args:
        markers: what the markers of a test say, the nearest one last.
        decided: settings that the command line has decided, so that they have one value. A policy is not among them.
    """
    found: dict[str, Sequence[Any]] = {}
    for marker in markers:
        for name, value in marker.items():
            if is_list(value) and name not in decided:
                found[name] = value
            elif name != "policy":
                found.pop(name, None)
    return found


def combinations(found: Mapping[str, Sequence[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Every combination of values, each with its id, such as ``plan=open-lanes=1``."""
    rows = [dict(zip(found, values, strict=True)) for values in product(*found.values())]
    return [("-".join(_word(name, value) for name, value in row.items()), row) for row in rows]


def _word(name: str, value: Any) -> str:
    from pytest_qruntime.model import Plan, Policy

    if isinstance(value, Policy):
        value = {
            knob.name: getattr(value, knob.name) for knob in Policy.knobs() if getattr(value, knob.name) != knob.default
        }
    if name == "policy":
        return ",".join(f"{knob}={_text(turned)}" for knob, turned in value.items()) or "policy=default"
    return f"{name}={value.name if isinstance(value, Plan) else _text(value)}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "+".join(f"{name}:{one}" for name, one in value.items()) or "{}"
    isoformat = getattr(value, "isoformat", None)
    return str(value if isoformat is None else isoformat())
