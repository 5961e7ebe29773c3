"""Beside other plugins, and other processes."""

from __future__ import annotations

import json
import os

from pytest_qruntime.recording.locks import this_machine
from tests.recording.conftest import Studio

ASKS = """
    import random

    import pytest

    drawn = []

    @pytest.mark.qruntime(source="cassette")
    @pytest.mark.parametrize("number", [1, 2])
    def test_it(qruntime, number):
        drawn.append(random.random())
        qruntime.http.get("/v1/backends")
        if {fails}:
            pytest.fail("not now")
"""


def test_workers_each_record_their_tests(studio: Studio) -> None:
    result = studio.write(test_it=ASKS.format(fails=False)).record("-n2", plugins=("xdist",))
    result.assert_outcomes(passed=2)
    assert studio.files() == ["test_it/test_it[1].yaml", "test_it/test_it[2].yaml"]


def test_every_run_of_a_test_draws_the_same_random_numbers(studio: Studio) -> None:
    test = ASKS.format(fails=False) + "\n    def test_drawn():\n        assert len(set(drawn[-3:])) == 1\n"
    result = studio.write(test_it=test).record("--randomly-dont-reorganize", plugins=("pytest_randomly",))
    result.assert_outcomes(passed=3)


def test_who_runs_failing_tests_again_leaves_those_alone_that_are_recorded(studio: Studio) -> None:
    again = """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for report in runtestprotocol(item, nextitem=nextitem, log=False):
                print("run again", item.nodeid)
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
    """
    test = ASKS.format(fails="qruntime.source == 'live'") + "\n    def test_else():\n        assert False\n"
    result = studio.write(conftest=again, test_it=test).record("-s")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*run again test_it.py::test_else"])
    result.stdout.no_fnmatch_line("*run again test_it.py::test_it*")


def test_a_file_that_another_process_records_is_left_alone(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(fails=False))
    file = studio.file("test_it[1]")
    file.parent.mkdir(parents=True)
    lock = {"pid": os.getppid(), "host": this_machine(), "test": "test_it.py::test_it[1]"}
    file.with_name(f".{file.name}.lock").write_text(json.dumps(lock), encoding="utf-8")
    result = studio.record()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*test_it[[]1].yaml is recorded by this very test in another process. If it*"])


def test_the_debugger_sees_the_run_that_fails(studio: Studio) -> None:
    debugger = """
        class Debugger:
            def __init__(self, *_, **__): pass
            quitting = False
            def reset(self): pass
            def interaction(self, *_): print("the debugger was here")
            def set_trace(self, *_): pass
            def do_debug(self, *_): pass
            def set_quit(self): pass
    """
    studio.write(debugger=debugger, test_it=ASKS.format(fails="qruntime.source == 'live' and number == 1"))
    studio.pytester.syspathinsert()
    result = studio.record("--pdb", "--pdbcls=debugger:Debugger")
    assert [line for line in result.outlines if "the debugger was here" in line] == ["the debugger was here"]
    result.assert_outcomes(passed=1, failed=1)
