r"""Problems made of data: a mean of one loss per example, with mini-batches.

The loss is :math:`\mathcal{L}(\theta) = \frac1n \sum_i \ell_i(\theta)`, where example i enters
through the score
:math:`z_i = \theta \cdot x_i`.
"""

from dataclasses import dataclass

import numpy as np

from optbook.checks import COUNT, LEAST_0, SEED, Kind, as_array, number, points, refuse, whole

SPREAD = LEAST_0._replace(type="float")

__all__ = ["DataProblem", "Examples", "blobs", "line_fit"]


class Examples:
    """What every problem made of `n` examples can do: all of them at once, or mini-batches."""

    def loss(self, theta, rows=None):
        """Return the mean loss. NaN and infinity are passed on, as by all arithmetic.

        Parameters
        ----------
        theta : array_like, shape (..., d)
            The points.
        rows : slice or array of int
            Which examples; all of them if not given.

        Returns
        -------
        array, shape (...)
            The mean over the examples, for each point.

        Raises
        ------
        TypeError, ValueError
            If an argument is not what it must be.
        """
        return self._loss(points(self.name, theta, len(self.start)), *self.examples(rows))

    def grad(self, theta, rows=None):
        """Return the gradient of the mean loss. NaN and infinity are passed on, as by arithmetic.

        Parameters
        ----------
        theta : array_like, shape (..., d)
            The points.
        rows : slice or array of int
            Which examples; all of them if not given.

        Returns
        -------
        array, shape (..., d)
            The gradient at each point.

        Raises
        ------
        TypeError, ValueError
            If an argument is not what it must be.
        """
        return self._grad(points(self.name, theta, len(self.start)), *self.examples(rows))

    def examples(self, rows=None):
        """Return what is known of some examples.

        Parameters
        ----------
        rows : slice or array of int
            Which examples; all of them if not given.

        Returns
        -------
        inputs : array, shape (d, rows)
            What goes into the problem, one column per example.
        targets : array, shape (rows,) or (classes, rows)
            What should come out.

        Raises
        ------
        TypeError, ValueError
            If `rows` are not numbers of examples, one or more.
        """
        rows = slice(None) if rows is None else rows
        if type(rows) is not slice:
            rows = as_array(rows)
            rows = (
                np.flatnonzero(rows) if rows.dtype.kind == "b" and rows.shape == (self.n,) else rows
            )
            if rows.dtype.kind not in "iu" or rows.ndim != 1 or not rows.size:
                refuse(
                    self.name,
                    "rows",
                    "be a slice, a mask, or numbers of examples, one or more",
                    rows,
                )
        try:
            inputs, targets = self._cut(rows)
        except IndexError:
            refuse(self.name, "rows", f"be numbers from {-self.n} to n - 1 = {self.n - 1}", rows)
        if not targets.size:
            refuse(self.name, "rows", "be a slice with one example or more", rows)
        return inputs, targets

    def batches(self, batch, seed=0, replace=False):
        """Return an endless stream of mini-batches; the same seed gives the same stream.

        Parameters
        ----------
        batch : int
            Examples per batch, 1 to n. Without replacement the last batch of an epoch is smaller
            when n is no multiple.
        seed : int
            Seed of the shuffles.
        replace : bool
            Draw each example anew (True), or deal the shuffled data out, epoch after epoch (False).

        Returns
        -------
        generator of int arrays
            The rows of each batch.

        Raises
        ------
        TypeError, ValueError
            If `batch` or `seed` is not a whole number in its range.

        Examples
        --------
        >>> stream = line_fit(n=5).batches(2)
        >>> [len(next(stream)) for _ in range(3)]
        [2, 2, 1]
        """
        upto = Kind(
            f"a whole number from 1 to n = {self.n}",
            lambda a: COUNT.holds(a) & (a <= self.n),
            "int",
        )
        batch, seed = whole(self.name, "batch", batch, upto), whole(self.name, "seed", seed, SEED)
        return self._drawn(batch, seed) if replace else self._dealt(batch, seed)

    def _drawn(self, batch, seed):
        rng = np.random.default_rng(seed)
        while True:
            yield rng.integers(self.n, size=batch)

    def _dealt(self, batch, seed):
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(self.n)
            for first in range(0, self.n, batch):
                yield order[first : first + batch]


