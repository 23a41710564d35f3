"""Let a cell print all at once, for pieces are put together with lines that nobody printed; and not
without end.

A million characters would take hours to typeset, and nobody would read them.
"""

import sys

MOST = 1_000_000  # characters of a page


def limited(write):
    """Return `write` such that it fails when a page has written too much."""
    written = 0

    def counted(text):
        nonlocal written
        written += len(text)
        if written > MOST:
            raise RuntimeError(f"the cells of this page print more than {MOST} characters")
        return write(text)

    return counted


sys.stdout.flush_interval = 3600  # seconds; at its end a cell prints in any case
sys.stdout.write = limited(sys.stdout.write)
del limited
