"""Harm done to a small book, and what must come of it.

Each experiment names the gates that stand against the harm: with the edits that switch them `off`,
it must fail.
"""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.book import PYTHON, ROOT, SCRIPT

EXPERIMENTS = {}
BUILD, CONF, GALLERY = "conf/build.py", "conf/conf.py", "conf/ext/gallery.py"
ONE = "gallery/few/plot_one.py"
TWO = "gallery/few/plot_two.py"
INDEX = "docs/index.md"
OTHER = "docs/other.md"
SHOW, RESULT = "plt.show()", 'print("ends at"'
RULE, STEP = "optbook/optimizers.py", "theta = theta - eta * grad(theta)"
SHORTER = (RULE, STEP, "theta = theta - 0.5 * eta * grad(theta)")

# Gates, each as the edit that takes it away
STRICT = (BUILD, '"-W", ', "")
STATUS = (
    BUILD,
    "process.wait(TIME_LIMIT) == 0 and FINISHED.exists()",
    "process.wait(TIME_LIMIT) is not None",
)
TRUST = (BUILD, "    TRUSTED.unlink(missing_ok=True)\n    FINISHED", "    FINISHED")
VERIFIED = (BUILD, "        if wrong:", "        if False:")
ASIDE = (
    BUILD,
    "    before = SITE.resolve()\n",
    "    before = SITE.resolve()\n    shutil.copytree(HTML, before, dirs_exist_ok=True)\n",
)
CLEAN = (
    BUILD,
    "return kept | ENVIRONMENT | homes",
    "return kept | ENVIRONMENT | homes | dict(os.environ)",
)
CELLS = (CONF, "nb_execution_raise_on_error = True", "nb_execution_raise_on_error = False")
ABORT = (CONF, '"abort_on_example_error": True', '"abort_on_example_error": False')
ISOLATED = (CONF, '"reset_modules": ("matplotlib", "ext.gallery.isolate")', '"reset_modules": ()')

# What a build is patched with, to bring harm near
ONE_BY_ONE = "build.SPHINX[1] = '1'"  # process


@dataclass(frozen=True)
class Experiment:
    """What is done, which edits switch the gates off, and whether `make test` does it, and not
    `make faults` alone."""

    title: str
    act: object
    off: tuple
    often: bool


def experiment(title, *off, often=False):
    """Register a function that does harm to a book, and asserts that no reader suffers from it."""

    def register(act):
        EXPERIMENTS[act.__name__] = Experiment(title, act, off, often)
        return act

    return register


# Nothing published is old


@experiment("the library is edited", (BUILD, " or TRUSTED.read_text() != shared", ""))
def library(book):
    pages = ["index.html", "gallery/few/plot_one.html"]
    before = [book.text(page) for page in pages]
    book.edit(*SHORTER)
    book.builds()
    assert all(book.text(page) != old for page, old in zip(pages, before, strict=True)), (
        "a page is stale"
    )


NAMES = (
    BUILD,
    'content if path.parts[0] in EVERYWHERE else b"" for path, content in sources.items()}',
    "content for path, content in sources.items() if path.parts[0] in EVERYWHERE}",
)


@experiment("a page is renamed", NAMES)
def renamed(book):
    book.edit(INDEX, "other\n", "moved\n")
    book.write("docs/moved.md", (book.root / OTHER).read_text(encoding="utf-8"))
    book.remove(OTHER)
    book.builds()
    assert "Another page" in book.text("moved.html")
    assert not (book.site / "other.html").exists(), "the page is still published under its old name"


@experiment("a page is deleted", NAMES)
def deleted(book):
    book.edit(INDEX, "other\n", "")
    book.remove(OTHER)
    book.builds()
    assert not (book.site / "other.html").exists(), "the page is still published"