@dataclass(frozen=True)
class DataProblem(Examples):
    """A loss that is a mean over examples.

    Attributes
    ----------
    name : str
        Its Python name.
    features : array, shape (d, n)
        One column per example.
    targets : array, shape (n,)
        What the scores are compared with.
    start : tuple of float
        Where runs begin unless told otherwise, d numbers.
    cost : callable
        Score and target of an example in; its loss out.
    slope : callable
        The derivative of `cost` by the score.
    minima : tuple of float, in d-tuples
        Where the loss is least, if that is known in closed form.
    window : tuple of float
        The part worth drawing, if d = 2: x from, x to, y from, y to.
    """

    name: str
    features: np.ndarray
    targets: np.ndarray
    start: tuple
    cost: object
    slope: object
    minima: tuple = ()
    window: tuple = ()

    @property
    def n(self):
        """The number of examples."""
        return len(self.targets)

    def _cut(self, rows):
        return self.features[:, rows], self.targets[rows]

    def scores(self, theta, rows=None):
        """Return the score of each example. NaN and infinity are passed on, as by all arithmetic.

        Parameters
        ----------
        theta : array_like, shape (..., d)
            The points.
        rows : slice or array of int
            Which examples; all of them if not given.

        Returns
        -------
        array, shape (..., rows)
            The score of each example for each point.

        Raises
        ------
        TypeError, ValueError
            If an argument is not what it must be.
        """
        return score(points(self.name, theta, len(self.features)), self.examples(rows)[0])

    def _loss(self, theta, x, y):
        return self.cost(score(theta, x), y).mean(axis=-1)

    def _grad(self, theta, x, y):
        return (self.slope(score(theta, x), y)[..., None, :] * x).mean(axis=-1)


def score(theta, x):
    """Return the score of each column of `x` for each `theta`, shape (..., columns)."""
    return sum(theta[..., j, None] * feature for j, feature in enumerate(x))


def line_fit(n=64, noise=0.5, seed=0):
    r"""Make noisy points about the line y = 2x − 1; least squares finds slope and intercept.

    .. math:: \ell_i(\theta) = \tfrac12 (\theta_1 x_i + \theta_2 - y_i)^2

    Parameters
    ----------
    n : int
        Number of examples.
    noise : float
        Standard deviation of the noise about the line.
    seed : int
        Seed of the data.

    Returns
    -------
    DataProblem
        With d = 2, slope and intercept.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number, or out of its range.

    References
    ----------
    :cite:t:`bottou2018`

    Examples
    --------
    >>> fit = line_fit(noise=0.0)
    >>> float(fit.loss([2.0, -1.0]))
    0.0
    """
    n, noise, rng = prepared("line_fit", n, seed, noise=noise)
    x = rng.uniform(-1, 1, n)
    y = 2 * x - 1 + noise * rng.normal(size=n)
    features = np.stack([x, np.ones(n)])
    best = tuple(np.linalg.lstsq(features.T, y, rcond=None)[0])
    start, window = (-1.0, 1.5), (-1.8, 4.2, -2.8, 2.2)
    return DataProblem("line_fit", features, y, start, _square, _square_slope, (best,), window)


def blobs(n=64, gap=2.0, seed=0):
    r"""Make two round clouds of points; logistic regression finds the line between them.

    .. math::
        \ell_i(\theta)
            &= \log\left(1 + e^{-y_i (\theta_1 x_{i1} + \theta_2 x_{i2} + \theta_3)}\right) \\
        y_i &= \pm 1

    Parameters
    ----------
    n : int
        Number of examples; every other one is of class +1.
    gap : float
        Distance between the centres, in standard deviations of a cloud.
    seed : int
        Seed of the data.

    Returns
    -------
    DataProblem
        With d = 3: two weights and an intercept.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number, or out of its range.

    References
    ----------
    :cite:t:`bottou2018`

    Examples
    --------
    >>> problem = blobs(n=10)
    >>> float(problem.loss([0.0, 0.0, 0.0]).round(6))  # log 2: both are as likely
    0.693147
    """
    n, gap, rng = prepared("blobs", n, seed, gap=gap)
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    points = rng.normal(size=(2, n)) + gap / 2 * y * np.array([[0.6], [0.8]])
    features = np.concatenate([points, np.ones((1, n))])
    return DataProblem("blobs", features, y, (0.0, 0.0, 0.0), _logistic, _logistic_slope)


def prepared(owner, n, seed, **spread):
    """Return the number of examples, their spread, and the random numbers to draw them with."""
    ((name, value),) = spread.items()
    n, value = whole(owner, "n", n, COUNT), number(owner, name, value, SPREAD)
    return n, value, np.random.default_rng(whole(owner, "seed", seed, SEED))


def _square(z, y):
    return (z - y) ** 2 / 2


def _square_slope(z, y):
    return z - y


def _logistic(z, y):
    return np.logaddexp(0, -y * z)


def _logistic_slope(z, y):
    return -y / (1 + np.exp(np.minimum(y * z, 700)))
