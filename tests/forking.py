"""Processes of Python that have imported already what takes long: one imports it, and forks itself for each command.

A forked process is one of its own, with the arguments, the folder, the environment, the module search path and the
warnings that it would have had; only what others have written is in `sys.modules` from the beginning. Where processes
cannot fork, commands are run as ever.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

CAN_FORK: Final = sys.platform.startswith("linux")
PYTEST: Final = (
    "pytest",
    "httpx",
    "httpcore",
    "requests",
    "pydantic",
    "jsonschema",
    "freezegun",
    "vcr",
    "openqasm3.parser",
)
"""What a test needs that uses the fake."""
CLIENT: Final = (*PYTEST, "qiskit", "qiskit_ibm_runtime")
"""What one needs that uses the real client."""


class Forked:
    """A forked process, as far as `pytest.Pytester.run` looks at one."""

    stdin = None

    def __init__(self, parent: Parent, pid: int) -> None:
        self._parent = parent
        self._pid = pid

    def wait(self, timeout: float | None = None) -> int:
        """What it ended with. Raises `subprocess.TimeoutExpired`."""
        return self._parent.code(timeout)

    def kill(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGKILL)


class Parent:
    """The process that forks; one command at a time. It ends when it is closed, or when this process ends.

    Args:
        modules: what is imported beforehand.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        command = [sys.executable, __file__, *modules]
        alone = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }  # a process with threads may not fork
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)

    def popen(self, command: Sequence[str | os.PathLike[str]], *, stdout: IO[Any], stderr: IO[Any], **_: Any) -> Forked:
        """Begin a command as `pytest.Pytester.popen` does: this Python with a script, ``-m`` or ``-c``; no options."""
        executable, *arguments = [os.fspath(part) for part in command]
        if arguments[0].startswith("-m"):
            arguments[:1] = ["-m", *filter(None, [arguments[0][2:]])]
        assert executable == sys.executable, executable
        path = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))
        asked = {
            "arguments": arguments,
            "env": {**os.environ, "PYTHONPATH": path},
            "folder": os.getcwd(),
            "stdout": stdout.name,
            "stderr": stderr.name,
        }
        assert self._process.stdin is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return Forked(self, int(self._line()))

    def code(self, timeout: float | None) -> int:
        """What the command ended with."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("the command", timeout or 0)
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        return line

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def fork(pytester: Any, modules: Sequence[str]) -> None:
    """Let a `pytest.Pytester` run its commands in forked processes."""
    if CAN_FORK:
        pytester.popen = lambda *args, **kwargs: parent(modules).popen(*args, **kwargs)


@cache
def parent(modules: Sequence[str]) -> Parent:
    """One for all tests of this process, and the small projects that they run in it."""
    found = Parent(modules)
    atexit.register(found.close)
    return found


# -- in the process that forks ---------------------------------------------------------------------------------------


def serve(modules: Sequence[str]) -> None:
    """Fork for each line that comes in. What a module warns of when it is imported is an error, as in the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for module in modules:
            import_module(module)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            become(**asked)
            return
        print(pid, flush=True)  # noqa: T201
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201


def become(arguments: list[str], env: dict[str, str], folder: str, stdout: str, stderr: str) -> None:
    """Be the process of a command."""
    for number, path, mode in ((0, os.devnull, os.O_RDONLY), (1, stdout, os.O_WRONLY), (2, stderr, os.O_WRONLY)):
        file = os.open(path, mode)
        os.dup2(file, number)
        os.close(file)
    sys.stdin.close()
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    how, *told = arguments
    sys.argv = {"-m": told, "-c": ["-c", *told[1:]]}.get(how, arguments)
    first = {"-m": folder, "-c": ""}.get(how, str(Path(folder, how).parent))
    sys.path[:1] = [first, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    if how == "-m":
        runpy.run_module(told[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        exec(compile(told[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_path(how, run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1:])