@experiment("a page that comes from nowhere lies about", VERIFIED)
def stray(book):
    (book.root / "build" / "stage" / "html" / "stray.html").write_text(
        book.text("other.html"), encoding="utf-8"
    )
    book.edit(OTHER, "Another", "Yet another")
    book.fails("stray.html: comes from no source")


@experiment(
    "the library is edited while a build runs",
    (
        BUILD,
        "        publish(name)",
        "        publish(digest(read()[0], address(), str(epoch()), PYTHON)[:16])",
    ),
    (BUILD, "SNAPSHOT.rename(TRUSTED)", "TRUSTED.write_text(read()[1])"),
)
def edited_meanwhile(book):
    path = f"import optbook, pathlib; p = pathlib.Path(optbook.__file__).parents[3] / {RULE!r}"
    meanwhile = f"{path}; p.write_text(p.read_text().replace({STEP!r}, {SHORTER[2]!r}))"
    book.edit(RULE, STEP, f"{STEP}  # touched")
    book.edit(ONE, SHOW, f"{meanwhile}\n{SHOW}")
    book.builds()
    before = book.text("index.html")
    book.builds()
    assert book.text("index.html") != before, "the edit is lost"


@experiment(
    "a published file is truncated",
    (BUILD, 'PUBLISHED.read_text() == digest(files(site, "."))', "bool(PUBLISHED)"),
)
def truncated(book):
    (book.site / "other.html").write_text("")
    book.builds()
    assert "Another page" in book.text("other.html"), "the damage stays"


# A script that goes wrong


@experiment("a script raises, and is put right", TRUST, ABORT, STRICT, often=True)
def raises(book):
    book.edit(ONE, SHOW, "raise RuntimeError('no way')")
    book.fails("plot_one.py", "no way")
    book.fails("plot_one.py", "no way")  # not only the first time
    book.revert()
    book.builds()
    assert "no way" not in book.text("gallery/few/plot_one.html"), "its traceback has outlived it"


@experiment("a script hangs", (GALLERY, "signal.alarm(TIME_LIMIT)", "pass"))
def hangs(book):
    book.edit(GALLERY, "TIME_LIMIT = 120", "TIME_LIMIT = 2")
    book.edit(ONE, SHOW, "import time; time.sleep(600)")
    book.fails("plot_one.py", "takes longer than 2 s", timeout=60)


@experiment(
    "a script hangs, deaf to its alarm", (BUILD, "process.wait(TIME_LIMIT)", "process.wait()")
)
def deaf(book):
    book.edit(
        ONE,
        SHOW,
        "import signal, time; signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(600)",
    )
    book.fails("plot_one.py", patch="build.TIME_LIMIT = 15", timeout=60)
    assert not (left := book.left()), f"still at work: {left}"


@experiment("a script calls sys.exit(0)", STATUS, VERIFIED)
def exits(book):
    book.edit(ONE, SHOW, "import sys; sys.exit(0)")
    book.fails("plot_one.py", patch=ONE_BY_ONE)


@experiment("a script calls os._exit(0)", STATUS, VERIFIED)
def vanishes(book):
    book.edit(ONE, SHOW, "import os; os._exit(0)")
    book.fails("plot_one.py", patch=ONE_BY_ONE)


@experiment("a script ends its process, among others at work", STATUS, VERIFIED)
def vanishes_among_others(book):
    book.edit(ONE, SHOW, "import os; os._exit(0)")
    book.fails("plot_one.py")


@experiment("a script breaks the interpreter", STATUS, VERIFIED)
def segfault(book):
    book.edit(ONE, SHOW, "import ctypes; ctypes.string_at(0)")
    book.fails("plot_one.py", patch=ONE_BY_ONE)


@experiment("a script warns", (GALLERY, 'warnings.simplefilter("error")', "pass"))
def warns(book):
    book.edit(ONE, SHOW, f"import warnings; warnings.warn('careful')\n{SHOW}")
    book.fails("plot_one.py", "careful")


