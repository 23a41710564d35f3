"""How every optimizer can walk in a test: rules of vectors and of matrices need a theta with
axes enough."""

import ast
import inspect
import textwrap

import numpy as np

from optbook import OPTIMIZERS


def shaped(name, values):
    """Return `values` as floats, with as many axes as the optimizer needs."""
    return np.array(values, dtype=float, ndmin=OPTIMIZERS[name].axes)


def column(name, values):
    """Return `values` as racers of the optimizer: an axis in front of its own."""
    return np.reshape(values, (-1, *[1] * max(1, OPTIMIZERS[name].axes)))


def ground(name, problem):
    """Return `problem`, or for an optimizer of matrices the same problem of matrices with a
    single row."""
    return Row(problem) if OPTIMIZERS[name].axes == 2 else problem


class Row:
    """A problem of vectors as one of matrices."""

    def __init__(self, problem):
        self.problem, self.start = problem, np.array(problem.start, ndmin=2)

    def loss(self, theta):
        return self.problem.loss(theta[..., 0, :])

    def grad(self, theta, *rows):
        return self.problem.grad(theta[..., 0, :], *rows)[..., None, :]

    def batches(self, *how):
        return self.problem.batches(*how)


def kept(rule):
    """Return the variables that a rule has before its first step, besides theta: all that it can
    remember."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(rule)))).body[0]
    before = [node for node in tree.body if isinstance(node, ast.Assign)]
    names = (name for node in before for name in ast.walk(node) if isinstance(name, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}
