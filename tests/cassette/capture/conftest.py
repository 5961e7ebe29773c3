"""A world on a server in another process, and a server that answers in strange ways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cassette.capture.served import Place, strange
from tests.cli.test_serve import serving
from tests.server.caller import Control


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving("--time", "manual") as (_, url):
        yield url


@pytest.fixture
def place(server: str) -> Iterator[Place]:
    """A world of this test's own, in manual time."""
    control = Control(server)
    world = control("POST", "/worlds", time="manual").json()
    yield Place(server, world, control)
    assert control("DELETE", f"/worlds/{world['world']}").status_code == 204


@pytest.fixture
def odd() -> Iterator[str]:
    """The address of a server that answers as the path says."""
    with strange() as url:
        yield url
