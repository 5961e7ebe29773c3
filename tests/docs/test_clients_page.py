"""The page on the client's versions says all that is replaced, and nothing that is not."""

from __future__ import annotations

import re
from inspect import ismodule
from typing import Any

from pytest_qruntime.sdk import environment
from tests.sdk.places import PLACES
from tests.sdk.versions import BEGIN, END, PAGE, VERSIONS, numbers

TEXT = PAGE.read_text(encoding="utf-8")


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(title: str) -> list[str]:
    """What stands in backquotes in the first column of a section's table."""
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def full_name(owner: Any) -> str:
    return str(owner.__name__) if ismodule(owner) else f"{owner.__module__}.{owner.__qualname__}"


def test_every_place_that_is_replaced_is_named_and_no_other() -> None:
    replaced = {f"{full_name(owner)}.{name}" for owner, names in PLACES for name in names}
    named = first_cells("What is replaced")
    assert set(named) == replaced
    assert len(named) == len(replaced)


def test_every_variable_that_is_changed_is_named_and_no_other() -> None:
    changed = {
        *environment._ABOUT_THE_ACCOUNT,
        *environment._DETOURS,
        *environment._DETOUR_PREFIXES,
        environment._OPT_OUT,
    }
    assert set(first_cells("Environment variables")) == changed


def test_the_table_has_the_versions_that_the_command_tests_and_the_newest() -> None:
    shown = TEXT.partition(BEGIN)[2].partition(END)[0]
    rows = re.findall(r"^\| (\d\S+) \|.*\| (\d+) \| (\d+) \| (\d+) \| \d{4}-\d\d-\d\d \|$", shown, re.MULTILINE)
    tested = [version for version, *_ in rows]
    assert set(VERSIONS[:-1]) < set(tested)
    assert numbers(tested[-1]) > numbers(VERSIONS[-2])
    assert [failed for *_, failed in rows] == ["0"] * len(rows)