LEAKS = "\n".join(
    [
        "import os, optbook, numpy as np, matplotlib",
        "optbook.gd = optbook.momentum",
        "os.environ['LEAKED'] = 'yes'",
        "np.set_printoptions(precision=2)",
        "np.seterr(all='ignore')",
        "matplotlib.rcParams['figure.figsize'] = 2, 2",
    ]
)
TELLS = (
    "import os, numpy as np, matplotlib\n"
    "print(os.environ.get('LEAKED'), np.geterr()['over'], matplotlib.rcParams['figure.figsize'])\n"
)


@experiment("a script changes the state for the next", ISOLATED)
def leaks(book):
    book.edit(TWO, SHOW, TELLS + SHOW)
    book.builds(patch=ONE_BY_ONE)
    clean = outputs(book, TWO)
    book.edit(ONE, SHOW, f"{SHOW}\n{LEAKS}")
    book.edit(TWO, SHOW, f"{SHOW}\n")  # so that it runs again
    book.builds(patch=ONE_BY_ONE)
    assert outputs(book, TWO) == clean, "what one script did shows in another"


@experiment("scripts run in reverse order, and alone", ISOLATED)
def any_order(book):
    for script in (ONE, TWO):
        book.edit(script, SHOW, f"{TELLS}{SHOW}\n{LEAKS}")
    book.builds(patch=ONE_BY_ONE)
    forward = {script: outputs(book, script) for script in (ONE, TWO)}
    book.edit(CONF, '"ExampleTitleSortKey"', '"ext.gallery.Backwards"')
    book.edit(GALLERY, "SAVED = {}", f"{BACKWARDS}\n\nSAVED = {{}}")
    book.builds(patch=ONE_BY_ONE)
    assert {script: outputs(book, script) for script in (ONE, TWO)} == forward, (
        "the order of the scripts shows"
    )
    book.remove(ONE)
    book.builds(patch=ONE_BY_ONE)
    assert outputs(book, TWO) == forward[TWO], "a script is another when it is alone"


BACKWARDS = '''
from sphinx_gallery.sorting import ExampleTitleSortKey


class Backwards(ExampleTitleSortKey):
    """The opposite order."""

    def __call__(self, filename):
        """Return a key that sorts from Z to A."""
        return [-ord(letter) for letter in super().__call__(filename)]
'''


def outputs(book, script):
    """Return what a script printed."""
    return re.findall(
        r'<div class="sphx-glr-script-out.*?</div>',
        book.text(Path(script).with_suffix(".html")),
        re.DOTALL,
    )


@experiment("a script's name keeps it from being executed", VERIFIED)
def misnamed(book):
    book.write(
        "gallery/few/draw_three.py",
        SCRIPT.replace("A script\n========", "A third script\n=============="),
    )
    book.fails("draw_three.html: has 0 of 1 figures")


@experiment("a script prints where it lies", VERIFIED)
def tells(book):
    book.edit(ONE, SHOW, f"print(__import__('optbook').__file__)\n{SHOW}")
    book.fails("plot_one.html: tells")


# A cell that goes wrong


@experiment("a cell raises", CELLS, STRICT)
def cell_raises(book):
    book.edit(INDEX, RESULT, f"raise RuntimeError('no way'); {RESULT}")
    book.fails("docs/index.md", "RuntimeError")


@experiment("a kernel dies", CELLS, STRICT, (BUILD, "process.wait(TIME_LIMIT) == 0 and ", ""))
def kernel_dies(book):
    book.edit(INDEX, RESULT, f"import os; os._exit(0); {RESULT}")
    book.fails("index")


@experiment(
    "a cell prints 50 MB",
    ("conf/ipython/profile_default/startup/prints.py", "written > MOST", "False"),
)
def cell_floods(book):
    book.edit(INDEX, RESULT, f"print('x' * 50_000_000); {RESULT}")
    book.fails("docs/index.md", "print more than 1000000 characters")


