"""Closing what runs that ended in a crash have left open."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from pytest_qruntime.clock.real import Real
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.control import Control, check_own
from pytest_qruntime.live.journal import Entry, abandoned
from pytest_qruntime.live.target import OWN, Target, digest
from pytest_qruntime.live.tokens import Given, Tokens
from pytest_qruntime.model.errors import ConfigurationError, QRuntimeError


class Rescued(NamedTuple):
    """What became of one entry of a journal.

    `outcome` is ``"closed"``: it was open, and is closed now; ``"gone"``: it was not open any more; or ``"left"``: it
    could not be closed and stays in the journal. `why` says why.
    """

    entry: Entry
    outcome: Literal["closed", "gone", "left"]
    why: str

    def __str__(self) -> str:
        words = {"closed": "closed", "gone": "nothing to do", "left": "left alone"}
        whose = f", of {self.entry.test}" if self.entry.test else ""
        return f"session {self.entry.session} ({self.entry.service}{whose}): {words[self.outcome]}: {self.why}"


def rescue(folder: Path, target: Target | None) -> list[Rescued]:
    """Close what the journals in a folder say is open, and tell of each entry what became of it.

    Doing it twice does nothing more. What another process that lives has opened is not touched.

    Args:
        folder: `journal.FOLDER` of a rootdir.
        target: the service of today; entries of another service or of another account are left alone. A server of our
            own is found by its address in the entry.
    """
    done = []
    for journal, entries in abandoned(folder):
        for entry in entries:
            rescued = _rescued(entry, target)
            done.append(rescued)
            if rescued.outcome != "left":
                journal.closed(entry.session)
    return done


def _rescued(entry: Entry, target: Target | None) -> Rescued:
    try:
        if entry.service == OWN:
            return _in_a_world(entry)
        if target is None or (entry.service, entry.account) != (target.service, target.account):
            return Rescued(entry, "left", "it belongs to another service or to another account than the present one")
        return _at(entry, api_of(target))
    except QRuntimeError as problem:
        return Rescued(entry, "left", str(problem))


def _at(entry: Entry, api: Api) -> Rescued:
    try:
        if not api.is_open(entry.session):
            return Rescued(entry, "gone", "it is closed already, or closes by itself when its jobs have ended")
        api.close(entry.session)
        return Rescued(entry, "closed", "it was still open")
    finally:
        api.hang_up()


def _in_a_world(entry: Entry) -> Rescued:
    """The world was made for the test alone: it goes, and the session with it."""
    try:
        check_own(entry.server)
    except ConfigurationError:
        return Rescued(entry, "gone", "the server that held it has ended")
    control = Control(entry.server)
    try:
        for world in control.get("/worlds")["worlds"]:
            if digest(world["crn"]) == entry.account:
                control.delete(f"/worlds/{world['world']}")
                return Rescued(entry, "closed", "the world that was made for its test is removed")
        return Rescued(entry, "gone", "the world that was made for its test is gone")
    finally:
        control.close()


def api_of(target: Target) -> Api:
    """The REST API of a service that is not our own server."""
    made = Given(target.api_key) if target.bearer else Tokens(target.iam_url, target.api_key, Real.monotonic)
    return Api(target.url, target.crn, target.api_key, made)
