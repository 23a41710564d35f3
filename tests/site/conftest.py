"""The built site, its pages, and a browser to look at them with."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from tests import browser

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv" / "node" / "node_modules"
WATCH = """document.addEventListener('securitypolicyviolation', (e) =>
    console.error('stopped', e.violatedDirective));
  window.moved = [];
  const told = ({ node }) => (node?.outerHTML || node?.textContent || '').slice(0, 200);
  new PerformanceObserver((list) =>
    list.getEntries().forEach((shift) => moved.push(...shift.sources.map(told))))
    .observe({ type: 'layout-shift', buffered: true })"""


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
    return {
        name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for name, path in found.items()
    }


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on a local port, and return its address."""
    with browser.served(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    """Start the machine's Chromium."""
    with sync_playwright() as playwright:
        options = dict(
            executable_path=browser.chromium(), args=browser.FLAGS, env=browser.plain_fonts()
        )
        started = playwright.chromium.launch(**options)
        yield started
        started.close()


def until(page, expression):
    """Wait until an expression is true on a page; Playwright's own way takes `eval`, which the
    policy forbids."""
    for _ in range(600):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"it never comes to {expression}")


def visited(seen, url):
    """Show an address in a window, and note anew all it asks for, complains of and moves."""
    seen.asked.clear()
    seen.complaints.clear()
    seen.page.goto(url, wait_until="load")
    if seen.scripts:
        seen.page.evaluate("document.fonts.ready.then(() => true)")
    return seen


def opened(chromium, url, width=1280, height=900, **options):
    """Open an address in a fresh window."""
    context = chromium.new_context(viewport={"width": width, "height": height}, **options)
    context.add_init_script(WATCH)
    page = context.new_page()
    scripts = options.get("java_script_enabled", True)
    seen = SimpleNamespace(page=page, scripts=scripts, asked=[], complaints=[])
    page.on("response", lambda response: seen.asked.append(response))
    page.on(
        "console",
        lambda told: told.type == "log" or seen.complaints.append(f"{told.text} {told.location}"),
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    return visited(seen, url)


@pytest.fixture
def visit(chromium):
    """Return a function that opens an address in a fresh window, as `opened` does."""
    windows = []

    def visit(url, **options):
        windows.append(opened(chromium, url, **options))
        return windows[-1]

    yield visit
    for seen in windows:
        seen.page.context.close()