@experiment(
    "a cell takes its time between two words",
    ("conf/ipython/profile_default/startup/prints.py", "sys.stdout.flush_interval = 3600", "pass"),
)
def cell_pauses(book):
    pause = "import time; print('one, ', end=''); time.sleep(1); print('two\\n\\nthree')"
    book.edit(INDEX, RESULT, f"{pause}; {RESULT}")
    book.builds()
    assert "one, two\n\nthree\nends at" in book.text("index.html"), (
        "there are lines that nobody printed"
    )


@experiment("a script prints 50 MB", (GALLERY, "len(source[0]) > LONGEST", "False"))
def script_floods(book):
    book.edit(ONE, SHOW, f"print('x' * 50_000_000)\n{SHOW}")
    book.fails("gallery/few/plot_one has 50")


@experiment("a figure does not say what it shows", (GALLERY, "not all(labels)", "False"))
def says_nothing(book):
    book.edit(ONE, "fig.set_label(", "print(")
    book.fails("plot_one.py: a figure does not say what it shows")


@experiment("a cell draws nothing", VERIFIED)
def draws_nothing(book):
    book.edit(INDEX, SHOW, f"plt.close()\n{SHOW}")
    book.fails("index.html: has 0 of 1 figures")


# A page that goes wrong


@experiment("a reference is broken, twice", TRUST, (BUILD, '"-a", ', ""))
def broken_reference(book):
    book.edit(OTHER, "index.md", "nowhere.md")
    book.fails("docs/other.md:3", "nowhere.md")
    book.fails("docs/other.md:3", "nowhere.md")  # although the page has been read


@experiment(
    "a formula is broken",
    (CONF.replace("conf.py", "ext/mathml.py"), '"throwOnError": True', '"throwOnError": False'),
)
def broken_formula(book):
    book.edit(OTHER, "See", r"That $\frac{1}$ is half. See")
    book.fails(r"\frac{1}")


@experiment(
    "a rule is beyond the compiler to JavaScript", ("conf/ext/compiler.py", "raise", "return")
)
def beyond_javascript(book):
    book.edit(RULE, STEP, "theta -= eta * grad(theta)")
    book.fails("optimizers.py")


PAYLOAD = "<script>document.title = 'ran'</script>"


@experiment(
    "an output is HTML with a script in it", (CONF, "nb_mime_priority_overrides", "_"), VERIFIED
)
def output_with_script(book):
    cell = (
        f"class Evil:\n    _repr_html_ = lambda self: {PAYLOAD!r}\nEvil()\n```\n\n```{{code-cell}}"
        f" python\n{RESULT}"
    )
    book.edit(INDEX, RESULT, cell)
    book.builds()
    assert PAYLOAD not in book.text("index.html"), "the script is on the page"


@experiment("a page has a script of its own", VERIFIED)
def page_with_script(book):
    book.edit(OTHER, "See", f"{PAYLOAD}\n\nSee")
    book.fails("other.html: has a script of its own")


@experiment("a page asks another host for a picture", VERIFIED)
def picture_from_elsewhere(book):
    book.edit(OTHER, "See", "![A picture of nothing at all](https://example.com/a.png)\n\nSee")
    book.fails("other.html: loads https://example.com/a.png")


# A build that is stopped


DEADLY = """
import itertools, os, shutil
calls, act = itertools.count(1), {point}

def deadly(*args, **options):
    if next(calls) == {number}:
        os.kill(os.getpid(), 9)
    return act(*args, **options)

{point} = deadly
"""


def whole(book, *sites):
    """Assert that the published site is one of these."""
    assert book.site.is_dir(), "there is no site"
    assert book.snapshot() in sites, "the site is half one and half another"


def killed_at(book, point, number=1):
    """Kill a build of an edited book when it calls a function for the so manieth time; the site
    stays as it is."""
    old = book.snapshot()
    assert (
        book.run(patch=DEADLY.format(point=point, number=number)).returncode == -signal.SIGKILL
    ), f"not at {point}"
    whole(book, old)


