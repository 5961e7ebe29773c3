"""The shape of the project: what a reader may rely on in every file of it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_qruntime

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pytest_qruntime"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

CLOCKS_AND_CHANCE = {"asyncio", "calendar", "datetime", "locale", "os", "platform", "secrets", "socket", "time", "uuid"}
TEXT = {"", ".cfg", ".ini", ".json", ".md", ".py", ".toml", ".txt", ".typed", ".yaml", ".yml"}


def project_files() -> Iterator[Path]:
    """Every text file of the project; nothing that a tool or an environment left behind."""
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        left_behind = any(part in {"__pycache__", "build", "dist", "venv", "htmlcov"} for part in parts)
        hidden = parts[0].startswith(".") and parts[0] not in {".ci", ".gitignore"}
        if path.is_file() and path.suffix in TEXT and not hidden and not left_behind:
            yield path


def modules(folder: Path) -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(folder.rglob("*.py"))
    ]


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def places(pattern: str, *, suffixes: set[str] = TEXT) -> list[str]:
    """Where a pattern occurs in the project, as `file:line`."""
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in project_files()
        if path.suffix in suffixes
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_no_python_file_is_two_rooms_in_one() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in project_files()}
    assert [path.name for path, lines in lengths.items() if path.suffix == ".py" and lines > 400] == []


def test_nothing_is_left_for_later() -> None:
    assert places(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b", suffixes={".py", ".md"}) == []


def test_no_path_of_one_machine_is_in_the_project() -> None:
    assert places(r"(?<![\w.~])/" r"(home|root|Users|work|tmp)/\w") == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name, tree in modules(PACKAGE) if not ast.get_docstring(tree)] == []


def test_the_model_imports_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"pytest_qruntime"}
    strangers = [
        f"{name}: {module}"
        for name, tree in modules(PACKAGE / "model")
        for module in imported(tree)
        if module.partition(".")[0] not in allowed
    ]
    assert strangers == []


def test_the_model_knows_no_clock_no_environment_and_no_chance_but_the_seed() -> None:
    ambient = [
        f"{name}: {module}"
        for name, tree in modules(PACKAGE / "model")
        for module in imported(tree)
        if module.partition(".")[0] in CLOCKS_AND_CHANCE
    ]
    unseeded = [name for name, tree in modules(PACKAGE / "model") if has_chance(tree)]
    assert ambient + unseeded == []


def has_chance(tree: ast.Module) -> bool:
    """Whether a module uses `random.anything` but `random.Random(seed)`, or `hash()`, which differs between runs."""
    own = any(
        isinstance(node, ast.Import) and "random" in [name.name for name in node.names] for node in ast.walk(tree)
    )
    return any(_is_chance(node, own) for node in ast.walk(tree))


def _is_chance(node: ast.AST, random_is_the_module: bool) -> bool:
    match node:
        case ast.ImportFrom(module="random", names=names):
            return any(alias.name != "Random" for alias in names)
        case ast.Attribute(value=ast.Name(id="random"), attr=attribute):
            return random_is_the_module and attribute != "Random"
        case ast.Call(func=ast.Name(id="Random") | ast.Attribute(attr="Random"), args=[], keywords=[]):
            return True
        case ast.Call(func=ast.Name(id="hash")):
            return True
    return False


@pytest.mark.parametrize(
    ("source", "chance"),
    [
        ("from random import Random\nRandom(3)", False),
        ("import random\nrandom.Random(f'{seed}:ids')", False),
        ("def draw(random):\n    return random.random()", False),
        ("import random\nrandom.random()", True),
        ("import random\nrandom.Random()", True),
        ("from random import shuffle", True),
        ("hash('text')", True),
    ],
)
def test_the_check_for_chance_sees_it(source: str, chance: bool) -> None:
    assert has_chance(ast.parse(source)) is chance


def test_the_rooms_that_contributors_read_of_are_those_whose_imports_are_checked() -> None:
    floors = re.findall(r"^\| (\d+) \| (.+?) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M)
    told = {(int(floor), room) for floor, rooms in floors for room in re.findall(r"`(\w+)/?`", rooms)}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["id"] == "floors")
    checked = {(floor, room) for floor, rooms in enumerate(reversed(layers), 1) for room in re.findall(r"\w+", rooms)}
    assert told == checked


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == pytest_qruntime.__version__


def test_the_licence_is_the_declared_one() -> None:
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert PROJECT["license"] == "Apache-2.0"
    assert text.startswith("Apache License Version 2.0, January 2004")
    assert text.endswith("limitations under the License.")
