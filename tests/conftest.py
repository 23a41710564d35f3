"""Hypothesis draws the same examples every time; what tests measure is printed at the end."""

import hypothesis
import pytest

hypothesis.settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("book")


def pytest_itemcollected(item):
    """Keep the tests of a file together in one process, or, where its GROUP names a parameter, those of each value."""
    value = getattr(item, "callspec", None) and item.callspec.params.get(getattr(item.module, "GROUP", None))
    item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {value or ''}"))


def pytest_terminal_summary(terminalreporter):
    """Print what tests have recorded, such as the weight of a page."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
