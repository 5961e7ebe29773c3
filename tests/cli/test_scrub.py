"""`qruntime scrub`: old recordings without their secrets, and never a worse file than before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import vcr

from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cli import main
from tests.cassette.scrub.secrets import CRN, DOCUMENT, JOBS, JWT, MAIL, TOKEN, USER, exchange
from tests.cassette.tapes import PROVENANCE

PLAIN = f"""\
interactions:
- request:
    body: null
    headers:
      Authorization: [Bearer {JWT}]
    method: GET
    uri: {JOBS}
  response:
    body:
      string: '{{"user_id": "{USER}"}}'
    headers:
      Content-Type: [application/json]
    status: {{code: 200, message: OK}}
recorded_with: somebody's tool
version: 1
"""


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["it.yaml", "it.json"])
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path: Path = tmp_path / request.param
    save(Tape(PROVENANCE, (exchange(headers={"service-crn": CRN}), exchange(got={**DOCUMENT, "user_id": USER}))), path)
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_recording_is_scrubbed_in_its_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scrub", str(file)]) == 0

    assert lines(capsys) == [
        f"{file}: interaction 0, request header service-crn: account",
        f"{file}: interaction 0, request header service-crn: instance id",
        f"{file}: interaction 1, response body, $.user_id: user",
        f"{file}: 2 places scrubbed",
    ]
    assert USER not in file.read_text()
    assert load(file).provenance == PROVENANCE


def test_scrubbing_again_leaves_the_file_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["scrub", str(file)])
    before = file.stat()
    lines(capsys)

    assert main(["scrub", str(file)]) == 0
    assert main(["scrub", "--check", str(file)]) == 0

    assert lines(capsys) == [f"{file}: 0 places scrubbed", f"{file}: 0 places found"]
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_check_finds_and_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()

    assert main(["scrub", "--check", str(file)]) == 1

    assert lines(capsys)[-1] == f"{file}: 2 places found"
    assert file.read_bytes() == before


def test_the_output_can_be_another_file(file: Path, tmp_path: Path) -> None:
    before, output = file.read_bytes(), tmp_path / "new" / "clean.yaml"

    assert main(["scrub", str(file), "--output", str(output)]) == 0
    assert main(["scrub", "--check", str(output)]) == 0

    assert file.read_bytes() == before


@pytest.mark.parametrize("text", [PLAIN, PLAIN.replace("version: 1\n", f"version: 1\n# asked by {MAIL}\n")])
def test_a_recording_of_vcrpy_stays_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(text)

    assert main(["scrub", str(path)]) == 0

    assert not [secret for secret in (USER, JWT, MAIL) if secret in path.read_text()]
    with vcr.use_cassette(str(path), record_mode="none") as cassette:
        assert [request.uri for request in cassette.requests] == [JOBS]
        assert cassette.responses[0]["body"]["string"] == b'{"user_id": "IBMid-user1"}'


def test_a_secret_in_a_comment_alone_is_found_and_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)
    main(["scrub", str(path)])
    path.write_text(path.read_text() + f"# asked by {MAIL}\n")
    lines(capsys)

    assert main(["scrub", "--check", str(path)]) == 1
    assert lines(capsys)[0].endswith(": e-mail")
    assert main(["scrub", str(path)]) == 0
    assert MAIL not in path.read_text()


def test_values_of_the_environment_are_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it.yaml"
    save(Tape(PROVENANCE, (exchange(got={"note": "gallimaufry on sales-eu"}),)), path)
    monkeypatch.setenv("PROJECT", "gallimaufry")
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "sales-eu")

    assert main(["scrub", str(path), "--env", "PROJECT", "--env", "THERE_IS_NONE"]) == 0

    assert load(path).exchanges[0].response_body == b'{"note": "scrubbed-secret-1 on instance-1"}'
    assert f"{path}: interaction 0, response body, $.note: the value of PROJECT" in lines(capsys)


def test_what_cannot_be_scrubbed_keeps_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "it.yaml"
    save(Tape(PROVENANCE, (exchange(got={"user_id": USER, "note": "wQ9zT2xLr7VbN4mKp0Zs8YhJ3e"}),)), path)
    before = path.read_bytes()

    assert main(["scrub", str(path)]) == 1

    told = capsys.readouterr()
    assert "interaction 0, response body, $.note: a text as random as a secret" in told.out
    assert "nothing was written" in told.err
    assert "wQ9zT2" not in told.out + told.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"- this: is no recording", b"\xff\xfe", b"interactions: !!python/object:os.x {}"])
def test_what_is_no_recording_is_told_and_stays(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it.yaml"
    path.write_bytes(content)

    assert main(["scrub", str(path)]) == 2

    assert capsys.readouterr().err.startswith(f"qruntime: {path}")
    assert path.read_bytes() == content


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scrub", str(tmp_path / "none.yaml")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = file.read_bytes()
    monkeypatch.setattr(os, "replace", full)

    assert main(["scrub", str(file)]) == 2

    assert "No space left on device" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_who_may_read_the_file_stays_as_it_was(file: Path) -> None:
    file.chmod(0o600)

    main(["scrub", str(file)])

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_token_in_the_address_of_a_plain_recording_goes(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN.replace(JOBS, f"{JOBS}&token={TOKEN}"))

    assert main(["scrub", str(path)]) == 0

    assert load(path).exchanges[0].url == f"{JOBS}&token=scrubbed-token-1"


@pytest.mark.parametrize("command", ["scrub", "check"])
def test_names_of_files_give_a_terminal_nothing_to_obey(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\x1b[31m.yaml").write_text(PLAIN, encoding="utf-8")
    for name in ("a\x1b[31m.yaml", "b\x1b[31m.yaml"):
        main([command, str(tmp_path / name)])
        out, err = capsys.readouterr()
        assert "\x1b" not in out + err
        assert r"\x1b[31m.yaml" in out + err
