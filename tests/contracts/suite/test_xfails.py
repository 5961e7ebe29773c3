"""The file of contracts that an implementation is known to break."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.contracts.suite.xfails import contract_of, read
from tests.contracts.suite.conftest import suite

ON_THE_FAKE = ("-k", "CLS-06 or CLS-08 or ORD-10")


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "xfails.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_each_line_has_an_id_and_its_reason(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "# what our server does not do yet",
        "",
        "CLS-13  # it cannot be reopened",
        "  test_contracts.py::test_contract[USG-01]#  usage is 0 # for now",
    )
    assert read(path) == {"CLS-13": "it cannot be reopened", "USG-01": "usage is 0 # for now"}


@pytest.mark.parametrize("line", ["CLS-13", "CLS-13 #", "# fine\nCLS13 # no", "cls-13 # small", "CLS-13 USG-01 # two"])
def test_a_line_that_says_something_else_is_an_error(tmp_path: Path, line: str) -> None:
    with pytest.raises(pytest.UsageError, match=r"xfails\.txt, line \d: .*; expected an id, and its reason after a #"):
        read(written(tmp_path, line))


def test_a_contract_has_one_line(tmp_path: Path) -> None:
    with pytest.raises(pytest.UsageError, match="line 2: CLS-13 stands in an earlier line, too"):
        read(written(tmp_path, "CLS-13 # a", "CLS-13 # b"))


def test_a_file_that_is_not_there_ends_the_run(pytester: pytest.Pytester) -> None:
    result = suite(pytester, "--qruntime-xfails", "nowhere.txt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --qruntime-xfails: *nowhere.txt cannot be read: *"])


def test_a_wrong_line_ends_the_run_before_any_test(pytester: pytest.Pytester) -> None:
    written(pytester.path, "CLS-06 holds")
    result = suite(pytester, "--qruntime-xfails", "xfails.txt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.outlines == []


def test_what_holds_and_is_expected_to_fail_fails_and_useless_lines_are_told(pytester: pytest.Pytester) -> None:
    written(pytester.path, "CLS-06 # it does not close", "CLS-99 # who knows", "USG-01 # not asked for here")
    result = suite(pytester, "--qruntime-xfails", "xfails.txt", *ON_THE_FAKE)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*XPASS(strict)* it does not close",
            "*xfails.txt: entries to look at*",
            "CLS-99 matches nothing: the catalogue of * has no such contract",
            "CLS-06 holds",
        ]
    )
    result.stdout.no_fnmatch_line("USG-01*")


@pytest.mark.parametrize(
    ("strict", "ends"),
    [([], "OK"), (["--qruntime-strict"], "TESTS_FAILED"), (["-o", "qruntime_strict=yes"], "TESTS_FAILED")],
)
def test_in_a_strict_run_an_entry_that_names_no_contract_is_a_failure(
    pytester: pytest.Pytester, strict: list[str], ends: str
) -> None:
    written(pytester.path, "CLS-99 # who knows")
    result = suite(pytester, "--qruntime-xfails", "xfails.txt", "-k", "CLS-06", *strict)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode[ends]


def test_tests_of_others_are_not_meant() -> None:
    assert contract_of("test_contracts.py::test_contract[CLS-13]") == "CLS-13"
    assert contract_of("test_mine.py::test_it[CLS-13]") is None
