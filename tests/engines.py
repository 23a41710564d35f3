"""The engines of three browsers, each driven with as little as it takes: one window that shows,
says, and is used.

Chromium is driven by Playwright, which knows no other browser of Debian's. Firefox speaks WebDriver
BiDi by itself; WebKitGTK comes with a driver for the older WebDriver, and takes a display, though
nobody looks at it.
"""

import base64
import contextlib
import io
import itertools
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from websockets.sync.client import connect

from tests import browser

KEYS = {"ArrowRight": "\ue014", "Enter": "\ue007", "Control": "\ue009"}  # as WebDriver names them
SECONDS = 30  # that a browser may take to start, or a page to come to what is awaited


def asynchronous(expression):
    """Return a promise of the value of an expression, as JSON."""
    return f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"


class Window:
    """What all engines have in common."""

    said = ()  # what only the browser itself tells of a page

    def until(self, expression):
        """Wait until an expression is true, and return its value."""
        end = time.monotonic() + SECONDS
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise AssertionError(f"{type(self).__name__} never comes to {expression}")
            time.sleep(0.03)
        return value

    def middle(self, selector):
        """Bring the first of what a selector finds into the window, wait until it rests, and
        return its middle."""
        return self.evaluate(f"""(async () => {{
          const all = [...document.querySelectorAll({json.dumps(selector)})];
          const found = all.find((e) => e.getClientRects().length);
          const top = () => found.getBoundingClientRect().y;
          for (let before, rests = 0; rests < 3; rests = top() === before ? rests + 1 : 0) {{
            found.scrollIntoView({{ block: "center", behavior: "instant" }});
            before = top();
            await new Promise(requestAnimationFrame);
          }}
          const {{ x, y, width, height }} = found.getBoundingClientRect();
          return [Math.round(x + width / 2), Math.round(y + height / 2)]; }})()""")

    def click(self, selector):
        """Click on the middle of what a selector finds."""
        self.drag(*self.middle(selector), 0, 0)


class Chromium(Window):
    """The machine's Chromium, which has been started: in one process, Playwright can be started
    but once."""

    def __init__(self, chromium):
        self.chromium = chromium

    @contextlib.contextmanager
    def started(self, width, height, dark):
        """Give a window of the browser."""
        scheme = "dark" if dark else "light"
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        context.grant_permissions(["clipboard-write"])
        self.page = context.new_page()
        yield self
        context.close()

    def open(self, url):
        """Show an address."""
        self.page.goto(url, wait_until="load")

    def evaluate(self, expression):
        """Return the value of an expression."""
        return json.loads(self.page.evaluate(asynchronous(expression)))

    def press(self, *keys):
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, x, y, right, down):
        """Press the mouse in a place, move it, and let go."""
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down)
        self.page.mouse.up()

    def picture(self):
        """Return what the window shows."""
        return Image.open(io.BytesIO(self.page.screenshot()))


class Standard(Window):
    """What the two dialects of WebDriver have in common."""

    def press(self, *keys):
        """Press keys, one after the other."""
        strokes = []
        for together in ([KEYS.get(one, one) for one in key.split("+")] for key in keys):
            strokes += [{"type": "keyDown", "value": one} for one in together]
            strokes += [{"type": "keyUp", "value": one} for one in reversed(together)]
        self.act({"type": "key", "id": "keyboard", "actions": strokes})

    def drag(self, x, y, right, down):
        """Press the mouse in a place, move it, and let go."""
        moves = [
            {"type": "pointerMove", "x": x + way * right, "y": y + way * down, "duration": 0}
            for way in (0, 1)
        ]
        actions = [
            moves[0],
            {"type": "pointerDown", "button": 0},
            moves[1],
            {"type": "pointerUp", "button": 0},
        ]
        self.act(
            {
                "type": "pointer",
                "id": "mouse",
                "parameters": {"pointerType": "mouse"},
                "actions": actions,
            }
        )


