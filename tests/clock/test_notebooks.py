"""Modules that go on importing after they were searched: `__main__` of a notebook or a prompt, and a running test's."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable

import pytest

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.process import ALIASES
from pytest_qruntime.clock.real import Real

Load = Callable[[str], types.ModuleType]

PREPARE = """
import sys, time as _clock
from pytest_qruntime.clock import Clock as _Clock
from tests.clock.stub import StubWorld as _World
began = _clock.monotonic()
reals = dict(vars(_clock))
"""
IMPORTS = """
from time import sleep, time, monotonic
from asyncio import sleep as asleep
from datetime import datetime, date
"""
SLEEPS = """
import asyncio as _asyncio
assert datetime.now().year == date.today().year == 2026 and time() == 1768478400, (datetime.now(), time())
before = monotonic()
sleep(3600); _asyncio.run(asleep(3600))
assert time() == 1768478400 + 7200 and abs(monotonic() - before - 7200) < 0.001
assert clock.world.seconds == 7200
"""
ALL_REAL = """
import datetime as _datetime, asyncio as _asyncio
assert (sleep, time, monotonic) == (reals["sleep"], reals["time"], reals["monotonic"]), (sleep, time, monotonic)
assert (datetime, date, asleep) == (_datetime.datetime, _datetime.date, _asyncio.sleep), (datetime, date, asleep)
assert datetime.__module__ == "datetime" and asleep.__module__ == "asyncio.tasks"
assert _clock.monotonic() - began < 60
print("right to the end")
"""
ENTERS = "cm = _Clock(_World()).hold(); clock = cm.__enter__()"
LEAVES = "cm.__exit__(None, None, None)"

SESSIONS = {
    "imported between two holds": [f"{ENTERS}; {LEAVES}", IMPORTS, ENTERS, SLEEPS, LEAVES, ALL_REAL],
    "imported during the hold": [ENTERS, IMPORTS, SLEEPS, LEAVES, ALL_REAL],
    "imported during the hold, used in the next": [ENTERS, IMPORTS, LEAVES, ALL_REAL, ENTERS, SLEEPS, LEAVES, ALL_REAL],
    "imported between two holds, one inside the other": [
        ENTERS,
        "outer = cm",
        IMPORTS,
        ENTERS,
        SLEEPS,
        LEAVES,
        "outer.__exit__(None, None, None)",
        ALL_REAL,
    ],
    "imported again after a name was taken for something else": [
        IMPORTS,
        f"{ENTERS}; {LEAVES}",
        "del date; sleep = 'mine'",
        ENTERS,
        "assert sleep == 'mine' and 'date' not in globals()",
        LEAVES,
        "assert sleep == 'mine' and 'date' not in globals()",
        IMPORTS,
        ENTERS,
        SLEEPS,
        LEAVES,
        ALL_REAL,
    ],
}

AS_A_SCRIPT = "for cell in {cells!r}: exec(cell, sys.modules['__main__'].__dict__)"
AS_IPYTHON = """
import types
shell_module = sys.modules["__main__"]
user_module = types.ModuleType("__main__", "Automatically created module for the IPython interactive environment")
user_module.__dict__.update(vars(shell_module))
sys.modules["__main__"] = user_module
for number, cell in enumerate({cells!r}):
    exec(compile(cell, f"<ipython-input-{{number}}>", "exec"), user_module.__dict__)
"""


@pytest.mark.parametrize("shell", [AS_A_SCRIPT, AS_IPYTHON], ids=["prompt", "ipython"])
@pytest.mark.parametrize("cells", SESSIONS.values(), ids=SESSIONS.keys())
def test_a_session_imports_when_it_likes(cells: list[str], shell: str) -> None:
    program = PREPARE + shell.format(cells=cells)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout[-17:]) == (0, "right to the end\n"), done.stderr


def test_the_names_of_the_main_module_do_not_make_every_hold_search_all(clock: Clock) -> None:
    with clock.hold():
        pass
    looked_through = ALIASES.looked_through
    for _ in range(3):
        with clock.hold():
            pass
    assert ALIASES.looked_through == looked_through


def test_what_a_test_module_imports_during_a_hold_is_real_afterwards_and_virtual_in_the_next(
    module: Load, clock: Clock
) -> None:
    user = module("")
    with clock.hold():
        pass
    with clock.hold():
        exec("from time import sleep, time, monotonic\nfrom datetime import datetime, date", user.__dict__)
        user.sleep(60)
    before = Real.time()
    user.sleep(0.001)
    assert before <= user.time() <= Real.time()
    assert before <= user.datetime.now().timestamp() <= Real.time()
    assert abs(user.monotonic() - Real.monotonic()) < 60
    assert user.date.today() in {Real.date.fromtimestamp(before), Real.date.today()}
    assert clock.world.now_us == 60_000_000
    with clock.hold():
        user.sleep(60)
        assert user.time() == user.datetime.now().timestamp() == clock.unix_us / 1_000_000
    assert clock.world.now_us == 120_000_000


def test_what_a_test_puts_in_place_of_a_saved_name_stays(
    module: Load, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = module("from time import sleep, time\nfrom datetime import datetime, date")
    with clock.hold():
        pass
    monkeypatch.setattr(user, "sleep", print)
    monkeypatch.setattr(user, "time", lambda: 5)
    monkeypatch.delattr(user, "datetime")
    with clock.hold():
        assert (user.sleep, user.time()) == (print, 5)
        assert not hasattr(user, "datetime")
    assert (user.sleep, user.time()) == (print, 5)
    assert not hasattr(user, "datetime")
