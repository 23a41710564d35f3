"""Mend, in the written pages, what keeps the theme and its plugins from being open to all."""

from pathlib import Path

REPAIRS = {
    # A heading by role needs a level.
    'class="caption" role="heading">': 'class="caption" role="heading" aria-level="2">',
    # Two landmarks of one kind need names.
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="The book">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    # The children of a list are its items.
    'role="doc-biblioentry"': 'role="listitem"',
}


def repair(app, exception):
    """Apply every repair to every page, and say that the build went to its end."""
    if exception is not None:
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for old, new in REPAIRS.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    Path(app.doctreedir, "finished").touch()


def setup(app):
    """Listen to the end of the build."""
    app.connect("build-finished", repair)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
