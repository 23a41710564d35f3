"""Build the site: quick when little changed, never wrong, and never half published.

All sources are read at once and copied to build/stage; only the copies are built. What the stage
holds is trusted only if the last build in it went to its end and nothing that every page depends on
(the package, the settings, the locked packages, the Python, the site's address, which files there
are) has changed since; otherwise, and always for `site`, it starts empty. What verify.py finds
wrong is not published; what is published takes the place of the old site by the renaming of one
link.
"""

import argparse
import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

import verify

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
STAGE = BUILD / "stage"
HTML = STAGE / "html"
DOCTREES = STAGE / "doctrees"
FINISHED = DOCTREES / "finished"  # ext/postprocess.py writes it, last of all
NOW = STAGE / "now"  # what each process is at work on
WARNINGS = STAGE / "warnings"
SNAPSHOT = STAGE / "snapshot"  # what the stage was made from
TRUSTED = STAGE / "trusted"  # the same, once it has been built
SITE = BUILD / "html"
SITES = BUILD / "sites"
PUBLISHED = BUILD / "published"  # hash of what is published
PYTHON = f"{sys.version} in {sys.prefix}"  # another one may have other packages
EVERYWHERE = ["optbook", "conf"]  # every page depends on these
LOOK = ["static", "templates"]  # but for these of conf, which no script and no cell sees
SOURCES = [*EVERYWHERE, "docs", "gallery"]
SPHINX = ["-j", "auto", "-n", "-W", "--keep-going", "-T", "-w", WARNINGS]
SPHINX += ["-c", STAGE / "conf", "-d", DOCTREES, STAGE / "docs", HTML]
LOCATED = re.compile(r"^\S.*: (?:WARNING|ERROR|CRITICAL): .*", re.MULTILINE)
RAISED = re.compile(
    # not what Sphinx and its helpers wrap around it
    r"^ *(?:\w+\.)*(?!CellExecution|Execution|SphinxParallel)"
    r"(\w*(?:Error|Exception|Exit|Warning)\b.*)",
    re.MULTILINE,
)
COLOUR = re.compile(r"\x1b?\[[0-9;]+m")
TIME_LIMIT = 1200  # seconds
ENVIRONMENT = {
    # The package of this tree, wherever the build is called from.
    "PYTHONPATH": os.pathsep.join([str(STAGE), str(STAGE / "conf")]),
    "PYTHONSAFEPATH": "1",
    "PYTHONHASHSEED": "0",
    "IPYTHONDIR": str(STAGE / "conf" / "ipython"),
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPTBOOK_NOW": str(NOW),
}


