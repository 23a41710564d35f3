"""The built site, its pages, and a browser to look at them with."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def build(root=ROOT):
    """Run the build of the project at `root`, as `make html` does."""
    command = [sys.executable, root / "conf" / "build.py"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site."""
    done = build()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return ROOT / "build" / "html"


@pytest.fixture(scope="session")
def pages(site):
    """Return every page of the site, parsed, by its path."""
    found = {str(path.relative_to(site)): path for path in sorted(site.rglob("*.html"))}
    return {name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for name, path in found.items()}


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on a local port, and return its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """Start the machine's Chromium."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "the tests need chromium: apt-get install chromium (.ci/run does)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Return a function that opens an address in a fresh window, and notes all it asks for and complains of."""
    contexts = []

    def visit(url, width=1280, height=900, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        seen = SimpleNamespace(page=page, asked=[], complaints=[])
        page.on("response", lambda response: seen.asked.append(response))
        page.on("console", lambda message: seen.complaints.append(f"{message.text} {message.location}"))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
        page.goto(url, wait_until="load")
        if options.get("java_script_enabled", True):
            page.evaluate("document.fonts.ready.then(() => true)")
        return seen

    yield visit
    for context in contexts:
        context.close()
