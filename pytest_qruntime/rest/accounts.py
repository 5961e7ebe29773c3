"""Who may ask: IAM tokens, API keys and CRNs, all from the world's seed, all obviously made up.

IAM accepts every well-formed API key; it stands for the account that owns all instances but `world.others`.
A token is an object like IBM's: three base64url parts, signed (HS256, with a key that is worth nothing), valid for an
hour of the world's time. Whether a token is known is one dict lookup; nothing is decoded.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from pytest_qruntime.model.ids import uuid4
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.world import World, random_stream
from pytest_qruntime.rest.answers import to_bytes
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.regions import DEFAULT_REGION, region_of
from pytest_qruntime.rest.timestamps import SECOND_US
from pytest_qruntime.rest.wire.accounts import Token

ACCOUNT: Final = "fa4e" * 8
TOKEN_LIFETIME_S: Final = 3600
_REFRESH_AFTER_US: Final = TOKEN_LIFETIME_S * SECOND_US * 4 // 5
_KEY_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Grant(NamedTuple):
    """What one value of the Authorization header allows: one instance, or (None) every one of the account."""

    instance: Instance | None
    expires_us: int | None


class Accounts:
    """The credentials of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._crns: dict[str, str] = {}
        self._instances: dict[str, Instance] = {}
        self._keys: dict[str, Instance] = {}
        self._grants: dict[str, Grant] = {}
        self._own_tokens: dict[str | None, tuple[str, int]] = {}

    # -- what a test asks for ----------------------------------------------------------------------------------------

    def crn(self, instance: Instance) -> str:
        """The CRN of an instance."""
        crn = self._crns.get(instance.name)
        if crn is None:
            guid = _guid(self._world.seed, instance.name)
            crn = f"crn:v1:bluemix:public:quantum-computing:{DEFAULT_REGION}:a/{ACCOUNT}:{guid}::"
            self._crns[instance.name] = crn
            self._instances[crn] = instance
        return crn

    def api_key(self, instance: Instance | None = None) -> str:
        """An API key of the account, or one that is good for one instance alone."""
        name = "" if instance is None else instance.name
        key = _key(self._world.seed, name)
        if instance is not None:
            self._keys[key] = instance
        return key

    def token(self, instance: Instance | None = None, *, fresh: bool = False) -> str:
        """A token that is valid now: with its whole hour to go if `fresh`, else with a fifth of it at least."""
        name = None if instance is None else instance.name
        known = self._own_tokens.get(name)
        if known is None or self._world.now_us - known[1] > (0 if fresh else _REFRESH_AFTER_US):
            known = self.mint(self.api_key(instance))["access_token"], self._world.now_us
            self._own_tokens[name] = known
        return known[0]

    # -- IAM ---------------------------------------------------------------------------------------------------------

    def mint(self, key: str) -> Token:
        """A new token for an API key, in the body that IAM answers with."""
        world = self._world
        issued_s = (world.start_unix_us + world.now_us) // SECOND_US
        instance = self._keys.get(key)
        token = _token(world.seed, key, (instance or world.instance).user_id, issued_s)
        expires_us = (issued_s + TOKEN_LIFETIME_S) * SECOND_US - world.start_unix_us
        self._grants[f"Bearer {token}"] = Grant(instance, expires_us)
        return {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME_S,
            "expiration": issued_s + TOKEN_LIFETIME_S,
            "scope": "ibm openid",
        }

    # -- the service -------------------------------------------------------------------------------------------------

    def authorize(self, headers: Mapping[str, str], host: str) -> Instance:
        """The instance that a request speaks of. Raises `RestError` (401, 403, 404) if it may not."""
        authorization = headers.get("authorization", "")
        grant = self._grants.get(authorization) or self._grant(authorization)
        if grant.expires_us is not None and grant.expires_us <= self._world.now_us:
            raise RestError(Fault.TOKEN_EXPIRED)
        crn = headers.get("service-crn", "")
        instance = self._instances.get(crn) or self._find(crn)
        if region_of(host) not in (DEFAULT_REGION, None):
            raise RestError(Fault.INSTANCE_UNKNOWN, crn=crn)
        if instance is not grant.instance and (grant.instance is not None or instance is self._world.others):
            raise RestError(Fault.ACCESS_DENIED)
        return instance

    def _grant(self, authorization: str) -> Grant:
        """What a header allows that is not known as it stands."""
        scheme, _, credential = authorization.strip().partition(" ")
        credential = credential.strip()
        if not credential:
            raise RestError(Fault.CREDENTIALS_INVALID if scheme else Fault.CREDENTIALS_MISSING)
        if scheme.lower() == "bearer" and f"Bearer {credential}" in self._grants:
            return self._grants[f"Bearer {credential}"]
        if scheme.lower() == "apikey" and is_api_key(credential):
            grant = self._grants[authorization] = Grant(self._keys.get(credential), None)
            return grant
        raise RestError(Fault.CREDENTIALS_INVALID)

    def _find(self, crn: str) -> Instance:
        if not crn:
            raise RestError(Fault.INSTANCE_MISSING)
        for instance in self._world.instances.values():
            if self.crn(instance) == crn:
                return instance
        raise RestError(Fault.INSTANCE_UNKNOWN, crn=crn)


def is_api_key(key: str) -> bool:
    """Whether IAM would take it for an API key: 16 to 4000 visible characters. The rule is ours."""
    return 16 <= len(key) <= 4000 and key.isascii() and key.isprintable() and " " not in key


def _base64url(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


# Most worlds of a process have the same seed, and seeding a generator costs more than a request.


@lru_cache(maxsize=1024)
def _token(seed: int, key: str, user: str, issued_s: int) -> str:
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
def _key(seed: int, name: str) -> str:
    return "fake_" + "".join(random_stream(seed, f"api key:{name}").choices(_KEY_CHARACTERS, k=39))


@lru_cache(maxsize=1024)
def _guid(seed: int, name: str) -> str:
    return uuid4(random_stream(seed, f"crn:{name}"))
