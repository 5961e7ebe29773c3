"""Lines that GitHub Actions read: workflow commands."""

from __future__ import annotations

from pytest_qruntime.report.run.annotations import ERROR, WARNING, Annotation
from pytest_qruntime.telling.commands import MOST, command, commands


def same(file: str) -> str:
    return file


def test_what_separates_and_what_ends_a_command_is_escaped() -> None:
    line = command("error", "a: b, c", "100%\r\nof: it, all", "tests/a,b:c%.py", 7)

    assert line == ("::error file=tests/a%2Cb%3Ac%25.py,line=7,title=a%3A b%2C c::100%25%0D%0Aof: it, all")
    assert "\n" not in command("error", "x\ny", "::set-output name=a::b\n::error::forged", "a\nb")


def test_what_nobody_knows_is_left_out() -> None:
    assert command("warning", "old", "it is", "a.yaml") == "::warning file=a.yaml,title=old::it is"
    assert command("warning", "old", "it is") == "::warning title=old::it is"


def test_a_message_that_never_ends_is_cut() -> None:
    line = command("error", "failed", "x" * 10_000)

    assert len(line) < 5000
    assert line.endswith("xxx...")


def test_the_first_place_counts_that_github_knows() -> None:
    one = Annotation(ERROR, "left open", "close it", (("/site-packages/tool.py", 3), ("tests/test_it.py", 9)))
    known = {"tests/test_it.py": "packages/one/tests/test_it.py"}

    assert commands([one], known.get) == ["::error file=packages/one/tests/test_it.py,line=9,title=left open::close it"]
    assert commands([one], lambda _: None) == ["::error title=left open::close it"]


def test_no_more_are_printed_than_are_shown_and_the_last_one_says_how_many_there_are() -> None:
    many = [Annotation(level, f"{level} {number}", "") for level in (ERROR, WARNING) for number in range(MOST + 5)]

    lines = commands(many, same)

    assert len(lines) == 2 * MOST
    for level, mine in ((ERROR, lines[:MOST]), (WARNING, lines[MOST:])):
        assert mine[:-1] == [f"::{level} title={level} {number}::" for number in range(MOST - 1)]
        assert mine[-1].startswith(f"::{level} title=pytest-qruntime::and 6 more {level}s, which GitHub would not show")


def test_as_many_as_are_shown_are_all_printed() -> None:
    lines = commands([Annotation(ERROR, str(number), "") for number in range(MOST)], same)

    assert lines == [f"::error title={number}::" for number in range(MOST)]
