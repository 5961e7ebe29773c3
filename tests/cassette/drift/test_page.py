"""The page on drift names every kind of difference, in the order of a report, and everything that JSON has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_qruntime.cassette.drift import KINDS
from pytest_qruntime.cassette.files import save
from pytest_qruntime.cli import main
from tests.cassette.drift.plays import answer, edited, taped

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "drift.md").read_text(encoding="utf-8")


def test_every_kind_is_described_in_order() -> None:
    table = PAGE.partition("| kind |")[2].partition("\n\n")[0]
    described = [name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])]

    assert described == list(KINDS)


def test_the_document_has_the_keys_that_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lie = edited(taped(), "GET /sessions/", answer(lambda document: document.pop("mode")))
    save(lie, tmp_path / "it.yaml")
    main(["drift", "--json", str(tmp_path / "it.yaml")])
    printed = json.loads(capsys.readouterr().out)
    shown = json.loads(PAGE.partition("```json\n")[2].partition("```")[0])

    assert list(printed) == list(shown)
    (recording,), described = printed["recordings"], shown["recordings"][0]
    assert list(recording) == list(described)
    assert list(recording["findings"][0]) == list(described["findings"][0])
