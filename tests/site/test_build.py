"""What happens to those who build the book: nothing published is old, half or wrong, and a build
that fails says in one line where and why. And what guards the published site is needed: without
it, harm is done."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time

import psutil
import pytest

from tests.site.book import SCRIPT, Book

pytestmark = pytest.mark.xdist_group("the small book")
BUILD, CONF, GALLERY = "conf/build.py", "conf/conf.py", "conf/ext/gallery.py"
INDEX, OTHER = "docs/index.md", "docs/other.md"
ONE, TWO = "gallery/few/plot_one.py", "gallery/few/plot_two.py"
SHOW, RESULT = "plt.show()", 'print("ends at"'
STEP = "theta = theta - eta * grad(theta)"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make the small book once."""
    book = Book(tmp_path_factory.mktemp("small") / "a book é")
    book.builds()
    return book


@pytest.fixture
def book(made):
    """Return the small book as it was at first; its site may be that of another test."""
    made.restore()
    return made


def edit_the_library(book):
    """Make each step half as long: every page shows it."""
    book.edit("optbook/optimizers.py", STEP, "theta = theta - 0.5 * eta * grad(theta)")


# ---- nothing published is old --------------------------------------------------------------------


def assert_same_from_nothing(book, **environment):
    """Assert that a build from nothing makes the bytes that are published."""
    old = book.snapshot()
    book.builds("site", **environment)
    new = book.snapshot()
    assert [name for name in sorted(old | new) if old.get(name) != new.get(name)] == []


def test_edits_one_after_the_other_give_what_a_build_from_nothing_gives(book):
    book.builds()
    (book.site / "other.html").write_text("")
    book.builds()
    assert "Another page" in book.text("other.html"), "what is damaged is made whole"
    assert "Building" not in book.builds(), "a second build has nothing to do"
    book.edit(OTHER, "# Another page", "# Quite another page")
    said = book.builds()
    assert "successfully executed 0 out of 0" in said.replace("\x1b[0m", "")
    assert "Quite another page" in book.text("index.html"), "pages that name it change with it"
    book.edit("conf/static/book.css", "body {", "body { tab-size: 3;")
    said = book.builds()
    assert "0 changed" in said, "no page is read again for a style sheet"
    assert_same_from_nothing(book)
    book.edit(INDEX, 'title="A claim"', 'title="Another claim"')
    book.builds()
    book.edit(ONE, "A script\n========", "A new script\n============")
    book.builds()
    assert_same_from_nothing(book)


def test_what_the_library_computes_is_new_on_every_page(book):
    pages = ["index.html", "gallery/few/plot_one.html"]
    before = [book.text(page) for page in pages]
    edit_the_library(book)
    book.builds()
    assert all(book.text(page) != old for page, old in zip(pages, before, strict=True))


def test_a_page_that_is_renamed_or_deleted_is_gone(book):
    assert (book.site / "other.html").exists()
    book.edit(INDEX, "other\n", "moved\n")
    (book.root / OTHER).rename(book.root / "docs" / "moved.md")
    book.builds()
    assert "Another page" in book.text("moved.html")
    assert not (book.site / "other.html").exists()


def test_serving_builds_what_is_edited(book):
    book.edit(OTHER, "Another", "Quite another")
    with at_work(book, "serve"):
        page = book.root / "build" / "stage" / "html" / "other.html"
        assert soon(lambda: page.exists() and "Quite another" in page.read_text("utf-8"))


# ---- a script or a cell goes wrong ---------------------------------------------------------------


