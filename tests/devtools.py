"""A headless Chromium driven over a pipe: keys, screenshots, what the console says, and what is requested."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import CHROMIUM

_FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run".split()
_KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, " ": 32, "Tab": 9, "Enter": 13}


class Page:
    """A tab. `said` holds what the console, the log and uncaught errors said, `requested` every address asked for."""

    def __init__(self, write: Any, read: Any) -> None:
        self._write, self._read, self._number = write, read, 0
        self._session: str | None = None
        self.said: list[str] = []
        self.requested: list[str] = []
        self._events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """The answer to a command of the DevTools protocol."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        command = {"id": self._number, "method": method, "params": parameters, **session}
        self._write.write(json.dumps(command).encode() + b"\0")
        self._write.flush()
        while (message := self._next()).get("id") != self._number:
            pass
        assert "error" not in message, message
        return message["result"]

    def _next(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._read.read(1)) != b"\0":
            assert byte, "the browser has gone"
            text += byte
        message: dict[str, Any] = json.loads(text)
        method, parameters = message.get("method", ""), message.get("params", {})
        self._events.append(method)
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.said.append(json.dumps(parameters))
        if method == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        return message

    def open(self, address: str) -> None:
        """Go to `address` and wait until it is there."""
        for page in ("about:blank", address):  # so that another step of the same page is loaded, too
            self._events.clear()
            self.call("Page.navigate", url=page)
            while "Page.loadEventFired" not in self._events:
                self._next()

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        text = {"text": key} if key == " " else {"text": "\r"} if key == "Enter" else {}
        code = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "nativeVirtualKeyCode": _KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def medium(self, dark: bool = False, medium: str = "screen") -> None:
        """Whether the reader prefers dark colours; ``print`` instead of the screen."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=medium, features=[scheme])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browsing() -> Iterator[Page]:
    """A page in a browser of its own, which ends with the block."""
    down, write = os.pipe()
    read, up = os.pipe()

    def pipes() -> None:  # aside first: one of them may be 3 or 4 itself
        aside = fcntl.fcntl(down, fcntl.F_DUPFD, 10), fcntl.fcntl(up, fcntl.F_DUPFD, 10)
        for wanted, fd in zip((3, 4), aside):
            os.dup2(fd, wanted)
            os.set_inheritable(wanted, True)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(CHROMIUM), *_FLAGS, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        browser = subprocess.Popen(
            command, preexec_fn=pipes, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(down)
        os.close(up)
        try:
            with os.fdopen(write, "wb") as to, os.fdopen(read, "rb") as back:
                yield Page(to, back)
        finally:
            browser.kill()
            browser.wait()
