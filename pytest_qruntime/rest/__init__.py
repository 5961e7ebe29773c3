"""The REST face of a world: routes, wire models, error catalogue, accounts, JSON Schemas.

Importing this package builds every pydantic model that a request needs, so that nothing is built while a clock is
frozen.
"""

from pytest_qruntime.rest.accounts import ServiceInstance
from pytest_qruntime.rest.catalogue import CATALOGUE
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Handler, Request, Response
from pytest_qruntime.rest.service import Service

__all__ = ["CATALOGUE", "Fault", "Handler", "Request", "Response", "RestError", "Service", "ServiceInstance"]
