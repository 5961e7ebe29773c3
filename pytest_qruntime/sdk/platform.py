"""What IBM's SDK prepares for a network that is not used while a world answers, and where it finds other addresses.

Each client of the search and of the catalogue loads the CA bundle, 15 ms, when it is made. Here an adapter loads it
when it connects for the first time, by the SDK's own code: an adapter that never connects never does, and one that is
used elsewhere, or later, verifies as strictly as ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial, wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.transport.patches import Patch

if TYPE_CHECKING:
    from pytest_qruntime.sdk.worlds import OpenWorlds

_ANSWERED: Final = ("global_search", "global_catalog")


class _WhenConnecting:
    """An adapter's pool manager that is not there yet. Whoever asks it for anything gets the real one."""

    def __init__(self, adapter: Any, make: Callable[[], None]) -> None:
        self._adapter = adapter
        self._make = make

    def __getattr__(self, name: str) -> Any:
        self._make()
        return getattr(self._adapter.poolmanager, name)

    def clear(self) -> None:
        """Close the connections: there are none."""


def patches(worlds: OpenWorlds) -> list[Patch]:
    """What to replace so that making a client of the platform costs little and leads nowhere else."""
    adapters = import_module("ibm_cloud_sdk_core.http_adapter")
    base_service = import_module("ibm_cloud_sdk_core.base_service")
    plain = import_module("requests.adapters").HTTPAdapter

    def make_init(original: Callable[..., None]) -> Callable[..., None]:
        @wraps(original)
        def init_poolmanager(self: Any, *args: Any, **kwargs: Any) -> None:
            if not worlds.answering:
                original(self, *args, **kwargs)
                return
            plain.init_poolmanager(self, *args, **kwargs)  # sets what else an adapter has; costs microseconds
            self.poolmanager = _WhenConnecting(self, partial(original, self, *args, **kwargs))

        return init_poolmanager

    def make_read(original: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
        """For the two services that are answered here, the environment counts, which `environment` has cleared; no
        `ibm-credentials.env` in the home or the working folder does."""

        @wraps(original)
        def read_external_sources(service_name: str) -> dict[str, str]:
            if not worlds.answering or service_name not in _ANSWERED:
                return original(service_name)
            prefix = f"{service_name.upper()}_"
            return {name.removeprefix(prefix): value for name, value in os.environ.items() if name.startswith(prefix)}

        return read_external_sources

    return [
        Patch(adapters.SSLHTTPAdapter, "init_poolmanager", make_init),
        Patch(base_service, "read_external_sources", make_read),
    ]
