"""Optimizers around others: ``lookahead(adam)`` and ``clipped(adam)`` are optimizers again.

They take the arguments of the rule that they go around, and can go around each other.
"""

import functools

import numpy as np

from optbook.optimizers import guard_gradient
from optbook.registry import WRAPPERS, bind, documented, enter, parameters, real


def wrapper(title, *, cite, state=""):
    """Register a function that makes an optimizer of another, and check its arguments when it is called.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    state : str
        Names of what it remembers besides what the rule inside does, separated by spaces.

    Returns
    -------
    callable
        A decorator. The decorated function takes an optimizer first, and returns one.
    """

    def register(wrap):
        def checked(*args, **kwargs):
            given = bind(wrap.__name__, wrap, args, kwargs)
            rule = given.pop("rule")
            if not callable(rule):
                raise TypeError(f"{wrap.__name__}: rule must be an optimizer, got {rule!r}")
            numbers = {name: real(wrap.__name__, name, value) for name, value in given.items()}
            return around(wrap.__name__, title, state.split(), rule, wrap(rule, **numbers))

        returns = ["optimizer : callable", "    It takes what `rule` takes, and returns a generator of iterates."]
        raises = ["TypeError, ValueError", "    If an argument is of the wrong type, or out of its range."]
        sections = {"Parameters": parameters(wrap), "Returns": returns, "Raises": raises}
        return enter(WRAPPERS, wrap, checked, documented(wrap, sections, cite), title=title, cite=cite)

    return register


def around(name, title, state, rule, walk):
    """Return `walk` with the signature and the attributes of the optimizer `rule`, as far as it has them."""
    functools.update_wrapper(walk, rule)
    walk.__name__ = f"{name}({getattr(rule, '__name__', repr(rule))})"
    walk.title = f"{title} around {getattr(rule, 'title', walk.__name__)}"
    walk.state = [*getattr(rule, "state", []), *state]
    walk.limit = walk.critical = None
    return walk


@wrapper("Clipping", cite="pascanu2013")
def clipped(rule, norm=1.0):
    r"""Shorten a gradient that is too long, and keep its direction: one spike cannot throw the weights far.

    The norm is that of the whole theta of one racer: its last axis, or the last two for a rule of matrices. As in
    Optax; PyTorch divides by the norm plus :math:`10^{-6}`.

    .. math:: g_t := g_t \min\left(1, \frac{c}{\|g_t\|}\right), \qquad
              \theta_t \text{ as the rule inside says}
    """
    axes = range(-max(1, getattr(rule, "axes", 1)), 0)

    def walk(grad, theta, *args, **kwargs):
        slope = guard_gradient("clipped", grad)

        def short(theta):
            g = length = slope(theta)
            for axis in axes[: g.ndim]:
                length = np.hypot.reduce(length, axis=axis, keepdims=True)  # does not overflow, as squares would
            return g * (norm / np.maximum(length, norm))

        return rule(short if callable(grad) else grad, theta, *args, **kwargs)

    return walk


@wrapper("Lookahead", cite="zhang2019", state="slow")
def lookahead(rule, sync=6, share=0.5):
    r"""Send a fast walker ahead; every few steps go a share of the way towards it, and call it back there.

    The rule inside keeps what it remembers when it is called back, as in Optax. Theta must be an array, not one number.

    .. math::
        \theta_t &\text{ as the rule inside says, and every } k \text{ steps:} \\
        \phi_t &= \phi_{t-k} + \alpha (\theta_t - \phi_{t-k}), \qquad \theta_t := \phi_t
    """

    def walk(grad, theta, *args, **kwargs):
        if not np.ndim(theta):
            raise ValueError(f"lookahead: theta must have at least 1 axis, got {theta!r}")
        return away(rule(grad, theta, *args, **kwargs), np.array(theta))

    def away(fast, slow):
        for t, theta in enumerate(fast, start=1):
            if t % sync == 0:
                slow = slow + share * (theta - slow)
                theta[...] = slow  # in place, here alone in this book: the rule inside goes on from where this puts it
            yield theta.copy()

    return walk


__all__ = ["wrapper", *WRAPPERS]
