"""A small book to do harm to: the real settings, build and package, two pages and a few scripts."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
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
OTHER = "# Another page\n\nSee [the first](index.md).\n"
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
SECOND = SCRIPT.replace("A script\n========", "A second script\n===============")
FILES = {
    "docs/index.md": PAGE,
    "docs/other.md": OTHER,
    "gallery/GALLERY_HEADER.rst": "Gallery\n=======\n\nText.\n",
    "gallery/few/GALLERY_HEADER.rst": "Few\n---\n\nText.\n",
    "gallery/few/plot_one.py": SCRIPT,
    "gallery/few/plot_two.py": SECOND,
}


def make(root):
    """Write the small book to `root`."""
    for folder in ("conf", "optbook"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "docs" / "references.bib", root / "docs")


class Book:
    """The small book at `root`, and what can be done to it. All that goes wrong is an
    AssertionError."""

    def __init__(self, root):
        self.root, self.site, self.before = root, root / "build" / "html", {}

    def edit(self, name, old, new):
        """Change the text of a file."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r} to change"
        self.write(name, text.replace(old, new))

    def write(self, name, text):
        """Write a file."""
        path = self.root / name
        self.before.setdefault(path, path.read_bytes() if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remove(self, name):
        """Delete a file."""
        path = self.root / name
        self.before.setdefault(path, path.read_bytes())
        path.unlink()

    def revert(self):
        """Take all changes of files back."""
        for path, content in self.before.items():
            path.unlink(missing_ok=True) if content is None else path.write_bytes(content)
        self.before.clear()

    def command(self, act="html", patch=""):
        """Return the command that builds, with a patch of Python for the build to be harmed by."""
        conf = self.root / "conf"
        if not patch:
            return [PYTHON, str(conf / "build.py"), act]
        program = (
            f"import sys; sys.path.insert(0, {str(conf)!r}); import"
            f" build\n{patch}\nsys.exit(build.main())"
        )
        return [PYTHON, "-c", program, act]

    def run(self, act="html", patch="", timeout=120, command=None, **environment):
        """Build, and return what came of it."""
        surroundings = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment}
        try:
            return subprocess.run(
                command or self.command(act, patch),
                env=surroundings,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the build is still at work after {timeout} s") from None

    def builds(self, *args, **options):
        """Build, and see that it succeeds; return what it said."""
        done = self.run(*args, **options)
        assert done.returncode == 0, f"the build fails: {done.stderr[-1500:]}"
        return done.stdout

    def fails(self, *names, **options):
        """Build, and see that it fails, says in one line what is to blame, and leaves the site
        alone."""
        good = self.snapshot()
        done = self.run(**options)
        assert done.returncode != 0, "the build succeeds"
        said = done.stderr.partition("The build failed at ")[2]
        missing = [name for name in names if name not in said.splitlines()[0]]
        assert not missing, (
            f"the build does not say that {missing} is to blame, but: {said or done.stderr[-1500:]}"
        )
        assert self.snapshot() == good, "the site has changed"

    def text(self, name):
        """Return the text of a published file."""
        path = self.site / name
        assert path.exists(), f"{name} is not published"
        return path.read_text(encoding="utf-8")

    def snapshot(self):
        """Return every published file."""
        site = self.site.resolve()
        return {
            path.relative_to(site): path.read_bytes()
            for path in sorted(site.rglob("*"))
            if path.is_file()
        }

    def left(self):
        """Return the processes that the build has left behind, after a moment to end in."""
        for _ in range(20):
            found = subprocess.run(
                ["pgrep", "-af", re.escape(str(self.root))],
                capture_output=True,
                text=True,
                check=False,
            )
            if not found.stdout:
                return ""
            time.sleep(0.25)
        return found.stdout

    @contextlib.contextmanager
    def at_work(self, sign, act="html", **environment):
        """Start a build, and give it once a sign of what it is doing is there: a path below the
        root."""
        process = subprocess.Popen(
            self.command(act),
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # what a shell's `&` starts ignores it
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            for _ in range(600):
                if list(self.root.glob(sign)) or process.poll() is not None:
                    break
                time.sleep(0.1)
            assert process.poll() is None, f"the build ended before there was {sign}"
            yield process
        finally:
            process.kill()
            process.wait()
