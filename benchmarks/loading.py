"""P10: loading a recording, of YAML and of JSON, beside yaml's C loader, json.loads and vcrpy on the same files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from unittest import mock

import yaml

from benchmarks.cassettes import written
from benchmarks.measure import Ratio, Timer, alternate, looped
from benchmarks.options import Options
from benchmarks.report import Row, row
from pytest_qruntime.cassette import files
from pytest_qruntime.cassette.files import LIMIT, load
from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.values import Values

SIZES: Final = (10, 100, 1000, 10_000)
_LONG: Final = 10_000
_ROUNDS_OF_LONG: Final = 3  # others take seconds for each of these


def measure(options: Options) -> Iterator[Row]:
    """What an interaction costs, at four lengths of a recording."""
    for size in SIZES[: options.size(4, 2)]:
        yield from _of(size, options)
    yield from _again(options)


def _of(size: int, options: Options) -> Iterator[Row]:
    in_yaml, in_json = written(options.folder, size)
    rounds = options.runs if size < _LONG else min(options.runs, _ROUNDS_OF_LONG)
    times = alternate(_cases(in_yaml, in_json), rounds)

    def compared(what: str, above: str, below: str, **goal: Any) -> Row:
        return row("P10", f"{what}, {size} interactions", Ratio.of(times[above], times[below]), rounds=rounds, **goal)

    goals = size <= 1000
    yield compared("YAML / yaml's C loader", "YAML", "C loader", limit=1.1 if goals else None)
    yield compared("yaml's C loader / JSON", "C loader", "JSON", limit=10.0 if goals else None, at_least=True)
    yield compared("YAML / JSON", "YAML", "JSON")
    yield compared("vcrpy, its YAML / YAML", "vcrpy, YAML", "YAML")
    yield compared("vcrpy, its JSON / JSON", "vcrpy, JSON", "JSON")
    yield compared("JSON / json.loads", "JSON", "json.loads")
    for name in times:
        ratio = Ratio.plain(times[name], 1e6 / size)
        yield row("P10", f"{name}, {size} interactions, each", ratio, "us", rounds=rounds)


def _cases(in_yaml: Path, in_json: Path) -> dict[str, Timer]:
    text, as_json = in_yaml.read_text(encoding="ascii"), in_json.read_text(encoding="ascii")
    return {
        "YAML": looped(lambda: read(text, "it", LIMIT)),
        "JSON": looped(lambda: read(as_json, "it", LIMIT, Values)),
        "C loader": looped(lambda: yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))),
        "json.loads": looped(lambda: json.loads(as_json)),
        "vcrpy, YAML": looped(_by_vcrpy(in_yaml, "yaml")),
        "vcrpy, JSON": looped(_by_vcrpy(in_json, "json")),
    }


def _by_vcrpy(place: Path, form: str) -> Callable[[], object]:
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import jsonserializer, yamlserializer

    serializer = yamlserializer if form == "yaml" else jsonserializer
    return lambda: FilesystemPersister.load_cassette(str(place), serializer)


def _again(options: Options) -> Iterator[Row]:
    """A file that was loaded is not read again in this process."""
    place = written(options.folder, 100)[0]
    with mock.patch.object(files, "read", wraps=read) as parsing:
        times = alternate({"again": looped(lambda: load(place))}, options.runs)
    parsed = parsing.call_count
    yield Row("P10", "how often a file was parsed in a process that loaded it thousands of times", parsed, "", limit=1)
    yield row("P10", "loading a file again", Ratio.plain(times["again"], 1e6), "us", rounds=options.runs)
