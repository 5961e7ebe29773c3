"""From what was exchanged to a file: scrubbed, written beside its place, read again, and searched for leaks."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Leak, Rule, Scrubber, leaks
from pytest_qruntime.cassette.tape import Provenance, Tape
from pytest_qruntime.recording.phase import Take
from pytest_qruntime.recording.run import Run

# At the end of the name: what stands in CI_TOKEN_FILE or SECRET_URL is none.
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|[A-Z]*PASSWORD|PASSWD|PASSPHRASE|APIKEY|(?:API|ACCESS|SECRET|PRIVATE)_KEY|CRN)_?[0-9]*$"
)
_LEAST: Final = 8
_SHOWN: Final = 10


def saved(run: Run, take: Take) -> Path:
    """The scrubbed recording in a file beside its place.

    Raises `CassetteError`, and leaves no file, if nothing was exchanged or if a secret is left; the message says where,
    never which.
    """
    assert take.choice is not None
    tape, target = take.tape, take.choice.file
    if tape is None or not tape.exchanges:
        raise CassetteError("the test sent no request to the service, so there is nothing to record")
    known = _together(secrets_of(os.environ), run.target.known, take.known)
    _sweep(target)
    _check_name(target.name, known, [rule for rule in run.rules if rule not in DEFAULT_RULES])
    scrubbed = Scrubber(known, run.rules).tape(tape)
    _refuse(leaks(scrubbed, known, run.rules))  # first, so that a crash leaves no secret on the disk
    scratch = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.new{target.suffix}")
    try:
        save(scrubbed, scratch)
        again = load(scratch)
        if again != scrubbed:
            _refuse(leaks(again, known, run.rules))
    except BaseException:
        drop(scratch)
        raise
    return scratch


def _sweep(target: Path) -> None:
    """Remove what a crash left beside a recording, which nobody else records now."""
    left = re.compile(
        rf"\.{{1,2}}{re.escape(target.stem)}\.[0-9a-f]{{8}}\.new{re.escape(target.suffix)}(\.[0-9a-f]{{8}}\.tmp)?"
    )
    for file in target.parent.iterdir():
        if left.fullmatch(file.name):
            drop(file)


def _check_name(name: str, known: Mapping[str, str], rules: Sequence[Rule]) -> None:
    """A parameter of a test gets into the name of its file, where nothing can become a pseudonym."""
    nameless = Tape(Provenance(service="", began="", clock="virtual", recorded=None, test=name, versions={}), ())
    found = leaks(nameless, known, rules)
    if found:
        raise CassetteError(
            f"the name of the file would have a secret in it: {found[0].kind}. Give the parameters of the test other "
            "ids, or name the file: @pytest.mark.qruntime(cassette=...)"
        )


def _refuse(found: Sequence[Leak]) -> None:
    if found:
        more = [f"... and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        places = "\n".join(f"    {line}" for line in [*map(str, found[:_SHOWN]), *more])
        raise CassetteError(
            f"what would be saved still has secrets in it:\n{places}\n"
            "Describe them with a rule: see the hook pytest_qruntime_scrub_rules"
        )


def secrets_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The values of environment variables that are secrets by their names."""
    return {name: value for name, value in environ.items() if len(value) >= _LEAST and _is_secret(name)}


def _is_secret(name: str) -> bool:
    return name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE") or _SECRET_NAME.search(name.upper()) is not None


def _together(*several: Mapping[str, str]) -> dict[str, str]:
    """All of them; two secrets of one name, such as the key of an account and that of a world, both count."""
    found: dict[str, str] = {}
    for name, value in (pair for one in several for pair in one.items()):
        if value not in found.values():
            name = name.lower() if name in found else name  # rules know names in any case
            found[name if name not in found else f"{name}_{len(found)}"] = value
    return found


def put_in_place(scratch: Path, target: Path) -> None:
    """Make the new recording the recording; a link is followed, permissions are kept."""
    place = Path(os.path.realpath(target))
    if place.exists():
        os.chmod(scratch, place.stat().st_mode & 0o7777)
    try:
        os.replace(scratch, place)
    except OSError as error:
        raise CassetteError(f"{target} cannot be written: {error.strerror}. It is as it was") from None


def drop(scratch: Path | None) -> None:
    """Forget a new recording."""
    if scratch is not None:
        with suppress(OSError):
            scratch.unlink()
