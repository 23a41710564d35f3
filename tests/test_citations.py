"""Every source is whole, cited and real: checked without a network."""

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

from optbook import OPTIMIZERS, PROBLEMS, SCHEDULES, WRAPPERS

ROOT = Path(__file__).parents[1]
SOURCES = parse_file(ROOT / "docs" / "references.bib").entries
PLACES = {"journal", "booktitle", "publisher", "howpublished", "school"}


def cited(text):
    """Return the keys that a text cites, in Markdown or in reStructuredText."""
    roles = re.findall(r"(?:\{cite:\w+\}|:cite:\w+:)`([^`]+)`", text)
    return {key.strip() for role in roles for key in role.split(",")}


TEXTS = [
    path
    for folder, kind in (("docs", "md"), ("gallery", "py"))
    for path in (ROOT / folder).rglob(f"*.{kind}")
]
CITED = {
    path.relative_to(ROOT).as_posix(): cited(path.read_text(encoding="utf-8")) for path in TEXTS
}
REGISTERED = {
    name: made.cite for r in (OPTIMIZERS, WRAPPERS, SCHEDULES, PROBLEMS) for name, made in r.items()
}


@pytest.mark.parametrize("key", SOURCES)
def test_a_source_says_who_what_when_and_where(key):
    entry, note = SOURCES[key], SOURCES[key].fields.get("note", "")
    assert entry.persons.get("author"), "who"
    assert entry.fields.get("title"), "what"
    assert re.fullmatch(r"1[89]\d\d|20\d\d", entry.fields.get("year", "")), "when"
    arxiv = re.fullmatch(r"arXiv:(\d{2})(\d{2})\.\d{4,5}", note)
    assert PLACES & set(entry.fields.keys()) or arxiv, "where: a venue, or an arXiv id"
    assert "arXiv" not in note or arxiv, note
    if arxiv:
        year, month = 2000 + int(arxiv[1]), int(arxiv[2])
        assert 1 <= month <= 12
        assert year <= int(entry.fields["year"]) + 1, (
            "a copy may come later than the paper, but not by years"
        )


@pytest.mark.parametrize("key", SOURCES)
def test_a_key_is_the_first_authors_name_and_the_year(key):
    entry = SOURCES[key]
    name, year = re.fullmatch(r"([a-z]+)(\d{4})", key).groups()
    last = re.sub(
        r"[^a-z]", "", re.sub(r"\\\W", "", "".join(entry.persons["author"][0].last_names)).lower()
    )
    assert last.startswith(name) or name.startswith(last)
    assert year == entry.fields["year"]


def test_sources_are_in_order_and_none_is_given_twice():
    keys = re.findall(
        r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("where", [where for where, keys in CITED.items() if keys])
def test_what_is_cited_exists(where):
    assert CITED[where] <= set(SOURCES), CITED[where] - set(SOURCES)


@pytest.mark.parametrize("name", [name for name, key in REGISTERED.items() if key])
def test_what_is_registered_has_a_source(name):
    assert REGISTERED[name] in SOURCES, f"{name}: add {REGISTERED[name]} to docs/references.bib"


def test_every_optimizer_schedule_and_wrapper_names_its_source():
    assert all(made.cite for r in (OPTIMIZERS, WRAPPERS, SCHEDULES) for made in r.values())


FIRST = {
    "momentum": 1964,
    "nesterov": 1983,
    "rprop": 1993,
    "adagrad": 2011,
    "rmsprop": 2012,
    "adadelta": 2012,
}


@pytest.mark.parametrize("name", FIRST)
def test_a_rule_is_as_old_as_whoever_found_it(name):
    assert int(SOURCES[OPTIMIZERS[name].cite].fields["year"]) == FIRST[name]


def test_no_source_is_left_over():
    package = set().union(
        *(cited(path.read_text(encoding="utf-8")) for path in (ROOT / "optbook").glob("*.py"))
    )
    used = set(REGISTERED.values()).union(package, *CITED.values())
    assert set(SOURCES) <= used, set(SOURCES) - used


SCRIPTS = [
    path
    for folder in ("optimizers", "theory")
    for path in (ROOT / "gallery" / folder).glob("plot_*.py")
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_about_a_rule_or_a_theorem_names_its_source(script):
    assert CITED[script.relative_to(ROOT).as_posix()]
