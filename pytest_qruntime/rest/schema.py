"""The JSON Schemas (2020-12) of every document on the wire, derived from the wire models, the one source.

``python -m pytest_qruntime.rest.schema`` writes them into the package; a test says whether they are current.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from pytest_qruntime.rest.wire import accounts, backends, common, jobs, platform, requests, results, sessions, workloads

FOLDER: Final = Path(__file__).parent / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

MODELS: Final[dict[str, Any]] = {
    "CreateSession": requests.CreateSession,
    "UpdateSession": requests.UpdateSession,
    "CreateJob": requests.CreateJob,
    "ReplaceTags": requests.ReplaceTags,
    "UpdateInstance": requests.UpdateInstance,
    "Session": sessions.Session,
    "CreatedJob": jobs.CreatedJob,
    "Job": jobs.Job,
    "Jobs": jobs.Jobs,
    "Metrics": jobs.Metrics,
    "TranspiledCircuits": jobs.TranspiledCircuits,
    "Tags": jobs.Tags,
    "Results": results.Results,
    "Devices": backends.Devices,
    "BackendStatus": backends.BackendStatus,
    "ConfigurationAnswer": backends.ConfigurationAnswer,
    "PropertiesAnswer": backends.PropertiesAnswer,
    "BackendDefaults": backends.BackendDefaults,
    "Workloads": workloads.Workloads,
    "Instance": accounts.Instance,
    "InstanceConfiguration": accounts.InstanceConfiguration,
    "InstanceUsage": accounts.InstanceUsage,
    "Versions": accounts.Versions,
    "Token": accounts.Token,
    "IamError": accounts.IamError,
    "ErrorDocument": common.ErrorDocument,
    "SearchQuery": platform.SearchQuery,
    "SearchResult": platform.SearchResult,
    "CatalogEntry": platform.CatalogEntry,
    "ResourceInstances": platform.ResourceInstances,
    "ResourceInstance": platform.ResourceInstance,
    "PlatformError": platform.PlatformError,
    "ResourceError": platform.ResourceError,
}
"""Every document by name: what clients send, then what the service answers."""


def generate(name: str) -> dict[str, Any]:
    """The schema of one document, from its wire model."""
    schema = TypeAdapter(MODELS[name]).json_schema()
    return {"$schema": DIALECT, "title": name, **_plain(schema)}


def _plain(schema: Any) -> Any:
    """The schema without what says nothing, and what some versions of pydantic say and others do not."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _plain(part) for key, part in schema.items() if not _says_nothing(key, part)}


def _says_nothing(key: str, part: Any) -> bool:
    """A title made of a field's name; that an object may have more keys, which is so unless it is forbidden."""
    return (key == "title" and isinstance(part, str)) or (key == "additionalProperties" and part is True)


def text(name: str) -> str:
    """The file of one document."""
    return json.dumps(generate(name), indent=2, ensure_ascii=False) + "\n"


@cache
def load(name: str) -> Any:
    """The committed schema of one document."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def write(folder: Path = FOLDER) -> None:
    """Write every schema, and remove those of documents that are no more."""
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.json"):
        if stale.stem not in MODELS:
            stale.unlink()
    for name in MODELS:
        (folder / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    write()
