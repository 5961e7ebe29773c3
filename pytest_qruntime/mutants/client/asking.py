"""Clients with a fault in what they ask the service for, and how often."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pytest_qruntime.mutants.client.blocks import client
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

ASKING = Faults()


def _retries(patches: Patches, deviate: Any) -> None:
    """Another choice of what is sent again: given the client's own, the method and the status."""
    retry = client("api.session").PostForcelistRetry
    own = retry.is_retry

    def is_retry(self: Any, method: str, status: int, has_retry_after: bool = False) -> bool:
        return bool(deviate(lambda: own(self, method, status, has_retry_after), method, status))

    patches.set(retry, "is_retry", is_retry)


@ASKING.fault("CLS-15")
def sends_a_close_again(patches: Patches) -> None:
    """CLS-15"""
    _retries(patches, lambda own, method, status: status >= 500 or own())


@ASKING.fault("CLS-15")
def does_not_say_what_a_close_that_failed_is(patches: Patches) -> None:
    """CLS-15"""
    patches.set(client("api.rest.runtime_session"), "IBMRuntimeError", client("api.exceptions").RequestsApiError)


@ASKING.fault("SDK-11")
def sends_nothing_again(patches: Patches) -> None:
    """SDK-11"""
    _retries(patches, lambda own, method, status: False)


@ASKING.fault("SDK-11")
def does_not_submit_a_job_again(patches: Patches) -> None:
    """SDK-11"""
    _retries(patches, lambda own, method, status: method != "POST" and own())


@ASKING.fault("SDK-11")
def does_not_wait_before_it_asks_again(patches: Patches) -> None:
    """SDK-11"""
    patches.set(client("api.session").PostForcelistRetry, "get_backoff_time", lambda self: 0)


@ASKING.fault("SDK-11")
def gives_up_after_two_retries(patches: Patches) -> None:
    """SDK-11"""
    session = client("api.session").RetrySession
    initialize = session._initialize_retry

    def seldom(self: Any, total: int, connect: int, backoff: float) -> None:
        initialize(self, 2, connect, backoff)

    patches.set(session, "_initialize_retry", seldom)


@ASKING.fault("SDK-13")
def does_not_ask_for_the_usage(patches: Patches) -> None:
    """SDK-13"""
    patches.set(client("qiskit_runtime_service").QiskitRuntimeService, "_check_instance_usage", nothing)


@ASKING.fault("SDK-13")
def does_not_ask_whether_the_backend_is_there(patches: Patches) -> None:
    """SDK-13"""
    there = SimpleNamespace(operational=True, status_msg="active")
    patches.set(client("ibm_backend").IBMBackend, "status", lambda self: there)


@ASKING.fault("SDK-16")
def does_not_warn_of_a_usage_limit(patches: Patches) -> None:
    """SDK-16"""
    patches.set(client("qiskit_runtime_service"), "warnings", SimpleNamespace(warn=nothing))


@ASKING.fault("SDK-16")
def submits_nothing_beyond_a_usage_limit(patches: Patches) -> None:
    """SDK-16"""
    service = client("qiskit_runtime_service").QiskitRuntimeService
    check = service._check_instance_usage

    def strictly(self: Any) -> None:
        check(self)
        if self.usage()["usage_limit_reached"]:
            raise client("exceptions").IBMRuntimeError("the usage limit is reached")

    patches.set(service, "_check_instance_usage", strictly)


def _max_time(patches: Patches, deviate: Any) -> None:
    """Another max TTL: given what the client would send."""
    api = client("api.client").RuntimeClient
    create = api.create_session

    def creating(self: Any, backend: Any, instance: Any, max_time: Any, mode: Any, **more: Any) -> Any:
        return create(self, backend, instance, deviate(max_time), mode, **more)

    patches.set(api, "create_session", creating)


@ASKING.fault("SDK-15")
def sends_the_maximum_time_in_minutes(patches: Patches) -> None:
    """SDK-15"""
    _max_time(patches, lambda max_time: max_time and max_time // 60)


@ASKING.fault("SDK-15")
def sends_a_maximum_time_that_nobody_gave(patches: Patches) -> None:
    """SDK-15"""
    _max_time(patches, lambda max_time: max_time or 3600)


@ASKING.fault("SDK-15")
def takes_text_without_units_for_seconds(patches: Patches) -> None:
    """SDK-15"""
    module = client("session")
    in_words = module.hms_to_seconds
    patches.set(module, "hms_to_seconds", lambda text, *more: int(text) if text.isdigit() else in_words(text, *more))
