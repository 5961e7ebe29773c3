"""The client's account file: while a world is open, its own stands in place of the user's.

The client keeps accounts in `~/.qiskit/qiskit-ibm.json`, under a path that it finds out when it is imported. Its three
functions for that file are told another one whenever they are asked for the user's; any other file is left to them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.transport.patches import Patch

if TYPE_CHECKING:
    from pytest_qruntime.client import Account
    from pytest_qruntime.sdk.worlds import OpenWorlds

OWN: Final = "pytest-qruntime"
"""The account name that always stands for the world's own account."""

DEFAULT: Final = "default-ibm-quantum-platform"
CHANNEL: Final = "ibm_quantum_platform"
URL: Final = "https://cloud.ibm.com"


class AccountFile:
    """What a world shows in place of the user's account file.

    As long as no account is saved or deleted, there is one, the world's own, and every name stands for it. From then on
    there is a file in a temporary folder, which holds what was saved and nothing else.
    """

    __slots__ = ("_folder", "_lock", "_service")

    def __init__(self, service: Account) -> None:
        self._service = service
        self._folder: str | None = None
        self._lock = threading.Lock()

    def own(self) -> dict[str, Any]:
        """The world's own account, as the client saves accounts."""
        return {
            "channel": CHANNEL,
            "token": self._service.api_key(),
            "instance": self._service.crn(),
            "url": URL,
            "verify": True,
            "private_endpoint": False,
            "is_default_account": True,
        }

    def read(self, theirs: Callable[..., Any], name: str | None) -> Any:
        """One account, or without a name all of them; `theirs` is the client's function that reads a file."""
        if name == OWN:
            return self.own()
        if self._folder is not None:
            return theirs(self._path(self._folder), name)
        return {DEFAULT: self.own()} if name is None else self.own()

    def path(self) -> str:
        """The file, for whoever changes it. There is one from now on."""
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.mkdtemp(prefix="pytest-qruntime-")
        return self._path(self._folder)

    def vanish(self) -> None:
        """Delete the file, if there is one."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @staticmethod
    def _path(folder: str) -> str:
        return os.path.join(folder, "qiskit-ibm.json")


def patches(worlds: OpenWorlds) -> list[Patch]:
    """What to replace so that the user's account file is neither read nor written, and names of instances hold."""
    management = import_module("qiskit_ibm_runtime.accounts.management")
    account = import_module("qiskit_ibm_runtime.accounts.account")

    def stand_in(filename: str) -> AccountFile | None:
        world = worlds.innermost
        return world.accounts if world is not None and _is_the_users(filename, management) else None

    def make_read(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def read_config(filename: str, name: str | None = None) -> Any:
            accounts = stand_in(filename)
            return original(filename, name) if accounts is None else accounts.read(original, name)

        return read_config

    def make_change(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def change(filename: str, *args: Any, **kwargs: Any) -> Any:
            accounts = stand_in(filename)
            return original(filename if accounts is None else accounts.path(), *args, **kwargs)

        return change

    def make_list(original: Callable[[Any], list[dict[str, Any]]]) -> Callable[[Any], list[dict[str, Any]]]:
        @wraps(original)
        def list_instances(self: Any) -> list[dict[str, Any]]:
            found, world = original(self), worlds.innermost
            return found if world is None or world.renaming is None else world.renaming(found, self.instance)

        return list_instances

    return [
        Patch(getattr(account, "CloudAccount", account.Account), "list_instances", make_list),  # the former until 0.50
        Patch(management, "read_config", make_read),
        Patch(management, "save_config", make_change),
        Patch(management, "delete_config", make_change),
    ]


def _is_the_users(filename: str, management: Any) -> bool:
    """Whether it is the default file: where the client looks for it, and where it would if it were imported now."""
    users = (management._DEFAULT_ACCOUNT_CONFIG_JSON_FILE, os.path.join("~", ".qiskit", "qiskit-ibm.json"))
    return _resolved(filename) in map(_resolved, users)


def _resolved(filename: str) -> str:
    return os.path.normcase(os.path.realpath(os.path.expanduser(filename)))
