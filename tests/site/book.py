"""A small book to do harm to: the real settings, build and package, two pages and two scripts."""

import os
import shutil
import subprocess
import sys

from tests.site.conftest import ROOT

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# A page

```{code-cell} python
from optbook import bowl, gd, minimize
print("ends at", minimize(bowl, gd, lr=0.1, steps=3).theta[-1])
```

```{code-cell} python
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot(minimize(bowl, gd, lr=0.1, steps=3).loss)
ax.set(title="A claim", xlabel="step", ylabel="loss")
plt.show()
```

```{toctree}
other
gallery/index
```
"""
SCRIPT = '''"""
A script
========

Text.
"""

import matplotlib.pyplot as plt

from optbook import bowl, gd, minimize

run = minimize(bowl, gd, lr=0.1, steps=3)
print("ends at", run.theta[-1])
fig, ax = plt.subplots()
ax.plot(run.loss)
ax.set(title="A claim", xlabel="step", ylabel="loss")
fig.set_label("Loss against step, which falls.")
plt.show()
'''
FILES = {
    "docs/index.md": PAGE,
    "docs/other.md": "# Another page\n\nSee [the first](index.md).\n",
    "gallery/GALLERY_HEADER.rst": "Gallery\n=======\n\nText.\n",
    "gallery/few/GALLERY_HEADER.rst": "Few\n---\n\nText.\n",
    "gallery/few/plot_one.py": SCRIPT,
    "gallery/few/plot_two.py": SCRIPT.replace("A script\n===", "A second script\n=========="),
}
SOURCES = ("conf", "optbook", "docs", "gallery")


class Book:
    """The small book at `root`. What goes wrong with it is an AssertionError."""

    def __init__(self, root):
        self.root, self.site = root, root / "build" / "html"
        self.restore()

    def restore(self):
        """Write the sources as they were at first."""
        for folder in SOURCES:
            shutil.rmtree(self.root / folder, ignore_errors=True)
        left_out = shutil.ignore_patterns("__pycache__")
        for folder in ("conf", "optbook"):
            shutil.copytree(ROOT / folder, self.root / folder, ignore=left_out)
        for name, text in FILES.items():
            self.write(name, text)
        shutil.copy(ROOT / "docs" / "references.bib", self.root / "docs")

    def write(self, name, text):
        """Write a file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def edit(self, name, old, new):
        """Change the text of a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r} to change"
        self.write(name, text.replace(old, new))

    def command(self, act="html"):
        """Return the command that builds."""
        return [sys.executable, str(self.root / "conf" / "build.py"), act]

    def run(self, act="html", **environment):
        """Build, and return what came of it."""
        around = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment}
        return subprocess.run(
            self.command(act), env=around, capture_output=True, text=True, timeout=120, check=False
        )

    def builds(self, act="html", **environment):
        """Build, and see that it succeeds; return what it said."""
        done = self.run(act, **environment)
        assert done.returncode == 0, f"the build fails: {done.stderr[-1500:]}"
        return done.stdout

    def fails(self, *words):
        """Build, and see that it fails in these words, and leaves the site alone."""
        good, done = self.snapshot(), self.run()
        assert done.returncode != 0, "the build succeeds"
        said = done.stderr.partition("The build failed at ")[2].partition("\nbuild/html")[0]
        missing = [one for one in words if one not in said]
        assert not missing, f"{missing} is not said, but {said!r}: {done.stderr[-800:]}"
        assert self.snapshot() == good, "the site has changed"

    def text(self, name):
        """Return the text of a published file."""
        assert (self.site / name).exists(), f"{name} is not published"
        return (self.site / name).read_text(encoding="utf-8")

    def snapshot(self, folder=""):
        """Return every file of the site, or of another folder, as bytes."""
        top = (self.root / folder if folder else self.site).resolve()
        files = (path for path in sorted(top.rglob("*")) if path.is_file())
        return {str(path.relative_to(top)): path.read_bytes() for path in files}
