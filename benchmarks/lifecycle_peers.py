"""P5's peers: the same lifecycle as a test of pytest-httpx and of pytest-recording, and one request of moto."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from benchmarks.measure import Ratio, Timer, alternate, looped
from benchmarks.options import Options, installed
from benchmarks.projects import HTTPX, OURS, RECORDING, Project
from benchmarks.report import Row, absent, row
from benchmarks.traffic import BASE_URL, lifecycle

FLOOR_TEST: Final = "\ndef test_{n}():\n    peers.run(peers.NULL)\n"
OUR_TEST: Final = (
    "\ndef test_{n}(qruntime):\n    qruntime.token\n    peers.run(peers.ANY, lambda: qruntime.clock.tick(6))\n"
)
HTTPX_TEST: Final = (
    "\ndef test_{n}(httpx_mock):\n    peers.register(httpx_mock, 'answers.json')\n    peers.run(peers.ANY)\n"
)
VCR_TEST: Final = (
    "\n@pytest.mark.vcr\n@pytest.mark.default_cassette('it.yaml')\ndef test_{n}():\n    peers.run(peers.ANY)\n"
)
IMPORT: Final = "from benchmarks import peers\n"
WHAT: Final = "the 16 requests as a test of {} / as a test with httpx's null transport"


def measure(options: Options) -> Iterator[Row]:
    """Whole tests, fixtures included."""
    answers = recorded()
    tests = options.size(100, 20)
    files = {"answers.json": json.dumps(answers), "cassettes/test_it/it.yaml": cassette(answers)}

    def project(name: str, plugin: str | None, test: str) -> Timer:
        plugins = [plugin] if plugin else []
        made = Project(options.folder, name, tests=tests, test=test, plugins=plugins, head=IMPORT, files=files)
        return made.warm

    cases = {"floor": project("floor", None, FLOOR_TEST), "ours": project("ours", OURS, OUR_TEST)}
    if installed("pytest_httpx"):
        cases["pytest-httpx"] = project("httpx", HTTPX, HTTPX_TEST)
    if installed("pytest_recording"):
        cases["pytest-recording"] = project("recording", RECORDING, VCR_TEST)
    times = alternate(cases, options.runs)
    for name, module in (("ours", OURS), ("pytest-httpx", "pytest_httpx"), ("pytest-recording", "pytest_recording")):
        what = WHAT.format("ours, a new world in each, the clock frozen" if name == "ours" else name)
        found = name in times
        yield (
            row("P5", what, Ratio.of(times[name], times["floor"]), rounds=options.runs)
            if found
            else absent("P5", what, module)
        )
    yield from _moto(options)


def recorded() -> list[dict[str, Any]]:
    """The sixteen exchanges with our fake."""
    from benchmarks.fake import Engine, service

    fake, found = Engine(service()), []

    def send(method: str, path: str, body: dict[str, Any] | None) -> Any:
        response = fake.ask(method, path, body)
        text = response.body.decode()
        found.append({"method": method, "path": path, "body": body, "status": response.status, "text": text})
        return json.loads(text) if text else None

    lifecycle(send, fake.pass_time)
    return found


def cassette(answers: list[dict[str, Any]]) -> str:
    """The exchanges as a cassette of vcrpy. JSON is YAML, too, and no slower to read."""
    interactions = [
        {
            "request": {
                "method": answer["method"],
                "uri": BASE_URL + answer["path"],
                "body": "" if answer["body"] is None else json.dumps(answer["body"]),
                "headers": {},
            },
            "response": {
                "status": {"code": answer["status"], "message": "OK"},
                "headers": {"content-type": ["application/json; charset=utf-8"]},
                "body": {"string": answer["text"]},
            },
        }
        for answer in answers
    ]
    return json.dumps({"version": 1, "interactions": interactions}, indent=1)


# -- moto ------------------------------------------------------------------------------------------------------------

MOTO: Final = "moto, SQS GetQueueAttributes / botocore with the network cut off"


def _moto(options: Options) -> Iterator[Row]:
    if not installed("moto", "boto3"):
        yield absent("P5", MOTO, "moto")
        return
    times: dict[str, list[float]] = {"moto": [], "floor": []}
    for _ in range(options.runs):
        for name, made in (("floor", _botocore), ("moto", _mocked)):
            context, call = made()
            with context:
                times[name] += alternate({name: looped(call)}, 1, warm=False)[name]
    yield row("P5", MOTO, Ratio.of(times["moto"], times["floor"]), rounds=options.runs)
    yield row(
        "P5", "floor of moto: one request through botocore", Ratio.plain(times["floor"], 1e6), "us", rounds=options.runs
    )


def _client() -> Any:
    import boto3

    return boto3.client("sqs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def _botocore() -> tuple[AbstractContextManager[object], Callable[[], object]]:
    from botocore.awsrequest import AWSResponse

    class Raw:
        def stream(self, *_: object, **__: object) -> Iterator[bytes]:
            yield b'{"Attributes":{"QueueArn":"arn"}}'

    def answer(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, Raw())

    client = _client()
    client.meta.events.register("before-send.sqs", answer)
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
    return nullcontext(), lambda: client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


def _mocked() -> tuple[AbstractContextManager[object], Callable[[], object]]:
    import moto

    mock = moto.mock_aws()
    mock.start()
    client = _client()
    url = client.create_queue(QueueName="queue")["QueueUrl"]
    return _Stopping(mock), lambda: client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


class _Stopping(AbstractContextManager[object]):
    """Stops a mock at the end."""

    def __init__(self, mock: Any) -> None:
        self._mock = mock

    def __exit__(self, *_: object) -> None:
        self._mock.stop()
