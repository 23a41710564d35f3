"""Hypothesis draws the same examples every time; what tests measure is printed at the end."""

import hypothesis

hypothesis.settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("book")


def pytest_terminal_summary(terminalreporter):
    """Print what tests have recorded, such as the weight of a page."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
