"""The page on the state machine names its rules with their weights, and its attributes."""

from __future__ import annotations

import re
from inspect import getdoc
from pathlib import Path

from pytest_qruntime import RuntimeMachine
from tests.machine.running import OURS, weights_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "state-machine.md").read_text(encoding="utf-8")


def test_every_rule_is_there_with_its_weight() -> None:
    told = {name: int(weight) for name, weight in re.findall(r"^\| `(\w+)` \| (\d) \|", PAGE, re.MULTILINE)}
    assert told == {name: weights_of(RuntimeMachine)[name] for name in OURS}


def test_every_attribute_is_there() -> None:
    attributes = re.findall(r"^    ((?:\w+, )*\w+): ", getdoc(RuntimeMachine) or "", re.MULTILINE)
    names = [name for names in attributes for name in names.split(", ")]
    assert "weights" in names
    assert [name for name in names if f"`{name}`" not in PAGE and f"`self.{name}`" not in PAGE] == []
