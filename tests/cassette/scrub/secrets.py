"""Made-up secrets, every form in which one could survive, and exchanges to plant them in."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from pytest_qruntime.cassette.tape import Exchange

KEY = "Zk3pQw8_" + "RtY7uIoP1aSdF5gHjK9lXcV2bNmQ4wErT6yU"
ACCOUNT = "5d41402a" + "bc4b2a76b9719d911017c592"
GUID = "7c9e6679-" + "7425-40de-944b-e07fc1f90ae7"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{GUID}::"
USER = "IBMid-" + "55000XK2Q7"
MAIL = "ada.byron@" + "analytical-engines.org"
NAME = "byron-premium-7"
IP4 = "10.38.114." + "207"
IP6 = "2a02:8108:9640:" + "3f4c::1d2e"
TRACE = "b7e2c9d4-" + "1f3a-4c58-9e6b-2d7a8c5f0e13"
TOKEN = "tok_9fQ2xLr7" + "VbN4mKp0Zs8"
TENANT = "runtime.analytical-engines" + ".corp"
REFRESH = "OKCn4vR8xJ2m" + "T6qLw1ZyB9sE3hU7aGdK5pFi0cXoNtVjM"
HOMES = "adabyron"
PASSWORD = "c0rrect-h0rse" + "-battery"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


CLAIMS = {
    "iam_id": USER,
    "id": USER,
    "sub": MAIL,
    "given_name": "Ada",
    "session_id": "C-3a9d7e51",
    "account": {"valid": True, "bss": ACCOUNT},
    "iat": 1768478400,
    "exp": 1768482000,
}
SIGNATURE = "k3Jx9QmV7tRw2LpZ8nYb" + "5HdS1uGcF4oXaE6iTqN0MvP"
JWT = ".".join([base64url(b'{"kid":"20260108","alg":"RS256"}'), base64url(json.dumps(CLAIMS).encode()), SIGNATURE])

JOB = "d0c914666f2ba4a6583d"
SESSION = "98506536-aa25-4c1e-8a70-6f1f2f6d4a11"
BACKEND = "ibm_torino"
REFERENCES = (JOB, SESSION, BACKEND)
JOBS = f"https://quantum.cloud.ibm.com/api/v1/jobs/{JOB}?backend={BACKEND}"
DOCUMENT = {"id": JOB, "session_id": SESSION, "backend": BACKEND}


def exchange(
    url: str = JOBS,
    *,
    sent: Any = b"",
    got: Any = DOCUMENT,
    headers: dict[str, str] | None = None,
    answered: dict[str, str] | None = None,
) -> Exchange:
    """An exchange; a document is sent as JSON."""
    bodies = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in (sent, got)]
    return Exchange(0, "GET", url, headers or {}, bodies[0], 200, answered or {}, bodies[1])


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def packed(text: str | bytes) -> str:
    return b64(zlib.compress(text if isinstance(text, bytes) else text.encode()))


def everything(exchange: Exchange) -> str:
    """All that can be read in an exchange, by somebody who decodes whatever can be decoded."""
    texts = [exchange.url, *exchange.request_headers, *exchange.request_headers.values()]
    texts += [*exchange.response_headers, *exchange.response_headers.values()]
    texts += [exchange.request_body.decode("latin-1"), exchange.response_body.decode("latin-1")]
    return "\n".join(layer for text in texts for layer in _layers(text))


def _layers(text: str, depth: int = 0) -> Iterator[str]:
    yield text
    if depth == 5:
        return
    unescaped = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found.group(1), 16)), text)
    unescaped = unescaped.replace("\\/", "/").replace('\\"', '"').replace("\\\\", "\\")
    for other in {unquote(text), unescaped} - {text}:
        yield from _layers(other, depth + 1)
    for word in _words(text):
        for alphabet in (b"+/", b"-_"):
            try:
                data = base64.b64decode(word + "=" * (-len(word) % 4), alphabet)
            except ValueError:
                continue
            for unpack in (zlib.decompress, gzip.decompress, bytes):
                try:
                    yield from _layers(unpack(data).decode("latin-1"), depth + 1)
                except (OSError, EOFError, zlib.error):
                    continue


def _words(text: str) -> set[str]:
    cut = "".join(c if c.isascii() and (c.isalnum() or c in "+/_-") else " " for c in text)
    return {word for word in [*cut.split(), *cut.replace("/", " ").split()] if len(word) >= 8}


def survives(secret: str, exchange: Exchange) -> bool:
    """Whether a secret, or one of its forms, is in an exchange."""
    found = everything(exchange).lower()
    forms = [secret]
    if len(secret) > 8:
        forms += [quote(secret, safe=""), b64(secret).rstrip("=")[:-1], secret.encode().hex()]
    if len(secret) > 15:
        forms += [secret[:12], secret[-12:]]
    return any(form.lower() in found for form in forms)
