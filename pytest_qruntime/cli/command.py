"""What the command line says, and which part of the command that is for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from pytest_qruntime import __version__, settings
from pytest_qruntime.model.errors import QRuntimeError

TIMES = {
    "auto": "time moves when clients do nothing but poll",
    "manual": "only the control interface moves time",
    "real": "time is that of the wall clock",
}
NOT_OF_A_SERVER = ("freeze",)
NOW = "now"
_START = f"; {NOW} is the present, which is the default of --time real"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 if all went well, 1 with a sentence on stderr if not."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except QRuntimeError as error:
        print(f"qruntime: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:  # whoever reads has seen enough, as `head` does
        return _unsaid()
    except OSError as error:  # the disk is full, say
        print(f"qruntime: what there is to say cannot be written: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        return _unsaid()
    return code


def _unsaid() -> int:
    """What could not be written must not be tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qruntime", description="A fake Qiskit Runtime service in virtual time, for programs in any language."
    )
    parser.add_argument("--version", action="version", version=f"pytest-qruntime {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="serve a world on a port of 127.0.0.1 until Ctrl-C"))
    _add_environment(commands.add_parser("environment", help="show how programs find a server: `export` lines"))
    _add_scrub(commands.add_parser("scrub", help="take the secrets out of a recording"))
    _add_rescue(commands.add_parser("rescue", help="close the sessions that a crash or Ctrl-C left open"))
    _add_check(commands.add_parser("check", help="check recordings without running any test"))
    _add_drift(commands.add_parser("drift", help="compare recordings with what the fake answers today"))
    _add_timeline(commands.add_parser("timeline", help="draw what happened in a recording or a trace"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the port; 0, the default, is any free one")
    times = "; ".join(f"{name}: {meaning}" for name, meaning in TIMES.items())
    parser.add_argument("--time", choices=TIMES, default="auto", help=f"{times} (default: auto)")
    for setting in settings.SETTINGS:
        if setting.name not in NOT_OF_A_SERVER:
            parser.add_argument(
                f"--{setting.name.replace('_', '-')}",
                metavar=setting.metavar,
                action="append" if setting.repeatable else "store",
                help=f"{setting.help} (default: {setting.default}{_START if setting.name == 'start' else ''})",
            )
    parser.set_defaults(run=_serve)


def _serve(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.serve import serve

    chosen = {}
    for setting in settings.SETTINGS:
        value = getattr(given, setting.name, None)
        if setting.name == "start" and value == NOW:
            chosen["start"] = NOW
        elif value is not None:
            text = ",".join(value) if setting.repeatable else value
            chosen[setting.name] = settings.read(setting, text, f"--{setting.name.replace('_', '-')}")
    return serve(port=given.port, time=given.time, settings=chosen)


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="the server, such as http://127.0.0.1:8700")
    parser.add_argument("--world", default="1", metavar="N", help="the number of the world (default: 1)")
    parser.set_defaults(run=_environment)


def _environment(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.environment import show

    return show(given.url, given.world)


def _add_scrub(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Take the secrets out of a recording of this plugin, of vcrpy or of pytest-recording. "
        "Ends with 0 if none is left, 1 if one is, 2 if the file cannot be read or written; then it is as it was."
    )
    parser.add_argument("file", help="the recording")
    parser.add_argument(
        "--output", metavar="FILE", help="where the scrubbed one goes (default: in the place of the old)"
    )
    parser.add_argument(
        "--check", action="store_true", help="look only, write nothing, and end with 1 if there are any"
    )
    _add_secrets(parser)
    parser.set_defaults(run=_scrub)


def _scrub(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.scrub import scrub

    return scrub(given.file, given.output, given.env, given.rules, check=given.check)


def _add_rescue(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Close the sessions that are open since a run on a live service crashed or was interrupted, as the journal in "
        ".qruntime says. Ends with 0 if none is open any more, 1 if one is left."
    )
    parser.add_argument("--url", metavar="URL", help="the service (default: QISKIT_IBM_URL, or the saved account)")
    parser.add_argument(
        "--rootdir", metavar="FOLDER", help="of the project (default: this folder, or one above it that has a journal)"
    )
    parser.set_defaults(run=_rescue)


def _rescue(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.rescue import rescue_in

    return rescue_in(given.rootdir, given.url)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Check recordings without running any test. "
        "Ends with 0 if nothing is wrong, 1 if something is, 2 if there is nothing to check."
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a recording, or a folder with recordings below")
    parser.add_argument("--strict", action="store_true", help="end with 1 for warnings, too")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    _add_secrets(parser)
    parser.set_defaults(run=_check)


def _check(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.check import check

    return check(given.paths, given.env, given.rules, strict=given.strict, as_json=given.json)


def _add_secrets(parser: argparse.ArgumentParser) -> None:
    """What is a secret, besides what is always known to be one."""
    parser.add_argument(
        "--env",
        metavar="NAME",
        action="append",
        default=[],
        help="an environment variable whose value is a secret, besides QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE",
    )
    parser.add_argument(
        "--rules", metavar="MODULE:NAME", help="more rules for what is a secret: a list of Rule in a module of yours"
    )


def _add_drift(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Send every recorded request to a fresh fake, at the recorded instants, and say where its answers differ in "
        "status, shape or order of states. Ends with 0 if they do not, 1 if they do, 2 if a recording cannot be used."
    )
    parser.add_argument("cassettes", nargs="+", metavar="CASSETTE", help="a recording of this plugin")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_drift)


def _drift(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.drift import drift_of

    return drift_of(given.cassettes, as_json=given.json)


def _add_timeline(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Draw what each session, batch and job did, when, and which contracts were broken. "
        "Ends with 0, or with 2 if the file cannot be read or written."
    )
    parser.add_argument("file", help="a recording of this plugin, or a trace: the lines of Trace.to_jsonl()")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write a picture: a name that ends in .svg or .html, or .txt for text"
    )
    parser.add_argument("--width", type=int, metavar="N", help="characters of a line (default: those of the terminal)")
    parser.add_argument("--color", choices=("auto", "yes", "no"), default="auto", help="(default: auto)")
    parser.set_defaults(run=_timeline)


def _timeline(given: argparse.Namespace) -> int:
    from pytest_qruntime.cli.timeline import show

    return show(given.file, given.output, width=given.width, color=given.color)