def files(root, *folders):
    """Return the files below `folders` of `root`, in order, as relative paths with their
    contents."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*"))
    found = [path for path in paths if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root): path.read_bytes() for path in found}


def digest(*parts):
    """Return a hash of the texts, and of the names and contents of the files, that are given."""
    total = hashlib.sha256()
    for part in parts:
        for item in part.items() if isinstance(part, dict) else [(part, b"")]:
            total.update(f"{item[0]}\0{len(item[1])}\0".encode() + item[1])
    return total.hexdigest()


def epoch():
    """Return the time the book says it is of: SOURCE_DATE_EPOCH, or the last commit, or the
    newest source."""
    git = ["git", "-C", ROOT, "log", "-1", "--format=%ct"]
    committed = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    newest = max(int((ROOT / path).stat().st_mtime) for path in files(ROOT, "docs", "optbook"))
    return int(os.environ.get("SOURCE_DATE_EPOCH") or committed or newest)


def address():
    """Return where the site will be published."""
    return os.environ.get("SITE_URL", "https://optbook.example/")


def read():
    """Return the sources, and the hash of those that every page depends on."""
    sources = files(ROOT, *SOURCES)
    seen = {path: path.parts[0] in EVERYWHERE and path.parts[1] not in LOOK for path in sources}
    shared = {path: content if seen[path] else b"" for path, content in sources.items()}
    return sources, digest(shared, address(), PYTHON)


def environment():
    """Return the environment of the build: what the user has set for other purposes stays out."""
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    # else the parts of a drawing have names by chance
    (home / "matplotlibrc").write_text("svg.hashsalt: optbook\n")
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    homes = dict.fromkeys(
        ["HOME", "TMPDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "MATPLOTLIBRC"], str(home)
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    day = time.strftime("%Y-%m-%d", time.gmtime(epoch()))
    dated = {"SITE_URL": address(), "SOURCE_DATE_EPOCH": str(epoch()), "OPTBOOK_DATE": day}
    return kept | ENVIRONMENT | homes | dated | {"PATH": path}


def prepare(sources, shared):
    """Bring the stage up to date with the sources: emptied if it cannot be trusted, else only
    what changed. Return whether Sphinx can tell by itself which pages to write again.

    That is so if only pages and the look have changed; a script shows on many pages.
    """
    if not TRUSTED.exists() or TRUSTED.read_text() != shared:
        shutil.rmtree(STAGE, ignore_errors=True)
    TRUSTED.unlink(missing_ok=True)
    FINISHED.unlink(missing_ok=True)
    shutil.rmtree(NOW, ignore_errors=True)
    NOW.mkdir(parents=True)
    changed = []
    for path, content in sources.items():
        copy = STAGE / path
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            changed.append(path)
    SNAPSHOT.write_text(shared)
    return all(path.suffix == ".md" or path.parts[1] in LOOK for path in changed)


def trust():
    """Say that the stage holds the whole outcome of what was copied to it."""
    SNAPSHOT.rename(TRUSTED)


def sphinx(lock, *options):
    """Run Sphinx on the stage in a process group of its own; return whether it went to its end
    without a warning.

    It holds the lock, too: if this process is killed, the next build waits for Sphinx before it
    enters the stage.
    """
    command = [sys.executable, "-m", "sphinx", *SPHINX, *options]
    process = subprocess.Popen(
        command, cwd=STAGE, env=environment(), start_new_session=True, pass_fds=[lock.fileno()]
    )
    try:
        return process.wait(TIME_LIMIT) == 0 and FINISHED.exists()
    except subprocess.TimeoutExpired:
        print(f"The build took more than {TIME_LIMIT} s and was stopped.", file=sys.stderr)
        return False
    finally:
        end(process)


def end(process):
    """Kill a process with all that it has started: its group, and kernels, which have groups of
    their own."""
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        os.killpg(process.pid, signal.SIGSTOP)  # so that nothing is started meanwhile
        for descendant in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                descendant.kill()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def culprit():
    """Return where the build failed and why, in a line: a script, a page, or what was at work."""
    if (report := NOW / "failed").exists():  # ext/gallery.py writes it
        said = report.read_text(encoding="utf-8")
        *_, (script, line) = re.findall(r'File ".*?(gallery/[^"]*)", line (\d+)', said)
        return f"{script}:{line}: {RAISED.findall(said)[-1]}"
    said = COLOUR.sub("", WARNINGS.read_text(encoding="utf-8")) if WARNINGS.exists() else ""
    said = said.replace(f"{STAGE}{os.sep}", "")
    if located := LOCATED.findall(said):
        return located[0]
    raised = [words for words in RAISED.findall(said) if "Traceback" not in words]
    if page := re.search("ExecutionError: (docs/.*)", said):
        at = re.search(r"^ *-+> \d+ (.*)", said, re.MULTILINE)
        return f"{page[1]}: {raised[0].rstrip(': ')}" + (f", at `{at[1].strip()}`" if at else "")
    at = sorted({path.read_text() for path in NOW.iterdir()}) or ["its end"]
    return ": ".join([", ".join(at), *(raised[-1:] or ["it stopped without a word"])])


def publish(name):
    """Put a copy of the finished site in the place of the old one by renaming a link; readers of
    the old keep it."""
    before = SITE.resolve()
    target = next(path for n in itertools.count() if not (path := SITES / f"{name}-{n}").exists())
    shutil.rmtree(SITES / "new", ignore_errors=True)
    shutil.copytree(HTML, SITES / "new", ignore=shutil.ignore_patterns(".*"))
    (SITES / "new").rename(target)
    PUBLISHED.write_text(digest(files(target, ".")))
    link = BUILD / "html.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.relative_to(BUILD))
    if SITE.is_dir() and not SITE.is_symlink():
        shutil.rmtree(SITE)
    os.replace(link, SITE)
    for old in SITES.iterdir():
        if old not in (target, before):
            shutil.rmtree(old)


def published():
    """Return what the sources of the published site are called; nothing if there is none."""
    return SITE.resolve().name.rpartition("-")[0] if SITE.is_symlink() else ""


def is_published(name):
    """Return whether the published site was made from the sources called `name`, and is whole."""
    return (
        published() == name
        and PUBLISHED.exists()
        and PUBLISHED.read_text() == digest(files(SITE.resolve(), "."))
    )


def fail(why):
    """Say why there is nothing new to see; return the exit status."""
    print(f"The build failed at {why}\nbuild/html is as it was.", file=sys.stderr)
    return 1


def build(lock, fresh=False):
    """Build, verify and publish, unless the published site is already what the sources say;
    return the exit status."""
    sources, shared = read()
    name = digest(sources, address(), str(epoch()), PYTHON)[:16]
    if fresh or not is_published(name):
        if fresh:
            TRUSTED.unlink(missing_ok=True)
        options = [] if prepare(sources, shared) else ["-a"]
        print("Building the book: every script and every cell runs …", flush=True)
        if not sphinx(lock, *options):
            return fail(culprit())
        if wrong := verify.examine(STAGE, HTML):
            return fail("\n".join(wrong[:20]))
        trust()
        publish(name)
    print(f"The book is ready: open {SITE / 'index.html'}\nIts hash is {PUBLISHED.read_text()}")
    return 0


def links():
    """Ask every place that the book links to whether it is still there; the book itself must
    have been built."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-b",
        "linkcheck",
        "-c",
        STAGE / "conf",
        "-d",
        DOCTREES,
    ]
    return subprocess.run(
        [*command, STAGE / "docs", BUILD / "links"], env=environment(), cwd=STAGE, check=False
    ).returncode


