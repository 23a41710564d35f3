r"""Problems made of data: a mean of one loss per example, with mini-batches.

The loss is :math:`L(\theta) = \frac1n \sum_i \ell_i(\theta)`, where example i enters through the score
:math:`z_i = \theta \cdot x_i`.
"""

from dataclasses import dataclass

import numpy as np

from optbook.registry import COUNT, Argument, points, real, whole

SPREAD = Argument("How far the examples lie apart.", "a finite number >= 0", lambda a: a >= 0, "float")

__all__ = ["DataProblem", "Examples", "blobs", "line_fit"]


class Examples:
    """What every problem made of data can do: deal out its `n` examples in mini-batches. It has a `name` for errors."""

    def batches(self, size, seed=0, replace=False):
        """Return an endless stream of mini-batches; the same seed gives the same stream.

        Parameters
        ----------
        size : int
            Examples per batch, 1 to n. Without replacement the last batch of an epoch is smaller when n is no multiple.
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
            If `size` or `seed` is not a whole number in its range.
        """
        bounded = Argument(
            "", f"a whole number from 1 to n = {self.n}", lambda a: COUNT.holds(a) & (a <= self.n), "int"
        )
        size, seed = int(real(self.name, "batch", size, bounded)), whole(self.name, "seed", seed)
        if not isinstance(replace, bool):
            raise TypeError(f"{self.name}: replace must be True or False, got {replace!r}")
        return self._drawn(size, seed) if replace else self._dealt(size, seed)

    def _drawn(self, size, seed):
        rng = np.random.default_rng(seed)
        while True:
            yield rng.integers(self.n, size=size)

    def _dealt(self, size, seed):
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(self.n)
            for first in range(0, self.n, size):
                yield order[first : first + size]


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
    minima : tuple of tuple
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

    def scores(self, theta, rows=slice(None)):
        """Return the score of each example of `rows` for each theta: shape (..., d) in, (..., rows) out."""
        theta = points(self.name, theta, len(self.features))
        return sum(theta[..., j, None] * feature[rows] for j, feature in enumerate(self.features))

    def loss(self, theta, rows=slice(None)):
        """Return the mean loss over `rows` (default: all) at `theta`, shape (..., d); the result has shape (...)."""
        return self.cost(self.scores(theta, rows), self.targets[rows]).mean(axis=-1)

    def grad(self, theta, rows=slice(None)):
        """Return the gradient of the mean loss over `rows` (default: all), in the shape of `theta`."""
        slopes = self.slope(self.scores(theta, rows), self.targets[rows])
        return (slopes[..., None, :] * self.features[:, rows]).mean(axis=-1)


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
        With d = 2: slope and intercept.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number, or out of its range.

    References
    ----------
    :cite:t:`bottou2018`
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

    .. math:: \ell_i(\theta) = \log\left(1 + e^{-y_i (\theta_1 x_{i1} + \theta_2 x_{i2} + \theta_3)}\right),
              \qquad y_i = \pm 1

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
    """
    n, gap, rng = prepared("blobs", n, seed, gap=gap)
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    points = rng.normal(size=(2, n)) + gap / 2 * y * np.array([[0.6], [0.8]])
    features = np.concatenate([points, np.ones((1, n))])
    return DataProblem("blobs", features, y, (0.0, 0.0, 0.0), _logistic, _logistic_slope)


def prepared(owner, n, seed, **spread):
    """Return the number of examples, their spread, and the random numbers to draw them with."""
    ((name, value),) = spread.items()
    n, value = int(real(owner, "n", n, COUNT)), real(owner, name, value, SPREAD)
    return n, value, np.random.default_rng(whole(owner, "seed", seed))


def _square(z, y):
    return (z - y) ** 2 / 2


def _square_slope(z, y):
    return z - y


def _logistic(z, y):
    return np.logaddexp(0, -y * z)


def _logistic_slope(z, y):
    return -y / (1 + np.exp(np.minimum(y * z, 700)))
