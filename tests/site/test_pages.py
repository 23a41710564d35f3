"""Every page as it is stored: whole, honest about what it links to, and readable by anyone."""

import ast
import copy
import gzip
import inspect
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import pytest
from fontTools.ttLib import TTFont

import optbook
from ext.postprocess import POLICY
from tests.site.conftest import ROOT

CHAPTER = [
    "gradient-descent.html",
    "stochastic.html",
    "momentum.html",
    "adam.html",
    "schedules.html",
]
SCRIPTS = sorted((ROOT / "gallery").rglob("plot_*.py"))
BASE = "https://site.test/"
UNSEEN = r"[\s\u2061-\u2063]"  # of a formula's text: spaces, and operators that are not drawn
ITALIC = [
    (0x1D434, 0x1D454),
    (0x1D456, 0x1D467),
    (0x1D6A4, 0x1D6A5),
    (0x1D6E2, 0x1D71B),
    (0x210E, 0x210E),
]


def prose(page, without=()):
    """Return the text of a page without its code, the TeX that its maths remembers, and the
    boxes `without`."""
    page = copy.copy(page)
    for tag in [
        *page.find_all(["pre", "annotation", "script", "style"]),
        *page.select(",".join(without) or "pre"),
    ]:
        tag.decompose()
    for tag in page.find_all("math"):
        tag.replace_with(re.sub(UNSEEN, "", tag.get_text()))
    return re.sub(r"\s+", " ", page.get_text())


def test_there_are_enough_scripts():
    assert len(SCRIPTS) >= 16
    assert all(len(script.read_text().splitlines()) <= 160 for script in SCRIPTS)
    assert all(
        re.search(r"^ *(assert |holds_over_seeds\()", script.read_text(), re.MULTILINE)
        for script in SCRIPTS
    )
    assert set((ROOT / "gallery").rglob("*.py")) == set(SCRIPTS), (
        "only scripts named plot_… are executed"
    )


def test_links_and_anchors_lead_somewhere(pages, site):
    anchors = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    followed, broken = 0, []
    for name, page in pages.items():
        for tag in page.find_all("a", href=True):
            there = urlparse(urljoin(BASE + name, tag["href"]))
            path = unquote(there.path).lstrip("/") or "index.html"
            if there.netloc != "site.test":
                continue
            followed += 1
            known = there.fragment in {"", *anchors.get(path, ())} or path not in anchors
            if not (site / path).is_file() or not known:
                broken.append((name, tag["href"]))
    assert not broken


def test_every_page_names_its_icon(pages):
    """Without one, browsers ask for /favicon.ico, and complain that it is not there."""
    assert all(page.find("link", rel="icon") for page in pages.values())


def test_one_heading_of_the_first_rank(pages):
    for name, page in pages.items():
        assert len(page.find_all("h1")) == 1, name


def test_pictures_say_what_they_show(pages):
    for name, page in pages.items():
        for picture in page.find_all("img"):
            said = picture.get("alt", "")
            assert len(said) >= 12, (name, picture)
            assert not re.search(r"\.(svg|png)\b|[0-9a-f]{16}|plot_|^plot \w+$", said), (name, said)


def test_maths_is_rendered(pages):
    for name, page in pages.items():
        assert not page.find("merror"), name
        text = prose(page) + " ".join(
            tag.get("alt", "") + tag.get("tooltip", "") for tag in page.find_all()
        )
        assert not re.search(r"\\[a-zA-Z]{2,}|\$[^ $]+\$|:math:|:cite", text), (
            name,
            re.search(r".{40}\\[a-zA-Z]{2,}", text),
        )
    assert sum(len(pages[name].find_all("math")) for name in CHAPTER) > 100


def test_the_font_has_every_letter_of_the_maths(pages, site):
    """Of those that stand on a page, those that MathML slants by itself (MathML Core, C.1), and
    the radical."""

    known = TTFont(site / "_static" / "fonts" / "latinmodern-math.woff2").getBestCmap()
    leaves = [tag for page in pages.values() for tag in page.find_all(["mi", "mo", "mn", "mtext"])]
    used = {letter for tag in leaves for letter in re.sub(UNSEEN, "", tag.get_text())}
    lone = {tag.get_text() for tag in leaves if tag.name == "mi" and "mathvariant" not in tag.attrs}
    italic = {chr(code) for first, last in ITALIC for code in range(first, last + 1)}
    slanted = {
        letter
        for letter in italic
        if chr(int(unicodedata.decomposition(letter).split()[-1], 16)) in lone
    }
    assert {"𝜖", "𝜃", "ℎ"} <= slanted
    assert not {letter for letter in used | slanted | {"√"} if ord(letter) not in known}


