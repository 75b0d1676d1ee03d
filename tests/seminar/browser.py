"""A real Chromium without a window, spoken to by its DevTools protocol: open a page, ask it, click, take a picture."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import websocket  # websocket-client, which Jupyter's server brings


@contextmanager
def browser(folder: Path):
    """A `Tab`. Skips, with the reason, where there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is missing; on Debian: apt install chromium")
    profile = folder / "profile"
    switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    switches += ["--hide-scrollbars", "--window-size=1100,1400"]
    switches += ["--remote-debugging-port=0", "--remote-allow-origins=*"]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *switches, f"--user-data-dir={profile}", "about:blank"], stdout=log, stderr=log
        )
        try:
            with closing(websocket.create_connection(_address(profile, process), timeout=120)) as socket:
                yield Tab(socket)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, ValueError):  # not there yet, or not written to its end
            port, path = (profile / "DevToolsActivePort").read_text().split()[:2]
            return f"ws://127.0.0.1:{port}{path}"
        time.sleep(0.05)
    pytest.fail("Chromium did not start")


class Tab:
    """One page. `requests` are the addresses that it asked for, `complaints` what its console said."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loaded = 0
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        before = self._loaded
        self._ask("Page.navigate", url=url)
        self._wait_for_load(before)

    def ask(self, expression: str):
        """The value of a JavaScript expression (asked through the protocol: the page's policy stays as it is)."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a hand does, and wait for the page that it opens."""
        before = self._loaded
        self.press(selector)
        self._wait_for_load(before)

    def press(self, selector: str) -> None:
        """Click in the middle of an element."""
        box = f"document.querySelector({json.dumps(selector)})"
        self.ask(f"{box}.scrollIntoView({{block: 'center'}})")
        x, y = self.ask(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({box}.getClientRects()[0])")
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, selector: str, text: str) -> None:
        """Put the cursor into a field and type."""
        self.ask(f"(e => {{ e.focus(); e.select(); }})(document.querySelector({json.dumps(selector)}))")
        self._ask("Input.insertText", text=text)

    def picture(self, path: Path, *, dark: bool = False) -> None:
        """A screenshot of the window."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._ask("Emulation.setEmulatedMedia", features=scheme)
        path.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"]))

    def _ask(self, method: str, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            heard = self._hear()
            if heard.get("id") == number:
                assert "error" not in heard, heard
                return heard["result"]

    def _hear(self):
        heard = json.loads(self._socket.recv())
        event, facts = heard.get("method"), heard.get("params", {})
        if event == "Page.loadEventFired":
            self._loaded += 1
        elif event == "Network.requestWillBeSent":
            self.requests.append(facts["request"]["url"])
        elif event == "Log.entryAdded":
            self.complaints.append(facts["entry"]["text"])
        return heard

    def _wait_for_load(self, before: int) -> None:
        while self._loaded == before:
            self._hear()
