"""Stop a page that prints without end: it would take hours to typeset, and nobody would read it."""

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


sys.stdout.write = limited(sys.stdout.write)
del limited