def test_pages_introduce_themselves(pages, site):
    sitemap = (site / "sitemap.xml").read_text()
    for name, page in pages.items():
        if name in ("404.html", "search.html", "genindex.html", "py-modindex.html"):
            continue
        assert page.find("meta", attrs={"name": "description"}), name
        for key in ("og:title", "og:description", "og:image", "og:url"):
            assert page.find("meta", property=key), (name, key)
        assert f"/{name}</loc>" in sitemap, name


@pytest.mark.parametrize("name", CHAPTER)
def test_every_figure_of_a_chapter_page_is_there(pages, name):
    source = (ROOT / "docs" / name).with_suffix(".md").read_text()
    figures = pages[name].select("figure img")
    assert len(figures) == source.count("plt.show()") >= 1
    assert all(
        figure.find_parent("figure").find("figcaption").get_text(strip=True) for figure in figures
    )


def test_scripts_of_figures_are_small_and_only_where_their_figure_is(site, pages):
    for page in pages.values():
        loaded = {Path(urlparse(tag["src"]).path).name for tag in page.find_all("script", src=True)}
        shown = {f"{figure['id']}.js" for figure in page.select(".opt-figure")}
        assert {name for name in loaded if name.startswith("play-")} == shown
        assert (
            sum(len(gzip.compress((site / "_static" / name).read_bytes())) for name in shown)
            <= 10_000
        )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_was_executed(pages, script):
    page = pages[str(script.relative_to(ROOT).with_suffix(".html"))]
    shown = page.select("img.sphx-glr-single-img")
    assert len(shown) >= script.read_text().count("plt.show()") >= 1
    own = [f"sphx_glr_{script.stem}_{number:03}.png" for number in range(1, len(shown) + 1)]
    assert [Path(image["src"]).name for image in shown] == own
    downloads = {link["href"].rpartition(".")[2] for link in page.select(".sphx-glr-download a")}
    assert downloads == {"py", "ipynb", "zip"}


def test_listings_print_the_tested_source(pages):
    printed = [block.get_text() for page in pages.values() for block in page.select(".listing pre")]
    for name in ("gd", "momentum", "nesterov", "adam", "adamw", "cosine", "restarts"):
        rule = (optbook.OPTIMIZERS | optbook.SCHEDULES)[name].__wrapped__
        tested = ast.parse(inspect.getsource(rule)).body[0]
        tested.decorator_list, tested.body = [], tested.body[1:]
        shown = next(text for text in printed if text.startswith(f"def {name}("))
        assert ast.dump(ast.parse(shown).body[0]) == ast.dump(tested)


def test_the_registry_page_explains_and_does_not_dump(pages):
    assert "Kind(allowed=" not in pages["api/registry.html"].get_text()


def test_the_policy_for_hosts_is_that_of_the_pages():
    hosts = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"Content-Security-Policy: {POLICY}; frame-ancestors 'none'\n" in hosts


def test_code_and_output_are_as_wide_as_a_page_shows(pages):
    lines = [
        (name, line)
        for name, page in pages.items()
        for block in page.select("article pre")
        for line in block.get_text().splitlines()
    ]
    assert len(lines) > 5000
    assert not [(name, line) for name, line in lines if len(line) > 88]


def test_copied_listings_run(pages):
    for name, start in (
        ("gradient-descent.html", "def gradient_descent"),
        ("adam.html", "class Adam"),
    ):
        text = next(
            block.get_text()
            for block in pages[name].select(".listing pre")
            if start in block.get_text()
        )
        assert len(text.strip().splitlines()) <= 22
        names = {}
        exec(text, names)
        assert start.split()[1] in names


def test_the_cover_counts_the_registry(pages):
    facts = [fact.get_text() for fact in pages["index.html"].select(".fact")]
    assert f"{len(optbook.OPTIMIZERS)} algorithms" in facts
    assert f"{len(SCRIPTS)} runnable scripts" in facts
    assert (
        f"{sum(len(page.select('.opt-figure')) for page in pages.values())} interactive figures"
        in facts
    )
    assert re.fullmatch(r"Updated \d{4}-\d\d-\d\d", facts[-1])
    assert len(pages["index.html"].select(".sd-card img")) >= 5


