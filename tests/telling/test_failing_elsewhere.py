"""The timeline below a test that fails on a recording, or on a live service."""

from __future__ import annotations

import re

import pytest

from tests.recording.conftest import Studio
from tests.recording.conftest import studio as studio  # fixtures
from tests.recording.conftest import url as url
from tests.telling.test_failing import shown

LATE = """
    import os

    import pytest
    from pytest_qruntime import ServiceError

    @pytest.mark.qruntime(source="cassette")
    def test_late(qruntime):
        session = qruntime.session(max_time="5m")
        session.run().result()
        qruntime.clock.tick("10m")
        with pytest.raises(ServiceError):
            session.run()
        assert "FAILS" not in os.environ
"""


def test_on_a_recording_it_shows_what_the_client_saw(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.write(test_it=LATE).record().assert_outcomes(passed=1)
    monkeypatch.setenv("FAILS", "1")
    result = studio.run()
    result.assert_outcomes(failed=1)
    text = shown(result)
    assert re.search(r"^  job 1   =+C$", text, re.MULTILINE)  # nobody saw when it came to the QPU
    assert re.search(r"^> submit  1 +R$", text, re.MULTILINE)
    assert "+10m5.124s submit (session 1) REFUSED with 400, code 1217" in text


def test_on_a_live_server_of_our_own_it_shows_everything(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILS", "1")
    result = studio.write(test_it=LATE).run("--qruntime-source=live", "--qruntime-url", studio.url)
    result.assert_outcomes(failed=1)
    text = shown(result)
    assert re.search(r"^  job 1   \++#+C$", text, re.MULTILINE)
    assert re.search(r"^> submit  1 +R$", text, re.MULTILINE)
    assert "+10m5.124s submit (session 1) REFUSED with 400, code 1217" in text
