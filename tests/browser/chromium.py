"""A headless Chromium, spoken to over two pipes in the protocol of its developer tools: no package is needed for that.

Messages are JSON, each ended by a zero; https://chromedevtools.github.io/devtools-protocol/ says what can be asked.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE_S: Final = 60
_READS, _WRITES, _ENOUGH = 3, 4, 10
_KEYS: Final = {"Tab": (9, ""), "Enter": (13, "\r"), "ArrowRight": (39, "")}
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",  # which root cannot have, nor anybody in most containers; what is opened here are our own pages
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

Json = dict[str, Any]


def installed() -> str | None:
    """Where a Chromium is; None: nowhere."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser of its own, with an empty profile in `folder`, that resolves no name.

    Use it as a context manager, or `close` it.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self._asked = 0
        self._unread = b""
        self._events: deque[Json] = deque()
        reads, self._to = _pipe()
        self._from, writes = _pipe()
        self._said = folder / "stderr"
        said = (os.POSIX_SPAWN_OPEN, 2, str(self._said), os.O_WRONLY | os.O_CREAT, 0o600)
        self._pid = os.posix_spawn(
            program,
            [program, *_OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, reads, _READS), (os.POSIX_SPAWN_DUP2, writes, _WRITES), said],
            setpgroup=0,
        )
        os.close(reads)
        os.close(writes)

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it with everything that it started. More often than once is fine."""
        if not self._pid:
            return
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            self.ask("Browser.close")
            self._wait_for_end()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        os.close(self._to)
        os.close(self._from)
        self._pid = 0

    def _wait_for_end(self) -> None:
        """It closes its end of the pipe when it has put its profile in order."""
        while True:
            self._message()

    def ask(self, method: str, session: str | None = None, **params: object) -> Json:
        """What it answers. Raises `ValueError` with what is wrong, `TimeoutError`, or `EOFError` if it has ended."""
        self._asked += 1
        question: Json = {"id": self._asked, "method": method, "params": params}
        if session is not None:
            question["sessionId"] = session
        os.write(self._to, json.dumps(question).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._asked:
                if "error" in message:
                    raise ValueError(f"{method}: {message['error']['message']}")
                result: Json = message["result"]
                return result

    def event(self, method: str, session: str) -> Json:
        """The next event of this kind in a session, also one of those before the last answer."""
        while True:
            for event in self._events:
                if event["method"] == method and event.get("sessionId") == session:
                    self._events.remove(event)
                    params: Json = event["params"]
                    return params
            self._message()

    def events(self, method: str, session: str) -> list[Json]:
        """The events of this kind in a session that nobody took so far."""
        return [one["params"] for one in self._events if one["method"] == method and one.get("sessionId") == session]

    def _message(self) -> Json:
        """The next message; events are kept."""
        until = time.monotonic() + PATIENCE_S
        while b"\0" not in self._unread:
            if not select.select([self._from], [], [], max(until - time.monotonic(), 0))[0]:
                raise TimeoutError(f"Chromium has not answered for {PATIENCE_S} s")
            more = os.read(self._from, 1 << 20)
            if not more:
                raise EOFError(f"Chromium has ended: {self._said.read_text(errors='replace')[-2000:]}")
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\0")
        message: Json = json.loads(line)
        if "method" in message:
            self._events.append(message)
        return message

    def page(self, file: Path, *, width: int = 1280, dark: bool = False) -> Page:
        """A file, opened and loaded in a window as wide as that."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        page.resize(width)
        page.darken(dark)
        for domain in ("Page", "Network", "Log", "Runtime"):
            page.ask(f"{domain}.enable")
        page.ask("Page.navigate", url=file.resolve().as_uri())
        self.event("Page.loadEventFired", session)
        return page


class Page:
    """A page that is open."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.ask("Target.closeTarget", targetId=self._target)

    def ask(self, method: str, **params: object) -> Json:
        """What the developer tools answer."""
        return self._browser.ask(method, self._session, **params)

    def run(self, script: str) -> Any:
        """The value of an expression in JavaScript, as JSON; it runs whatever the page allows its own scripts."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise ValueError(told["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        return told["result"].get("value")

    def resize(self, width: int, height: int = 800) -> None:
        """Make the window as wide and high as that, in CSS pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def darken(self, dark: bool = True) -> None:
        """Prefer dark pages, or light ones."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def press(self, key: str) -> None:
        """Press a key and let it go: Tab, Enter or ArrowRight."""
        code, text = _KEYS[key]
        given: Json = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **given)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **given)

    def requests(self) -> list[str]:
        """Every address that it has asked for, whatever came of it."""
        self.run("new Promise(done => setTimeout(done, 50))")
        return [one["request"]["url"] for one in self._browser.events("Network.requestWillBeSent", self._session)]

    def complaints(self) -> list[str]:
        """What it would tell in its console: errors of scripts, and what its own policy keeps it from."""
        logged = self._browser.events("Log.entryAdded", self._session)
        thrown = self._browser.events("Runtime.exceptionThrown", self._session)
        return [one["entry"]["text"] for one in logged] + [one["exceptionDetails"]["text"] for one in thrown]

    def spoken(self) -> list[Json]:
        """What a screen reader finds, in order: `role`, `name`, and whether it can have the `focus`."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        return [_spoken(node) for node in nodes if not node["ignored"]]


def _spoken(node: Json) -> Json:
    properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    return {
        "role": node["role"]["value"],
        "name": node.get("name", {}).get("value", "").strip(),
        "focus": bool(properties.get("focusable")),
        "level": properties.get("level"),
    }


def _pipe() -> tuple[int, int]:
    """One of which neither end has a number that it is to get in the browser."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _ENOUGH) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
