"""What is saved has no secret in it, or is not saved."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

from pytest_qruntime.recording.saving import secrets_of
from tests.recording.conftest import Studio

SECRET = "gallimaufry-of-4711"
TAGS = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        job = qruntime.run(tags={tags!r})
        assert job.tags
        job.result()
"""
PACKED = base64.b64encode(zlib.compress(SECRET.encode())).decode()


@pytest.mark.parametrize("tag", [SECRET, f"of {SECRET}!", PACKED], ids=["plain", "within", "packed"])
@pytest.mark.parametrize("name", ["QISKIT_IBM_TOKEN", "LAB_SECRET", "MY_API_KEY"])
def test_secrets_of_the_environment_become_pseudonyms(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, name: str, tag: str
) -> None:
    monkeypatch.setenv(name, SECRET)
    studio.write(test_it=TAGS.format(tags=[tag])).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    assert not re.search(f"{SECRET}|{re.escape(PACKED)}", text)
    studio.run().assert_outcomes(passed=1)


def test_a_rule_of_a_hook_counts_for_what_is_saved_and_for_what_is_compared(studio: Studio) -> None:
    studio.write(
        conftest="""
        from pytest_qruntime.cassette.scrub import Rule

        def pytest_qruntime_scrub_rules(config):
            return [Rule("employee", r"\\bE-[0-9]{6}\\b")]
        """,
        test_it=TAGS.format(tags=["E-004711"]),
    ).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    assert "E-004711" not in text
    assert "scrubbed-employee-1" in text


@pytest.mark.parametrize("answer", ["Rule('employee', 'E-[0-9]+')", "['E-[0-9]+']", "5"])
def test_a_hook_that_answers_something_else_is_told(studio: Studio, answer: str) -> None:
    hook = f"""
        from pytest_qruntime.cassette.scrub import Rule

        def pytest_qruntime_scrub_rules(config):
            return {answer}
    """
    result = studio.write(conftest=hook, test_it=TAGS.format(tags=["x"])).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the hook pytest_qruntime_scrub_rules answered *; expected a list of Rule"])
    assert studio.files() == []


NAMES = {
    "GITHUB_TOKEN": True, "AWS_SECRET_ACCESS_KEY": True, "DB_PASSWORD": True, "API_KEY_2": True,
    "SECRET_KEY": True, "SSH_PRIVATE_KEY": True, "GPG_PASSPHRASE": True, "PGPASSWORD": True, "PWD": False, "KEY": False,
    "QISKIT_IBM_INSTANCE": True, "TOKEN_FILE": False, "SECRET_URL": False, "TOKENIZERS": False, "HOME": False,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_known_by_the_names_of_variables(name: str) -> None:
    assert secrets_of({name: "x" * 8}) == ({name: "x" * 8} if NAMES[name] else {})
    assert secrets_of({name: "x" * 7}) == {}


def test_a_leak_is_told_by_its_place_and_leaves_no_file(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.cassette.scrub.Scrubber.tape", lambda self, tape: tape)
    monkeypatch.setattr("pytest_qruntime.recording.saving.Scrubber.tape", lambda self, tape: tape)
    monkeypatch.setenv("LAB_SECRET", SECRET)
    result = studio.write(test_it=TAGS.format(tags=["harmless"])).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "what would be saved still has secrets in it:",
            "    interaction *: *",
            "Describe them with a rule: see the hook pytest_qruntime_scrub_rules",
            "This happened in saving. The test passed against pytest-qruntime; *test_it.yaml was not made.",
        ]
    )
    assert studio.files() == []


def test_a_secret_in_the_name_of_the_file_is_told_and_leaves_no_file(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_SECRET", SECRET)
    result = studio.write(
        test_it=f"""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        @pytest.mark.parametrize("key", [{SECRET!r}])
        def test_it(qruntime, key):
            qruntime.http.get("/v1/backends")
        """
    ).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["the name of the file would have a secret in it: the value of LAB_SECRET. Give the parameters *"]
    )
    assert "During handling of the above exception" not in result.stdout.str()
    assert studio.files() == []


def test_what_a_crash_left_beside_a_recording_is_gone_when_it_is_made_anew(studio: Studio) -> None:
    studio.write(test_it=TAGS.format(tags=["x"])).record().assert_outcomes(passed=1)
    folder = studio.file().parent
    for name in (
        ".test_it.0123abcd.new.yaml",
        "..test_it.0123abcd.new.yaml.0123abcd.tmp",
        ".test_its.0123abcd.new.yaml",
    ):
        (folder / name).write_text(SECRET, encoding="utf-8")
    studio.record("--qruntime-record-mode=rewrite").assert_outcomes(passed=1)
    assert sorted(file.name for file in folder.iterdir()) == [".test_its.0123abcd.new.yaml", "test_it.yaml"]


def test_what_has_a_secret_in_it_is_never_on_the_disk(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.recording.saving.Scrubber.tape", lambda self, tape: tape)
    monkeypatch.setattr("pytest_qruntime.recording.saving.save", lambda tape, file: pytest.fail("it was written"))
    result = studio.write(test_it=TAGS.format(tags=["harmless"])).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["what would be saved still has secrets in it:"])


def test_the_credentials_of_the_live_run_are_not_in_the_file(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pathlib

        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime):
            qruntime.http.get("/v1/backends")
            if qruntime.source == "live":
                lines = [qruntime.crn, qruntime.token, qruntime.api_key]
                pathlib.Path("credentials.txt").write_text("\\n".join(lines))
        """
    ).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    crn, token, key = (studio.path / "credentials.txt").read_text(encoding="utf-8").splitlines()
    account = crn.split(":")[6].removeprefix("a/")
    for secret in (crn, account, token, key):
        assert secret not in text
    assert studio.url.rpartition(":")[2] not in text
    assert str(studio.path) not in text


def test_the_file_says_where_it_comes_from(studio: Studio) -> None:
    studio.write(test_it=TAGS.format(tags=["x"])).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    for line in (
        "  service: pytest-qruntime",
        "  clock: virtual",
        "  test: test_it.py::test_it",
        "    pytest-qruntime: ",
    ):
        assert line in text
    assert re.search(r"(?m)^  recorded: '\d{4}-\d\d-\d\d'$", text)
