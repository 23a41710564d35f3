"""The last hand on the written pages: open to all, under the policy, alike in every build; then the mark of the end."""

import hashlib
from pathlib import Path

from ext import access, alike, policy


def finish(app, exception):
    """Mend every page and file of a build that went to its end, and say that it did."""
    if exception is not None:
        return
    out = Path(app.outdir)
    pages = {path: alike.page(access.repair(path.read_text(encoding="utf-8"))) for path in sorted(out.rglob("*.html"))}
    sheet = policy.sheet(pages)
    name = f"inline.{policy.key(sheet)}.css"
    (out / "_static" / name).write_text(sheet, encoding="utf-8")
    for path, text in pages.items():
        path.write_text(policy.enforce(text, name), encoding="utf-8")
    sitemap = out / "sitemap.xml"
    sitemap.write_text(alike.sitemap(sitemap.read_text(encoding="utf-8")), encoding="utf-8")
    sign(out)
    Path(app.doctreedir, "finished").touch()


def sign(out):
    """Write the hash of every download, as sha256sum reads them."""
    for path in out.rglob("*.zip"):
        alike.zipped(path)
    downloads = sorted(path for path in out.rglob("*") if path.suffix in {".py", ".ipynb", ".zip"})
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out)}\n" for path in downloads]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def setup(app):
    """Listen to the end of the build, after everyone else."""
    app.connect("build-finished", finish, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
