"""The page of REST coverage."""

from __future__ import annotations

from pytest_qruntime.rest import coverage

REST = """\
# REST coverage

Every endpoint of the published description of the service (version 0.25.0), on the runtime hosts of every region; the
token endpoint of IAM; and what clients ask IBM Cloud's Global Search, Global Catalog and Resource Controller to find
their instances, each on its own host. Answers are compact JSON and conform to the JSON Schemas (2020-12) in
`pytest_qruntime/rest/schemas/`. The header `IBM-API-Version` decides which usage keys a job's metrics have; without it
the version is 2025-05-01, and any date will do.

"""


def page() -> str:
    """The endpoints and the errors."""
    return REST + coverage.markdown()