def test_a_script_that_fails_is_named_with_its_own_words_until_it_is_put_right(book):
    book.edit(ONE, SHOW, 'assert run.loss[-1] < 0, "no loss is negative"')
    says = "gallery/few/plot_one.py:18: AssertionError: no loss is negative"
    book.fails(says)
    book.fails(says)  # not only the first time
    book.restore()
    book.builds()
    assert "no loss" not in book.text("gallery/few/plot_one.html"), "its traceback outlives it"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import warnings; warnings.warn('careful')", "plot_one.py:18: UserWarning: careful"),
        ("x = = 3", "plot_one.py:18: SyntaxError: invalid syntax"),
        ("import sys; sys.exit(0)", "plot_one.py"),
        ("import os; os._exit(0)", "plot_one.py"),
        ("import time; time.sleep(60)", "plot_one.py:18: TimeoutError: the script takes longer"),
    ],
)
def test_a_script_that_warns_ends_or_hangs_fails_the_build(book, code, says):
    book.edit(GALLERY, "TIME_LIMIT = 120", "TIME_LIMIT = 3")
    book.edit(ONE, SHOW, f"{code}\n{SHOW}")
    book.fails(says)


LEAKS = """
import os, optbook, numpy as np
optbook.gd = optbook.momentum
os.environ["LEAKED"] = "yes"
np.set_printoptions(precision=2)
np.seterr(all="ignore")
plt.rcParams["figure.figsize"] = 2, 2
"""
TELLS = """import os, numpy as np
print(os.environ.get("LEAKED"), np.geterr()["over"], plt.rcParams["figure.figsize"])
"""


def test_what_one_script_changes_no_other_sees(book):
    def printed():
        out = r'<div class="sphx-glr-script-out.*?</div>'
        return re.findall(out, book.text("gallery/few/plot_two.html"), re.DOTALL)

    book.edit(CONF, '"parallel": True', '"parallel": False')  # one process for all
    book.edit(TWO, SHOW, TELLS + SHOW)
    book.builds()
    clean = printed()
    book.edit(ONE, SHOW, f"{SHOW}\n{LEAKS}")
    book.edit(TWO, SHOW, f"{SHOW}\n")  # so that it runs again
    book.builds()
    assert printed() == clean


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            INDEX,
            RESULT,
            f'assert False, "my words"; {RESULT}',
            "docs/index.md: AssertionError: my words, at `assert False",
        ),
        (INDEX, RESULT, f"import os; os._exit(0); {RESULT}", "docs/index.md: DeadKernelError"),
        (OTHER, "index.md", "nowhere.md", "docs/other.md:3: WARNING: 'myst' cross-reference"),
        (OTHER, "See", r"Half, $\frac{1}$. See", r"\frac{1}"),
        (ONE, "fig.set_label(", "print(", "plot_one.py: a figure does not say what it shows"),
        (
            "optbook/optimizers.py",
            STEP,
            "theta -= eta * grad(theta)",
            "optimizers.py",
        ),
    ],
)
def test_a_page_that_is_wrong_is_named_and_not_published(book, name, old, new, says):
    book.edit(name, old, new)
    book.fails(says)


def test_what_no_tool_complains_of_is_found_before_it_is_published(book):
    book.edit(INDEX, SHOW, f"plt.close()\n{SHOW}")
    book.edit(ONE, SHOW, f"print(__import__('optbook').__file__)\n{SHOW}")
    book.edit(OTHER, "See", "<script>1</script>\n\n![A picture](https://example.com/a.png)\n\nSee")
    third = SCRIPT.replace("A script\n===", "A third script\n=========")
    book.write("gallery/few/draw_three.py", third)
    book.fails(
        "gallery/few/draw_three.html: has 0 of 1 figures",
        "gallery/few/plot_one.html: tells",
        "index.html: has 0 of 1 figures",
        "other.html: has a script of its own",
        "other.html: loads https://example.com/a.png",
    )


# ---- a build is stopped, or not alone ------------------------------------------------------------


