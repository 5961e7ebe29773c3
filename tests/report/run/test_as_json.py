"""The JSON report and its schema: they agree with each other, and with the types that the code is checked against."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from jsonschema import Draft202012Validator, ValidationError

from pytest_qruntime.report.run import document as documents
from pytest_qruntime.report.run import shown as shapes
from pytest_qruntime.report.run.as_json import SCHEMA, as_json, schema
from tests.report.run.showing import a_run

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

TYPES = {name: kind for module in (shapes, documents) for name, kind in vars(module).items() if is_typeddict(kind)}
WORDS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


@pytest.fixture
def run() -> Document:
    return a_run()


def test_a_report_keeps_its_schema(run: Document) -> None:
    Draft202012Validator(schema()).validate(json.loads(as_json(run)))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$id"] == f"urn:pytest-qruntime:report:{documents.FORMAT}"
    assert SCHEMA.read_text() == json.dumps(schema(), indent=2) + "\n"


def test_it_is_the_document_itself_and_ends_with_a_newline(run: Document) -> None:
    text = as_json(run)
    assert json.loads(text) == run
    assert text.endswith("\n}\n")
    assert as_json(json.loads(text)) == text


def test_what_is_no_number_is_not_written(run: Document) -> None:
    run["totals"]["real_s"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json(run)


# -- what is no report ---------------------------------------------------------------------------------------------


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all objects in a document."""
    if isinstance(value, Mapping):
        yield path
    for key, inner in (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from objects(inner, (*path, key))


COUNTS = {"outcomes", "sources", "usage_s"}
"""Objects that have whatever keys occur."""


def shapes_of(run: Document) -> dict[str, tuple[Any, ...]]:
    """One path for each kind of object in a run."""
    kinds: dict[str, tuple[Any, ...]] = {}
    for path in objects(run):
        named = ".".join(str(part) for part in path if not isinstance(part, int))
        if not (path and path[-1] in COUNTS):
            kinds.setdefault(named, path)
    return kinds


def at(run: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        run = run[part]
    return run


KINDS = shapes_of(a_run())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_everything_is_there_and_nothing_else(run: Document, kind: str) -> None:
    validator = Draft202012Validator(schema())
    for name in at(run, KINDS[kind]):
        less = copy.deepcopy(run)
        del at(less, KINDS[kind])[name]
        assert not validator.is_valid(less), f"nobody misses {name}"
    more: Any = copy.deepcopy(run)
    at(more, KINDS[kind])["strange"] = 1
    assert not validator.is_valid(more)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("generator", "name"), "another"),
        (("totals", "tests"), -1),
        (("totals", "outcomes", "passed"), 0),
        (("totals", "virtual_s"), "10"),
        (("costs", 0, "qpu_s"), -0.5),
        (("contracts", 0, "verdict"), "kept"),
        (("contracts", 0, "level"), "should"),
        (("contracts", 0, "sources", 0), None),
        (("leaks", 0, "kind"), "job"),
        (("leaks", 0, "line"), 0),
        (("lifecycle", "percent"), 101),
        (("tests", 0, "outcome"), "rerun"),
        (("tests", 0, "drawn"), {}),
        (("tests", 0, "worlds", 0, "source"), "mock"),
        (("tests", 0, "worlds", 0, "driven", 0), ["job", "Queued"]),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(run: Document, path: tuple[Any, ...], value: object) -> None:
    at(run, path[:-1])[path[-1]] = value
    with pytest.raises(ValidationError) as caught:
        Draft202012Validator(schema()).validate(run)
    assert list(caught.value.absolute_path)[: len(path)] == list(path)[: len(caught.value.absolute_path)]


# -- the schema and the types --------------------------------------------------------------------------------------


def described() -> dict[str, Any]:
    whole = schema()
    return {"Document": whole, **whole["$defs"]}


def test_every_type_is_described_and_nothing_else() -> None:
    assert sorted(described()) == sorted(TYPES)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_schema_says_what_the_type_says(name: str) -> None:
    hints, told = get_type_hints(TYPES[name]), described()[name]
    assert sorted(told["properties"]) == sorted(hints)
    assert told["required"] == list(told["properties"])
    for field, hint in hints.items():
        assert _meant(told["properties"][field]) == _named(hint), field


@pytest.mark.parametrize("name", sorted(TYPES))
def test_everything_is_explained(name: str) -> None:
    told = described()[name]
    assert told["description"].endswith(".")
    for field, one in told["properties"].items():
        assert "$ref" in one or one["description"].endswith((".", "null: unknown.")), field


def _named(hint: Any) -> set[str]:
    """The types of JSON that a type allows."""
    if is_typeddict(hint):
        return {hint.__name__}
    if hint in WORDS:
        return {WORDS[hint]}
    if get_origin(hint) is list:
        return {f"array of {one}" for one in _named(get_args(hint)[0])}
    if get_origin(hint) is dict:
        return {f"object of {one}" for one in _named(get_args(hint)[1])}
    return {name for one in get_args(hint) for name in _named(one)}


def _meant(told: Mapping[str, Any]) -> set[str]:
    """The types of JSON that a schema allows."""
    if "$ref" in told:
        return {told["$ref"].rpartition("/")[2]}
    if "anyOf" in told:
        return {name for one in told["anyOf"] for name in _meant(one)}
    if "enum" in told or "const" in told:
        return {WORDS[type(value)] for value in told.get("enum", [told.get("const")])}
    if told["type"] == "array":
        return {f"array of {one}" for one in _meant(told["items"])}
    if told["type"] == "object":
        return {f"object of {one}" for one in _meant(told["additionalProperties"])}
    return {told["type"]} if isinstance(told["type"], str) else set(told["type"])
