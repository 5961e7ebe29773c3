"""Credentials of a world's own, that are not made from its seed."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from typing_extensions import Self

from pytest_qruntime.rest.credentials import ACCOUNT


@dataclass(frozen=True)
class OwnAccount:
    """An API key and CRNs that no other world has, so that several worlds of one seed can be told apart.

    Attributes:
        id: from which the CRNs come; a world that begins anew keeps it, and with it them.
        api_key: of the account.
    """

    id: uuid.UUID
    api_key: str

    @classmethod
    def fresh(cls) -> Self:
        """One that nobody has."""
        return cls(uuid.uuid4(), "fake_" + secrets.token_urlsafe(30))

    def crn(self, name: str, region: str) -> str:
        """The CRN of the instance of that name."""
        return f"crn:v1:bluemix:public:quantum-computing:{region}:a/{ACCOUNT}:{uuid.uuid5(self.id, name)}::"
