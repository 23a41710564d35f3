r"""Networks that learn to read real handwriting, in NumPy: softmax regression, and a layer of tanh
units before it.

All weights are one flat vector theta, so every optimizer drives a network as it drives a bowl, and
a leading axis of theta is a race: shape (racers, d) trains as many networks at once. `matrices`
shows theta as the layers' matrices.

Letters:

=====  ==============================================================
theta  all weights, shape (..., d)
W      matrix of one layer, shape (..., out, in + 1), biases last
x      what enters a layer, one column per example, the last row ones
z      scores of the ten digits, shape (..., 10, B), B examples
delta  derivative of the mean loss by what a layer's matrix puts out
=====  ==============================================================
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from optbook.checks import COUNT, SEED, points, whole
from optbook.data import Examples

TRAINING = 1280  # of the 1797 examples: 40 batches of 32, 5 of 256; the others are held out

__all__ = ["Network", "digits", "softmax_regression", "two_layer"]


@cache
def digits():
    """Return 1797 handwritten digits as images, shape (1797, 8, 8), and as labels, shape (1797,).

    A pixel counts the inked dots of a square of 4 by 4: 0 to 16. The digits are the test set of
    "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
    https://doi.org/10.24432/C50P49, licensed CC BY 4.0. They come with the package, unchanged, and
    are read from its folder.

    Returns
    -------
    images : array of uint8, shape (1797, 8, 8)
        Read-only, in the order of their publication.
    labels : array of uint8, shape (1797,)
        Likewise.

    References
    ----------
    :cite:t:`alpaydin1998`

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, int(labels[0])
    ((1797, 8, 8), 0)
    """
    with np.load(Path(__file__).with_name("digits.npz")) as stored:
        images, labels = stored["images"], stored["labels"]
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


@dataclass(frozen=True, eq=False)
class Network(Examples):
    """A network that reads digits: layers of tanh units, if any, then a softmax over the ten.

    Attributes
    ----------
    name : str
        Its Python name.
    sizes : sequence of int
        Numbers of inputs, of units of each hidden layer, and of classes.
    inputs : array, shape (n, 65)
        One row per example: its pixels divided by 16, and a one.
    targets : array, shape (n, 10)
        One row per example: 1 for its digit, and 0 for the others.
    start : array, shape (d,)
        Where runs begin unless told otherwise.
    held_out : Network or None
        The same network before examples that the training never sees; None if these are they.
    """

    name: str
    sizes: tuple
    inputs: np.ndarray
    targets: np.ndarray
    start: np.ndarray
    held_out: object = None

    @property
    def n(self):
        """The number of examples."""
        return len(self.targets)

    @cached_property
    def layout(self):
        """Where the matrix of each layer lies in theta: from, to, and its shape."""
        shapes = [(out, width + 1) for width, out in pairwise(self.sizes)]
        ends = np.cumsum([out * width for out, width in shapes]).tolist()
        return list(zip([0, *ends], ends, shapes, strict=False))

    def matrices(self, theta):
        """Return theta as the matrix of each layer. NaN and infinity are passed on.

        Parameters
        ----------
        theta : array_like, shape (..., d)
            All weights.

        Returns
        -------
        list of arrays, shape (..., out, in + 1)
            Views of `theta`, if that is an array of float64.

        Raises
        ------
        TypeError, ValueError
            If `theta` is not made of real numbers, or has another shape.
        """
        theta = points(self.name, theta, len(self.start))
        lead = theta.shape[:-1]
        return [theta[..., begin:end].reshape(lead + shape) for begin, end, shape in self.layout]

    def _cut(self, rows):
        if type(rows) is slice:
            return self.inputs[rows].T, self.targets[rows].T
        return self.inputs.take(rows, axis=0).T, self.targets.take(rows, axis=0).T

    def _loss(self, theta, x, y):
        _, z = forward(self.matrices(theta), x)
        z = z - z.max(axis=-2, keepdims=True)
        return (np.log(np.exp(z).sum(axis=-2)) - (z * y).sum(axis=-2)).mean(axis=-1)

    def _grad(self, theta, x, y):
        matrices = self.matrices(theta)
        entering, z = forward(matrices, x)
        slopes = backward(matrices, entering, (softmax(z) - y) / z.shape[-1])
        flat = [slope.reshape(slope.shape[:-2] + (-1,)) for slope in slopes]
        return np.concatenate(flat, axis=-1) if len(flat) > 1 else flat[0]

    def accuracy(self, theta):
        """Return the share of examples that are read correctly. NaN is passed on.

        Parameters
        ----------
        theta : array_like, shape (..., d)
            All weights.

        Returns
        -------
        array, shape (...)
            The share, from 0 to 1, for each theta.

        Raises
        ------
        TypeError, ValueError
            If `theta` is not made of real numbers, or has another shape.

        Examples
        --------
        >>> network = softmax_regression()
        >>> round(float(network.accuracy(network.start)), 3)  # all are read as 0
        0.095
        """
        _, z = forward(self.matrices(theta), self.inputs.T)
        right = (z.argmax(axis=-2) == self.targets.argmax(axis=-1)).mean(axis=-1)
        return np.where(np.isfinite(z).all(axis=(-2, -1)), right, np.nan)[()]


def forward(matrices, x):
    """Return what enters each layer, `x` first, and the scores that come out."""
    entering = [x]
    for W in matrices[:-1]:
        units = np.tanh(W @ entering[-1])
        entering.append(np.concatenate([units, np.ones_like(units[..., :1, :])], axis=-2))
    return entering, matrices[-1] @ entering[-1]


def backward(matrices, entering, delta):
    """Return the slope of the loss by each matrix, given `delta`, that by the scores."""
    slopes = [outer(delta, entering[-1])]
    for k in range(len(matrices) - 1, 0, -1):
        delta = (matrices[k][..., :-1].mT @ delta) * (1 - entering[k][..., :-1, :] ** 2)
        slopes.append(outer(delta, entering[k - 1]))
    return slopes[::-1]


def outer(delta, x):
    """Return the product of `delta` and `x` transposed."""
    # for one example, dot is twice as fast as @
    return np.dot(delta, x.T) if delta.ndim == 2 else delta @ x.mT


def softmax(z):
    """Return the probabilities that scores stand for, along the last axis but one."""
    e = np.exp(z - z.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)


def softmax_regression():
    r"""Make softmax regression on the `digits`: 64 pixels in, ten scores out, and convex.

    .. math::
        \ell_i(\theta) &= \log \sum_k e^{z_{ik}} - z_{i y_i} \\
        z_i &= W \begin{pmatrix} x_i \\ 1 \end{pmatrix}

    Returns
    -------
    Network
        With d = 650 weights, 1280 examples, and 517 held out. It starts at zero.

    References
    ----------
    :cite:t:`bottou2018`

    Examples
    --------
    >>> from optbook import adam, minimize
    >>> network = softmax_regression()
    >>> run = minimize(network, adam, lr=0.01, batch=32, steps=200, every=200)
    >>> bool(network.held_out.accuracy(run.theta[-1]) > 0.9)
    True
    """
    return network("softmax_regression", (64, 10), np.zeros(650))


def two_layer(hidden=32, seed=0):
    r"""Make a network of two layers on the `digits`: tanh units between the pixels and the scores.

    .. math::
        \ell_i(\theta) &= \log \sum_k e^{z_{ik}} - z_{i y_i} \\
        z_i &= W_2 \begin{pmatrix} h_i \\ 1 \end{pmatrix} \\
        h_i &= \tanh\left( W_1 \begin{pmatrix} x_i \\ 1 \end{pmatrix} \right)

    Parameters
    ----------
    hidden : int
        Number of tanh units.
    seed : int
        Seed of the start: normal weights of variance 1 / (inputs of the layer), biases zero.

    Returns
    -------
    Network
        With d = 75 hidden + 10 weights, 1280 examples, and 517 held out.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a whole number in its range.

    References
    ----------
    :cite:t:`rumelhart1986`

    Examples
    --------
    >>> two_layer(hidden=16).start.shape
    (1210,)
    """
    hidden = whole("two_layer", "hidden", hidden, COUNT)
    seed = whole("two_layer", "seed", seed, SEED)
    rng, sizes = np.random.default_rng(seed), (64, hidden, 10)
    layers = [rng.normal(size=(out, width + 1)) / np.sqrt(width) for width, out in pairwise(sizes)]
    for W in layers:
        W[:, -1] = 0
    return network("two_layer", sizes, np.concatenate([W.ravel() for W in layers]))


def network(name, sizes, start):
    """Return a network before the training examples, the others held out: one shuffle for all."""
    images, labels = digits()
    order = np.random.default_rng(0).permutation(len(labels))
    inputs = np.column_stack([images.reshape(-1, 64) / 16, np.ones(len(labels))])[order]
    targets = np.eye(10)[labels[order]]
    held_out = Network(name, sizes, inputs[TRAINING:], targets[TRAINING:], start)
    return Network(name, sizes, inputs[:TRAINING], targets[:TRAINING], start, held_out)
