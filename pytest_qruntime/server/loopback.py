"""`LoopbackServer`: the service on a port of 127.0.0.1, for other processes and languages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.runtime import QRuntime
from pytest_qruntime.server import environment
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.listener import Listener


class LoopbackServer:
    """The world of a test on a port of 127.0.0.1, for programs in other processes and languages.

    Start one with ``subprocess.run(command, env=qruntime_server.environment)``, and the official client finds the world
    without a change; others are given `url`, `crn` and `token`.

    The world and its clock are those of the test. While the programs do nothing but poll, the clock moves from event to
    event, so that they never wait in real time for a job; `time` decides whether it does.
    """

    def __init__(self, qruntime: QRuntime) -> None:
        self._gateway = Gateway()
        self._world = self._gateway.worlds.adopt(qruntime)
        self._listener = Listener(self._gateway)
        self._gateway.opened(self._listener.port)
        self._home = tempfile.TemporaryDirectory(prefix="qruntime-", ignore_cleanup_errors=True)

    # -- where it is -------------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The port, on 127.0.0.1."""
        return self._listener.port

    @property
    def url(self) -> str:
        """The root of the server, such as ``http://127.0.0.1:40123``; the REST API is below ``/api/v1``."""
        return self._gateway.url

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment for a program: this process's, with what leads the program here and nowhere else.

        Tunnels to other hosts are refused, and the home is an empty folder of this test's.
        """
        ours = environment.variables(self.url, self.crn, self.api_key, self.token)
        return environment.of_a_process(ours, Path(self._home.name))

    # -- as whom -----------------------------------------------------------------------------------------------------

    @property
    def crn(self) -> str:
        """The CRN of the instance, for the header Service-CRN."""
        return self._world.qruntime.crn

    @property
    def api_key(self) -> str:
        """An API key of the account."""
        return self._world.api_key

    @property
    def token(self) -> str:
        """A bearer token, for the header Authorization. What polls skip does not make it older."""
        return self._gateway.worlds.tickets.issue(self._world, self.api_key)

    # -- what it does ------------------------------------------------------------------------------------------------

    @property
    def time(self) -> str:
        """`auto`: polls move the test's clock when clients do nothing else; `manual`: only the test does."""
        return self._world.time

    @time.setter
    def time(self, value: str) -> None:
        self._world.time = value

    @property
    def requests(self) -> int:
        """How many requests came so far, refused tunnels not counted."""
        return self._gateway.counts.requests

    @property
    def refused_tunnels(self) -> Mapping[str, int]:
        """The tunnels that were asked for and refused, by target, such as ``iam.cloud.ibm.com:443``."""
        return dict(self._gateway.counts.tunnels)

    @contextmanager
    def serving(self) -> Iterator[LoopbackServer]:
        """Serve for the length of a ``with`` block; nothing of it is left afterwards.

        Raises the first failure of the service that clients were answered with status 500, unless the block raises.
        """
        self._listener.start()
        try:
            yield self
        finally:
            self._listener.stop()
            self._home.cleanup()
        for failure in self._gateway.failures[:1]:
            raise QRuntimeError(f"a request was answered with status 500: {failure!r}") from failure

    def __repr__(self) -> str:
        return f"<LoopbackServer {self.url}, time {self.time}>"
