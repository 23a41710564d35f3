"""Hypothesis draws the same examples every time; what tests measure is printed, and kept for the book's own page."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the build: tests at once would wait for each other's threads

import hypothesis
import pytest

import build
import checked

collect_ignore = ["benchmarks"]  # they race against packages that tests do without
hypothesis.settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("book")


def pytest_itemcollected(item):
    """Keep the tests of a file together in one process, or, where its GROUP names a parameter, those of each value.

    And mark those that open a browser, for a machine that has none.
    """
    value = getattr(item, "callspec", None) and item.callspec.params.get(getattr(item.module, "GROUP", None))
    item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {value or ''}"))
    if {"chromium", "engine"} & set(item.fixturenames):
        item.add_marker("browser")


def recorded(reports):
    """Return what tests have recorded: numbers are added up; of pairs with a text, the most telling is kept."""
    rows = {"Tests, all passed": len(reports)}
    for what, value in [found for report in reports for found in report.user_properties]:
        most = min if what.startswith("The least") else max
        rows[what] = rows.get(what, 0) + value if isinstance(value, int) else most(value, rows.get(what, value))
    return {what: value if isinstance(value, int) else "{} {}".format(*value) for what, value in rows.items()}


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    """Print what tests have recorded; when all have passed, keep it."""
    rows = recorded(terminalreporter.stats.get("passed", []))
    for what, value in rows.items():
        terminalreporter.write_line(f"{what}: {value}")
    some = config.option.file_or_dir or config.option.keyword or config.option.markexpr or config.option.deselect
    if exitstatus == 0 and not some:
        checked.report("tests", build.published(), "By the tests, before anybody else sees it", rows)
