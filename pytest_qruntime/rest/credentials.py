"""Tokens, API keys and CRNs as text: made from a world's seed, shaped like IBM's, worth nothing."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from pytest_qruntime.model.ids import uuid4
from pytest_qruntime.model.world import random_stream
from pytest_qruntime.rest.answers import to_bytes

ACCOUNT: Final = "fa4e" * 8
TOKEN_LIFETIME_S: Final = 3600
_KEY_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def is_api_key(key: str) -> bool:
    """Whether IAM would take it for an API key: 16 to 4000 visible characters. The rule is ours."""
    return 16 <= len(key) <= 4000 and key.isascii() and key.isprintable() and " " not in key


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


# Most worlds of a process have the same seed, and seeding a generator costs more than a request.


@lru_cache(maxsize=1024)
def token(seed: int, key: str, user: str, issued_s: int) -> str:
    """A token for an API key, signed, that begins now and is valid for an hour."""
    claims = {
        "iam_id": user,
        "id": user,
        "realmid": "IBMid",
        "sub": subject(key),
        "account": {"valid": True, "bss": ACCOUNT},
        "iat": issued_s,
        "exp": issued_s + TOKEN_LIFETIME_S,
        "iss": "https://iam.cloud.ibm.com/identity",
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "scope": "ibm openid",
        "client_id": "default",
    }
    head = _base64url(to_bytes({"kid": "fake", "alg": "HS256"})) + b"." + _base64url(to_bytes(claims))
    return (head + b"." + _signature(seed, head)).decode()


@lru_cache(maxsize=1024)
def claims(seed: int, token: str) -> dict[str, Any] | None:
    """What a token says that IAM issued, in this world or in another one of the same seed; None for any other text.

    A program may keep its client, and with it a token, from one world to the next, as from one day to the next.
    """
    head, _, signature = token.encode("ascii", "replace").rpartition(b".")
    if not hmac.compare_digest(signature, _signature(seed, head)):
        return None
    body = head.rpartition(b".")[2]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    return found


def subject(key: str) -> str:
    """What a token says of the API key that it was issued for."""
    return sha256(key.encode()).hexdigest()[:16]


def _signature(seed: int, head: bytes) -> bytes:
    return _base64url(hmac.digest(random_stream(seed, "iam").randbytes(32), head, "sha256"))


@lru_cache(maxsize=1024)
def api_key(seed: int, name: str) -> str:
    """The API key of the account (the empty name), or of one instance."""
    return "fake_" + "".join(random_stream(seed, f"api key:{name}").choices(_KEY_CHARACTERS, k=39))


@lru_cache(maxsize=1024)
def guid(seed: int, name: str) -> str:
    """The unique part of an instance's CRN."""
    return uuid4(random_stream(seed, f"crn:{name}"))
