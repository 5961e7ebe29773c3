"""The test of the docs' code blocks would notice: it is run here over small projects with one page."""

from __future__ import annotations

from pathlib import Path

import pytest

README = """\
<!-- run: main -->
```sh
true
```
<!-- run: tests -->
```sh
true
```
"""


@pytest.fixture
def check(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Check(pytester)


class Check:
    """A project whose docs are one page; call it with the page to run the test over it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        tests = pytester.mkdir("tests") / "docs"
        tests.mkdir()
        source = Path(__file__).with_name("test_code_blocks.py").read_text(encoding="utf-8")
        tests.joinpath("test_code_blocks.py").write_text(source, encoding="utf-8")
        pytester.makeconftest("pytest_plugins = ['pytester']")
        pytester.path.joinpath("README.md").write_text(README, encoding="utf-8")
        pytester.path.joinpath("CONTRIBUTING.md").touch()
        pytester.mkdir("docs")

    def __call__(self, page: str) -> pytest.RunResult:
        self.pytester.path.joinpath("docs", "page.md").write_text(page, encoding="utf-8")
        return self.pytester.runpytest_inprocess("-p", "no:cacheprovider", "-k", "page.md")

    def passes(self, page: str, *, blocks: int = 1) -> None:
        self(page).assert_outcomes(passed=blocks, deselected=3)

    def fails(self, page: str, message: str, *, others: int = 0) -> None:
        result = self(page)
        result.assert_outcomes(failed=1, passed=others, deselected=3)
        result.stdout.fnmatch_lines([f"*{message}*"])


def test_a_script_that_runs_passes(check: Check) -> None:
    check.passes("```python\nassert 1 + 1 == 2\n```\n")


def test_a_script_that_raises_fails_at_the_line_of_the_page(check: Check) -> None:
    check.fails("# Title\n\n```python\nx = 1\nassert x == 2\n```\n", 'page_page.py", line 5,')


def test_a_block_with_tests_is_run_by_pytest(check: Check) -> None:
    check.passes("```python\ndef test_one():\n    assert True\n```\n")
    check.fails("```python\ndef test_one():\n    assert False\n```\n", "docs/page.md:1 fails")


def test_a_planted_bug_must_be_found(check: Check) -> None:
    check.passes("<!-- fails: left open -->\n```python\ndef test_one():\n    assert False, 'left open'\n```\n")
    check.fails("<!-- fails: left open -->\n```python\ndef test_one():\n    assert True\n```\n", "is marked as failing")
    check.fails("<!-- fails: left open -->\n```python\ndef test_one():\n    assert False\n```\n", "'left open' in *")


def test_a_block_sees_earlier_ones_only_if_it_continues_them(check: Check) -> None:
    check.passes("```python\nx = 1\n```\ntext\n\n<!-- continue -->\n```python\nassert x == 1\n```\n", blocks=2)
    check.fails("```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n", "NameError", others=1)


def test_a_file_is_there_for_the_blocks_that_continue_it(check: Check) -> None:
    file = "<!-- file: loop.py -->\n```python\ndef steps():\n    return 3\n```\n"
    test = "<!-- continue -->\n```python\nimport loop\n\ndef test_it():\n    assert loop.steps() == 3\n```\n"
    check.passes(file + test, blocks=2)
    check.fails(file, "no block continues this file")


def test_the_shown_output_is_the_output(check: Check) -> None:
    script = "```python\nprint('one')\nprint('two in 0.3 s')\n```\n<!-- output -->\n"
    check.passes(script + "```text\none\ntwo in ... s\n```\n", blocks=2)
    check.fails(script + "```text\nthree\n```\n", "nomatch: 'three*", others=1)


def test_a_console_block_is_run_and_its_output_compared(check: Check) -> None:
    check.passes("<!-- run -->\n```console\n$ python -c 'print(6 * 7)'\n42\n```\n")
    check.fails("<!-- run -->\n```console\n$ python -c 'print(6 * 7)'\n41\n```\n", "nomatch: '41*")
    check.fails("<!-- run -->\n```console\n$ rm -r x\n```\n", "only pytest and python are run, not rm")


def test_a_file_that_a_later_command_runs_is_run_there_alone(check: Check) -> None:
    file = "<!-- file: test_it.py -->\n```python\ndef test_it():\n    assert {}\n```\n<!-- continue -->\n"
    console = "<!-- run -->\n```console\n$ pytest -q {}\n1 passed in ...\n```\n"
    check.passes(file.format(True) + console.format("test_it.py"))
    check.passes(file.format(True) + console.format(""), blocks=2)
    check.fails(file.format(False) + console.format("test_it.py"), "page.md:8 fails")


def test_configuration_parses_and_pytest_accepts_it(check: Check) -> None:
    check.passes("```toml\n[tool.pytest.ini_options]\naddopts = '-q'\n```\n")
    check.passes("```ini\n[pytest]\naddopts = -q\n```\n")
    check.fails("```ini\n[pytest]\nadopts = -q\n```\n", "Unknown config option*adopts")
    check.fails("```json\n{'a': 1}\n```\n", "JSONDecodeError")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```pyhton\n```\n", "page.md:1: unknown language 'pyhton'"),
        ("```\nplain\n```\n", "page.md:1: unknown language ''"),
        ("\n<!-- tset -->\n```python\n```\n", "page.md:3: unknown marker <!-- tset -->"),
        ("<!-- skip -->\n```python\n```\n", "page.md:2: the marker skip needs a value"),
        ("<!-- continue -->\n```python\n```\n", "page.md:2: there is no earlier block"),
        ("```sh\nls\n```\n", "page.md:1: a sh block needs the marker run or file, or skip: with the reason"),
        ("```js\nls()\n```\n", "page.md:1: a js block needs the marker file, or skip: with the reason"),
        ("```python\n", "page.md:1: this fence is never closed"),
    ],
)
def test_a_block_that_nobody_would_run_fails(check: Check, page: str, message: str) -> None:
    check.fails(page, message)


def test_a_file_in_another_language_is_there_for_the_blocks_that_continue_it(check: Check) -> None:
    file = "<!-- file: loop.js -->\n```js\nconst steps = 3;\n```\n"
    test = "<!-- continue -->\n```python\nassert open('loop.js').read() == 'const steps = 3;\\n'\n```\n"
    check.passes(file + test, blocks=2)
    check.fails(file, "no block continues this file")


def test_a_block_may_be_skipped_for_a_reason(check: Check) -> None:
    check.passes("<!-- skip: needs an account -->\n```sh\nls\n```\n")


def test_a_fence_within_a_longer_fence_is_its_content(check: Check) -> None:
    check.passes("````markdown\n```python\nsyntax error\n```\n````\n")
