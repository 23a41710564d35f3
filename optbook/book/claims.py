"""One way to say of a claim about noise that it holds over seeds, by a margin, and in how many
of them."""

import numpy as np

__all__ = ["holds_over_seeds"]


def holds_over_seeds(claim, low, high, times=1, at_least=None):
    """Raise AssertionError, with the numbers, unless ``times * low < high`` seed by seed.

    Axis 0 of `low` and of `high` counts the seeds; either may be one number for all. If there are
    more axes, a seed counts only if the claim holds everywhere. At least five seeds are asked for:
    what one seed shows is an example.

    Parameters
    ----------
    claim : str
        What is claimed, in words.
    low, high : array of float
        What should be lower, and what higher.
    times : float
        By what factor.
    at_least : int
        In how many seeds; all of them if not given.

    Examples
    --------
    >>> dice = np.random.default_rng(0).integers(1, 7, size=(5, 100))
    >>> away = abs(dice.mean(axis=1) - 3.5)
    >>> holds_over_seeds("the mean of a hundred dice lies within 0.4 of 3.5", away, 0.4)
    >>> holds_over_seeds("it is below 3.6", dice.mean(axis=1), 3.6)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: it is below 3.6: in 2 of 5 seeds, not in 5; not with seed 0: 1 * 3.62 < 3.6, ...
    """
    low, high = np.broadcast_arrays(np.atleast_1d(low), np.atleast_1d(high))
    low, high = low.reshape(len(low), -1), high.reshape(len(high), -1)
    holds, needed = times * low < high, at_least or len(low)
    if len(low) < 5:
        raise AssertionError(f"{claim}: {len(low)} seeds show little; please try five or more")
    if holds.all(axis=1).sum() < needed:
        misses = np.flatnonzero(~holds.all(axis=1))
        first = [
            (low[k, i], high[k, i])
            for k, i in zip(misses, holds[misses].argmin(axis=1), strict=True)
        ]
        found = [
            f"seed {k}: {times:g} * {a:.3g} < {b:.3g}"
            for k, (a, b) in zip(misses, first, strict=True)
        ]
        count = f"in {len(low) - len(misses)} of {len(low)} seeds, not in {needed}"
        raise AssertionError(f"{claim}: {count}; not with {', '.join(found)}")
