"""Who may ask, and for which instances: all credentials are from the world's seed and obviously made up.

IAM accepts every well-formed API key; it stands for the account that owns all instances but `world.others`.
A token is an object like IBM's: three base64url parts, signed (HS256, with a key that is worth nothing), valid for an
hour of the world's time. Whether a token is known is one dict lookup; nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.world import World
from pytest_qruntime.rest import credentials
from pytest_qruntime.rest.credentials import ACCOUNT, TOKEN_LIFETIME_S, is_api_key
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.regions import host_of, region_of
from pytest_qruntime.rest.timestamps import SECOND_US
from pytest_qruntime.rest.wire.accounts import Token

_REFRESH_AFTER_US: Final = TOKEN_LIFETIME_S * SECOND_US * 4 // 5


@dataclass(frozen=True, kw_only=True)
class ServiceInstance:
    """An instance of the account, as its owner sees it.

    Attributes:
        name: what its owner calls it; several instances may have the same name.
        crn: its Cloud Resource Name, for the header Service-CRN.
        plan: the name of its plan.
        region: where it is: only the hosts of this region answer for it.
        tags: what it can be found by, in lower case as the platform keeps them.
        model: the instance of the model, with its jobs, its workloads and its usage.
    """

    name: str
    crn: str
    plan: str
    region: str
    tags: tuple[str, ...] = ()
    model: Instance = field(repr=False, compare=False)

    @property
    def base_url(self) -> str:
        """The root of the REST API of its region; paths begin with ``/v1``."""
        return f"https://{host_of(self.region)}/api"


class Grant(NamedTuple):
    """What one value of the Authorization header allows: one instance, or (None) every one of the account."""

    instance: Instance | None
    expires_us: int | None


class Accounts:
    """The credentials of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registered: dict[str, ServiceInstance] = {}
        self._instances: dict[str, Instance] = {}
        self._keys: dict[str, Instance] = {}
        self._grants: dict[str, Grant] = {}
        self._own_tokens: dict[str | None, tuple[str, int]] = {}

    # -- what a test asks for ----------------------------------------------------------------------------------------

    def register(
        self, instance: Instance, *, name: str | None = None, crn: str | None = None, tags: Iterable[str] = ()
    ) -> ServiceInstance:
        """Say what the owner of an instance sees of it; what is left out is made up.

        Raises `ConfigurationError` for a CRN that another instance has.
        """
        if crn is None:
            guid = credentials.guid(self._world.seed, instance.name)
            crn = f"crn:v1:bluemix:public:quantum-computing:{instance.region}:a/{ACCOUNT}:{guid}::"
        if self._instances.get(crn, instance) is not instance:
            raise ConfigurationError(f"crn is {crn!r}, which is that of another instance; give each its own, or none")
        shown = ServiceInstance(
            name=instance.name if name is None else name,
            crn=crn,
            plan=instance.plan.name,
            region=instance.region,
            tags=tuple(tag.lower() for tag in tags),
            model=instance,
        )
        self._registered[instance.name] = shown
        self._instances[crn] = instance
        return shown

    def registered(self, instance: Instance) -> ServiceInstance:
        """What the owner of an instance sees of it."""
        return self._registered.get(instance.name) or self.register(instance)

    def owned(self, grant: Grant | None = None) -> list[ServiceInstance]:
        """The instances of the account, or those that a grant allows to see, in the order in which they were made."""
        instances = [one for one in self._world.instances.values() if one is not self._world.others]
        if grant is not None and grant.instance is not None:
            instances = [grant.instance]
        return [self.registered(instance) for instance in instances]

    def crn(self, instance: Instance) -> str:
        """The CRN of an instance."""
        return self.registered(instance).crn

    def api_key(self, instance: Instance | None = None) -> str:
        """An API key of the account, or one that is good for one instance alone."""
        key = credentials.api_key(self._world.seed, "" if instance is None else instance.name)
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
        token = credentials.token(world.seed, key, (instance or world.instance).user_id, issued_s)
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
        grant = self.authenticate(headers)
        crn = headers.get("service-crn", "")
        instance = self._instances.get(crn) or self._find(crn)
        region = region_of(host)
        if region is not None and region != instance.region:
            raise RestError(Fault.INSTANCE_UNKNOWN, crn=crn)
        if instance is not grant.instance and (grant.instance is not None or instance is self._world.others):
            raise RestError(Fault.ACCESS_DENIED)
        return instance

    def authenticate(self, headers: Mapping[str, str]) -> Grant:
        """What the header Authorization allows at this instant. Raises `RestError` (401) if that is nothing."""
        authorization = headers.get("authorization", "")
        grant = self._grants.get(authorization) or self._grant(authorization)
        if grant.expires_us is not None and grant.expires_us <= self._world.now_us:
            raise RestError(Fault.TOKEN_EXPIRED)
        return grant

    def _grant(self, authorization: str) -> Grant:
        """What a header allows that is not known as it stands."""
        scheme, _, credential = authorization.strip().partition(" ")
        credential = credential.strip()
        if not credential:
            raise RestError(Fault.CREDENTIALS_INVALID if scheme else Fault.CREDENTIALS_MISSING)
        if scheme.lower() == "bearer" and f"Bearer {credential}" in self._grants:
            return self._grants[f"Bearer {credential}"]
        if scheme.lower() == "bearer" and (claims := credentials.claims(self._world.seed, credential)) is not None:
            grant = self._grants[f"Bearer {credential}"] = self._claimed(claims)
            return grant
        if scheme.lower() == "apikey" and is_api_key(credential):
            grant = self._grants[authorization] = Grant(self._keys.get(credential), None)
            return grant
        raise RestError(Fault.CREDENTIALS_INVALID)

    def _claimed(self, claims: Mapping[str, Any]) -> Grant:
        """What a token allows that another world of this seed has issued."""
        keys = {credentials.subject(key): instance for key, instance in self._keys.items()}
        return Grant(keys.get(claims["sub"]), claims["exp"] * SECOND_US - self._world.start_unix_us)

    def _find(self, crn: str) -> Instance:
        if not crn:
            raise RestError(Fault.INSTANCE_MISSING)
        for instance in self._world.instances.values():
            if self.crn(instance) == crn:
                return instance
        raise RestError(Fault.INSTANCE_UNKNOWN, crn=crn)
