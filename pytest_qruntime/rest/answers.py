"""Responses: compact JSON, plain text, or nothing.

JSON is always compact, because downstream code greps ``"code":1217`` without a space in the text of exceptions
(RST-05). There is never a Retry-After header: the Python client would really sleep on it.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic_core import to_json

from pytest_qruntime.rest.http import Response

JSON_TYPE: Final = (("content-type", "application/json; charset=utf-8"),)
# Without a charset the requests library decodes text as ISO-8859-1.
TEXT_TYPE: Final = (("content-type", "text/plain; charset=utf-8"),)

NO_CONTENT: Final = Response(204, (), b"")
"""PATCH, PUT, DELETE and cancel answer so (RST-02), and results that do not exist (JOB-06)."""


def json_answer(document: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """A document as compact JSON. A number that JSON cannot say becomes null."""
    return Response(status, JSON_TYPE + headers if headers else JSON_TYPE, to_bytes(document))


def to_bytes(document: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return to_json(document, inf_nan_mode="null")


def json_bytes(body: bytes) -> Response:
    """A document that is JSON already."""
    return Response(200, JSON_TYPE, body)


def text_answer(text: str) -> Response:
    """Plain text."""
    return Response(200, TEXT_TYPE, text.encode())