def recovers(book):
    """Build an edited book that a killed build has left, and see that the edit is published."""
    old = book.snapshot()
    book.builds()
    assert book.snapshot() != old, "the edit is not published"


@experiment("SIGKILL in the midst of a copy", ASIDE)
def killed_in_a_copy(book):
    book.edit(*SHORTER)
    killed_at(book, "build.prepare")
    killed_at(book, "build.sphinx")
    killed_at(book, "shutil.copyfile", 60)
    recovers(book)


@experiment(
    "SIGKILL before the link",
    (BUILD, "    os.replace(link, SITE)", "    SITE.unlink()\n    os.replace(link, SITE)"),
    often=True,
)
def killed_before_the_link(book):
    book.edit(*SHORTER)
    killed_at(book, "build.trust")
    killed_at(book, "os.replace")
    recovers(book)


# The script does it itself, once: its process is that of Sphinx.
AT_SAVING = """
import os, pathlib, optbook
from sphinx_gallery import gen_rst
flag = pathlib.Path(optbook.__file__).parents[3] / "kill"
if flag.exists():
    flag.unlink()
    gen_rst.save_rst_example = lambda *_, **__: os.kill(os.getpid(), 9)
"""


@experiment("SIGKILL between two writes of one script's page", TRUST)
def killed_between_writes(book):
    book.edit(ONE, SHOW, f"{AT_SAVING}{SHOW}")
    book.edit(ONE, "steps=3", "steps=4")
    (book.root / "kill").touch()
    old = book.snapshot()
    assert book.run(patch=ONE_BY_ONE).returncode != 0
    assert not (book.root / "kill").exists(), "the script has not run"
    whole(book, old)
    book.builds()
    page = re.sub("<[^>]*>", "", book.text("gallery/few/plot_one.html"))
    assert "steps=4" in page, "the page is old, its download new"


@experiment("SIGKILL while Sphinx is at work", (BUILD, "pass_fds=[lock.fileno()]", "pass_fds=[]"))
def orphaned(book):
    book.edit(ONE, SHOW, f"import time; time.sleep(6)\n{SHOW}")
    with book.at_work("build/stage/now/*"):
        pass  # killed here
    assert "is at work here; waiting for it" in book.builds(), "two builds are at work in one stage"


def stopped(book, number, status):
    """Stop a build by a signal while a cell is at work; nothing is left running, and the site
    stays."""
    old = book.snapshot()
    book.edit(INDEX, RESULT, f"import time; time.sleep(600); {RESULT}")
    with book.at_work("build/stage/docs/gallery/few/plot_two.rst") as process:
        time.sleep(3)  # the kernel starts
        process.send_signal(number)
        assert process.wait(20) == status
        assert not (left := book.left()), f"still at work: {left}"
    whole(book, old)


ORPHANS = (BUILD, "        end(process)", "        pass")


@experiment("SIGINT", ORPHANS)
def interrupted(book):
    stopped(book, signal.SIGINT, 130)


@experiment("SIGTERM", ORPHANS)
def terminated(book):
    stopped(book, signal.SIGTERM, 143)


def alone(script):
    """Return the command that runs a shell script with mounts and a network of its own."""
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *root, "--mount", "--net", "sh", "-euc", script]


@experiment(
    "the disk is full", (BUILD, "    except OSError as error:\n        return fail(error)\n", "")
)
def disk_full(book):
    book.edit(*SHORTER)
    build = book.root / "build"
    stage, site = (
        int(subprocess.check_output(["du", "-sk", path]).split()[0])
        for path in (build, build / "sites")
    )
    script = f"""
      mv '{build}' '{build}.aside'; mkdir '{build}'
      mount -t tmpfs -o size={stage + site // 2}k none '{build}'
      cp -a '{build}.aside/.' '{build}'
      {LOOPBACK}
      status=0; '{PYTHON}' '{book.root}/{BUILD}' || status=$?
      cp -aL '{build}/html' '{book.root}/after'
      umount '{build}'; rmdir '{build}'; mv '{build}.aside' '{build}'
      exit $status"""
    old = book.snapshot()
    done = book.run(command=alone(script))
    assert done.returncode != 0
    assert re.search(r"^The build failed at .*No space left", done.stderr, re.MULTILINE), (
        done.stderr[-800:]
    )
    after = book.root / "after"
    assert {
        path.relative_to(after): path.read_bytes() for path in after.rglob("*") if path.is_file()
    } == old


