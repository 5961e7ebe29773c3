"""Secrets planted wherever one can hide: after scrubbing, no form of any is left, and what is left is valid."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from pytest_qruntime.cassette.scrub import Scrubber, leaks
from pytest_qruntime.cassette.tape import Exchange, Tape
from tests.cassette.scrub.secrets import (
    ACCOUNT,
    BACKEND,
    CRN,
    DOCUMENT,
    GUID,
    HOMES,
    IP4,
    IP6,
    JOB,
    JOBS,
    JWT,
    KEY,
    MAIL,
    NAME,
    PASSWORD,
    REFERENCES,
    REFRESH,
    SESSION,
    SIGNATURE,
    TENANT,
    TOKEN,
    TRACE,
    USER,
    b64,
    everything,
    exchange,
    packed,
    survives,
)

SERVICE = f"https://quantum.cloud.ibm.com/api/v1/sessions/{SESSION}"
CALLER = f"qiskit-version-2/qiskit_ibm_runtime-0.51.0,qiskit-2.6.2*/~/{NAME}/secret_plan.py"
ITEM = {"crn": CRN, "name": NAME, "service_plan_unique_id": "plan", "tags": [], "doc": {"extensions": [{}]}}
QPY_LIKE = (
    b"QISKIT\x12\x02\x06\x02\x00\x00" + b"\x00\x07\xff" + json.dumps({"made_by": MAIL}).encode() + b"\x00\x01\xfe"
)


def answer(**fields: object) -> Exchange:
    return exchange(got={**DOCUMENT, **fields})


def request(**fields: object) -> Exchange:
    return exchange(sent={**DOCUMENT, **fields})


def form(text: str) -> Exchange:
    return exchange("https://iam.cloud.ibm.com/identity/token", sent=text.encode())


def header(name: str, value: str) -> Exchange:
    return exchange(headers={name: value})


def answered(name: str, value: str) -> Exchange:
    return exchange(answered={name: value})


PLACES: dict[str, tuple[Exchange, tuple[str, ...]]] = {
    # headers of the request
    "bearer JWT": (header("authorization", f"Bearer {JWT}"), (SIGNATURE, USER, ACCOUNT, MAIL, "C-3a9d7e51")),
    "bearer opaque": (header("authorization", f"Bearer {TOKEN}"), (TOKEN,)),
    "authorization apikey": (header("authorization", f"apikey {KEY}"), (KEY,)),
    "authorization basic": (header("authorization", "Basic " + b64(f"ada:{PASSWORD}")), (PASSWORD,)),
    "authorization bare": (header("authorization", TOKEN), (TOKEN,)),
    "proxy-authorization": (header("proxy-authorization", "Basic " + b64(f"ada:{PASSWORD}")), (PASSWORD,)),
    "service-crn": (header("service-crn", CRN), (ACCOUNT, GUID)),
    "service-crn quoted": (header("service-crn", quote(CRN, safe="")), (ACCOUNT, GUID)),
    "x-api-key": (header("x-api-key", TOKEN), (TOKEN,)),
    "cookie": (header("cookie", f"lang=en; session={TOKEN}"), (TOKEN,)),
    "caller": (header("x-qx-client-application", CALLER), (NAME, "secret_plan")),
    "user-agent with a home": (header("user-agent", f"py/3.11 (/home/{HOMES}/venv)"), (HOMES,)),
    "user-agent of an SDK": (
        header("user-agent", "sdk/0.77.1 (os.name=Linux; os.version=6.18.44-ada-v657; python.version=3.11)"),
        ("6.18.44", "ada-v657"),
    ),
    "x-forwarded-for": (header("x-forwarded-for", f"{IP4}, {IP6}"), (IP4, IP6)),
    "x-forwarded-user": (header("x-forwarded-user", "ada.byron"), ("ada.byron",)),
    "host of a tenant": (header("host", f"{TENANT}:8443"), (TENANT,)),
    "referer": (header("referer", f"https://{TENANT}/me?token={TOKEN}"), (TENANT, TOKEN)),
    "unknown header with a CRN": (header("x-whatever", f"for {CRN}."), (ACCOUNT, GUID)),
    "unknown header with a key": (header("x-whatever", KEY), (KEY,)),
    "traceparent": (header("traceparent", f"00-{TRACE[:8]}cafe-00f067aa-01"), (TRACE[:8],)),
    # headers of the answer
    "set-cookie": (answered("set-cookie", f"sid={TOKEN}; Path=/; Domain={TENANT}; HttpOnly"), (TOKEN, TENANT)),
    "set-cookie twice": (answered("set-cookie", f"a={TOKEN}; Secure, b={REFRESH}; Path=/"), (TOKEN, REFRESH)),
    "x-request-id": (answered("x-request-id", TRACE), (TRACE,)),
    "uber-trace-id": (answered("uber-trace-id", f"{TRACE}:1:0:1"), (TRACE,)),
    "location": (answered("location", f"https://{TENANT}/jobs/{JOB}"), (TENANT,)),
    "link with a user": (answered("link", f"</api/v1/workloads?user={USER}&limit=10>; rel=next"), (USER,)),
    "content-md5": (answered("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="), ("XUFAKrxLKna5cZ2REBfFkg",)),
    # addresses
    "query apikey": (exchange(f"{JOBS}&apikey={TOKEN}"), (TOKEN,)),
    "query CRN": (exchange(f"{JOBS}&instance={CRN}"), (ACCOUNT, GUID)),
    "query CRN quoted": (exchange(f"{JOBS}&instance={quote(CRN, safe='')}"), (ACCOUNT, GUID)),
    "query CRN quoted twice": (exchange(f"{JOBS}&x={quote(quote(CRN, safe=''), safe='')}"), (ACCOUNT, GUID)),
    "query instance name": (exchange(f"{JOBS}&instance={NAME}"), (NAME,)),
    "query user": (exchange(f"{JOBS}&user={USER}"), (USER,)),
    "query e-mail quoted": (exchange(f"{JOBS}&q={quote(MAIL, safe='')}"), (MAIL,)),
    "query base64": (exchange(f"{JOBS}&state={b64(json.dumps({'email': MAIL}))}"), (MAIL,)),
    "query JSON quoted": (exchange(f"{JOBS}&filter={quote(json.dumps({'iam_id': USER}))}"), (USER,)),
    "userinfo": (exchange(f"https://ada:{PASSWORD}@quantum.cloud.ibm.com/api/v1/jobs/{JOB}"), (PASSWORD, "ada:")),
    "userinfo with an e-mail": (exchange(f"https://{MAIL}:{PASSWORD}@quantum.cloud.ibm.com/{JOB}"), (PASSWORD, MAIL)),
    "path CRN": (exchange(f"https://globalcatalog.cloud.ibm.com/v2/resource_instances/{CRN}"), (ACCOUNT, GUID)),
    "path CRN quoted": (exchange(f"{SERVICE}/{quote(CRN, safe='')}"), (ACCOUNT, GUID)),
    "path account": (exchange(f"https://iam.cloud.ibm.com/v1/accounts/{ACCOUNT}/policies"), (ACCOUNT,)),
    "path instance": (exchange(f"https://cloud.ibm.com/v2/resource_instances/{GUID}"), (GUID,)),
    "path e-mail": (exchange(f"{SERVICE}/{MAIL}"), (MAIL,)),
    "path user": (exchange("https://cloud.ibm.com/v2/users/ada_byron_7/keys"), ("ada_byron_7",)),
    "fragment": (exchange(f"{JOBS}#access_token={TOKEN}"), (TOKEN,)),
    "tenant host": (exchange(f"https://{TENANT}/api/v1/jobs/{JOB}"), (TENANT,)),
    "tenant before the service": (exchange(f"https://byroncorp.quantum.cloud.ibm.com/v1/{JOB}"), ("byroncorp",)),
    "loopback port": (exchange(f"http://127.0.0.1:48213/experimental/api/v1/jobs/{JOB}"), ("48213",)),
    "loopback v6 port": (exchange(f"http://[::1]:48213/api/v1/jobs/{JOB}"), ("48213",)),
    "host by address": (exchange(f"https://{IP4}:8443/api/v1/jobs/{JOB}"), (IP4,)),
    "host by v6 address": (exchange(f"https://[{IP6}]/api/v1/jobs/{JOB}"), (IP6,)),
    "presigned": (
        answer(url=f"https://s3.us-east.{TENANT}/b/o?X-Amz-Signature={SIGNATURE}&X-Amz-Credential={TOKEN}%2F20260115"),
        (SIGNATURE, TOKEN, TENANT),
    ),
    # forms
    "form apikey": (form(f"grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey={TOKEN}"), (TOKEN,)),
    "form apikey quoted": (form(f"apikey={quote('pw/with+' + PASSWORD, safe='')}&x=1"), (PASSWORD,)),
    "form refresh": (form(f"grant_type=refresh_token&refresh_token={REFRESH}"), (REFRESH,)),
    "form password": (form(f"username=ada.byron&password={PASSWORD}"), (PASSWORD, "ada.byron")),
    # JSON
    "access_token": (answer(access_token=JWT), (SIGNATURE, USER, ACCOUNT)),
    "refresh_token": (answer(refresh_token=REFRESH), (REFRESH,)),
    "user_id": (answer(user_id=USER), (USER,)),
    "user_id of another form": (answer(user_id="63a9f1c2b4d5e6f7a8b9c0d1"), ("63a9f1c2b4d5e6f7a8b9c0d1",)),
    "service id": (answer(created_by=f"iam-ServiceId-{TRACE}"), (TRACE,)),
    "user.id": (answer(user={"id": "5512345678ada", "x": 1}), ("5512345678ada",)),
    "user in prose": (answer(state={"status": "Failed", "reason": f"Not allowed for {USER}."}), (USER,)),
    "e-mail in prose": (answer(reason=f"Ask <{MAIL}> for access"), (MAIL,)),
    "account_id": (answer(account_id=ACCOUNT), (ACCOUNT,)),
    "account number": (answer(account={"ims": 2718281, "x": 1}), ("2718281",)),
    "instance_id": (answer(instance_id=CRN), (ACCOUNT, GUID)),
    "instance guid": (answer(guid=GUID), (GUID,)),
    "instance name beside its CRN": (answer(items=[ITEM]), (NAME, ACCOUNT, GUID)),
    "short instance name": (answer(items=[{"crn": CRN, "name": "hydra"}], name="hydra"), ("hydra",)),
    "bucket": (answer(remote_storage={"bucket_crn": f"{CRN[:-2]}:bucket:{NAME}"}), (ACCOUNT, GUID, NAME)),
    "trace of an error": (answer(errors=[{"code": 1}], trace=TRACE), (TRACE,)),
    "requestId": (answer(context={"requestId": TRACE}), (TRACE,)),
    "a key": (answer(usage={CRN: 3, MAIL: 4}), (ACCOUNT, GUID, MAIL)),
    "a list": (answer(emails=[MAIL], user_id=[USER]), (MAIL, USER)),
    "an array of CRNs": (exchange(got=[CRN, DOCUMENT]), (ACCOUNT, GUID)),
    "escaped slashes": (exchange(got=json.dumps({**DOCUMENT, "x": CRN}).replace("/", "\\/").encode()), (ACCOUNT, GUID)),
    "escaped letters": (
        exchange(got=json.dumps(DOCUMENT).encode()[:-1] + b', "x": "' + MAIL.replace("@", "\\u0040").encode() + b'"}'),
        (MAIL,),
    ),
    "the same key twice": (
        exchange(got=b'{"id": "%s", "token": "%s", "token": ""}' % (JOB.encode(), TOKEN.encode())),
        (TOKEN,),
    ),
    "a traceback": (
        answer(reason=f'Traceback:\n  File "/home/{HOMES}/run.py", line 3\n  File "C:\\Users\\{HOMES}\\x.py"'),
        (HOMES,),
    ),
    "apikey in prose": (answer(reason=f"sent apikey {TOKEN} to it"), (TOKEN,)),
    "Bearer in prose": (answer(reason=f"sent Bearer {TOKEN} to it"), (TOKEN,)),
    "loopback in prose": (answer(reason="listens on localhost:48213"), ("48213",)),
    "object name": (answer(remote_storage={"object_name": "ada/results.json"}), ("ada/results",)),
    "userinfo in bytes": (exchange(got=f"\x93{JOB} https://ada:{PASSWORD}@h/".encode("latin-1")), (PASSWORD,)),
    "IPs in prose": (answer(reason=f"refused by {IP4} and {IP6}, see log"), (IP4, IP6)),
    "JSON in JSON": (answer(params=json.dumps({"user_id": USER, "e": MAIL})), (USER, MAIL)),
    "JSON in JSON in JSON": (answer(params=json.dumps({"inner": json.dumps({"api_key": TOKEN})})), (TOKEN,)),
    "sent job with a tag": (request(tags=[f"owner:{MAIL}"]), (MAIL,)),
    "sent session": (request(instance=CRN, mode="dedicated"), (ACCOUNT, GUID)),
    "sent instance by name": (request(instance=NAME), (NAME,)),
    # payloads
    "base64": (answer(note=b64(f"made by {MAIL}")), (MAIL,)),
    "base64 of JSON": (answer(note=b64(json.dumps({"password": PASSWORD}))), (PASSWORD,)),
    "base64 twice": (answer(note=b64(b64(f"made by {MAIL}"))), (MAIL,)),
    "base64url unpadded": (answer(note=b64(f"made by <{MAIL}>??").replace("/", "_").rstrip("=")), (MAIL,)),
    "zlib": (answer(params={"__type__": "x", "__value__": packed(json.dumps({"user_id": USER}))}), (USER,)),
    "zlib of a circuit": (answer(params={"__type__": "QuantumCircuit", "__value__": packed(QPY_LIKE)}), (MAIL,)),
    "zlib in base64 in JSON in a string": (answer(params=json.dumps({"v": packed(f"by {MAIL}")})), (MAIL,)),
    # bodies that are no JSON
    "log lines": (exchange(got=f"INFO {JOB}\nINFO token for {MAIL}\napi_key={TOKEN}\n".encode()), (MAIL, TOKEN)),
    "log in ANSI colours": (exchange(got=f"\x1b[31mERROR\x1b[0m {CRN} {USER}\n".encode()), (ACCOUNT, GUID, USER)),
    "truncated JSON": (exchange(got=f'{{"id": "{JOB}", "password": "{PASSWORD}", "us'.encode()), (PASSWORD,)),
    "JSON in a line of a log": (
        exchange(got=f'INFO {JOB} got {{"account_id": "{ACCOUNT}", "x": [1, {{"user": "ada_b"}}]}} in 2 s'.encode()),
        (ACCOUNT, "ada_b"),
    ),
    "JSON lines": (exchange(got=f'{{"id":"{JOB}"}}\n{{"user_id":"ada_byron_7"}}\n'.encode()), ("ada_byron_7",)),
    "bytes": (exchange(got=b"\x93\xff\x00\x01" + CRN.encode() + b"\x00\xfe" + USER.encode()), (ACCOUNT, GUID, USER)),
    "with a byte order mark": (exchange(got="\ufeff".encode() + json.dumps({"user": "ada_b"}).encode()), ("ada_b",)),
    "private key": (
        exchange(got=f"-----BEGIN PRIVATE KEY-----\n{REFRESH}\n{SIGNATURE}\n-----END PRIVATE KEY-----\n".encode()),
        (REFRESH, SIGNATURE),
    ),
}  # fmt: skip


def test_there_are_enough_places() -> None:
    assert len(PLACES) >= 60


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_secret_does_not_survive(place: str) -> None:
    planted, secrets = PLACES[place]
    assert all(survives(secret, planted) for secret in secrets), "the place is not where the secret is"

    scrubbed = Scrubber().exchange(planted)

    assert [secret for secret in secrets if survives(secret, scrubbed)] == []
    assert Scrubber().exchange(scrubbed) == scrubbed
    kept = everything(scrubbed)
    assert all(reference in kept for reference in REFERENCES if reference in everything(planted))
    for before, after in (
        (planted.request_body, scrubbed.request_body),
        (planted.response_body, scrubbed.response_body),
    ):
        assert _form(before) == _form(after)


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_secret_is_found(place: str) -> None:
    planted, secrets = PLACES[place]

    found = leaks(Tape(None, (exchange(), planted)))

    assert found
    assert all(leak.place.startswith("interaction 1, ") for leak in found)
    assert not any(secret in str(leak) for leak in found for secret in secrets if not _is_key(place))


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_found_after_scrubbing(place: str) -> None:
    planted, secrets = PLACES[place]
    known = {f"SECRET_{number}": secret for number, secret in enumerate(secrets)}
    scrubbed = Scrubber().tape(Tape(None, (exchange(), planted)))

    assert leaks(scrubbed, known) == []


def _is_key(place: str) -> bool:
    return place == "a key"


def _form(body: bytes) -> object:
    """What kind of body it is, as far down as keys and types."""
    try:
        return _shape(json.loads(body))
    except ValueError:
        return "no JSON"


def _shape(document: object) -> object:
    if isinstance(document, dict):
        return [_shape(value) for value in document.values()]
    return [_shape(value) for value in document] if isinstance(document, list) else type(document)


def test_the_backend_is_a_reference() -> None:
    assert BACKEND in everything(Scrubber().exchange(exchange()))
