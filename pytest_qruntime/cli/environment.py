"""`qruntime environment URL`: the variables for programs, asked of a server that runs."""

from __future__ import annotations

import shlex

import httpx

from pytest_qruntime.model.errors import ConfigurationError


def show(url: str, world: str) -> int:
    """Print one `export NAME=VALUE` for each variable. Raises `ConfigurationError` if no server answers there."""
    address = f"{url.rstrip('/')}/qruntime/worlds/{world}"
    try:
        answer = httpx.get(address, trust_env=False)
        found = answer.json()
        variables = found["environment"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        raise ConfigurationError(
            f"no qruntime server answers at {url}: {problem}; expected the address that `qruntime serve` showed"
        ) from None
    except KeyError:
        raise ConfigurationError(found.get("error", f"{address} has no environment")) from None
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201
    return 0