# Loopback is down in a new network, and kernels are spoken to over it.
LOOPBACK = f"""'{PYTHON}' -c '
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))'"""


@experiment(
    "there is no network",
    (
        CONF,
        "numfig = True",
        (
            'numfig = True\nextensions += ["sphinx.ext.intersphinx"]\n'
            'intersphinx_mapping = {"numpy": ("https://numpy.org/doc/stable/", None)}'
        ),
    ),
)
def no_network(book):
    script = f"{LOOPBACK}; exec '{PYTHON}' '{book.root}/{BUILD}' site"
    book.builds(command=alone(script))


@experiment("the sources are read-only", (BUILD, 'STAGE / "docs", HTML]', 'ROOT / "docs", HTML]'))
def read_only(book):
    folders = [book.root / name for name in ("docs", "gallery", "conf", "optbook")]
    mounts = "\n".join(
        f"mount --bind '{path}' '{path}'; mount -o remount,bind,ro '{path}'" for path in folders
    )
    book.builds(command=alone(f"{mounts}\n{LOOPBACK}; exec '{PYTHON}' '{book.root}/{BUILD}' site"))


@experiment(
    "two builds at once, before a reader's eyes",
    (
        BUILD,
        "    os.replace(link, SITE)",
        "    SITE.unlink()\n    time.sleep(0.2)\n    os.replace(link, SITE)",
    ),
)
def two_at_once(book):
    book.edit(*SHORTER)
    seen, done = [], threading.Event()
    reader = threading.Thread(target=read_on, args=(book, seen, done))
    reader.start()
    builds = [
        subprocess.Popen(book.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [build.wait() for build in builds] == [0, 0]
    done.set()
    reader.join()
    assert not set(seen) - {"whole"}, f"a reader found a page {set(seen) - {'whole'}}"
    assert len(seen) > 100


def read_on(book, seen, done):
    """Read a page again and again, and its style sheet, and note whether they were whole."""
    while not done.is_set():
        try:
            folder = book.site.resolve(strict=True)
            text = (folder / "index.html").read_text(encoding="utf-8")
            sheet = re.search(r'href="(_static/book\.\w+\.css)"', text)
            seen.append(
                "whole" if "</html>" in text and (folder / sheet[1]).stat().st_size else "cut"
            )
        except OSError:
            seen.append("missing")
        time.sleep(0.005)


# The same sources, the same bytes


def same(book, **options):
    """Assert that a build from nothing makes the bytes that are published."""
    old = book.snapshot()
    book.builds("site", **options)
    new = book.snapshot()
    changed = sorted(
        str(path) for path in old.keys() | new.keys() if old.get(path) != new.get(path)
    )
    assert not changed, f"these have changed: {changed[:5]}"


TIME_TELLING = (
    "import time, locale\nprint(time.strftime('%Z', time.localtime(0)), locale.getlocale(),"
    f" list(set('abcdef')))\n{SHOW}"
)


@experiment("another time zone, locale, hash seed and umask", CLEAN)
def elsewhere(book):
    book.edit(ONE, SHOW, TIME_TELLING)
    book.builds()
    shell = f"umask 077; exec '{PYTHON}' '{book.root}/{BUILD}' site"
    same(
        book,
        command=["sh", "-c", shell],
        TZ="Asia/Tokyo",
        LC_ALL="C",
        LANG="tr_TR.UTF-8",
        PYTHONHASHSEED="42",
    )


CLOCK = (
    "conf/ext/alike.py",
    "new.writestr(zipfile.ZipInfo(name, DAY)",
    "new.writestr(zipfile.ZipInfo(name, time.localtime()[:6])",
)


@experiment(
    "another clock", CLOCK, ("conf/ext/alike.py", "import zipfile", "import time\nimport zipfile")
)
def clock(book):
    library = next(Path("/usr/lib").rglob("faketime/libfaketime.so.1"), None)
    assert library, "apt-get install faketime"
    book.edit(
        BUILD,
        '    "TZ": "UTC",',
        f'    "TZ": "UTC",\n    "LD_PRELOAD": "{library}",\n    "FAKETIME": "+400d",',
    )
    same(book)


@experiment(
    "another folder, with a space and an é",
    (
        CONF,
        'suppress_warnings = ["config.cache", "sphinx_gallery.space_in_filename"]',
        'suppress_warnings = ["config.cache"]',
    ),
)
def another_folder(book):
    old = book.snapshot()
    there = type(book)(book.root.with_name("another place é"))
    shutil.rmtree(there.root, ignore_errors=True)
    shutil.copytree(book.root, there.root, ignore=shutil.ignore_patterns("build"))
    there.builds("site")
    assert there.snapshot() == old, "the folder shows in the site"


@experiment("MPLBACKEND=Agg in the environment", CLEAN, VERIFIED)
def backend(book):
    same(book, MPLBACKEND="Agg")


@experiment("a matplotlibrc of the user's", CLEAN)
def matplotlibrc(book):
    theirs = book.root / "matplotlibrc"
    theirs.write_text("figure.figsize: 1, 1\nlines.linewidth: 9\n")
    same(book, MATPLOTLIBRC=str(theirs))


@experiment(
    "no home, and a home with settings in it",
    (
        BUILD,
        '["HOME", "TMPDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "MATPLOTLIBRC"]',
        '["TMPDIR"]',
    ),
    (
        BUILD,
        "return kept | ENVIRONMENT",
        'return kept | {"HOME": os.environ["HOME"]} | ENVIRONMENT',
    ),
)
def homes(book):
    same(book, HOME="/proc/nowhere")
    book.write("home/.config/matplotlib/matplotlibrc", "figure.figsize: 1, 1\n")
    same(book, HOME=str(book.root / "home"))


@experiment(
    "another address",
    (BUILD, "digest(sources, address(), ", "digest(sources, "),
    (BUILD, "digest(shared, address(), ", "digest(shared, "),
)
def another_address(book):
    book.builds(SITE_URL="https://elsewhere.example/book/")
    assert "https://elsewhere.example/book/other.html" in book.text("sitemap.xml"), (
        "it still says the old one"
    )


@experiment(
    "an edited page in a stage that is not new",
    ("conf/ext/alike.py", "return HASHED_TWICE.sub", "return re.compile('$^').sub"),
    often=True,
)
def incremental(book):
    book.edit(OTHER, "Another", "Quite another")
    book.builds()
    assert "Quite another" in book.text("other.html")
    same(book)


# The oldest that we say we work with


LOWEST = ROOT / "build" / "lowest" / "bin" / "python"  # `make build/lowest`


@experiment(
    "the oldest NumPy, Matplotlib and tqdm that we say we work with",
    (RULE, "import numpy as np\n", "import numpy as np\n\nnp.matvec\n"),  # of a newer NumPy
)
def lowest(book):
    book.builds(command=[str(LOWEST), *book.command("site")[1:]])


@experiment(
    "another Python, with its own packages, has built the site",
    (BUILD, "{sys.version} in {sys.prefix}", ""),
)
def another_python(book):
    book.builds(command=[str(LOWEST), *book.command("site")[1:]])
    assert "Building" in book.builds(), (
        "what old packages have made is taken for what ours would make"
    )
