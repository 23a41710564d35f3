"""The last hand on the written pages: open to all, under the policy, light, alike in every
build. Then, the mark."""

import hashlib
import logging
from pathlib import Path

from ext import access, alike, mathml, pack, policy, purge, size


def finish(app, exception):
    """Mend every page and file of a build that went to its end, and say that it did."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    pages = {path: mended(path) for path in sorted(out.rglob("*.html"))}
    for path, text in lighter(out / "_static", pages):
        path.write_text(text, encoding="utf-8")
    sitemap = out / "sitemap.xml"
    sitemap.write_text(alike.sitemap(sitemap.read_text(encoding="utf-8")), encoding="utf-8")
    sign(out)
    Path(app.doctreedir, "finished").touch()


def mended(path):
    """Return the text of a page open to all, with room for its pictures, and alike in every
    build."""
    return alike.page(
        size.sized(access.repair(mathml.glued(path.read_text(encoding="utf-8"))), path)
    )


def lighter(static, pages):
    """Yield each page under the policy, with one style sheet and one script for all that every
    page has."""
    for old in static.glob("book.*.*"):  # of an earlier build
        old.unlink()
    known = purge.words(
        pages.values(), [path.read_text(encoding="utf-8") for path in sorted(static.rglob("*.js"))]
    )
    styles = policy.sheet(pages.values())
    for path, text in pages.items():
        text = pack.sheets(policy.enforce(text), static, styles, known)
        yield path, pack.scripts(text, static)


def sign(out):
    """Write the hash of every download, as sha256sum reads them."""
    for path in out.rglob("*.zip"):
        alike.zipped(path)
    downloads = sorted(path for path in out.rglob("*") if path.suffix in {".py", ".ipynb", ".zip"})
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out)}\n"
        for path in downloads
    ]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def setup(app):
    """Listen to the end of the build, after everyone else."""
    # or a style of Pygments would have every package tell what it does
    logging.basicConfig(level=logging.WARNING)
    app.connect("build-finished", finish, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
