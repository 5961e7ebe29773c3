"""Everything outside of this package that changes while a world is open and the client is loaded."""

from __future__ import annotations

import os
import sys
from typing import Any

from ibm_cloud_sdk_core import base_service, http_adapter
from ibm_cloud_sdk_core.token_managers import token_manager
from qiskit_ibm_runtime import runtime_job_v2
from qiskit_ibm_runtime.accounts import account, management
from qiskit_ibm_runtime.api import auth

PLACES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (getattr(account, "CloudAccount", account.Account), ("list_instances",)),
    (management, ("read_config", "save_config", "delete_config")),
    (runtime_job_v2, ("time",)),
    (runtime_job_v2.RuntimeJobV2, ("wait_for_final_state",)),
    (token_manager, ("time",)),
    (token_manager.TokenManager, ("paced_request_token",)),
    (auth.CloudAuth, ("get_headers",)),
    (http_adapter.SSLHTTPAdapter, ("init_poolmanager",)),
    (base_service, ("read_external_sources",)),
)


def look() -> dict[str, object]:
    """What is in each place now, and in the environment."""
    return {
        **{f"{owner.__name__}.{name}": vars(owner)[name] for owner, names in PLACES for name in names},
        **{f"${name}": value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "sys.meta_path": list(sys.meta_path),
    }
