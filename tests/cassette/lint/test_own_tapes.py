"""What the project's own service says, to httpx and to the real client: nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.cassette.scrub import Scrubber
from tests.cassette.derive.telling import happenings
from tests.cassette.lint.stories import found
from tests.cassette.scrub.test_own_tapes import by_httpx, by_the_real_client, recorded


@pytest.mark.parametrize("play", [by_httpx, by_the_real_client])
def test_nothing_is_wrong_with_what_the_clients_are_told(tmp_path: Path, play: Callable[[QRuntime], None]) -> None:
    tape = Scrubber().tape(recorded(play))

    assert found(tape, tmp_path) == []
    kinds = [event.kind for event in happenings(tape)]
    assert kinds[:2] == ["workload.opened", "job.queued"]
    assert "job.completed" in kinds
    assert {"workload.draining", "workload.closed"} & set(kinds)
