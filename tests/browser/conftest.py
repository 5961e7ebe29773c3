"""One browser for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium, installed


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = installed()
    if program is None:
        pytest.skip("Chromium is not installed")
    with Chromium(program, tmp_path_factory.mktemp("chromium")) as browser:
        yield browser
