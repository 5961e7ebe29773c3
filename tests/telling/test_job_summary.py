"""The file that GitHub Actions show as the summary of a job."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.telling.jobsummary import MOST, append, fitted

SENTENCE = "**This is cut here: GitHub shows 1 MiB of each step at most. A report in a file has everything.**\n"


def test_what_others_wrote_stays_and_several_runs_add_up(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("# Build\n")

    append(file, "# First\n")
    append(file, "# Second")

    assert file.read_text() == "# Build\n\n# First\n\n# Second\n"


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    append(tmp_path / "summary.md", "# First")

    assert (tmp_path / "summary.md").read_text() == "# First\n"


def test_what_github_would_not_show_is_cut_after_a_paragraph_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("x" * 1000)
    paragraph = "ü" * 97 + ".\n\n"

    append(file, paragraph * 10_000)

    content = file.read_bytes()
    assert MOST - 1000 < len(content) < MOST
    assert content.decode().endswith("ü.\n\n" + SENTENCE)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("```text\nline\n\nline\n\n", "line\n```\n\n" + SENTENCE),
        ("<details>\n<summary>more</summary>\n\nline\n\n", "line\n</details>\n\n" + SENTENCE),
        ("<details>\n\n```text\nline\n\n", "line\n```\n</details>\n\n" + SENTENCE),
    ],
)
def test_what_is_cut_in_the_middle_is_closed(text: str, end: str) -> None:
    found = fitted(text + "y" * 2000, 1000)

    assert len(found) <= 1000
    assert found.decode().endswith(end)


def test_where_there_is_no_room_for_a_word_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("x" * (MOST - 10))

    append(file, "# First\n\nparagraph\n")

    assert file.stat().st_size == MOST - 10


def test_a_name_that_no_file_can_hold_is_written_as_it_can_be(tmp_path: Path) -> None:
    append(tmp_path / "summary.md", "test_it[\ud800]")

    assert (tmp_path / "summary.md").read_text() == "test_it[\\ud800]\n"
