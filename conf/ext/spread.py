"""Pages that execute cells are slow to read: share them out evenly among the processes, and let
no kernel linger."""

from pathlib import Path

from nbclient import NotebookClient


def spread(app, env, docnames):
    """Bring the pages into an order in which those that execute cells are far apart."""
    slow = {
        name
        for name in docnames
        if "{code-cell}" in Path(env.doc2path(name)).read_text(encoding="utf-8")
    }
    groups = [sorted(slow), sorted(set(docnames) - slow)]
    places = [(place / len(group), name) for group in groups for place, name in enumerate(group)]
    docnames[:] = [name for _, name in sorted(places)]


def setup(app):
    """Listen to the list of pages to read."""
    NotebookClient.shutdown_kernel = (  # one that is asked to leave may take three seconds
        "immediate"
    )
    app.connect("env-before-read-docs", spread)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
