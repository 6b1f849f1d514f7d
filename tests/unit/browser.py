"""A headless Chromium that opens pages from the disk, driven over two pipes by its DevTools
protocol (https://chromedevtools.github.io/devtools-protocol)."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from tests.unit import debian

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
LOCK = Path(tempfile.gettempdir()) / "understudy-chromium.lock"
PATIENCE = 60  # s: other tests run meanwhile
OPTIONS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"),
    *("--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio"),
    *("--window-size=1280,800", "--hide-scrollbars"),
)
CODES = {" ": "Space", "Escape": "Escape", ",": "Comma", ".": "Period", "/": "Slash"}


def unavailable() -> str | None:
    """Why no Chromium can be started here; None: it can. Installs Debian's package if it may."""
    with FileLock(LOCK):
        if _program() is None and debian.installable():
            debian.install("chromium")
    return None if _program() else "no Chromium; as root: apt-get install chromium"


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """An open page. `errors`: what it logged as an error since it was opened."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._number, self._buffer, self._session = 0, b"", None
        self.errors: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, path: Path) -> None:
        """Open a file, and wait until it is loaded."""
        self.errors.clear()
        self._ask("Page.navigate", url=path.resolve().as_uri())
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> object:
        """The value of an expression in the page; of a promise, when it is there."""
        told = self._ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise AssertionError(f"{script}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def wait(self, condition: str) -> None:
        """Until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < end, f"never: {condition}; errors: {self.errors}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """A key, as it is named by `KeyboardEvent.key`."""
        code = CODES.get(key, key if len(key) > 1 else f"Key{key.upper()}")
        text = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=code, **text)
            text = {}

    def pick(self, element: str, value: str) -> None:
        """Set a field, by its id, as a person does."""
        self.run(
            f"(() => {{ const field = document.getElementById({json.dumps(element)});"
            f"field.value = {json.dumps(value)};"
            "field.dispatchEvent(new Event('input', {bubbles: true})); })()"
        )

    def picture(self, out: Path) -> None:
        """What is seen, as a PNG."""
        out.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, **parameters: object) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self._note(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _next(self) -> dict:
        while b"\0" not in self._buffer:
            piece = os.read(self._from, 1 << 16)
            assert piece, "the browser has gone"
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.errors.append(str(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                self.errors.append(str(told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.errors.append(str(told["entry"]))


@contextlib.contextmanager
def browser() -> Iterator[Page]:
    """A page of a new browser, which ends with the block."""
    program = _program()
    assert program, unavailable()
    ours = os.pipe(), os.pipe()
    (read_by_it, to_it), (from_it, written_by_it) = ours
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Chromium reads commands from descriptor 3 and writes to 4.
        command = f'exec "$@" 3<&{read_by_it} 4>&{written_by_it}'
        started = subprocess.Popen(
            ["bash", "-c", command, "bash", program, *OPTIONS, f"--user-data-dir={profile}"],
            pass_fds=(read_by_it, written_by_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_by_it)
        os.close(written_by_it)
        try:
            yield Page(to_it, from_it)
        finally:
            started.kill()
            started.wait()
            os.close(to_it)
            os.close(from_it)
