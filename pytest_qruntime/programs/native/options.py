"""Which options the official models of the sampler and the estimator allow, as tables.

The tables say what `ibm_quantum_schemas` says (a test compares them), so that a job is judged alike whether or not that
package is installed. Two differences are meant: null stands for an option that is not set, also where the models want a
value, and numbers must be numbers, where the models also take strings of digits. Of encoded objects only the type is
looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pytest_qruntime.programs.problems import Code, Invalid, short


class Rule(NamedTuple):
    """What one option may be."""

    expected: str
    holds: Callable[[Any], bool]


class Group(NamedTuple):
    """An object of options; a closed one refuses others than these, an open one ignores them."""

    entries: Mapping[str, Rule | Group]
    closed: bool = False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _integer(least: int) -> Rule:
    return Rule(f"an integer of at least {least}", lambda value: _is_integer(value) and value >= least)


def _number(least: float) -> Rule:
    return Rule(f"a number of at least {least}", lambda value: _is_number(value) and value >= least)


def _choice(*values: str) -> Rule:
    return Rule(f"one of {', '.join(values)}", lambda value: isinstance(value, str) and value in values)


def _list(of: str, holds: Callable[[Any], bool]) -> Rule:
    return Rule(f"a list of {of}", lambda value: isinstance(value, (list, tuple)) and all(map(holds, value)))


def _or(word: str, rule: Rule) -> Rule:
    return Rule(f"{rule.expected}, or {word}", lambda value: value == word or rule.holds(value))


_SWITCH = Rule("true or false", lambda value: isinstance(value, bool))
_OBJECT = Rule("an object", lambda value: isinstance(value, Mapping))
_POSITIVE = Rule("a number above 0", lambda value: _is_number(value) and value > 0)
_AUTO = _or("auto", _integer(1))


def _is_encoded(value: object, kind: str) -> bool:
    return isinstance(value, Mapping) and value.get("__type__") == kind and isinstance(value.get("__value__"), Mapping)


_NOISE = Rule("an encoded NoiseModel", lambda value: _is_encoded(value, "NoiseModel"))
_LAYER_NOISE = Rule(
    "an encoded NoiseLearnerResult or a list of encoded LayerErrors",
    lambda value: (
        _is_encoded(value, "NoiseLearnerResult")
        or (isinstance(value, (list, tuple)) and all(_is_encoded(layer, "_json") for layer in value))
    ),
)

FACTORS_FOR = {
    "linear": 2,
    "exponential": 2,
    "double_exponential": 4,
    "fallback": 2,
    **{f"polynomial_degree_{degree}": degree + 1 for degree in range(1, 8)},
}
"""The extrapolators, and how many noise factors each needs."""

_TWIRLING = Group(
    {
        "enable_gates": _SWITCH,
        "enable_measure": _SWITCH,
        "num_randomizations": _AUTO,
        "shots_per_randomization": _AUTO,
        "strategy": _choice("active", "active-accum", "active-circuit", "all"),
    }
)
_DECOUPLING = Group(
    {
        "enable": _SWITCH,
        "sequence_type": _choice("XX", "XpXm", "XY4"),
        "extra_slack_distribution": _choice("middle", "edges"),
        "scheduling_method": _choice("alap", "asap"),
        "skip_reset_qubits": _SWITCH,
    }
)
_SIMULATOR = Group(
    {
        "noise_model": _NOISE,
        "seed_simulator": Rule("an integer", _is_integer),
        "coupling_map": _list(
            "pairs of integers", lambda pair: isinstance(pair, list) and len(pair) == 2 and all(map(_is_integer, pair))
        ),
        "basis_gates": _list("names", lambda name: isinstance(name, str)),
    },
    closed=True,
)
_EXECUTION: dict[str, Rule | Group] = {"init_qubits": _SWITCH, "rep_delay": _number(0)}
_LAYERS = Group(
    {
        "max_layers_to_learn": _integer(0),
        "shots_per_randomization": _integer(1),
        "num_randomizations": _integer(1),
        "layer_pair_depths": _list("integers", _is_integer),
    }
)
_ZNE = Group(
    {
        "amplifier": _choice("gate_folding", "gate_folding_front", "gate_folding_back", "pea"),
        "noise_factors": _list("numbers of at least 1", lambda factor: _is_number(factor) and factor >= 1),
        "extrapolator": Rule(
            f"one or a list of {', '.join(FACTORS_FOR)}",
            lambda value: (
                isinstance(value, (str, list, tuple))
                and bool(value)
                and all(isinstance(name, str) and name in FACTORS_FOR for name in extrapolators(value))
            ),
        ),
        "extrapolated_noise_factors": _or("auto", _list("numbers", _is_number)),
    }
)
_RESILIENCE = Group(
    {
        "measure_mitigation": _SWITCH,
        "measure_noise_learning": Group({"num_randomizations": _integer(1), "shots_per_randomization": _AUTO}),
        "zne_mitigation": _SWITCH,
        "zne": _ZNE,
        "pec_mitigation": _SWITCH,
        "pec": Group({"max_overhead": _POSITIVE, "noise_gain": _or("auto", _number(0))}),
        "layer_noise_learning": _LAYERS,
        "layer_noise_model": _LAYER_NOISE,
    }
)
_COMMON: dict[str, Rule | Group] = {
    "default_shots": _integer(1),
    "dynamical_decoupling": _DECOUPLING,
    "twirling": _TWIRLING,
    "simulator": _SIMULATOR,
    "experimental": _OBJECT,
}


def _params(options: Mapping[str, Rule | Group], **more: Rule) -> Group:
    return Group(
        {
            "pubs": Rule("a list of PUBs", lambda value: isinstance(value, (list, tuple)) and len(value) > 0),
            "support_qiskit": _SWITCH,
            "version": Rule("2", lambda value: _is_integer(value) and value == 2),
            "options": Group({**_COMMON, **options}, closed=True),
            **more,
        },
        closed=True,
    )


PARAMS = {
    "sampler": _params(
        {"execution": Group({**_EXECUTION, "meas_type": _choice("classified", "kerneled", "avg_kerneled")})}
    ),
    "estimator": _params(
        {
            "execution": Group(_EXECUTION),
            "default_precision": _POSITIVE,
            "seed_estimator": _integer(0),
            "resilience": _RESILIENCE,
        },
        resilience_level=Rule("0, 1 or 2", lambda value: _is_integer(value) and 0 <= value <= 2),
    ),
}
"""What `params` of a job may hold, per program."""


def extrapolators(value: Any) -> list[Any]:
    """The extrapolators of the option, which is one or a list of them, or None for the default."""
    return [value] if isinstance(value, str) else list(("exponential", "linear") if value is None else value)


def noise_factors(value: Any) -> list[float]:
    """The noise factors of the option, which is a list, or None for the default."""
    return list((1, 3, 5) if value is None else value)


def check(program: str, params: Mapping[str, Any]) -> None:
    """Raise `Invalid` for the first key or value that the program does not take."""
    _check(PARAMS[program], params, "params")
    options = params.get("options") or {}
    resilience = options.get("resilience") or {}
    if resilience.get("pec_mitigation") and resilience.get("zne_mitigation"):
        raise _not_valid(
            "options.resilience: pec_mitigation and zne_mitigation are both true", "Set at most one of them to true."
        )
    zne = resilience.get("zne") or {}
    factors = noise_factors(zne.get("noise_factors"))
    for name in extrapolators(zne.get("extrapolator")):
        if len(factors) < FACTORS_FOR[name]:
            raise _not_valid(
                f"options.resilience.zne: {name} needs at least {FACTORS_FOR[name]} noise_factors, not {len(factors)}",
                "Give more noise factors or another extrapolator.",
            )


def _check(group: Group, value: object, where: str) -> None:
    if not isinstance(value, Mapping):
        raise _not_valid(f"{where} is {short(value)}; expected an object", f"Give {where} as an object.")
    for key, entry in value.items():
        rule = group.entries.get(key)
        if rule is None and group.closed:
            raise _not_valid(
                f"{where} has no {short(key)}; there are {', '.join(sorted(group.entries))}", "Leave it out."
            )
        if rule is None or entry is None:
            continue
        path = key if where == "params" else f"{where}.{key}"
        if isinstance(rule, Group):
            _check(rule, entry, path)
        elif not rule.holds(entry):
            raise _not_valid(f"{path} is {short(entry)}; expected {rule.expected}", f"Give {rule.expected}.")


def _not_valid(reason: str, solution: str) -> Invalid:
    return Invalid(Code.PAYLOAD_NOT_VALID, reason, solution)
