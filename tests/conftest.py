"""Hypothesis draws the same examples every time, and takes the time it needs."""

import hypothesis

hypothesis.settings.register_profile("book", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.load_profile("book")
