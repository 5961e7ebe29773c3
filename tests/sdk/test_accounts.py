"""The account file: the world's own stands in place of the user's, for all that the client does with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.accounts import AccountAlreadyExistsError, AccountNotFoundError

from pytest_qruntime import QRuntime, world


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_service_without_arguments_has_the_account_of_the_world(users_file: Path, qruntime: QRuntime) -> None:
    account = QiskitRuntimeService().active_account()
    assert account is not None
    assert (account["channel"], account["token"]) == ("ibm_quantum_platform", qruntime.api_key)
    assert (account["url"], account["instance"]) == ("https://cloud.ibm.com", qruntime.crn)


@pytest.mark.parametrize("name", ["team", "default-ibm-cloud", "pytest-qruntime"])
def test_every_name_stands_for_the_account_of_the_world(users_file: Path, qruntime: QRuntime, name: str) -> None:
    assert QiskitRuntimeService(name=name).active_instance() == qruntime.crn


@pytest.mark.parametrize("channel", ["ibm_cloud", "ibm_quantum_platform"])
def test_so_does_the_default_of_every_channel(users_file: Path, qruntime: QRuntime, channel: str) -> None:
    assert QiskitRuntimeService(channel=channel).active_instance() == qruntime.crn


def test_one_account_is_listed(users_file: Path, qruntime: QRuntime) -> None:
    (account,) = QiskitRuntimeService.saved_accounts().values()
    assert account["token"] == qruntime.api_key
    assert account["instance"] == qruntime.crn


def test_a_saved_account_is_found_by_its_name(users_file: Path, qruntime: QRuntime) -> None:
    QiskitRuntimeService.save_account(token="the-key-of-the-team", instance=qruntime.crn, name="team")
    account = QiskitRuntimeService(name="team").active_account()
    assert account["token"] == "the-key-of-the-team"


def test_an_account_that_is_saved_as_default_is_the_default(users_file: Path, qruntime: QRuntime) -> None:
    QiskitRuntimeService.save_account(token="another-key-of-mine", instance=qruntime.crn, name="other")
    QiskitRuntimeService.save_account(
        token="the-key-by-default", instance=qruntime.crn, name="team", set_as_default=True
    )
    assert QiskitRuntimeService().active_account()["token"] == "the-key-by-default"


def test_saving_over_an_account_is_refused_unless_asked_for(users_file: Path, qruntime: QRuntime) -> None:
    QiskitRuntimeService.save_account(token="the-first-key-here", name="team")
    with pytest.raises(AccountAlreadyExistsError):
        QiskitRuntimeService.save_account(token="the-second-key-here", name="team")
    QiskitRuntimeService.save_account(token="the-second-key-here", name="team", overwrite=True)
    assert QiskitRuntimeService.saved_accounts()["team"]["token"] == "the-second-key-here"


def test_from_the_first_saving_on_the_file_holds_what_was_saved_and_nothing_else(
    users_file: Path, qruntime: QRuntime
) -> None:
    QiskitRuntimeService.save_account(token="the-key-of-the-team", name="team")
    assert list(QiskitRuntimeService.saved_accounts()) == ["team"]
    with pytest.raises(AccountNotFoundError, match="nobody"):
        QiskitRuntimeService(name="nobody")


def test_after_deleting_there_is_no_account(users_file: Path, qruntime: QRuntime) -> None:
    QiskitRuntimeService.delete_account()
    assert QiskitRuntimeService.saved_accounts() == {}
    with pytest.raises(AccountNotFoundError):
        QiskitRuntimeService()


def test_an_account_file_of_the_test_s_own_is_left_to_it(users_file: Path, tmp_path: Path, qruntime: QRuntime) -> None:
    mine = tmp_path / "mine.json"
    QiskitRuntimeService.save_account(token="the-key-in-my-file", instance=qruntime.crn, name="me", filename=str(mine))
    assert "the-key-in-my-file" in mine.read_text()
    service = QiskitRuntimeService(name="me", filename=str(mine))
    assert service.active_account()["token"] == "the-key-in-my-file"
    assert QiskitRuntimeService(name="other").active_account()["token"] == qruntime.api_key


@pytest.mark.parametrize("spelling", ["~/.qiskit/qiskit-ibm.json", "~/.qiskit/../.qiskit/qiskit-ibm.json"])
def test_the_user_s_file_is_not_touched_however_it_is_named(
    users_file: Path, qruntime: QRuntime, spelling: str
) -> None:
    before = users_file.read_bytes()
    assert QiskitRuntimeService(filename=spelling).active_instance() == qruntime.crn
    QiskitRuntimeService.save_account(token="a-key-that-is-not-kept", filename=spelling)
    QiskitRuntimeService.delete_account(filename=spelling)
    assert users_file.read_bytes() == before


def test_the_user_s_file_is_the_one_that_the_client_found_when_it_was_imported(
    users_file: Path, qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    assert QiskitRuntimeService().active_instance() == qruntime.crn
    QiskitRuntimeService.save_account(token="a-key-that-is-not-kept")
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_is_written_unless_the_test_saves(temporary: Path, users_file: Path, qruntime: QRuntime) -> None:
    QiskitRuntimeService()
    QiskitRuntimeService.saved_accounts()
    assert list(temporary.iterdir()) == []


def test_what_was_saved_vanishes_with_the_world(temporary: Path, users_file: Path) -> None:
    with world():
        QiskitRuntimeService.save_account(token="a-key-that-is-not-kept")
        (folder,) = temporary.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_nested_worlds_have_an_account_file_each(users_file: Path) -> None:
    with world(seed=1) as outer:
        QiskitRuntimeService.save_account(token="the-outer-key-here", instance=outer.crn, name="outer")
        with world(seed=2) as inner:
            assert QiskitRuntimeService().active_instance() == inner.crn
            QiskitRuntimeService.save_account(token="the-inner-key-here", name="inner")
            assert list(QiskitRuntimeService.saved_accounts()) == ["inner"]
        assert list(QiskitRuntimeService.saved_accounts()) == ["outer"]


def test_afterwards_the_client_reads_the_user_s_file_again(users_file: Path) -> None:
    users_file.write_text('{"mine": {"channel": "ibm_quantum_platform", "token": "my-own-key"}}')
    with world():
        assert "mine" not in QiskitRuntimeService.saved_accounts()
    assert QiskitRuntimeService.saved_accounts()["mine"]["token"] == "my-own-key"