def serve():
    """Rebuild on every save, and show the pages on a local address; the published site stays as
    it is."""
    this = shlex.join([sys.executable, str(Path(__file__).resolve())])
    watch = [option for folder in SOURCES for option in ("--watch", ROOT / folder)]
    steps = [
        "--pre-build",
        f"{this} prepare",
        "--post-build",
        f"{this} trust",
        "--ignore",
        f"{STAGE}/**",
    ]
    command = [sys.executable, "-m", "sphinx_autobuild", *SPHINX, "-a", *watch, *steps]
    return subprocess.run(command, env=environment(), check=False).returncode


@contextlib.contextmanager
def alone():
    """Wait until no other build works in this tree, and keep others out."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build or `make serve` is at work here; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


ACTS = {
    "html": lambda lock: build(lock),
    "site": lambda lock: build(lock, fresh=True),
    "links": lambda _: links(),
    "serve": lambda _: serve(),
}


def main():
    """Do what the command line says; one build at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", nargs="?", default="html", choices=[*ACTS, "prepare", "trust"])
    act = parser.parse_args().act
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` runs
    if act in ("prepare", "trust"):  # steps of `serve`, which holds the lock
        prepare(*read()) if act == "prepare" else trust()
        return 0
    try:
        with alone() as lock:
            return ACTS[act](lock)
    except OSError as error:
        return fail(error)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
