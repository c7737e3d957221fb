"""A real Chromium on the web client, driven over the DevTools protocol.

Used by the end-to-end tests and by ``scripts/screenshots``:

    with Browser(chromium, folder) as browser:
        page = browser.open(client)                 # a WebClient, its session is used
        page.goto("/odoo/action-base_automation.base_automation_act")
        page.wait_for(".o_list_view")
        page.screenshot("rules.png")
"""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websocket

from .client import WebClient
from .meeting import wait_until

TIMEOUT_SECONDS = 60.0
WIDTH, HEIGHT = 1366, 900
# The web client is at rest: its services run, no request is under way, nothing says "loading".
_AT_REST = """
    document.readyState === "complete"
    && !!document.querySelector(".o_action_manager > *")
    && !document.querySelector(".o_loading_indicator, .o_blockUI, .o_view_controller.o_loading")
    && [...document.images].every((image) => image.complete)
    && document.fonts.status === "loaded"
"""


class BrowserError(Exception):
    """Chromium did not start, a script failed, or the page did not come to what was awaited."""


class Browser:
    """One Chromium without a window, with a profile of its own that is thrown away."""

    def __init__(self, chromium: str | Path | None, width: int = WIDTH, height: int = HEIGHT):
        """:raises BrowserError: if there is no Chromium; a browser test never skips itself"""
        if not chromium:
            raise BrowserError(
                "There is no Chromium: install the package chromium, then run this again."
            )
        self.chromium = str(chromium)
        self.size = (width, height)

    def __enter__(self) -> "Browser":
        self._profile = Path(tempfile.mkdtemp(prefix="chromium-"))
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port_file = self._profile / "DevToolsActivePort"
        try:
            wait_until(lambda: self._started(port_file), "Chromium to open its port")
            port, path = port_file.read_text(encoding="utf-8").split()
            self._connection = _Connection(f"ws://127.0.0.1:{port}{path}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        if hasattr(self, "_connection"):
            self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, client: WebClient) -> "Page":
        """Open a page that is logged in as ``client`` is."""
        page = Page(self._connection, client.url, self.size)
        page.command("Network.enable")
        page.command(
            "Network.setCookie", name="session_id", value=client.session_id, url=client.url
        )
        return page

    def _command(self) -> list[str]:
        return [
            self.chromium,
            "--headless=new",
            # Chromium's own sandbox does not work for root nor in most containers.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-extensions",
            "--disable-background-networking",
            "--no-first-run",
            "--no-default-browser-check",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            "--lang=en-US",
            "--remote-debugging-address=127.0.0.1",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._profile}",
            f"--window-size={self.size[0]},{self.size[1]}",
        ]

    def _started(self, port_file: Path) -> bool:
        if self._process.poll() is not None:
            raise BrowserError(
                f"{self.chromium} ended at once with code {self._process.returncode}"
            )
        return port_file.exists() and len(port_file.read_text(encoding="utf-8").split()) == 2


class Page:
    """One tab."""

    def __init__(self, connection: "_Connection", url: str, size: tuple[int, int]):
        self._connection = connection
        self.url = url
        target = connection.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = connection.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command of the DevTools protocol and return its result."""
        return self._connection.call(method, parameters, self._session)

    def errors(self) -> list[str]:
        """Return what the page logged as an error so far, uncaught exceptions included."""
        self.evaluate("0")  # takes in the events which wait in the socket
        return self._connection.errors.get(self._session, [])

    def goto(self, path: str) -> None:
        """Open a path of the web client, such as ``/odoo/action-<xml id>/<id>``, and wait."""
        self.command("Page.navigate", url=self.url + path)
        self.wait_at_rest()

    def open_action(self, action: int | str, record_id: int | None = None) -> None:
        """Open an action by id or external id, on one record if given."""
        self.goto(f"/odoo/action-{action}" + (f"/{record_id}" if record_id else ""))

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; a promise is awaited.

        :raises BrowserError: if it throws
        """
        result = self.command(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait_at_rest(self) -> None:
        """Wait until an action is shown and the page no longer changes."""
        self._wait(lambda: self.evaluate(_AT_REST), "the web client to come to rest")
        before = ""
        while (now := self.evaluate("document.body.innerHTML.length + location.href")) != before:
            before = now
            time.sleep(0.25)

    def wait_for(self, selector: str) -> None:
        """Wait until an element for the CSS ``selector`` is there."""
        found = f"!!document.querySelector({json.dumps(selector)})"
        self._wait(lambda: self.evaluate(found), f"an element {selector}")

    def wait_until(self, expression: str, what: str) -> None:
        """Wait until a JavaScript expression is true; ``what`` names it if it never is."""
        self._wait(lambda: self.evaluate(expression), what)

    def click(self, selector: str) -> None:
        """Click the first element for the CSS ``selector`` as the mouse would, then wait."""
        self.wait_for(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        self.wait_at_rest()

    def text(self, selector: str = "body") -> str:
        """Return the visible text of the first element for the CSS ``selector``."""
        self.wait_for(selector)
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")

    def screenshot(self, path: str | Path | None = None, selector: str | None = None) -> bytes:
        """Return a PNG of the window, or of one element, and write it to ``path`` if given."""
        parameters: dict[str, Any] = {"format": "png"}
        if selector:
            box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()"
            rectangle = self.evaluate(box)
            parameters["clip"] = {key: rectangle[key] for key in ("x", "y", "width", "height")}
            parameters["clip"]["scale"] = 1
        picture = base64.b64decode(self.command("Page.captureScreenshot", **parameters)["data"])
        if path:
            Path(path).write_bytes(picture)
        return picture

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        try:
            wait_until(condition, what, TIMEOUT_SECONDS)
        except TimeoutError as error:
            errors = "\n".join(self.errors())
            raise BrowserError(
                f"{error}\nurl: {self.evaluate('location.href')}\n{errors}"
            ) from None


class _Connection:
    """The DevTools protocol: numbered calls with answers, and events in between."""

    def __init__(self, url: str):
        # Chromium refuses a web socket that names an origin.
        self._socket = websocket.create_connection(
            url, timeout=TIMEOUT_SECONDS, suppress_origin=True
        )
        self._number = 0
        self.errors: dict[str, list[str]] = {}

    def call(
        self, method: str, parameters: dict[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                break
            self._keep_error(answer)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def close(self) -> None:
        self._socket.close()

    def _keep_error(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        text = None
        if event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
        elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            text = f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}"
        elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            text = " ".join(
                str(part.get("value", part.get("description"))) for part in parameters["args"]
            )
        if text:
            self.errors.setdefault(event.get("sessionId", ""), []).append(text)
