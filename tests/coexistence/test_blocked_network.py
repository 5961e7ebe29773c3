"""pytest-recording's --block-network: it blocks sockets, and the fake has none."""

from __future__ import annotations

import pytest

from tests.coexistence.conftest import OURS, RECORDING, run
from tests.plugin.conftest import Project

ORDERS = [(OURS, RECORDING), (RECORDING, OURS)]
IN_PROCESS = """
    import asyncio

    import httpx
    import requests


    def test_it(qruntime):
        asked = {"auth": qruntime.http.auth, "headers": {"Service-CRN": qruntime.crn}}
        assert httpx.get(f"{qruntime.base_url}/v1/jobs", **asked).status_code == 200
        assert requests.get(f"{qruntime.base_url}/v1/jobs").status_code == 401

        async def ask():
            async with httpx.AsyncClient() as client:
                return await client.get(f"{qruntime.base_url}/v1/jobs", **asked)

        assert asyncio.run(ask()).status_code == 200
"""
CLIENT = """
    def test_it(qiskit_runtime_service):
        assert qiskit_runtime_service.backend("fake_backend").name == "fake_backend"
"""
LOOPBACK = """
    import httpx


    def test_it(qruntime_server):
        assert httpx.get(f"{qruntime_server.url}/api/v1/jobs").status_code == 401
"""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("test", [IN_PROCESS, CLIENT])
def test_the_fake_is_not_on_the_network(project: Project, test: str, order: tuple[str, ...]) -> None:
    run(project.write(test_it=test), "--block-network", order=order).assert_outcomes(passed=1)


def test_the_loopback_server_is_and_must_be_allowed(project: Project) -> None:
    suite = project.write(test_it=LOOPBACK)
    # apart: a connection that pytest-recording blocks leaves its socket open until somebody collects the garbage
    blocked = run(suite, "--block-network", order=ORDERS[0], apart=True)
    blocked.stdout.fnmatch_lines(["*Network is disabled for host '127.0.0.1'*"])
    assert blocked.ret == 1

    run(suite, "--block-network", "--allowed-hosts=127.0.0.1", order=ORDERS[0]).assert_outcomes(passed=1)
