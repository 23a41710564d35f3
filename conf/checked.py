"""What has been checked, and how often, written into the page that says so: each check reports for itself.

A report is a file of build/checks. It names the sources it is about, so that no site ever shows the figures of another.
"""

import json
import re
from html import escape
from pathlib import Path

CHECKS = Path(__file__).resolve().parent.parent / "build" / "checks"
PLACE = re.compile(r'(<div class="[^"]*\bchecked\b[^"]*">).*?(</div>)', re.DOTALL)


def report(check, of, title, rows):
    """Keep what a check has found about the site made from the sources called `of`: values by what they are."""
    CHECKS.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"of": of, "title": title, "rows": rows}, ensure_ascii=False)
    (CHECKS / f"{check}.json").write_text(text, encoding="utf-8")


def reports(of):
    """Return every report about the site made from the sources called `of`."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(CHECKS.glob("*.json"))]
    return [report for report in found if report["of"] == of]


def written(value):
    """Return a number with its thousands apart, or a text as it is."""
    return f"{value:,}" if isinstance(value, int) else value


def table(report):
    """Return a report as a table."""
    rows = "".join(
        f'<tr><th scope="row">{escape(what)}</th><td>{escape(written(value))}</td></tr>'
        for what, value in report["rows"].items()
    )
    return f'<table class="docutils"><caption>{escape(report["title"])}</caption><tbody>{rows}</tbody></table>'


def fill(html, of):
    """Write all reports into every page of `html` that has a place for them."""
    tables = "".join(table(report) for report in reports(of))
    for path in html.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        if PLACE.search(text):
            path.write_text(PLACE.sub(lambda place: place[1] + tables + place[2], text), encoding="utf-8")
