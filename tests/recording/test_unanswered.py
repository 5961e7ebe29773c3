"""Requests to which a recording has no answer are told, also where somebody goes on without."""

from __future__ import annotations

import pytest

from tests.recording.conftest import Studio

MARKED = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
"""
WHY = "GET https://quantum.cloud.ibm.com/api/v1/instance was never recorded"


def asking(*lines: str) -> str:
    return MARKED + "".join(f"        {line}\n" for line in lines)


def recorded(studio: Studio) -> Studio:
    studio.write(test_it=asking("qruntime.http.get('/v1/backends')")).record().assert_outcomes(passed=1)
    return studio


def test_a_test_that_goes_on_without_the_answer_does_not_pass(studio: Studio) -> None:
    lines = ("try:", "    qruntime.http.get('/v1/instance')", "except Exception:", "    pass")
    result = recorded(studio).write(test_it=asking(*lines)).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"E * the test passed, but a request had no answer: {WHY}*"])


def test_a_test_that_fails_for_want_of_the_answer_says_so(studio: Studio) -> None:
    lines = ("try:", "    qruntime.http.get('/v1/instance')", "except Exception:", "    pass", "assert 1 == 2")
    result = recorded(studio).write(test_it=asking(*lines)).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * assert 1 == 2", "*a request to which the recording has no answer*", f"{WHY}*"])


def test_what_the_failure_says_itself_is_not_said_again(studio: Studio) -> None:
    result = recorded(studio).write(test_it=asking("qruntime.http.get('/v1/instance')")).run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*a request to which the recording has no answer*")


@pytest.mark.parametrize("post", ["httpx.post", "requests.post", "qruntime.http.post"])
def test_what_the_request_says_is_not_shown(studio: Studio, post: str) -> None:
    body = "{'apikey': ''.join(['galli', 'maufry'])}"
    test = asking("import httpx, requests", f"{post}('https://quantum.cloud.ibm.com/api/v1/sessions', json={body})")
    result = recorded(studio).write(test_it=test).run("--junitxml=it.xml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*POST https://quantum.cloud.ibm.com/api/v1/sessions was never recorded*"])
    assert "gallimaufry" not in result.stdout.str() + (studio.path / "it.xml").read_text(encoding="utf-8")


def test_what_a_terminal_would_obey_is_shown_as_an_escape(studio: Studio) -> None:
    recorded(studio)
    text = studio.file().read_text(encoding="utf-8")
    studio.file().write_text(text.replace("method: GET", 'method: "PUT\\e[31m"', 1), encoding="utf-8")
    result = studio.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([r"E *Expected next: PUT\x1b[[]31M https*"])
    studio.file().write_text(text.replace("settings: {}", 'settings:\n    "\\e[31m": 1'), encoding="utf-8")
    told = studio.run().stdout.str()
    assert r"in a world with \x1b[31m 1" in told
    assert "\x1b[31m" not in told


AGAIN = """
    from _pytest.runner import runtestprotocol

    def pytest_runtest_protocol(item, nextitem):
        runtestprotocol(item, nextitem=nextitem, log=False)
        runtestprotocol(item, nextitem=nextitem)
        return True
"""


def test_a_test_that_is_run_again_is_judged_anew(studio: Studio) -> None:
    lines = ("try:", "    qruntime.http.get('/v1/instance')", "except Exception:", "    pass")
    test = asking("TIMES.append(1)", "assert len(TIMES) > 1", *lines) + "\n    TIMES = []\n"
    result = recorded(studio).write(conftest=AGAIN, test_it=test).run()
    result.assert_outcomes(passed=1, errors=1)
