"""Where experiments take place: a book that is whole before each, as often as it is needed."""

import contextlib
import re
import shutil
import subprocess

from tests.faults import book
from tests.faults.experiments import EXPERIMENTS


class Lab:
    """A folder with a book in it, and a copy to make it whole again from. A stage remembers its
    path, so it stays."""

    def __init__(self, folder):
        self.book, self.pristine = book.Book(folder / "a book é"), folder / "pristine"
        book.make(self.book.root)
        self.book.builds()
        shutil.copytree(self.book.root, self.pristine, symlinks=True)

    def whole(self):
        """Return the book as it was at first, and nobody at work in it."""
        subprocess.run(["pkill", "-KILL", "-f", re.escape(str(self.book.root))], check=False)
        shutil.rmtree(self.book.root)
        shutil.copytree(self.pristine, self.book.root, symlinks=True)
        self.book.before.clear()
        return self.book

    def close(self):
        """Leave nothing behind."""
        self.whole()
        shutil.rmtree(self.book.root)

    def carry_out(self, name, off=False):
        """Carry out an experiment, with its gates or with them switched `off`; its failure is an
        AssertionError."""
        experiment, book = EXPERIMENTS[name], self.whole()
        if off:
            for edit in experiment.off:
                book.edit(*edit)
            book.before.clear()  # they stay
            book.builds()
        experiment.act(book)

    def verdict(self, name):
        """Return what is wrong with an experiment: with the gates it must pass, and without them
        it must not."""
        try:
            self.carry_out(name)
        except AssertionError as error:
            return f"did not survive: {error}"
        with contextlib.suppress(AssertionError):
            self.carry_out(name, off=True)
            return (
                "survives even with its gates switched off, which are therefore not what saves it"
            )
        return ""
