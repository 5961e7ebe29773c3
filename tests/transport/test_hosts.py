from __future__ import annotations

import pytest

from pytest_qruntime.transport import is_service_host


@pytest.mark.parametrize(
    "host",
    [
        "quantum.cloud.ibm.com",
        "eu-de.quantum.cloud.ibm.com",
        "private.us-east.quantum.cloud.ibm.com",
        "iam.cloud.ibm.com",
        "iam.test.cloud.ibm.com",
        "private.iam.cloud.ibm.com",
        "us-south.private.iam.cloud.ibm.com",
        "api.global-search-tagging.cloud.ibm.com",
        "globalcatalog.cloud.ibm.com",
        "resource-controller.cloud.ibm.com",
    ],
)
def test_every_host_that_sees_a_key_is_the_services(host: str) -> None:
    assert is_service_host(host)
    assert is_service_host(host.upper())
    assert is_service_host(host + ".")
    assert is_service_host(host + ":443")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "127.0.0.1",
        "::1",
        "cloud.ibm.com",
        "ibm.com",
        "www.ibm.com",
        "quantum.cloud.ibm.com.evil.example",
        "xquantum.cloud.ibm.com",
        "eu-de.xquantum.cloud.ibm.com",
        "quantum-cloud.ibm.com",
        "quantum.cloud.ibm.community",
        "quantum.cloud.ibm.com@evil.example",
        "evil.example/quantum.cloud.ibm.com",
        "quantum.cloud.ibm.com\n",
        "quantum.cloud.ibm.com..",
        "\ud800.quantum.cloud.ibm.com",
    ],
)
def test_look_alikes_are_not_the_services(host: str) -> None:
    assert not is_service_host(host)


def test_a_name_in_unicode_is_the_name_that_it_resolves_to() -> None:
    assert is_service_host("ｑｕａｎｔｕｍ.cloud。ibm.com")
    assert is_service_host("re\u017fource-controller.cloud.ibm.com")
    assert not is_service_host("quantum.clöud.ibm.com")
