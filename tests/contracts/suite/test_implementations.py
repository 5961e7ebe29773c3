"""What was found of other implementations: the page and the files of known breaks say the same of the same rules."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_qruntime.contracts import CATALOGUE
from pytest_qruntime.contracts.suite.xfails import read

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "other-implementations.md"
FILES = sorted((Path(__file__).parent / "implementations").iterdir())
ROW = re.compile(r"^\| (?P<id>[A-Z]{3}-[0-9]+) \| (?:must|may) \| .* \| (?P<verdict>[a-z ]+) \| (?P<why>.*) \|$", re.M)
IDS = {contract.id for contract in CATALOGUE}


def rows(section: str) -> dict[str, tuple[str, str]]:
    """The verdict and the reason of each contract in a section of the page."""
    [text] = [part for part in PAGE.read_text(encoding="utf-8").split("\n## ") if part.startswith(section)]
    return {found["id"]: (found["verdict"], found["why"]) for found in ROW.finditer(text)}


def test_the_page_and_the_known_breaks_say_the_same() -> None:
    assert [file.stem for file in FILES] == ["localqpu-0.3.0"]
    for file in FILES:
        found = rows(file.stem.replace("-", " "))
        fails = {name for name, (verdict, why) in found.items() if verdict == "broken" or "ended early" in why}
        assert fails == set(read(file))


def test_what_was_found_is_of_contracts_that_exist() -> None:
    for file in FILES:
        assert rows(file.stem.replace("-", " ")).keys() - IDS == set()
