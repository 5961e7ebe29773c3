"""Many clients at once: no error, no lost job, and nobody sees another's."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from pytest_qruntime.server.gateway import Gateway
from tests.server.caller import Control, job

CLIENTS = 100
TIMEOUT = httpx.Timeout(120)


async def one_job(url: str, world: dict[str, str]) -> tuple[str, str]:
    """A client with a connection of its own submits a job, polls until its end and reads the results."""
    headers = {"Authorization": f"Bearer {world['token']}", "Service-CRN": world["crn"]}
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v1", headers=headers, trust_env=False, verify=False, timeout=TIMEOUT
    ) as client:
        made = await client.post("/jobs", json=job())
        job_id = str(made.raise_for_status().json()["id"])
        status = ""
        while status not in ("Completed", "Failed", "Cancelled"):
            status = str((await client.get(f"/jobs/{job_id}")).raise_for_status().json()["state"]["status"])
        assert (await client.get(f"/jobs/{job_id}/results")).raise_for_status().json()["results"]
        return job_id, status


async def at_once(url: str, worlds: list[dict[str, str]]) -> list[tuple[str, str]]:
    return await asyncio.gather(*(one_job(url, world) for world in worlds))


@pytest.mark.parametrize("worlds", [1, 20])
def test_a_hundred_clients_at_once_lose_no_job(gateway: Gateway, worlds: int) -> None:
    control = Control(gateway.url)
    made = [control("POST", "/worlds").json() for _ in range(worlds)]
    ended = asyncio.run(at_once(gateway.url, made * (CLIENTS // worlds)))
    assert {status for _, status in ended} == {"Completed"}
    assert len({job_id for job_id, _ in ended}) == CLIENTS
    found = [event for world in made for event in control.of(f"/worlds/{world['world']}/trace")["trace"]]
    assert sorted(event["job"] for event in found if event["kind"] == "job.completed") == sorted(
        job_id for job_id, _ in ended
    )
