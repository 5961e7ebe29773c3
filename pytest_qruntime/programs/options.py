"""The options of a job that change its result: shots, precision, twirling, resilience; and their echo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_qruntime.programs.problems import Code, Invalid, short

DEFAULT_SHOTS = 4096
DEFAULT_PRECISION = 1 / math.sqrt(DEFAULT_SHOTS)
"""0.015625, the documented default of the estimator."""

_SMALLEST_PRECISION = 1e-9


def shots(value: object, what: str) -> int:
    """A number of shots: an integer of at least 1. Raises `Invalid`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Invalid(
        Code.SHOTS_NOT_ALLOWED,
        f"{what} is {short(value)}; expected an integer of at least 1",
        "Ask for 1 shot or more.",
    )


def precision(value: object, what: str) -> float:
    """A target precision: a number above zero. Raises `Invalid`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _SMALLEST_PRECISION <= value <= 1e9:
        return float(value)
    raise Invalid(
        Code.SHOTS_NOT_ALLOWED,
        f"{what} is {short(value)}; expected a number above 0 (at least {_SMALLEST_PRECISION})",
        "Give the standard error to reach, such as 0.015625 for about 4096 shots.",
    )


def shots_for(target: float) -> int:
    """How many shots reach a precision: ceil(1 / precision^2)."""
    return max(1, math.ceil(1 / (target * target) - 1e-9))  # 1/0.1^2 is 99.99999999999999 or 100.00000000000001


def part(options: Mapping[str, Any], key: str, where: str = "options") -> Mapping[str, Any]:
    """A group of options, empty where it is absent or null. Raises `Invalid` if it is no object."""
    value = options.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Invalid(
            Code.PAYLOAD_NOT_VALID, f"{where}.{key} is {short(value)}; expected an object", f"Give {key} as an object."
        )
    return value


def sampler_shots(params: Mapping[str, Any]) -> int:
    """The shots of a PUB that names none: the job's `shots`, else `options.default_shots`, else 4096."""
    if params.get("shots") is not None:
        return shots(params["shots"], "shots")
    options = part(params, "options", "params")
    if options.get("default_shots") is not None:
        return shots(options["default_shots"], "options.default_shots")
    return DEFAULT_SHOTS


def estimator_precision(params: Mapping[str, Any]) -> float:
    """The precision of a PUB that names none.

    The job's `precision`, else what `options.default_shots` reaches (documented to override the next), else
    `options.default_precision`, else 0.015625.
    """
    if params.get("precision") is not None:
        return precision(params["precision"], "precision")
    options = part(params, "options", "params")
    if options.get("default_shots") is not None:
        return 1 / math.sqrt(min(shots(options["default_shots"], "options.default_shots"), 10**18))
    if options.get("default_precision") is not None:
        return precision(options["default_precision"], "options.default_precision")
    return DEFAULT_PRECISION


class Randomizations(NamedTuple):
    """How an estimator splits its shots over random circuits."""

    number: int
    shots_each: int

    @property
    def shots(self) -> int:
        """All shots: what was asked for, rounded up to equal parts."""
        return self.number * self.shots_each


def randomizations(target: float, options: Mapping[str, Any]) -> Randomizations:
    """The split of an estimator: as many shots as reach the precision, or more.

    The measured figures of the documentation come out: precision 0.01 gives 10016 shots, 0.015625 gives 4096.
    """
    least = 64 if part(options, "resilience").get("pec_mitigation") else None
    return split(shots_for(target), part(options, "twirling"), each=least)


def split(
    wanted: int, twirling: Mapping[str, Any], *, each: int | None = None, exactly: bool = False
) -> Randomizations:
    """The documented split: 32 randomizations of at least 64 shots, unless the options say otherwise.

    Args:
        wanted: shots to split.
        twirling: the options.
        each: shots of a randomization where the options leave both to the service.
        exactly: whether the number of shots is an order: then the options only say how to split it.
    """
    number, given = (
        None if twirling.get(key) in (None, "auto") else shots(twirling[key], f"options.twirling.{key}")
        for key in ("num_randomizations", "shots_per_randomization")
    )
    if given is None:
        given = (each or max(64, -(-wanted // 32))) if number is None else -(-wanted // number)
    if number is None or exactly:
        number = -(-wanted // given)
    return Randomizations(number, given)


_DYNAMICAL_DECOUPLING = {
    "enable": False,
    "sequence_type": "XX",
    "extra_slack_distribution": "middle",
    "scheduling_method": "alap",
}


def resilience_level(params: Mapping[str, Any]) -> int:
    """The job's resilience level, 1 by default. Raises `Invalid` unless it is 0, 1 or 2."""
    level = params.get("resilience_level")
    if level is None:
        return 1
    if isinstance(level, int) and not isinstance(level, bool) and 0 <= level <= 2:
        return level
    raise Invalid(
        Code.PAYLOAD_NOT_VALID, f"resilience_level is {short(level)}; expected 0, 1 or 2", "Use one of these levels."
    )


def echo(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as an estimator's metadata shows them: defaults of the resilience level under those of the job."""
    options = part(params, "options", "params")
    level = resilience_level(params)
    twirling = {
        "enable_gates": level == 2,
        "enable_measure": level >= 1,
        "num_randomizations": "auto",
        "shots_per_randomization": "auto",
        "interleave_randomizations": True,
        "strategy": "active-accum",
    }
    resilience = {"measure_mitigation": level >= 1, "zne_mitigation": level == 2, "pec_mitigation": False}
    return {
        "dynamical_decoupling": {**_DYNAMICAL_DECOUPLING, **_given(options, "dynamical_decoupling")},
        "twirling": {**twirling, **_given(options, "twirling")},
        "resilience": {**resilience, **_given(options, "resilience")},
    }


def _given(options: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The entries of a group of options that are set; null leaves an entry to the service."""
    return {name: value for name, value in part(options, key).items() if value is not None}