def test_the_api_has_every_public_name_with_its_examples(pages):
    documented = {
        tag["id"]
        for name, page in pages.items()
        if name.startswith("api/")
        for tag in page.find_all(id=True)
    }
    for name in optbook.__all__:
        thing = getattr(optbook, name)
        if name in optbook.PROBLEMS:
            assert name in pages["api/problems.html"].find("table").get_text()
        elif hasattr(thing, "__module__"):
            assert f"{thing.__module__}.{name}" in documented, name
    for name, rule in (optbook.OPTIMIZERS | optbook.WRAPPERS).items():
        module = rule.__module__.removeprefix("optbook.")
        entry = pages[f"api/{module}.html"].find(id=f"optbook.{module}.{name}").find_parent("dl")
        assert entry.select_one(".sphx-glr-thumbcontainer"), name
        assert pages["api/optimizers.html"].find("math")


# The chapter's own sections, equations, callouts and tables, and where each is.
PLACES = {
    "gradient-descent.html": [
        "Gradient Descent",
        "Update rule",
        "The learning rate problem",
        "O(n·C)",
    ],
    "stochastic.html": [
        "Stochastic & Mini-Batch GD",
        "Mini-batch update",
        "Full GD",
        "Updates per epoch",
        "Gradient noise",
    ],
    "momentum.html": [
        "SGD with Momentum",
        "Momentum update",
        "Nesterov accelerated gradient (NAG)",
        "Polyak",
    ],
    "adam.html": [
        "Adam Optimizer",
        "bias correction",
        "AdamW: weight decay fixed (2019)",
        "defaults of the paper",
    ],
    "schedules.html": ["Learning Rate Scheduling", "Cosine annealing", "warm restarts", "warmup"],
    "index.html": ["Home / Chapter 1", "Chapter 1 · Foundations", "Optimization"],
}
EQUATIONS = {
    "gradient-descent.html": [
        r"\theta_{t+1} = \theta_t - \eta \nabla_\theta \mathcal{L}(\theta_t)"
    ],
    "stochastic.html": [
        r"\theta_{t+1} = \theta_t - \frac{\eta}{B} \sum_{i \in \mathcal{B}} \nabla_\theta"
    ],
    "momentum.html": [
        r"v_{t+1} = \beta v_t + \nabla_\theta \mathcal{L}(\theta_t)",
        r"\theta_{t+1} = \theta_t - \eta\, v_{t+1}",
        r"v_{t+1} = \beta v_t + \nabla_\theta \mathcal{L}(\theta_t - \eta\beta v_t)",
    ],
    "adam.html": [
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1)",
        r"v_t = \beta_2 v_{t-1} + (1-\beta_2)",
        r"\hat{m}_t = \frac{m_t}{1-\beta_1^t}, \quad \hat{v}_t = \frac{v_t}{1-\beta_2^t}",
        r"\theta_t = \theta_{t-1} - \eta \cdot \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
        r"\eta \left( \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon} + \lambda \theta_{t-1} \right)",
    ],
    "schedules.html": [
        r"\left(1 + \cos\left(\frac{T_{\mathrm{cur}}}{T_{\mathrm{max}}}\pi\right)\right)"
    ],
}


@pytest.mark.parametrize("name", PLACES)
def test_the_whole_chapter_is_there(pages, name):
    text = prose(pages[name])
    assert not [place for place in PLACES[name] if place not in text]
    tex = " ".join(tag.get_text() for tag in pages[name].find_all("annotation")).replace("&=", "=")
    assert not [equation for equation in EQUATIONS.get(name, ()) if equation not in tex]


# Code, of which only a caption is text of the page; and what of the rest is not printed as it is
# written.
CODE = r"^```(?:python|\{(?!play))[\s\S]*?^```$"
CAPTION = r"^    caption: \|\n((?:      .*\n)+)"
UNPRINTED = (
    r"\A---[\s\S]*?^---$|^```.*$|^:\w+:.*$|^\[\^.*$|\[\^\w+\]|^::::\{.*$|\$\$[\s\S]*?\$\$|\$[^$]*\$"
    r"|\{(?:cite:\w|doc|func)\}`[^`<]*`|\{[\w:]+\}|\]\([^)]*\)|<[\w-]+(?:"
    r" [^<>]*)?>`|\{\.?\w+\}|@\w+"
)


