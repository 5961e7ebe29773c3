"""A forked process is as one that was started."""

from __future__ import annotations

import sys

import pytest

from tests.forking import CAN_FORK, fork

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="processes do not fork here; nothing is replaced")

SHOW = """
import json, os, sys
print(json.dumps([__name__, sys.argv, os.getcwd(), sys.path[0], os.environ.get("COLOUR"), "pytest" in sys.modules]))
sys.exit(3)
"""


@pytest.mark.parametrize("how", ["script", "-m", "-c"])
def test_it_has_its_own_arguments_folder_environment_and_code(
    how: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(show=SHOW)
    arguments = {"script": ["show.py"], "-m": ["-m", "show"], "-c": ["-c", SHOW]}[how]
    monkeypatch.setenv("COLOUR", "red")

    started = pytester.run(sys.executable, *arguments, "one", "two")
    fork(pytester, ())
    forked = pytester.run(sys.executable, *arguments, "one", "two")

    assert forked.ret == started.ret == 3
    assert forked.outlines == started.outlines
    assert '"red"' in forked.outlines[0]


def test_each_begins_anew(pytester: pytest.Pytester) -> None:
    fork(pytester, ("colorsys",))
    count = "import sys, colorsys; colorsys.n = getattr(colorsys, 'n', 0) + 1; print(colorsys.n)"

    assert [pytester.run(sys.executable, "-c", count).outlines for _ in range(2)] == [["1"], ["1"]]


def test_what_it_raises_is_told_and_a_signal_too(pytester: pytest.Pytester) -> None:
    fork(pytester, ())

    failed = pytester.run(sys.executable, "-c", "raise KeyError('gone')")
    killed = pytester.run(sys.executable, "-c", "import os; os.abort()")

    assert failed.ret == 1
    assert failed.errlines[-1] == "KeyError: 'gone'"
    assert killed.ret == -6


def test_one_that_never_ends_is_ended(pytester: pytest.Pytester) -> None:
    fork(pytester, ())

    with pytest.raises(pytester.TimeoutExpired):
        pytester.run(sys.executable, "-c", "import signal; signal.pause()", timeout=0.1)

    # the one that forks waits for each to end before it begins the next
    assert pytester.run(sys.executable, "-c", "print('next')", timeout=60).outlines == ["next"]
