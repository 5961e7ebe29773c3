"""The recordings that P9 to P11 are about, of any length; and vcrpy, which replays the same files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.traffic import BASE_URL, HEADERS, job
from pytest_qruntime.cassette.files import save
from pytest_qruntime.cassette.scrub import Scrubber
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape

POLLS: Final = 7
BLOCK: Final = POLLS + 3
"""Of ten requests one submits a job, seven ask for it, one for its results, and one for its session."""

_SECOND_US: Final = 1_000_000
_SENT: Final = {**{name.lower(): value for name, value in HEADERS.items()}, "content-type": "application/json"}
_GOT: Final = {"content-type": "application/json; charset=utf-8", "date": "Thu, 15 Jan 2026 12:00:00 GMT"}


def recording(number: int) -> Tape:
    """A scrubbed recording of so many requests, a multiple of ten: jobs in one session, one after the other."""
    provenance = Provenance("pytest-qruntime", "2026-01-15T12:00:00.000000Z", "virtual", None, {}, None)
    exchanges = [exchange for block in range(number // BLOCK) for exchange in _block(block)]
    return Scrubber().tape(Tape(provenance, tuple(exchanges)))


def _block(number: int) -> Iterator[Exchange]:
    session, job_id = "5e551000-0000-4000-8000-000000000001", f"d{number:019x}"
    began_us = number * 100 * _SECOND_US
    submitted = json.dumps(job(session)).encode()
    yield _exchange(began_us, "POST", "/v1/jobs", submitted, {"id": job_id, "backend": "fake_backend"})
    for poll in range(POLLS):
        status = ("Queued", "Running", "Completed")[min(poll // 3, 2)]
        yield _exchange(began_us + (poll + 1) * 10 * _SECOND_US, "GET", f"/v1/jobs/{job_id}", b"", _job(job_id, status))
    end_us = began_us + 90 * _SECOND_US
    yield _exchange(
        end_us, "GET", f"/v1/jobs/{job_id}/results", b"", {"results": [{"data": {"c": ["0x0", "0x3"] * 50}}]}
    )
    details = {"id": session, "state": "open", "mode": "dedicated", "backend_name": "fake_backend", "jobs": number}
    yield _exchange(end_us, "GET", f"/v1/sessions/{session}", b"", details)


def _job(job_id: str, status: str) -> dict[str, Any]:
    return {
        "id": job_id,
        "session_id": "5e551000-0000-4000-8000-000000000001",
        "backend": "fake_backend",
        "state": {"status": status, "reason": ""},
        "status": status,
        "created": "2026-01-15T12:00:00.000000Z",
        "program": {"id": "sampler"},
        "cost": 600,
        "tags": ["one", "two"],
        "user_id": "IBMid-user1",
        "usage": {"quantum_seconds": 0, "seconds": 0},
    }


def _exchange(at_us: int, method: str, path: str, sent: bytes, answer: dict[str, Any]) -> Exchange:
    got = json.dumps(answer, separators=(",", ":")).encode()
    return Exchange(at_us, method, BASE_URL + path, _SENT, sent, 200, _GOT, got)


def written(folder: Path, number: int) -> tuple[Path, Path]:
    """The recording as a file of YAML, and as one of JSON."""
    places = folder / f"{number}.yaml", folder / f"{number}.json"
    for place in places:
        if not place.exists():
            save(recording(number), place)
    return places


# -- vcrpy -----------------------------------------------------------------------------------------------------------


class Peer:
    """vcrpy with a file that it has loaded."""

    def __init__(self, place: Path) -> None:
        from vcr.cassette import Cassette
        from vcr.record_mode import RecordMode
        from vcr.serializers import jsonserializer

        self._cassette: Any = Cassette.load(path=str(place), serializer=jsonserializer, record_mode=RecordMode.NONE)

    @contextmanager
    def replaying(self) -> Iterator[None]:
        """In the block, it answers from the beginning of the file."""
        from vcr.patch import CassettePatcherBuilder

        self._cassette.play_counts = Counter()
        with ExitStack() as stack:
            for patcher in CassettePatcherBuilder(self._cassette).build():
                stack.enter_context(patcher)
            yield
