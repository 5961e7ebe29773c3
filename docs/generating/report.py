"""The page of the JSON report: what each of its fields means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.generating.markdown import cell
from pytest_qruntime.report.run.as_json import schema

HEAD = """\
# The JSON report

`--qruntime-report report.json` writes what the tests of a run showed of sessions, batches and jobs; the other
[reports](../how-to/reports.md), the summary in the terminal and what [CI](../how-to/ci.md) is told are made of the
same. This page is its format, and so is a JSON Schema (2020-12) that comes with the package:

<!-- file: test_it.py -->
```python
def test_it(qruntime):
    with qruntime.session() as session:
        session.run().result()
```

<!-- continue -->
<!-- file: check.py -->
```python
import json
from importlib.resources import files

import jsonschema

schema = json.loads(files("pytest_qruntime.report.run").joinpath("report.schema.json").read_text())
with open("report.json") as file:
    report = json.load(file)
jsonschema.validate(report, schema)
for cost in report["costs"]:
    print(f"{cost['plan']}: {cost['qpu_s']:.2f} s of QPU time")
```

<!-- continue -->
<!-- run -->
```console
$ pytest -q --qruntime-report report.json test_it.py
...
$ python check.py
premium: 5.12 s of QPU time
```

Times are seconds, with fractions. Files are named from the root of the project on, and tests by their node ids. Every
field is always there; where something is not known it is `null`.

Every list is sorted, by its meaning where it has one, so two runs of the same tests differ in `real_s` and nothing
else: neither in the order of tests, nor with the number of workers.

`format` is the version of the format. It changes when a field goes away, or means something else. With fields that are
new it stays as it is, so do not validate a report with the schema of an older version: that one refuses fields that it
does not know.
"""


def page() -> str:
    """A table for the whole, and one for each kind of object in it, in the order in which they are met."""
    whole = schema()
    tables = [_table("The report", whole)]
    tables += [_table(name, whole["$defs"][name]) for name in _met(whole, whole["$defs"])]
    return HEAD + "".join(tables)


def _met(told: Any, known: Mapping[str, Any], found: dict[str, None] | None = None) -> dict[str, None]:
    """The names of all objects that are referred to, each before what it is made of."""
    found = {} if found is None else found
    names = [name for name in _references(told) if name not in found]
    found.update(dict.fromkeys(names))
    for name in names:
        _met(known[name], known, found)
    return found


def _references(told: Any) -> Iterator[str]:
    if isinstance(told, Mapping):
        if "$ref" in told:
            yield _name(told)
        for key, inner in told.items():
            if key != "$defs":
                yield from _references(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from _references(inner)


def _name(told: Mapping[str, Any]) -> str:
    return str(told["$ref"]).rpartition("/")[2]


def _table(name: str, told: Mapping[str, Any]) -> str:
    rows = "".join(
        f"| `{field}` | {cell(_type(one))} | {cell(one.get('description', ''))} |\n"
        for field, one in told["properties"].items()
    )
    return f"\n## {name}\n\n{told['description']}\n\n| field | type | meaning |\n| --- | --- | --- |\n{rows}"


def _type(told: Mapping[str, Any]) -> str:
    if "$ref" in told:
        return f"[{_name(told)}](#{_name(told).lower()})"
    if "anyOf" in told:
        return " or ".join(map(_type, told["anyOf"]))
    if "const" in told:
        return f"`{told['const']}`"
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if told["type"] == "array":
        return f"list of {_type(told['items'])}"
    if told["type"] == "object":
        return f"object of {_type(told['additionalProperties'])}"
    return str(told["type"]) if isinstance(told["type"], str) else " or ".join(told["type"])
