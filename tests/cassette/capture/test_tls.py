"""Real hosts are reached over TLS: vcrpy connects late there, and asks again about a request that was answered."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.clock.real import Real
from tests.cassette.capture.served import SERVICE, strange


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = Real.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "it.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem),
    )
    return path


@pytest.fixture
def safe(certificate: Path) -> Iterator[str]:
    """The odd server over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with strange(context) as url:
        yield url


def by_httpx(certificate: Path) -> Any:
    return httpx.Client(verify=ssl.create_default_context(cafile=certificate), trust_env=False)


def by_requests(certificate: Path) -> Any:
    client = requests.Session()
    client.verify, client.trust_env = str(certificate), False
    return client


@pytest.mark.parametrize("make", [by_httpx, by_requests])
@pytest.mark.parametrize("before", [True, False], ids=["in use before", "new"])
def test_every_request_over_tls_is_recorded_once(safe: str, certificate: Path, make: Any, before: bool) -> None:
    asked: list[str] = []
    capture = Capture(
        canonical=lambda url: url.replace(safe, SERVICE), service="x", before=lambda *sent: asked.append(" ".join(sent))
    )
    with make(certificate) as client:
        if before:
            client.get(f"{safe}/before")
        with capture:
            seen = [client.get(f"{safe}/{name}").status_code for name in ("1", "2", "closes", "3")]
        assert client.get(f"{safe}/after").status_code == 200
    assert seen == [200] * 4
    assert asked == [f"GET {safe}/{name}" for name in ("1", "2", "closes", "3")]
    assert [one.url for one in capture.tape().exchanges] == [f"{SERVICE}/{name}" for name in ("1", "2", "closes", "3")]


def test_a_host_that_is_not_trusted_gets_nothing(safe: str) -> None:
    with Capture(canonical=lambda url: url, service="x") as capture:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{safe}/1", timeout=30)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{safe}/1")
    assert capture.tape().exchanges == ()
