"""The file on the reference page is one, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_qruntime.cassette.reading import read
from pytest_qruntime.cassette.writing import write

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cassettes.md"


def test_the_file_on_the_page_is_what_is_saved() -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert write(read(text, "it", 10_000)) == text
