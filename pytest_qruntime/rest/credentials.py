"""Tokens, API keys and CRNs as text: made from a world's seed, shaped like IBM's, worth nothing."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Final

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
        "sub": sha256(key.encode()).hexdigest()[:16],
        "account": {"valid": True, "bss": ACCOUNT},
        "iat": issued_s,
        "exp": issued_s + TOKEN_LIFETIME_S,
        "iss": "https://iam.cloud.ibm.com/identity",
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "scope": "ibm openid",
        "client_id": "default",
    }
    head = _base64url(to_bytes({"kid": "fake", "alg": "HS256"})) + b"." + _base64url(to_bytes(claims))
    secret = random_stream(seed, "iam").randbytes(32)
    return (head + b"." + _base64url(hmac.digest(secret, head, "sha256"))).decode()


@lru_cache(maxsize=1024)
def api_key(seed: int, name: str) -> str:
    """The API key of the account (the empty name), or of one instance."""
    return "fake_" + "".join(random_stream(seed, f"api key:{name}").choices(_KEY_CHARACTERS, k=39))


@lru_cache(maxsize=1024)
def guid(seed: int, name: str) -> str:
    """The unique part of an instance's CRN."""
    return uuid4(random_stream(seed, f"crn:{name}"))
