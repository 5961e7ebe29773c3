"""What can be wrong with a request that the model never sees."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from pytest_qruntime.model.errors import QRuntimeError


class Fault(str, Enum):
    """What can be wrong with a request before the model is asked, or with what it asks to see."""

    ACCESS_DENIED = "access_denied"
    API_VERSION_INVALID = "api_version_invalid"
    BODY_INVALID = "body_invalid"
    CREDENTIALS_INVALID = "credentials_invalid"
    CREDENTIALS_MISSING = "credentials_missing"
    ENDLESS_LISTING = "endless_listing"
    INSTANCE_MISSING = "instance_missing"
    INSTANCE_UNKNOWN = "instance_unknown"
    LIMIT_BELOW_USAGE = "limit_below_usage"
    LOGS_UNKNOWN = "logs_unknown"
    MEDIA_TYPE = "media_type"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    PRIVATE_RESULTS_READ = "private_results_read"
    PROGRAM_UNKNOWN = "program_unknown"
    QUERY_INVALID = "query_invalid"
    ROUTE_UNKNOWN = "route_unknown"
    TAG_SEARCH = "tag_search"
    TOKEN_EXPIRED = "token_expired"
    TRANSPILED_UNKNOWN = "transpiled_unknown"


class RestError(QRuntimeError):
    """A request that is answered with an error; `details` fill the message of its catalogue entry."""

    def __init__(self, fault: Fault, **details: object) -> None:
        self.fault = fault
        self.details: Mapping[str, object] = details
        super().__init__(f"{fault.value}: {dict(details)}")
