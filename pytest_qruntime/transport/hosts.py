"""Which hosts are the service's: what is answered in process, and what no real connection may reach."""

from __future__ import annotations

import re
from functools import lru_cache

# Every host that a client of the service sends its API key or its bearer token to: the runtime API of every region,
# public and private, IAM, and the platform services that find a user's instances. Any subdomain counts, since a region
# added next year must not leak a key either.
_SERVICE_HOST = re.compile(
    r"(?:[a-z0-9_-]+\.)*"  # eu-de., private.us-east., private.
    r"(?:quantum|iam|api\.global-search-tagging|globalcatalog|resource-controller)"
    r"\.(?:test\.)?cloud\.ibm\.com"
    r"\.?(?::[0-9]*)?",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def is_service_host(host: str) -> bool:
    """Whether `host` is one of the service's hosts, in any region.

    Case, one trailing dot and a port are ignored; a name in Unicode is read as the name that would be resolved.
    """
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:  # not a name that anything can connect to
            return False
    return _SERVICE_HOST.fullmatch(host) is not None
