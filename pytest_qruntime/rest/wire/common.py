"""What the wire models share. The types of the published OpenAPI description 0.25.0 are authoritative here.

Requests ignore keys that the service does not know (OPN-12); answers are closed, so that a key that nobody declared is
found by the tests. Keys beyond that description, which were seen in answers of the live service or in newer versions of
the description, are marked where they are declared.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import NotRequired, TypedDict

INT32_MAX: Final = 2**31 - 1

answer = with_config(ConfigDict(extra="forbid"))
"""Decorates a document that the service sends."""

request = with_config(ConfigDict(extra="ignore", strict=True))
"""Decorates a document that a client sends: no conversion between types, unknown keys ignored."""

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""An instant of RFC 3339 with microseconds, in UTC."""

Int32 = Annotated[int, Field(ge=-INT32_MAX - 1, le=INT32_MAX)]
Name = Annotated[str, Field(min_length=1)]
LogLevel = Literal["critical", "error", "warning", "info", "debug", "CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"]
"""The description has the lower-case words; the Python client sends ``WARNING``."""


@answer
class ErrorItem(TypedDict):
    """One error: an int code for the service's own errors, a word such as not_found for generic ones (RST-04)."""

    code: int | str
    message: str
    solution: NotRequired[str]
    more_info: str


@answer
class ErrorDocument(TypedDict):
    """The error envelope (RST-04)."""

    errors: list[ErrorItem]
    trace: str
