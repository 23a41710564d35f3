"""The build tells no lies: nothing stale, and no half of a site, whatever happens. Tried on a small book of its own."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.site.conftest import ROOT, build

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# A page

```{code-cell} python
from optbook import bowl, gd, minimize
print("ends at", minimize(bowl, gd, lr=0.1, steps=3).theta[-1])
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
plt.show()
'''


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Make a small book from the real settings, build and package, and build it once."""
    root = tmp_path_factory.mktemp("a book é")
    for folder in ("conf", "optbook"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("docs", "gallery/few"):
        (root / name).mkdir(parents=True)
    (root / "docs" / "index.md").write_text(PAGE)
    (root / "docs" / "other.md").write_text("# Another page\n\nSee [the first](index.md).\n")
    shutil.copy(ROOT / "docs" / "references.bib", root / "docs")
    (root / "gallery" / "GALLERY_HEADER.rst").write_text("Gallery\n=======\n\nText.\n")
    (root / "gallery" / "few" / "GALLERY_HEADER.rst").write_text("Few\n---\n\nText.\n")
    (root / "gallery" / "few" / "plot_one.py").write_text(SCRIPT)
    done = build(root)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return root


def text(book, name):
    return (book / "build" / "html" / name).read_text(encoding="utf-8")


def snapshot(book):
    html = (book / "build" / "html").resolve()
    return {path.relative_to(html): path.read_bytes() for path in html.rglob("*") if path.is_file()}


@pytest.fixture
def edited(book):
    """Return a function that edits a file of the book; undo it all at the end."""
    before = {}

    def edit(name, old, new):
        path = book / name
        before.setdefault(path, path.read_bytes())
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    yield edit
    for path, content in before.items():
        path.write_bytes(content)


def test_a_second_build_has_nothing_to_do(book):
    published = os.readlink(book / "build" / "html")
    done = build(book)
    assert done.returncode == 0
    assert "The book is ready" in done.stdout
    assert "Building" not in done.stdout
    assert os.readlink(book / "build" / "html") == published


def test_an_edited_package_changes_every_output(book, edited):
    pages = ["index.html", "gallery/few/plot_one.html"]
    pictures = sorted((book / "build" / "html" / "_images").glob("*plot_one_001.png"))
    before, drawn = [text(book, page) for page in pages], pictures[0].read_bytes()
    edited("optbook/optimizers.py", "theta = theta - eta * grad(theta)", "theta = theta - 0.5 * eta * grad(theta)")
    assert build(book).returncode == 0
    assert all(text(book, page) != old for page, old in zip(pages, before, strict=True))
    assert pictures[0].read_bytes() != drawn


def test_an_edited_page_is_built_without_running_the_scripts(book, edited):
    assert build(book).returncode == 0
    edited("docs/other.md", "Another page", "Quite another page")
    done = build(book)
    assert done.returncode == 0
    assert "Quite another page" in text(book, "other.html")
    assert "Quite another page" in text(book, "index.html"), "pages that name it change with it"
    assert "successfully executed 0 out of 0" in done.stdout.replace("\x1b[0m", "")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("gallery/few/plot_one.py", "plt.show()", "raise RuntimeError"),
        ("gallery/few/plot_one.py", "plt.show()", "import warnings; warnings.warn('careful')"),
        ("gallery/few/plot_one.py", "plt.show()", "import os; os._exit(0)"),
        ("docs/index.md", 'print("ends at"', 'raise RuntimeError; print("ends at"'),
        ("docs/other.md", "index.md", "nowhere.md"),
        ("docs/other.md", "Another page", "Another $\\frac{1}$ page"),
        ("optbook/optimizers.py", "theta = theta - eta * grad(theta)", "theta -= eta * grad(theta)"),
    ],
    ids=[
        "script raises",
        "script warns",
        "script exits",
        "cell raises",
        "broken reference",
        "broken maths",
        "beyond JS",
    ],
)
def test_a_failed_build_leaves_the_good_site_alone_and_fails_again(book, edited, name, old, new):
    assert build(book).returncode == 0
    good = snapshot(book)
    edited(name, old, new)
    for _ in range(2):  # the second run must not pass because the first has read the page
        done = build(book)
        assert done.returncode != 0, done.stdout[-2000:]
        assert "The build failed; build/html is as it was." in done.stderr
        assert snapshot(book) == good


def test_a_deleted_page_is_not_published(book, edited):
    edited("docs/index.md", "other\n", "")
    (book / "docs" / "other.md").rename(book / "aside.md")
    try:
        assert build(book).returncode == 0
        assert not (book / "build" / "html" / "other.html").exists()
    finally:
        (book / "aside.md").rename(book / "docs" / "other.md")


def test_the_callers_settings_stay_out(book, edited, monkeypatch, tmp_path):
    (tmp_path / "matplotlibrc").write_text("figure.figsize: 1, 1\n")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    edited("docs/index.md", "minimize(bowl, gd, lr=0.1, steps=3)", "minimize(bowl, gd, lr=0.1, steps=4)")
    edited("gallery/few/plot_one.py", "steps=3", "steps=4")
    assert build(book).returncode == 0
    picture = next((book / "build" / "html" / "_images").glob("*plot_one_001.png"))
    assert picture.stat().st_size > 5000


def test_an_edit_during_a_build_is_not_lost(book, edited):
    """The script edits the package while it runs: the next build must notice."""
    rule = str(book / "optbook" / "optimizers.py")
    slow = f"import pathlib; p = pathlib.Path({rule!r}); p.write_text(p.read_text() + '# later')"
    edited("optbook/optimizers.py", "import numpy as np", "import numpy as np  # now")
    edited("gallery/few/plot_one.py", "plt.show()", slow + "\nplt.show()")
    assert build(book).returncode == 0
    edited("gallery/few/plot_one.py", slow, "")
    done = build(book)
    assert "successfully executed 1 out of 1" in done.stdout, "the package has changed: everything is stale"


def test_another_address_makes_another_site(book, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://elsewhere.example/book/")
    assert build(book).returncode == 0
    assert "https://elsewhere.example/book/other.html" in text(book, "sitemap.xml")


def test_a_damaged_page_is_repaired(book):
    assert build(book).returncode == 0
    page = book / "build" / "html" / "other.html"
    page.write_text("")
    assert build(book).returncode == 0
    assert "Another page" in text(book, "other.html")


def test_a_script_cannot_change_the_package_for_the_next(book, edited):
    assert build(book).returncode == 0
    good = text(book, "gallery/few/plot_one.html")
    edited("gallery/few/plot_one.py", "plt.show()", "plt.show()\n")
    first = book / "gallery" / "few" / "plot_a_first.py"
    first.write_text(SCRIPT.replace("plt.show()", "import optbook; optbook.gd = optbook.adam\nplt.show()"))
    try:
        assert build(book).returncode == 0
        wanted = [line for line in good.splitlines() if "ends at [" in line]
        assert wanted
        assert [line for line in text(book, "gallery/few/plot_one.html").splitlines() if "ends at [" in line] == wanted
    finally:
        first.unlink()


def test_a_stopped_build_leaves_nothing_behind(book, edited):
    edited("gallery/few/plot_one.py", "plt.show()", "import time; time.sleep(60)")
    good = snapshot(book)
    process = subprocess.Popen([sys.executable, book / "conf" / "build.py"], stdout=subprocess.DEVNULL)
    time.sleep(8)
    process.terminate()
    assert process.wait(20) == 143
    left = subprocess.run(["pgrep", "-f", f"sphinx.*{book.name}"], capture_output=True, text=True, check=False)
    assert not left.stdout.split()
    assert snapshot(book) == good
