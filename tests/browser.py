"""The machine's Chromium, and a local server for it to read from that packs what it sends, as
hosts do."""

import contextlib
import functools
import gzip
import http.server
import os
import shutil
import threading
from pathlib import Path

BROWSERS = ["chromium-headless-shell", "chromium", "google-chrome"]  # the first is the quickest
FIREFOX = ["firefox-esr", "firefox"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PACKED = {".html", ".css", ".js", ".svg", ".xml", ".txt"}


def chromium():
    """Return the path of the browser."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        raise FileNotFoundError(
            f"this needs one of {', '.join(BROWSERS)}: apt-get install {BROWSERS[0]} (tests/install"
            " does)"
        )
    return path


@functools.cache
def plain_fonts():
    """Return an environment with fonts of text alone: one for maths would hide what the book's
    own lacks."""
    return os.environ | {"FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf"))}


@functools.cache
def packed(path):
    """Return the bytes of a file as hosts send them."""
    return gzip.compress(path.read_bytes(), mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers with a file, gzipped if it is text."""

    protocol_version = "HTTP/1.1"

    def handle(self):
        """Answer one who may leave before the end."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self):
        """Send a file, or say that there is none."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        body = packed(path) if path.suffix in PACKED else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in PACKED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def served(folder):
    """Serve a folder on a local port, and give its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
