"""Programs in any language: aiohttp in this process, curl, Node's fetch and the official client in others."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any

import aiohttp
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import job
from tests.server.programs import python, run

# A program as the pages of the service show it: nothing in it knows that it is tested.
CLIENT = """
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2, Session

circuit = QuantumCircuit(2)
circuit.x(0)
circuit.measure_all()
service = QiskitRuntimeService()
with Session(service.backend("fake_manila"), max_time="25m") as session:
    job = SamplerV2(mode=session).run([circuit], shots=100)
    counts = job.result()[0].data.meas.get_counts()
print(json.dumps([counts, str(job.status()), session.status(), service.usage()["usage_consumed_seconds"], looked_for]))
"""

NODE = """
const url = process.env.QRUNTIME_URL + "/api/v1";
const headers = {
  Authorization: `Bearer ${process.env.QRUNTIME_TOKEN}`,
  "Service-CRN": process.env.QRUNTIME_CRN,
  "Content-Type": "application/json",
};
const ask = async (path, options = {}) => (await fetch(url + path, { headers, ...options })).json();
const post = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });

const session = await post("/sessions", { mode: "dedicated", backend: "fake_backend" });
const job = await post("/jobs", { ...JSON.parse(process.argv.at(-1)), session_id: session.id });
const seen = [];
for (let status = ""; !["Completed", "Failed"].includes(status); ) {
  status = (await ask(`/jobs/${job.id}`)).state.status;
  if (seen.at(-1) !== status) seen.push(status);  // fetch has a pool of connections: any may be the one that waits
}
await fetch(`${url}/sessions/${session.id}/close`, { method: "DELETE", headers });
const results = await ask(`/jobs/${job.id}/results`);
console.log(JSON.stringify([seen, (await ask(`/sessions/${session.id}`)).state, Object.keys(results)]));
"""


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed, and being no Python package, no extra brings it")
    return found


@pytest.mark.qruntime(backend="fake_manila")
def test_the_official_client_in_another_process_runs_a_session(
    qruntime: QRuntime, qruntime_server: LoopbackServer
) -> None:
    qruntime.next_jobs(classical="10s", quantum="60s")
    qruntime.other_users(3, quantum="2m")
    assert python(CLIENT, qruntime_server.environment) == [{"01": 100}, "DONE", "Closed", 70, []]
    [session] = qruntime.workloads()
    assert session.details()["state"] == "closed"
    assert qruntime_server.refused_tunnels == {}


@pytest.mark.parametrize("freeze", [False, True])
def test_aiohttp_in_the_tests_own_process(request: pytest.FixtureRequest, freeze: bool) -> None:
    request.node.add_marker(pytest.mark.qruntime(freeze=freeze))
    server: LoopbackServer = request.getfixturevalue("qruntime_server")

    async def go() -> tuple[list[str], int]:  # eight tasks share a pool of connections
        headers = {"Authorization": f"Bearer {server.token}", "Service-CRN": server.crn}
        async with aiohttp.ClientSession(f"{server.url}/api/", headers=headers) as client:

            async def ended(_: int) -> str:
                async with client.post("v1/jobs", json=job()) as made:
                    job_id = (await made.json())["id"]
                while True:
                    async with client.get(f"v1/jobs/{job_id}") as shown:
                        status = str((await shown.json())["state"]["status"])
                    if status not in ("Queued", "Running"):
                        return status

            statuses = await asyncio.gather(*map(ended, range(8)))
            async with client.get("v1/jobs") as listed:
                return statuses, (await listed.json())["count"]

    assert asyncio.run(go()) == (["Completed"] * 8, 8)


def test_curl_connects_anew_each_time_and_sees_its_job_end(
    jobs_take: QRuntime, qruntime_server: LoopbackServer
) -> None:
    curl = program("curl")
    told = qruntime_server.environment
    names = {name: told[name] for name in ("QRUNTIME_TOKEN", "QRUNTIME_CRN")}
    head = ["-H", f"Authorization: Bearer {names['QRUNTIME_TOKEN']}", "-H", f"Service-CRN: {names['QRUNTIME_CRN']}"]

    def ask(path: str, *options: str) -> Any:
        return json.loads(
            run([curl, "-sS", "--fail-with-body", *head, *options, f"{told['QRUNTIME_URL']}/api/v1{path}"], told)
        )

    sent = json.dumps(job())
    made = ask("/jobs", "-H", "Content-Type: application/json", "-d", sent)["id"]
    seen = [ask(f"/jobs/{made}")["state"]["status"] for _ in range(3)]
    assert seen == ["Running", "Completed", "Completed"]
    assert ask(f"/jobs/{made}/results")["results"]
    via = run([curl, "-sS", *head, f"http://quantum.cloud.ibm.com/api/v1/jobs/{made}"], told)  # through the proxy
    assert json.loads(via)["state"]["status"] == "Completed"


def test_nodes_fetch_runs_a_session(jobs_take: QRuntime, qruntime_server: LoopbackServer) -> None:
    node = program("node")
    written = run([node, "--input-type=module", "-e", NODE, "--", json.dumps(job())], qruntime_server.environment)
    assert json.loads(written) == [["Running", "Completed"], "closed", ["results", "metadata"]]
