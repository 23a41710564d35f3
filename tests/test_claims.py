"""Claims about noise: what holds passes, what does not is named with its numbers."""

import doctest

import numpy as np
import pytest

from optbook.book import claims
from optbook.book.claims import holds_over_seeds

LOW = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


@pytest.mark.parametrize(
    ("low", "high", "asked"),
    [
        (LOW, 6, {}),
        (0, LOW, {}),
        (LOW, LOW * 2.01, {"times": 2}),
        (LOW, 3.5, {"at_least": 3}),
        (LOW[:, None] * [1, 2], 11, {}),
    ],
)
def test_what_holds_passes(low, high, asked):
    holds_over_seeds("it holds", low, high, **asked)


@pytest.mark.parametrize(
    ("low", "high", "asked", "says"),
    [
        (LOW, LOW, {}, "claimed: in 0 of 5 seeds, not in 5; not with seed 0: 1 * 1 < 1, seed 1"),
        (LOW, LOW * 1.99, {"times": 2}, "in 0 of 5 seeds"),
        (
            LOW,
            3.5,
            {"at_least": 4},
            "in 3 of 5 seeds, not in 4; not with seed 3: 1 * 4 < 3.5, seed 4: 1 * 5 < 3.5$",
        ),
        (LOW[:, None] * [1, 2], 9, {}, "in 4 of 5 seeds, not in 5; not with seed 4: 1 * 10 < 9$"),
        (LOW * [1, 1, np.nan, 1, 1], 6, {}, "not with seed 2: 1 * nan < 6$"),
        (LOW, LOW * [1, 1, np.nan, 1, 1] + 1, {}, "not with seed 2: 1 \\* 3 < nan$"),
        (LOW * [np.inf, 1, 1, 1, 1], np.inf, {}, "not with seed 0: 1 * inf < inf$"),
        (LOW[:4], 6, {}, "4 seeds show little"),
        (1, 6, {}, "1 seeds show little"),
    ],
)
def test_what_does_not_hold_is_named_with_its_numbers(low, high, asked, says):
    with pytest.raises(AssertionError, match=says.replace("\\*", "*").replace("*", "\\*")):
        holds_over_seeds("claimed", low, high, **asked)


def test_its_examples_run():
    failed, tried = doctest.testmod(claims)
    assert (failed, tried) == (0, 4)
