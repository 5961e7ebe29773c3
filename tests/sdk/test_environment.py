"""Environment variables: those of the user lead to the world, those that a test sets are its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import QRuntime, world
from tests.plugin.conftest import Project
from tests.sdk.conftest import Asked

ELSEWHERE = {
    "QISKIT_IBM_TOKEN": "the-key-of-the-user",
    "QISKIT_IBM_INSTANCE": "crn:v1:bluemix:public:quantum-computing:us-east:a/of-the-user:1234::",
    "QISKIT_IBM_URL": "https://example.test",
    "QISKIT_IBM_CHANNEL": "ibm_quantum",
    "IAM_URL": "https://iam.example.test",
    "GLOBAL_SEARCH_URL": "https://search.example.test",
    "GLOBAL_SEARCH_APIKEY": "another-key",
    "GLOBAL_CATALOG_URL": "https://catalog.example.test",
    "QISKIT_FUNCTIONS_EXPERIMENTAL": "1",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_variable_of_the_user_leads_elsewhere(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, ELSEWHERE[name])
    with world() as qruntime:
        service = QiskitRuntimeService()
        assert service.active_instance() == qruntime.crn
        assert [one["crn"] for one in service.instances()] == [qruntime.crn]
    assert os.environ[name] == ELSEWHERE[name]


def test_nor_do_all_of_them_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    with world() as qruntime:
        assert QiskitRuntimeService().active_account()["token"] == qruntime.api_key
    assert {name: os.environ[name] for name in ELSEWHERE} == ELSEWHERE


def test_code_that_reads_the_variables_itself_finds_the_account_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    with world() as qruntime:
        token, instance = os.environ["QISKIT_IBM_TOKEN"], os.environ["QISKIT_IBM_INSTANCE"]
        assert (token, instance) == (qruntime.api_key, qruntime.crn)
        assert QiskitRuntimeService(token=token, instance=instance).active_instance() == qruntime.crn


def test_a_variable_that_is_not_set_stays_so(qruntime: QRuntime) -> None:
    assert not ELSEWHERE.keys() & os.environ.keys()


def test_a_service_is_made_from_the_variables_that_the_test_sets(
    qruntime: QRuntime, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "a-key-of-the-test")
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", qruntime.crn)
    service = QiskitRuntimeService()
    assert service.active_account()["token"] == "a-key-of-the-test"
    assert b"apikey=a-key-of-the-test" in asked.whole[0].body


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE"])
def test_proxies_and_certificates_of_the_user_play_no_part(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    with world() as qruntime:
        assert QiskitRuntimeService().active_instance() == qruntime.crn


def test_proxies_that_are_given_play_no_part(qruntime: QRuntime) -> None:
    service = QiskitRuntimeService(proxies={"urls": {"https": "http://127.0.0.1:9"}}, verify=False)
    assert service.active_instance() == qruntime.crn


@pytest.mark.parametrize("place", ["home", "work"])
def test_a_credentials_file_of_the_user_plays_no_part(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("home", "work"):
        (tmp_path / folder).mkdir()
    (tmp_path / place / "ibm-credentials.env").write_text("GLOBAL_SEARCH_URL=https://search.example.test\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "work")
    with world() as qruntime:
        assert QiskitRuntimeService().active_instance() == qruntime.crn


def test_other_services_read_their_credentials_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ibm_cloud_sdk_core import base_service

    (tmp_path / "ibm-credentials.env").write_text("COMPANY_URL=https://company.example.test\n")
    monkeypatch.chdir(tmp_path)
    with world():
        assert base_service.read_external_sources("company") == {"URL": "https://company.example.test"}


def test_nested_worlds_are_told_apart_by_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "crn:of-the-user")
    with world(seed=1) as outer:
        with world(seed=2) as inner:
            assert os.environ["QISKIT_IBM_INSTANCE"] == inner.crn
        assert os.environ["QISKIT_IBM_INSTANCE"] == outer.crn
    assert os.environ["QISKIT_IBM_INSTANCE"] == "crn:of-the-user"


def test_what_a_test_did_to_a_variable_ends_with_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "the-key-of-the-user")
    monkeypatch.setenv("IAM_URL", "https://iam.example.test")
    before = dict(os.environ)
    with world():
        del os.environ["QISKIT_IBM_TOKEN"]
        os.environ["IAM_URL"] = "https://another.example.test"
    assert dict(os.environ) == before


def test_a_variable_that_a_test_changes_with_monkeypatch_is_the_user_s_again_afterwards(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        test_it="""
        import os
        import qiskit_ibm_runtime

        def test_the_world_s_is_changed(monkeypatch, qruntime):
            assert os.environ["QISKIT_IBM_TOKEN"] == qruntime.api_key
            monkeypatch.setenv("QISKIT_IBM_TOKEN", "of-the-test")
            monkeypatch.delenv("QISKIT_IBM_INSTANCE")
            monkeypatch.setenv("USAGE_DATA_OPT_OUT", os.environ["USAGE_DATA_OPT_OUT"])

        def test_the_user_s_is_back():
            assert "USAGE_DATA_OPT_OUT" not in os.environ
            assert os.environ["QISKIT_IBM_TOKEN"] == "of-the-user"
            assert os.environ["QISKIT_IBM_INSTANCE"] == "crn:of-the-user"
        """
    )
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "of-the-user")
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "crn:of-the-user")
    project.run("-p", "no:randomly").assert_outcomes(passed=2)


def test_the_client_does_not_look_through_the_call_stack(qruntime: QRuntime, asked: Asked) -> None:
    assert os.environ["USAGE_DATA_OPT_OUT"] == "True"
    QiskitRuntimeService().backends()
    application = asked.whole[-1].headers["x-qx-client-application"]
    assert application.endswith("/qiskit")
    assert "qiskit_ibm_runtime-" in application
