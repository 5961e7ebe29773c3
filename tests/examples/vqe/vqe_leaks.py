"""`vqe.py` with a planted bug: the session is closed at the end, but not when something raises."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from math import pi
from typing import Any

import requests

API = "https://quantum.cloud.ibm.com/api/v1"

ANSATZ = """
OPENQASM 3.0;
include "stdgates.inc";
input float[64] theta;
qubit[2] q;
ry(theta) q[0];
cx q[0], q[1];
"""
HAMILTONIAN = {"ZZ": 0.4, "XX": -0.2}


class JobFailed(Exception):
    """The service could not compute an energy."""


def minimise(headers: dict[str, str], backend: str, *, steps: int, report: Callable[[float], None] = print) -> float:
    """Follow the gradient of the energy for so many steps, and return the angle."""
    session_id = open_session(headers, backend)
    theta = 0.0
    for _ in range(steps):
        above = energy(headers, backend, session_id, theta + pi / 2)
        below = energy(headers, backend, session_id, theta - pi / 2)
        theta -= 0.4 * (above - below) / 2
        report(theta)
    close_session(headers, session_id)  # BUG: not reached when one of the lines above raises
    return theta


def open_session(headers: dict[str, str], backend: str) -> str:
    payload = json.dumps({"backend": backend, "mode": "dedicated"})
    response = requests.request("POST", f"{API}/sessions", data=payload, headers=headers)
    response.raise_for_status()
    return str(response.json()["id"])


def close_session(headers: dict[str, str], session_id: str) -> None:
    # Not DELETE .../close: that cancels, and jobs that are still queued are lost.
    payload = json.dumps({"accepting_jobs": False})
    requests.request("PATCH", f"{API}/sessions/{session_id}", data=payload, headers=headers).raise_for_status()


def energy(headers: dict[str, str], backend: str, session_id: str, theta: float) -> float:
    job_input = {
        "program_id": "estimator",
        "backend": backend,
        "session_id": session_id,
        "params": {
            "pubs": [[ANSATZ, HAMILTONIAN, [theta]]],
            "options": {"twirling": {"enable_gates": True, "enable_measure": True}},
        },
    }
    response = requests.request("POST", f"{API}/jobs", data=json.dumps(job_input), headers=headers)
    response.raise_for_status()
    result = wait_for(headers, response.json()["id"])
    return float(result["results"][0]["data"]["evs"])


def wait_for(headers: dict[str, str], job_id: str) -> Any:
    job_url = f"{API}/jobs/{job_id}"
    while (job := requests.request("GET", job_url, headers=headers).json())["status"] in ("Queued", "Running"):
        time.sleep(5)
    if job["status"] != "Completed":
        raise JobFailed(f"job {job_id}: {job['state']['reason']}")
    return requests.request("GET", f"{job_url}/results", headers=headers).json()
