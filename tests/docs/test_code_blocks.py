"""Every code block of the README, CONTRIBUTING and the docs is executed, one test each, named `page:line`.

What a block's language means, and the markers in the HTML comments above it, are explained in CONTRIBUTING.md
("Code blocks in the docs"). Blocks run in processes of their own, as a reader would run them, in a file whose line
numbers are the page's, so that a traceback points at the page.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forking import CLIENT, PYTEST, fork

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
COMMENT = re.compile(r"\s*<!--\s*(?P<name>[\w-]+)(?::\s*(?P<value>.*?))?\s*-->\s*$")
TEST = re.compile(r"^\s*(async )?def test_", re.MULTILINE)

SHOWN = {"text", "http", "markdown", "yaml"}
CODE = {"python", "pycon", "console", "toml", "ini", "json"}
OTHER_CODE = {"sh", "js"}
NEEDS_VALUE = {
    "continue": False,
    "fails": True,
    "file": True,
    "output": False,
    "run": None,
    "skip": True,
    "test": False,
}
SERVE = "qruntime serve --port 8700 &"
PORT = "8700"
PLUGINS = ("-p", "pytest_qruntime.plugin", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is that of its opening fence; `before` are the blocks that it continues."""

    page: str
    line: int
    language: str
    code: str
    markers: Mapping[str, str]
    before: tuple[Block, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def runs_in_pytest(self) -> bool:
        return "test" in self.markers or TEST.search(self.code) is not None


def _fenced(lines: Sequence[str], page: str) -> Iterator[tuple[int, str, list[str], list[str]]]:
    """The line, the language, the comment lines above and the content of every fence of a page."""
    above: list[str] = []
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        opening = FENCE.match(line)
        if opening is None:
            above = [*above, line] if line.lstrip().startswith("<!--") else above if not line.strip() else []
            continue
        content: list[str] = []
        for _, inner in numbered:
            if re.fullmatch(rf" *{opening['fence']}[`~]*\s*", inner):
                break
            content.append(inner.removeprefix(opening["indent"]))
        else:
            raise ValueError(f"{page}:{number}: this fence is never closed")
        yield number, opening["language"], above, content
        above = []


def _markers(comments: Sequence[str], where: str) -> dict[str, str]:
    found = {}
    for comment in comments:
        match = COMMENT.match(comment)
        if match is None or match["name"] not in NEEDS_VALUE:
            raise ValueError(f"{where}: unknown marker {comment.strip()}; the markers are {', '.join(NEEDS_VALUE)}")
        name, value = match["name"], match["value"] or ""
        if NEEDS_VALUE[name] is not None and NEEDS_VALUE[name] != bool(value):
            raise ValueError(f"{where}: the marker {name} {'needs a value' if NEEDS_VALUE[name] else 'takes no value'}")
        found[name] = value
    return found


def _blocks(page: str, text: str) -> Iterator[Block]:
    """The blocks of a page, in order. Raises `ValueError` for a language or a marker that nobody would execute."""
    previous: Block | None = None
    for line, language, comments, content in _fenced(text.splitlines(), page):
        markers = _markers(comments, f"{page}:{line}")
        follows = "continue" in markers or "output" in markers
        if follows and previous is None:
            raise ValueError(f"{page}:{line}: there is no earlier block that it could follow")
        before = (*previous.before, previous) if follows and previous else ()
        block = Block(page, line, language, "\n".join(content) + "\n", markers, before)
        _check(block)
        if (language in CODE or "file" in markers) and "skip" not in markers:
            previous = block
        yield block


def _check(block: Block) -> None:
    if block.language not in SHOWN | CODE | OTHER_CODE:
        known = ", ".join(sorted(SHOWN | CODE | OTHER_CODE))
        raise ValueError(f"{block}: unknown language {block.language!r}; the languages are {known}")
    if "output" in block.markers and block.before[-1].language not in {"python", "pycon"}:
        raise ValueError(f"{block}: the output of a {block.before[-1].language} block stands in that block itself")
    ways = {"console": ["run"], "sh": ["run", "file"], "js": ["file"]}.get(block.language, [])
    if ways and not block.markers.keys() & {*ways, "skip"}:
        raise ValueError(
            f"{block}: a {block.language} block needs the marker {' or '.join(ways)}, or skip: with the reason"
        )


def _pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _collected() -> Iterator[object]:
    """Every block of every page; a page that cannot be read as blocks is one failing test."""
    for path in _pages():
        page = path.relative_to(ROOT).as_posix()
        try:
            blocks = list(_blocks(page, path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as problem:
            yield pytest.param(problem, id=page)
            continue
        used = {earlier for block in blocks for earlier in map(str, block.before)}
        for block in blocks:
            if _is_run_later(block, blocks):
                continue
            unused = "file" in block.markers and not block.runs_in_pytest and str(block) not in used
            yield pytest.param(ValueError(f"{block}: no block continues this file") if unused else block, id=str(block))


def _is_run_later(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether it is a file that a command runs whose output is shown below it."""
    return "file" in block.markers and any(
        line.split()[-1] == block.markers["file"]
        for later in blocks
        if later.language == "console" and block in later.before and "run" in later.markers
        for line in re.findall(r"^\$ pytest (.+)$", later.code, re.MULTILINE)
    )


@pytest.mark.parametrize("block", list(_collected()))
def test_code_block(block: Block | Exception, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    # What else is installed here, the reader may not have.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("CI", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    if isinstance(block, Exception):
        pytest.fail(str(block), pytrace=False)
    fork(pytester, CLIENT if any("qiskit" in one.code for one in (*block.before, block)) else PYTEST)
    for one in (*block.before, block):
        if "file" in one.markers:
            pytester.path.joinpath(one.markers["file"]).write_text(one.code, encoding="utf-8")
    if "skip" not in block.markers:
        EXECUTE[block.language](block, pytester)


def test_the_readme_has_the_two_commands_that_the_gate_runs() -> None:
    blocks = _blocks("README.md", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [block.markers["run"] for block in blocks if block.language == "sh"] == ["main", "tests"]


def _execute_other_code(block: Block, _: pytest.Pytester) -> None:
    """A file is run by the blocks that continue it.

    The gate runs the README's two commands, on a fresh copy; running them here would never end.
    """
    if "file" in block.markers:
        return
    assert block.page == "README.md", "only the README has commands for the gate; mark this block skip: with the reason"
    assert block.markers["run"] in {"main", "tests"}


def _execute_shown(block: Block, pytester: pytest.Pytester) -> None:
    if "output" in block.markers:
        _assert_shown(block.code.splitlines(), _run_python(block.before[-1], pytester))


def _execute_python(block: Block, pytester: pytest.Pytester) -> None:
    if "file" not in block.markers or block.runs_in_pytest:  # else the blocks that continue it execute it
        _assert_ended_as_marked(block, _run_python(block, pytester))


def _run_python(block: Block, pytester: pytest.Pytester) -> pytest.RunResult:
    chain = [one for one in block.before if one.language == block.language and "file" not in one.markers]
    stem = re.sub(r"\W+", "_", Path(block.page).stem).lower()
    name = block.markers.get("file") or (f"test_{stem}.py" if block.runs_in_pytest else f"{stem}_page.py")
    path = pytester.path / name
    path.write_text(_at_the_lines_of_the_page([*chain, block]), encoding="utf-8")
    if block.runs_in_pytest:
        return pytester.runpytest_subprocess(*PLUGINS, "-W", "error", path.name, timeout=120)
    mode = ["-m", "doctest"] if block.language == "pycon" else []
    return pytester.run(sys.executable, *mode, path.name, timeout=120)


def _at_the_lines_of_the_page(blocks: Sequence[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        lines += [""] * (block.line - len(lines))
        lines += block.code.splitlines()
    return "\n".join(lines) + "\n"


def _execute_configuration(block: Block, pytester: pytest.Pytester) -> None:
    """The block parses; if it configures pytest, then pytest accepts every option in it."""
    sections = _sections(block)
    name = {"toml": "pyproject.toml", "ini": "pytest.ini"}.get(block.language)
    if name is not None and "pytest" in sections:
        pytester.path.joinpath(name).write_text(block.code, encoding="utf-8")
        result = pytester.runpytest_subprocess(
            *PLUGINS, "-W", "error", "--strict-config", "--collect-only", timeout=120
        )
        assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def _sections(block: Block) -> set[str]:
    if block.language == "json":
        json.loads(block.code)
        return set()
    if block.language == "toml":
        document = tomllib.loads(block.code)
        return {*document, *document.get("tool", {})}
    parser = configparser.ConfigParser()
    parser.read_string(block.code)
    return set(parser.sections())


def _execute_console(block: Block, pytester: pytest.Pytester) -> None:
    """Runs each `$ pytest ...` or `$ python ...`; the lines under it are shown by it, in order.

    `$ qruntime serve --port 8700 &` serves on a free port until the block ends, and the block is told that one.
    """
    serve = f"$ {SERVE}\n"
    with _serving() if serve in block.code else nullcontext(PORT) as port:
        _execute_commands(block, block.code.replace(serve, "").replace(PORT, port), pytester)


@contextmanager
def _serving() -> Iterator[str]:
    """The port of a server in a process of its own."""
    command = [sys.executable, "-m", "pytest_qruntime.cli", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:([0-9]+)", server.stdout.readline())
            assert found is not None
            yield found[1]
        finally:
            server.kill()


def _execute_commands(block: Block, code: str, pytester: pytest.Pytester) -> None:
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        program, *arguments = shlex.split(command)
        if program == "pytest":
            result = pytester.runpytest_subprocess(*PLUGINS, "-W", "error", *arguments, timeout=120)
        elif program == "python":
            result = pytester.run(sys.executable, *arguments, timeout=120)
        else:
            pytest.fail(f"{block}: only pytest and python are run, not {program}", pytrace=False)
        _assert_ended_as_marked(block, result)
        _assert_shown(shown, result)


def _assert_ended_as_marked(block: Block, result: pytest.RunResult) -> None:
    if "fails" not in block.markers:
        assert result.ret == 0, f"{block} fails"
        return
    assert result.ret == pytest.ExitCode.TESTS_FAILED, f"{block} is marked as failing and ended with {result.ret}"
    assert block.markers["fails"] in result.stdout.str() + result.stderr.str()


def _assert_shown(lines: Sequence[str], result: pytest.RunResult) -> None:
    """The lines stand in the output, in order; `...` in a line is any text, and alone any lines."""
    wanted = [line.rstrip() for line in lines if line.strip() not in {"", "..."}]
    result.stdout.re_match_lines([".*".join(map(re.escape, line.split("..."))) + r"\s*$" for line in wanted])


EXECUTE: Mapping[str, Callable[[Block, pytest.Pytester], None]] = {
    "python": _execute_python,
    "pycon": _execute_python,
    "console": _execute_console,
    "toml": _execute_configuration,
    "ini": _execute_configuration,
    "json": _execute_configuration,
    "sh": _execute_other_code,
    "js": _execute_other_code,
    "text": _execute_shown,
    "http": _execute_shown,
    "markdown": _execute_shown,
    "yaml": _execute_shown,
}
