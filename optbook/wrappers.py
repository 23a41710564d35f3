"""Optimizers around others: ``lookahead(adam)`` and ``clipped(adam)`` are optimizers again.

They take the arguments of the rule that they go around, and can go around each other.
"""

import functools

import numpy as np

from optbook.optimizers import guard_gradient
from optbook.registry import (
    WRAPPERS,
    bind,
    documented,
    enter,
    fits,
    function,
    parameters,
    real,
    refusal,
    together,
    typed,
)


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

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the function is unknown.
    """
    typed("wrapper", title=(title, str), cite=(cite, str), state=(state, str))

    def register(wrap):
        function("wrapper", "wrap", wrap, "be a function of rule and more", takes=None)

        def checked(*args, **kwargs):
            given = bind(wrap.__name__, wrap, args, kwargs)
            rule = function(wrap.__name__, "rule", given.pop("rule"), "be an optimizer", takes=None)
            numbers = {name: real(wrap.__name__, name, value) for name, value in given.items()}
            return around(wrap.__name__, title, state.split(), rule, wrap(rule, **numbers))

        returns = ["callable", "    An optimizer. It takes what `rule` takes, and returns a generator of iterates."]
        raises = ["TypeError, ValueError", "    If an argument is of the wrong type, or out of its range."]
        sections = {"Parameters": parameters(wrap), "Returns": returns, "Raises": raises}
        doc = documented(wrap, sections, cite, example(wrap.__name__))
        return enter(WRAPPERS, wrap, checked, doc, title=title, cite=cite)

    return register


def example(name):
    """Return the lines of an example that holds for every wrapper: what it makes is an optimizer."""
    call = f"minimize(bowl, {name}(adam), lr=0.1, steps=100)"
    return [">>> from optbook import adam, bowl, minimize", f">>> {call}", "<Trajectory of shape (101, 2): finished>"]


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

    .. math::
        g_t &:= g_t \min\left(1, \frac{c}{\|g_t\|}\right) \\
        \theta_t &\text{ as the rule inside says}
    """
    own = max(1, getattr(rule, "axes", 1))
    axes = range(-own, 0)

    def walk(grad, theta, *args, **kwargs):
        if not (callable(grad) and fits(grad, 1)):
            return rule(grad, theta, *args, **kwargs)  # which says what is wrong
        slope = guard_gradient("clipped", grad, own)

        def short(theta):
            g = length = slope(theta)
            for axis in axes[: g.ndim]:
                length = np.hypot.reduce(length, axis=axis, keepdims=True)  # does not overflow, as squares would
            if np.ndim(norm) and together("clipped", "norm", norm, length.shape) != length.shape:
                raise refusal("clipped", "norm", f"be one number, or one for each racer, shape {length.shape}", norm)
            return g * (norm / np.maximum(length, norm))

        return rule(short, theta, *args, **kwargs)

    return walk


@wrapper("Lookahead", cite="zhang2019", state="slow")
def lookahead(rule, sync=6, share=0.5):
    r"""Send a fast walker ahead; every few steps go a share of the way towards it, and call it back there.

    The rule inside keeps what it remembers when it is called back, as in Optax. Theta must be an array, not one number.

    .. math::
        \theta_t &\text{ as the rule inside says} \\
        &\text{and every } k \text{ steps:} \\
        \phi_t &= \phi_{t-k} + \alpha (\theta_t - \phi_{t-k}) \\
        \theta_t &:= \phi_t
    """

    def walk(grad, theta, *args, **kwargs):
        fast = rule(grad, theta, *args, **kwargs)
        if not np.ndim(theta):
            raise refusal("lookahead", "theta", "have at least 1 axis", theta)
        return away(fast, np.array(theta))

    def away(fast, slow):
        for t, theta in enumerate(fast, start=1):
            if not isinstance(theta, np.ndarray):
                raise refusal("lookahead", "rule", "yield arrays", theta, TypeError)
            if t % sync == 0:
                slow = slow + share * (theta - slow)
                if slow.shape != theta.shape:
                    raise refusal("lookahead", "share", f"broadcast to theta's shape {theta.shape}", share)
                theta[...] = slow  # in place, here alone in this book: the rule inside goes on from where this puts it
            yield theta.copy()

    return walk


__all__ = ["wrapper", *WRAPPERS]
