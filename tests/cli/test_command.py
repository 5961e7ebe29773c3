"""What the command says to what it cannot use, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_qruntime import __version__
from pytest_qruntime.cli import main
from pytest_qruntime.server import environment
from pytest_qruntime.server.gateway import Gateway
from tests.server.conftest import served

RECORDING = Path(__file__).parents[2] / "cassettes/httpx/graceful_close.yaml"
DRAWN = [sys.executable, "-m", "pytest_qruntime.cli", "timeline", str(RECORDING)]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence on stderr of a command that ends with 1."""
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("qruntime: ")
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--plan", "gold"), "plan is 'gold'; expected one of open, payg, flex, premium"),
        (("--seed", "many"), "--seed: seed is 'many'; expected a whole number"),
        (("--lanes", "0"), "lanes is 0; expected a whole number, at least 1"),
        (("--start", "yesterday"), "--start"),
        (("--policy", "no_knob=1"), "no_knob"),
        (("--policy", "no_knob"), "expected knob=value"),
        (("--engine", "quantum"), "engine"),
        (("--backend", ""), "backend"),
        (("--port", "70000"), "cannot serve on port 70000 of 127.0.0.1"),
        (("--port", "-1"), "cannot serve on port -1 of 127.0.0.1"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    told = refused(capsys, "serve", *arguments)
    assert says in told
    assert told.count("\n") == 1


def test_a_port_that_is_taken_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with served() as gateway:
        port = gateway.url.rpartition(":")[2]
        told = refused(capsys, "serve", "--port", port)
    assert f"cannot serve on port {port} of 127.0.0.1" in told
    assert "choose another port, or 0 for any free one" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("start",), "invalid choice: 'start'"),
        (("serve", "--time", "slow"), "argument --time: invalid choice: 'slow'"),
        (("serve", "--port", "http"), "argument --port: invalid int value: 'http'"),
        (("serve", "--freeze", "no"), "unrecognized arguments: --freeze"),
        (("serve", "--plam", "open"), "unrecognized arguments: --plam"),
        (("environment",), "the following arguments are required: url"),
    ],
)
def test_a_word_that_the_command_does_not_know_ends_it_with_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("serve", "--help"), ("environment", "--help"), ("scrub", "--help"), ("rescue", "--help")],
)
def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert (ended.value.code, "usage: qruntime" in capsys.readouterr().out) == (0, True)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"pytest-qruntime {__version__}\n"


def test_who_has_read_enough_is_told_nothing() -> None:
    with subprocess.Popen(DRAWN, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ended:
        assert ended.stdout is not None
        ended.stdout.close()
        assert ended.stderr is not None
        assert ended.stderr.read() == b""
        assert ended.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full, which is a disk without room")
def test_what_cannot_be_written_is_told_in_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(DRAWN, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "qruntime: what there is to say cannot be written: No space left on device\n",
    )


def test_without_a_web_server_it_says_what_to_install() -> None:
    """In a process of its own, where the web server was not imported before."""
    code = (
        "import sys; sys.modules['httptools'] = None\nfrom pytest_qruntime.cli import main; sys.exit(main(['serve']))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.endswith("pip install 'pytest-qruntime[server]'\n")


# -- qruntime environment ----------------------------------------------------------------------------------------------


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with served() as gateway:
        gateway.worlds.create()
        gateway.worlds.create()
        yield gateway


def test_the_variables_of_each_world_are_shown_as_exports(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    for number in ("1", "2"):
        assert main(["environment", gateway.url, "--world", number]) == 0
        world = gateway.worlds[number]
        shown = dict(line.removeprefix("export ").split("=", 1) for line in capsys.readouterr().out.splitlines())
        expected = environment.variables(gateway.url, world.qruntime.crn, world.api_key, "")
        assert list(shown) == list(expected)
        del shown["QRUNTIME_TOKEN"], expected["QRUNTIME_TOKEN"]
        assert {name: value.strip("'") for name, value in shown.items()} == expected


def test_an_address_with_a_slash_is_the_same(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["environment", gateway.url + "/"]) == 0
    assert f"export IAM_URL={gateway.url}/iam\n" in capsys.readouterr().out


def test_a_world_that_there_is_not_is_told_so(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no world '7'; the worlds are: 1, 2" in refused(capsys, "environment", gateway.url, "--world", "7")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1:8700", "ftp://127.0.0.1", "http://[", "nonsense"])
def test_where_no_server_answers_it_says_so(capsys: pytest.CaptureFixture[str], url: str) -> None:
    told = refused(capsys, "environment", url)
    assert f"no qruntime server answers at {url}: " in told
    assert "expected the address that `qruntime serve` showed" in told
