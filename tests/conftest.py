"""Hypothesis draws the same examples every time; what tests count is printed."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = (
    "1"  # as in the build: tests at once would wait for each other's threads
)

import hypothesis
import pytest

collect_ignore = ["benchmarks"]  # they race against packages that tests do without
hypothesis.settings.register_profile(
    "book", derandomize=True, deadline=None, database=None, max_examples=60
)
hypothesis.settings.load_profile("book")


def pytest_itemcollected(item):
    """Keep the tests of a file together in one process, or, where its GROUP names a parameter,
    those of each value.

    And mark those that open a browser, for a machine that has none.
    """
    value = getattr(item, "callspec", None) and item.callspec.params.get(
        getattr(item.module, "GROUP", None)
    )
    item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {value or ''}"))
    if {"chromium", "engine"} & set(item.fixturenames):
        item.add_marker("browser")


def pytest_terminal_summary(terminalreporter):
    """Print what tests have recorded, added up."""
    reports = terminalreporter.stats.get("passed", [])
    for what in dict.fromkeys(what for report in reports for what, _ in report.user_properties):
        total = sum(dict(report.user_properties).get(what, 0) for report in reports)
        terminalreporter.write_line(f"{what}: {total}")
