"""Optimizers around others: ``lookahead(adam)`` and ``clipped(adam)`` are optimizers again.

They take the arguments of the rule that they go around, and can go around each other.
"""

import numpy as np

from optbook.checks import checked_gradient, fitting, refuse
from optbook.registry import WRAPPERS, wrapper


@wrapper("Clipping", cite="pascanu2013")
def clipped(rule, norm=1.0):
    r"""Shorten a gradient that is too long: one spike cannot throw the weights far.

    The norm is that of the whole theta of one racer: its last axis, or the last two for a rule of
    matrices. As in Optax; PyTorch divides by the norm plus :math:`10^{-6}`.

    .. math::
        g_t &:= g_t \min\left(1, \frac{c}{\|g_t\|}\right) \\
        \theta_t &\text{ as the rule inside says}
    """
    own = max(1, getattr(rule, "axes", 1))

    def walk(grad, theta, **hyper):
        slope = checked_gradient("clipped", grad, own)
        fitting("clipped", "norm", norm, theta.shape)

        def short(theta):
            g = length = slope(theta)
            for axis in range(-min(own, g.ndim), 0):
                # does not overflow, as squares would
                length = np.hypot.reduce(length, axis=axis, keepdims=True)
            return g * (norm / np.maximum(length, norm))

        short.checked = True
        return rule(short, theta, **hyper)

    return walk


@wrapper("Lookahead", cite="zhang2019", state="slow")
def lookahead(rule, sync=6, share=0.5):
    r"""Send a fast walker ahead; every few steps go a share of the way, and call it back there.

    The rule inside keeps what it remembers when it is called back, as in Optax. Theta must be an
    array, not one number.

    .. math::
        \theta_t &\text{ as the rule inside says} \\
        &\text{and every } k \text{ steps:} \\
        \phi_t &= \phi_{t-k} + \alpha (\theta_t - \phi_{t-k}) \\
        \theta_t &:= \phi_t
    """

    def called_back(walk, slow):
        for t, fast in enumerate(walk, start=1):
            if t % sync == 0:
                slow = slow + share * (fast - slow)
                fast[...] = slow  # in place: the rule inside goes on from here
            yield fast.copy()

    def walk(grad, theta, **hyper):
        if not theta.ndim:
            refuse("lookahead", "theta", "have at least 1 axis", theta)
        return called_back(rule(grad, theta, **hyper), theta.copy())

    return walk


__all__ = [*WRAPPERS]