class Firefox(Standard):
    """The machine's Firefox, over WebDriver BiDi."""

    @contextlib.contextmanager
    def started(self, width, height, dark):
        """Start the browser, and give its window."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            Path(profile, "user.js").write_text(
                f'user_pref("ui.systemUsesDarkTheme", {int(dark)});\n'
            )
            command = [
                self.path(),
                "--headless",
                "--no-remote",
                "--profile",
                profile,
                "--remote-debugging-port=0",
            ]
            pipe = dict(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            with subprocess.Popen(command, env=browser.plain_fonts(), **pipe) as process:
                try:
                    address = next(
                        filter(None, (re.search(r"ws://\S+", line) for line in process.stderr))
                    )[0]
                    with connect(f"{address}/session", max_size=None) as self.socket:
                        self.numbers, self.said = itertools.count(1), []
                        self.ask("session.new", capabilities={})
                        self.ask("session.subscribe", events=["log.entryAdded"])
                        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
                        viewport = {"width": width, "height": height}
                        self.ask(
                            "browsingContext.setViewport", context=self.context, viewport=viewport
                        )
                        yield self
                finally:
                    process.kill()

    @staticmethod
    def path():
        """Return the path of the browser."""
        return next(filter(None, map(shutil.which, browser.FIREFOX)))

    def ask(self, method, **params):
        """Send a command, and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (told := json.loads(self.socket.recv(SECONDS))).get("id") != number:
            if told.get("method") == "log.entryAdded" and told["params"]["level"] in (
                "warn",
                "error",
            ):
                self.said.append(told["params"]["text"])
        assert told["type"] == "success", told
        return told["result"]

    def open(self, url):
        """Show an address."""
        self.said.clear()
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        """Return the value of an expression."""
        asked = dict(
            expression=asynchronous(expression), target={"context": self.context}, awaitPromise=True
        )
        told = self.ask("script.evaluate", **asked)
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def act(self, source):
        """Use the mouse or the keyboard."""
        self.ask("input.performActions", context=self.context, actions=[source])

    def picture(self):
        """Return what the window shows."""
        data = self.ask("browsingContext.captureScreenshot", context=self.context)["data"]
        return Image.open(io.BytesIO(base64.b64decode(data)))


class WebKit(Standard):
    """The machine's WebKitGTK, over WebDriver, on a display of its own."""

    @contextlib.contextmanager
    def started(self, width, height, dark):
        """Start a display, the driver and the browser, and give its window."""
        with contextlib.ExitStack() as stack:
            screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1600x24", "-nolisten", "tcp"]
            display = (
                stack.enter_context(running(screen, stdout=subprocess.PIPE, text=True))
                .stdout.readline()
                .strip()
            )
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            own = {
                "DISPLAY": f":{display}",
                "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
                "GDK_BACKEND": "x11",
            }
            theme = {"GTK_THEME": "Adwaita:dark" if dark else "Adwaita"}
            environment = browser.plain_fonts() | own | theme
            stack.enter_context(running(["WebKitWebDriver", f"--port={port}"], env=environment))
            self.address = f"http://127.0.0.1:{port}"
            await_port(port)
            told = self.ask("POST", "/session", capabilities={"alwaysMatch": {}})
            self.address += f"/session/{told['sessionId']}"
            stack.callback(self.ask, "DELETE", "")
            self.ask("POST", "/timeouts", script=1000 * SECONDS, pageLoad=1000 * SECONDS)
            self.resize(width, height)
            yield self

    def resize(self, width, height):
        """Make the window as large as it takes for the page in it to have a size."""
        width = max(width, 450)  # its own buttons take as much
        self.ask("POST", "/window/rect", width=width, height=height)
        inner = self.evaluate("[innerWidth, innerHeight]")
        outer = [2 * width - inner[0], 2 * height - inner[1]]
        self.ask("POST", "/window/rect", width=outer[0], height=outer[1])
        self.until(f"innerWidth === {width} && innerHeight === {height}")

    def ask(self, method, path, **params):
        """Send a command, and return its result."""
        data = json.dumps(params).encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            request, timeout=2 * SECONDS
        ) as told:
            return json.load(told)["value"]

    def open(self, url):
        """Show an address."""
        self.ask("POST", "/url", url=url)

    def evaluate(self, expression):
        """Return the value of an expression."""
        script = f"return {asynchronous(expression)}"
        return json.loads(self.ask("POST", "/execute/sync", script=script, args=[]))

    def act(self, source):
        """Use the mouse or the keyboard."""
        self.ask("POST", "/actions", actions=[source])

    def picture(self):
        """Return what the window shows."""
        return Image.open(io.BytesIO(base64.b64decode(self.ask("GET", "/screenshot"))))


@contextlib.contextmanager
def running(command, **options):
    """Run a command until it is not needed any more."""
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


def await_port(port):
    """Wait until somebody listens on a local port."""
    end = time.monotonic() + SECONDS
    while True:
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return
        assert time.monotonic() < end, f"nobody listens on {port}"
        time.sleep(0.03)


ENGINES = {"chromium": Chromium, "firefox": Firefox, "webkit": WebKit}
