"""Spread the pages among the processes that read them: neighbours in the alphabet are alike, and some are slow."""

STRIDE = 5


def spread(app, env, docnames):
    """Bring the pages into an order in which neighbours are far apart."""
    docnames[:] = [name for first in range(STRIDE) for name in docnames[first::STRIDE]]


def setup(app):
    """Listen to the list of pages to read."""
    app.connect("env-before-read-docs", spread)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