@pytest.mark.parametrize("name", CHAPTER)
def test_every_word_of_the_source_is_on_the_page_in_its_order(pages, name):
    source = (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8")
    text = re.sub(
        CODE,
        lambda code: " ".join(re.findall(CAPTION, code[0], re.MULTILINE)),
        source,
        flags=re.MULTILINE,
    )
    words = re.findall(r"[^\W_]+", re.sub(UNPRINTED, " ", text, flags=re.MULTILINE))
    assert len(words) > 900
    shown = iter(re.findall(r"[^\W_]+", prose(pages[name].article)))
    lost = next((place for place, word in enumerate(words) if word not in shown), None)
    assert lost is None, (
        f"not on the page after those before it: {' '.join(words[lost - 9 : lost + 9])}"
    )


# What is commonly printed, and must not be said here except to correct it (the numbers of
# corrections.md).
WRONG = {
    1: r"lookahead position θ ?[-−] ?βv",
    2: r"is used in PyTorch's SGD",
    3: r"velocity \S* ?is an exponentially weighted",
    5: r"original Adam incorrectly|Adam incorporates L2",
    7: r"used in virtually all",
    12: r"(?<!called )robust to hyperparameter",
    13: (
        r"why adaptive methods like Adam were invented|RMSProp because AdaGrad|join RMSProp with"
        r" momentum"
    ),
    14: r"until it reaches a minimum",
    16: r"All of machine learning reduces",
    17: r"Slow \(1 update\)|Fast \(n updates\)",
    21: r"does so up to the critical value",
    22: r"gives better convergence guarantees|no general gain",
    23: r"ball rolling towards the minimum",
}
# What is said instead, and where.
RIGHT = {
    1: ("momentum.html", r"look-ahead point θ−ηβv"),
    2: ("momentum.html", r"off unless you ask for nesterov=True"),
    3: ("momentum.html", r"velocity is a sum, not an average"),
    4: (
        "momentum.html",
        r"agree for as long as η stays the same, and part under a learning-rate schedule",
    ),
    5: ("adam.html", r"paper’s algorithm has no regularizer\."),
    6: ("schedules.html", r"counts the steps since the last restart"),
    7: ("schedules.html", r"used a warmup and a single cosine down to a tenth of the peak"),
    8: (
        "adam.html",
        (
            r"language models are trained with others: β2=0.95, weight decay 0.1, gradients clipped"
            r" to norm 1"
        ),
    ),
    9: ("adam.html", r"GPT-3’s paper says “Adam”, with a weight decay of 0.1"),
    10: (
        "adam.html",
        r"For t=1,2,\.\.\., from m0=v0=0, with gt=∇ℒ\(θt−1\) and all operations element-wise",
    ),
    11: ("adam.html", r"raw second moment, not a variance"),
    12: ("adam.html", r"still want tuning.*However β2 is chosen, there is a convex problem"),
    13: (
        "gradient-descent.html",
        r"AdaGrad for sparse features.*AdaDelta because AdaGrad’s.*RMSProp to make Rprop",
    ),
    14: ("gradient-descent.html", r"stationary point.*η<2/L ?is enough"),
    15: ("gradient-descent.html", r"grows as κ ?log\(1/δ\).*grows at worst as 1/δ \[Nesterov"),
    16: ("index.html", r"small loss on data not yet seen"),
    17: ("stochastic.html", r"In seconds per epoch it is the other way round"),
    18: ("stochastic.html", r"2 × the parameters"),
    19: ("stochastic.html", r"ℒ is the mean over all data and ℓi the loss of one example"),
    20: ("stochastic.html", r"3.2 million in GPT-3 .*, 4 million in LLaMA"),
    21: ("momentum.html", r"momentum damps the swing for every β<\(1−ηλ\)2"),
    22: (
        "momentum.html",
        r"heavy ball has no such guarantee.*that are best for a quadratic.*O\(1/t2\+σ/√?t\)",
    ),
    23: ("gradient-descent.html", r"A ball has inertia; gradient descent has none"),
    24: ("schedules.html", r"ours uses η/W, then 2η/W"),
    25: ("index.html", rf"{len(optbook.OPTIMIZERS)} algorithms"),
    26: (
        "adam.html",
        r"all at the same rate, and each at its own best rate, found by.*and raced from ten others",
    ),
    27: ("adam.html", r"Too long at the paper’s defaults, too short at the β₂ of language models"),
}


@pytest.fixture(scope="session")
def claims(pages):
    """Return what each page says in its own name."""
    return {name: prose(page, [".admonition.correction"]) for name, page in pages.items()}


@pytest.mark.parametrize("row", WRONG)
def test_no_error_is_taught(claims, row):
    assert not [name for name, text in claims.items() if re.search(WRONG[row], text, re.IGNORECASE)]


@pytest.mark.parametrize("row", RIGHT)
def test_every_correction_is_made(pages, row):
    name, said = RIGHT[row]
    assert re.search(said, prose(pages[name]), re.IGNORECASE), prose(pages[name])


def test_the_checks_for_errors_can_fail():
    for text in (
        "at the lookahead position θ − βv",
        "It is used in PyTorch's SGD optimizer",
        "making it robust to hyperparameters",
    ):
        assert any(re.search(pattern, text, re.IGNORECASE) for pattern in WRONG.values())
