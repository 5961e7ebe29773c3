"""IAM's answers: a recorded token has long expired, so a new one is made for each request."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pytest_qruntime.cassette.replay.meaning import document
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.credentials import TOKEN_LIFETIME_S
from pytest_qruntime.rest.http import Response

_DOCUMENT: Final = {"refresh_token": "not_supported", "token_type": "Bearer", "scope": "ibm openid"}
_CLAIMS: Final = {"iam_id": "IBMid-recorded", "id": "IBMid-recorded", "iss": "https://iam.cloud.ibm.com/identity"}


class Tokens:
    """Makes tokens that say what the first recorded one says, but for their times. They are signed by nobody."""

    def __init__(self, answers: Iterable[Exchange]) -> None:
        self._document: Mapping[str, Any] = _DOCUMENT
        self._claims: Mapping[str, Any] = _CLAIMS
        for answer in answers:
            recorded = document(answer.response_body)
            if "access_token" in recorded:
                self._document = {**_DOCUMENT, **recorded}
                self._claims = _claims(str(recorded["access_token"])) or _CLAIMS
                return

    def answer(self, unix_us: int) -> Response:
        """A token that is valid for an hour from an instant, microseconds since 1970."""
        issued_s = unix_us // 1_000_000
        expires_s = issued_s + TOKEN_LIFETIME_S
        claims = {**self._claims, "iat": issued_s, "exp": expires_s}
        token = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}.{_base64url(b'replayed')}"
        times = {"access_token": token, "expires_in": TOKEN_LIFETIME_S, "expiration": expires_s}
        return json_answer({**self._document, **times})


def _claims(token: str) -> Mapping[str, Any]:
    """What a recorded token says; nothing if what is left of it cannot be read."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return document(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}


def _part(content: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(content, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
