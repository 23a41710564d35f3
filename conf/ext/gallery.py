"""What the gallery needs: scripts that cannot disturb each other, and a list of examples under
each API entry."""

import logging
import os
import re
import signal
import sys
import unicodedata
import warnings
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from docutils import nodes
from nbclient import NotebookClient
from PIL import Image
from sphinx.errors import ExtensionError
from sphinx_gallery.directives import imgsgnode
from sphinx_gallery.scrapers import matplotlib_scraper

SAVED = {}
NOW = Path(os.environ["OPTBOOK_NOW"])  # where each process says what it is at work on
TIME_LIMIT = 120  # seconds of a script


class Report(logging.Handler):
    """Writes down how a script failed: its process has no other way to say it."""

    def emit(self, record):
        """Write the first traceback."""
        said = record.getMessage()
        if "Traceback" in said and not (NOW / "failed").exists():
            (NOW / "failed").write_text(said, encoding="utf-8")


logging.getLogger("sphinx.sphinx-gallery").addHandler(Report(logging.WARNING))


def at_work(on=""):
    """Write down what this process is at work on; nothing, if it is done with it."""
    note = NOW / str(os.getpid())
    note.write_text(on) if on else note.unlink(missing_ok=True)


def stop(*_):
    """End a script that takes too long."""
    raise TimeoutError(f"the script takes longer than {TIME_LIMIT} s")


def isolate(gallery_conf, fname, when):
    """Start every script from the same state, with a package of its own and warnings as errors;
    undo all after it."""
    if when == "before":
        at_work(str(fname))
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(TIME_LIMIT)
        SAVED.update(filters=warnings.filters[:], numpy=np.geterr(), environ=dict(os.environ))
        SAVED.update(printing=np.get_printoptions(), package=unload())
        warnings.simplefilter("error")
    elif SAVED:
        signal.alarm(0)
        at_work()
        unload()
        sys.modules.update(SAVED["package"])
        warnings.filters[:] = SAVED["filters"]
        np.seterr(**SAVED["numpy"])
        np.set_printoptions(**SAVED["printing"])
        os.environ.clear()
        os.environ.update(SAVED["environ"])


def unload():
    """Take optbook out of the loaded modules, and return it: what a script does to it must not
    reach the next."""
    ours = [name for name in sys.modules if name.partition(".")[0] == "optbook"]
    return {name: sys.modules.pop(name) for name in ours}


def store(block, block_vars, gallery_conf):
    """Store the figures that a block has drawn; the label of each becomes its alternative text."""
    labels = [plt.figure(number).get_label() for number in plt.get_fignums()]
    if not all(labels):
        plt.close("all")
        raise ExtensionError(
            f"{block_vars['src_file']}: a figure does not say what it shows. Write fig.set_label(…)"
            " above plt.show(), with a sentence: what is on its axes, which series, and what one"
            " sees."
        )
    said = iter(labels)
    stored = matplotlib_scraper(block, block_vars, gallery_conf)
    return re.sub(r"(?<=:alt: ).*", lambda _: next(said), stored)


def add_examples(app, what, name, obj, options, lines):
    """End the entry of each public name with the gallery scripts that use it."""
    used = f"optbook.{name.rpartition('.')[2]}"
    folder = Path(app.srcdir, app.config.sphinx_gallery_conf["backreferences_dir"])
    if (folder / f"{used}.examples").exists() and name.count(".") == 2:
        lines += ["", ".. rubric:: Examples", "", f".. minigallery:: {used}", ""]


def plain(text):
    """Return `text` with its TeX in letters that can be read aloud: ``$\\eta = 0.1$`` becomes
    ``η = 0.1``."""

    def letter(match):
        try:
            return unicodedata.lookup(f"GREEK SMALL LETTER {match[1]}")
        except KeyError:
            return f" {match[1]} "

    return " ".join(
        re.sub(r"\\([a-zA-Z]+)", letter, text).translate(str.maketrans("", "", "${}\\")).split()
    )


def describe(app, doctree, docname):
    """Give every thumbnail the title of its script as alternative text, and take the TeX out of the
    others.

    A drawing gets a box of its own, so that a narrow screen can scroll it rather than shrink it,
    and a caption.
    """
    for image in doctree.findall(nodes.image):
        thumb = re.search(r"(gallery/.*/)images/thumb/sphx_glr_(plot_\w+)_thumb", image["uri"])
        if thumb:
            image["loading"] = "lazy"  # a gallery has many, and most are far down
        if thumb and not image.get("alt"):
            image["alt"] = f"Figure of: {app.env.titles[thumb[1] + thumb[2]].astext()}"
        image["alt"] = plain(image.get("alt", ""))
    for picture in list(doctree.findall(imgsgnode)):
        picture["alt"] = escape(picture["alt"])  # it is written as it is
        box = nodes.container("", picture.deepcopy(), classes=["drawing"])
        caption = f"<figcaption><p>{picture['alt']}</p></figcaption></figure>"
        picture.replace_self(
            [nodes.raw("", "<figure>", format="html"), box, nodes.raw("", caption, format="html")]
        )


def lighten(app):
    """Store the gallery's drawings in few colours, which is all that line art needs, at a third
    of the weight."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lighten_one, Path(app.srcdir, "gallery").rglob("images/**/*.png")))


def lighten_one(path):
    """Store one drawing in 256 colours, or in 64 if it is a thumbnail."""
    with Image.open(path) as picture:
        if picture.mode == "RGBA":
            colours = 64 if path.parent.name == "thumb" else 256
            picture.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
                path, compress_level=8
            )


def setup(app):
    """Listen to autodoc, to the gallery's end, and to pages that are about to be written."""
    NotebookClient.shutdown_kernel = "immediate"  # one that is asked to leave takes three seconds
    app.connect(
        "source-read", lambda app, page, _: at_work(f"docs/{app.env.doc2path(page, False)}")
    )
    app.connect("doctree-read", lambda *_: at_work())
    app.connect("builder-inited", lighten, priority=900)
    app.connect("autodoc-process-docstring", add_examples, priority=900)
    app.connect("doctree-resolved", describe)
    return {"parallel_read_safe": True}
