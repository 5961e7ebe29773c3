"""The options that a job may have are those of the official models."""

from __future__ import annotations

import json
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit

from pytest_qruntime.programs.native import options
from pytest_qruntime.programs.problems import Invalid
from tests.programs.native.client import estimator_params, sampler_params
from tests.sdk.needs import module_since

sampler_model = module_since("0.46.0", "ibm_quantum_schemas.sampler.version_0_1").ParamsModel
estimator_model = module_since("0.46.0", "ibm_quantum_schemas.estimator.version_0_1.params").ParamsModel

CIRCUIT = QuantumCircuit(1, 1)
PARAMS = {
    "sampler": sampler_params((CIRCUIT, None, 1)),
    "estimator": estimator_params((CIRCUIT, "Z")),
}
MODELS = {"sampler": sampler_model, "estimator": estimator_model}


def refused(program: str, params: dict[str, Any]) -> str | None:
    try:
        options.check(program, params)
    except Invalid as invalid:
        return invalid.problem.reason
    return None


def refused_officially(program: str, params: dict[str, Any]) -> bool:
    """Whether the models refuse params that they may not convert: strings of digits are no numbers."""
    try:
        MODELS[program].model_validate_json(json.dumps(params), strict=True)
    except pydantic.ValidationError:
        return True
    return False


def options_of(program: str) -> options.Group:
    group = options.PARAMS[program].entries["options"]
    assert isinstance(group, options.Group)
    return group


def paths(group: options.Group) -> list[tuple[str, ...]]:
    """All options of a group and its groups."""
    found: list[tuple[str, ...]] = []
    for key, rule in group.entries.items():
        found.append((key,))
        if isinstance(rule, options.Group):
            found += [(key, *rest) for rest in paths(rule)]
    return found


def with_option(program: str, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return {**PARAMS[program], "options": value}


VALUES = st.one_of(
    st.booleans(),
    st.integers(-3, 9),
    st.floats(-3, 9, allow_nan=False).filter(lambda number: not number.is_integer()),
    st.sampled_from(
        ["auto", "XX", "XY4", "edges", "asap", "active", "all", "kerneled", "pea", "linear", "fallback", "no"]
    ),
    st.lists(st.integers(0, 5), max_size=5),
    st.lists(st.sampled_from(["linear", "exponential", "polynomial_degree_3", "cubic"]), min_size=1, max_size=3),
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), max_size=2),
    st.just({}),
)


@pytest.mark.parametrize("program", ["sampler", "estimator"])
@given(data=st.data())
def test_the_tables_refuse_what_the_official_models_refuse_and_nothing_else(program: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(paths(options_of(program))))
    params = with_option(program, path, data.draw(VALUES))
    assert (refused(program, params) is not None) == refused_officially(program, params)


@pytest.mark.parametrize("program", ["sampler", "estimator"])
def test_the_tables_know_every_option_of_the_official_models(program: str) -> None:
    def official(model: Any) -> set[tuple[str, ...]]:
        found: set[tuple[str, ...]] = set()
        for key, field in model.model_fields.items():
            found.add((key,))
            inner = field.default_factory() if field.default_factory else None
            if isinstance(inner, pydantic.BaseModel):
                found |= {(key, *rest) for rest in official(type(inner))}
        return found

    model = MODELS[program].model_fields["options"].default_factory
    known = set(paths(options_of(program)))
    assert {path for path in known if path[0] != "simulator" or len(path) == 1} == official(model)


@pytest.mark.parametrize(
    ("program", "more", "message"),
    [
        ("sampler", {"version": 1}, "version is 1; expected 2"),
        ("sampler", {"resilience_level": 1}, "params has no 'resilience_level'; there are options, pubs"),
        ("estimator", {"resilience_level": 3}, "resilience_level is 3; expected 0, 1 or 2"),
        ("estimator", {"resilience_level": True}, "resilience_level is True"),
        ("estimator", {"support_qiskit": "yes"}, "support_qiskit is 'yes'; expected true or false"),
        ("estimator", {"options": []}, "options is []; expected an object"),
        ("estimator", {"options": {"twirling": 5}}, "options.twirling is 5; expected an object"),
        ("sampler", {"options": {"defualt_shots": 5}}, "options has no 'defualt_shots'; there are default_shots"),
        ("sampler", {"options": {"default_shots": 0}}, "options.default_shots is 0; expected an integer of at least 1"),
        ("sampler", {"options": {"resilience": {}}}, "options has no 'resilience'"),
        ("sampler", {"options": {"simulator": {"seed": 1}}}, "options.simulator has no 'seed'"),
        (
            "estimator",
            {"options": {"resilience": {"zne_mitigation": True, "pec_mitigation": True}}},
            "pec_mitigation and zne_mitigation are both true",
        ),
        (
            "estimator",
            {"options": {"resilience": {"zne": {"extrapolator": "polynomial_degree_3"}}}},
            "polynomial_degree_3 needs at least 4 noise_factors, not 3",
        ),
    ],
)
def test_a_refusal_says_what_and_where(program: str, more: dict[str, Any], message: str) -> None:
    assert message in (refused(program, {**PARAMS[program], **more}) or "")


@pytest.mark.parametrize("program", ["sampler", "estimator"])
def test_null_leaves_an_option_to_the_service(program: str) -> None:
    for path in paths(options_of(program)):
        assert refused(program, with_option(program, path, None)) is None
    assert refused(program, {**PARAMS[program], "options": None, "support_qiskit": None, "version": None}) is None