def soon(holds, seconds=60):
    """Return whether something holds within a minute."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held


@contextlib.contextmanager
def at_work(book, act="html"):
    """Start a build, or the server, and stop it in the end."""
    process = subprocess.Popen(
        book.command(act),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # what a shell's `&` starts ignores it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def workers(book):
    """Return the processes that work in the book's folder."""
    there = str(book.root)
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if there in " ".join(process.info["cmdline"] or [])]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_build_that_is_stopped_leaves_the_site_and_nobody_at_work(book, number, status):
    old = book.snapshot()
    begun = f"begun{status}"
    book.edit(INDEX, RESULT, f"open({begun!r}, 'w').close(); import time; time.sleep(60); {RESULT}")
    with at_work(book) as process:
        assert soon(lambda: [*(book.root / "build").rglob(begun)])
        process.send_signal(number)
        assert process.wait(20) == status
    assert soon(lambda: not workers(book), 5), workers(book)
    assert book.snapshot() == old


def found_while_two_build(book):
    """Return how a reader finds the pages while two builds of an edited book are at work."""
    edit_the_library(book)
    seen, done = [], threading.Event()
    reader = threading.Thread(target=read_on, args=(book, seen, done))
    reader.start()
    with at_work(book) as one, at_work(book) as two:
        assert [one.wait(), two.wait()] == [0, 0]
    done.set()
    reader.join()
    assert len(seen) > 100
    return set(seen)


def test_a_reader_finds_whole_pages_while_two_build(book):
    assert found_while_two_build(book) == {"whole"}


def read_on(book, seen, done):
    """Read a page and its style sheet again and again, and note whether they were whole."""
    while not done.is_set():
        try:
            folder = book.site.resolve(strict=True)
            text = (folder / "index.html").read_text(encoding="utf-8")
            sheet = folder / re.search(r'href="(_static/book\.\w+\.css)"', text)[1]
            seen.append("whole" if "</html>" in text and sheet.stat().st_size else "cut")
        except OSError:
            seen.append("missing")
        time.sleep(0.005)


# ---- the same sources, the same bytes ------------------------------------------------------------


def test_the_machine_does_not_show_and_sources_are_only_read(book):
    tells = "print(time.strftime('%Z', time.localtime(0)), locale.getlocale(), {*'abcdef'})"
    book.edit(ONE, SHOW, f"import time, locale\n{tells}\n{SHOW}")
    book.write("home/.config/matplotlib/matplotlibrc", "figure.figsize: 1, 1\n")
    before = {folder: book.snapshot(folder) for folder in ("docs", "gallery", "conf", "optbook")}
    book.builds()
    home = str(book.root / "home")
    others = dict(TZ="Asia/Tokyo", LC_ALL="C", LANG="tr_TR.UTF-8", PYTHONHASHSEED="42")
    mask = os.umask(0o077)
    try:
        assert_same_from_nothing(book, HOME=home, MPLBACKEND="Agg", **others)
    finally:
        os.umask(mask)
    assert {folder: book.snapshot(folder) for folder in before} == before


def test_the_address_shows(book):
    book.builds(SITE_URL="https://elsewhere.example/book/")
    assert "https://elsewhere.example/book/other.html" in book.text("sitemap.xml")


# ---- what guards the site is needed --------------------------------------------------------------


def test_without_strictness_a_broken_reference_is_published(book):
    book.edit(BUILD, '"-W", ', "")
    book.edit(OTHER, "index.md", "nowhere.md")
    book.builds()


def test_without_verification_a_page_without_its_figure_is_published(book):
    book.edit(BUILD, "if wrong := verify.examine(STAGE, HTML):", "if wrong := []:")
    book.edit(INDEX, SHOW, f"plt.close()\n{SHOW}")
    book.builds()
    assert "_images" not in book.text("index.html")


def test_without_the_swap_a_reader_finds_nothing(book):
    book.edit(BUILD, "    os.replace(link, SITE)\n", "    SITE.unlink()\n    time.sleep(1)\n"
              + "    os.replace(link, SITE)\n")  # fmt: skip
    assert "missing" in found_while_two_build(book)
