"""Which files of a folder are recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cassette.lint import files

PLAIN = "interactions:\n- request: {}\nversion: 1\n"


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("a.yaml", "version: 1\nqruntime:\n  format: 1\ninteractions: []\n", True),
        ("a.yml", PLAIN, True),
        ("a.yaml", "- request:\n    uri: http://x\n", True),
        ("a.json", '{"interactions": [], "version": 1}', True),
        ("a.json", '{\n  "version": 1,\n  "qruntime": {}', True),
        ("a.json", '{"colour": "blue"}', False),
        ("a.yaml", "colour: blue\n# interactions: none\n", False),
        ("a.txt", PLAIN, False),
        (".a.yaml", PLAIN, False),
        (".git/a.yaml", PLAIN, False),
        ("deep/er/a.yaml", PLAIN, True),
    ],
)
def test_a_recording_is_known_by_its_beginning(tmp_path: Path, name: str, text: str, is_one: bool) -> None:
    (tmp_path / "sure.yaml").write_text(PLAIN)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    assert files([str(tmp_path)]) == sorted([str(tmp_path / "sure.yaml"), *([str(path)] if is_one else [])])
    assert files([str(path)]) == [str(path)]
