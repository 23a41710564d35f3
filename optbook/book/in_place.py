"""Adam for large models: the rule of `optbook.adam`, overwriting its arrays instead of
making new ones.

The printed rule makes a new array at almost every sign. Once arrays no longer fit the
processor's caches, each of them is a journey to memory and back. `adam_in_place` writes
into the arrays that it is given; `adam_blocked` also finishes one block of them, in the
cache, before it fetches the next.
"""

import math

import numpy as np

from optbook.checks import COUNT, DECAY, POSITIVE, number, refuse, whole

__all__ = ["adam_blocked", "adam_in_place"]

BLOCK = 32768  # of float32 take 640 KiB, five times
FLOATS = np.float32, np.float64, np.longdouble


def check_arrays(owner, **arrays):
    """Raise an error unless a step can overwrite these arrays, one beside the other."""
    theta, seen = arrays["theta"], {}
    for name, a in arrays.items():
        if type(a) is np.ma.MaskedArray or getattr(a, "dtype", None) not in FLOATS:
            got = getattr(a, "dtype", a)
            refuse(owner, name, "be an array of float32 or wider", got, TypeError)
        if a.dtype != theta.dtype:
            refuse(owner, name, f"be of theta's type {theta.dtype}", a.dtype, TypeError)
        if a.ndim != 1 or a.shape != theta.shape or not a.flags.c_contiguous:
            must = f"have theta's shape {theta.shape}, one axis and no gaps"
            refuse(owner, name, must, (a.shape, a.strides))
        if name != "grad" and not a.flags.writeable:
            refuse(owner, name, "be writeable", a)
        for other, b in seen.items():
            if np.may_share_memory(a, b):
                refuse(owner, name, f"share no memory with {other}", a)
        seen[name] = a


def factors(owner, t, lr, beta1, beta2, eps):
    """Return the five numbers that a step multiplies by or adds: both bias corrections
    are in the last two.

    Numerator and denominator of the step are multiplied by the root of the second
    correction: then it meets numbers only, never an array, and eps still stands outside
    the root and after the correction. The numbers are Python's own, for NumPy's would
    widen float32.
    """
    t = min(whole(owner, "t", t, COUNT), 2**53)  # by then, nothing is left to correct
    given = {
        "lr": (lr, POSITIVE),
        "beta1": (beta1, DECAY),
        "beta2": (beta2, DECAY),
        "eps": (eps, POSITIVE),
    }
    lr, beta1, beta2, eps = (
        float(number(owner, name, value, kind._replace(type="float")))
        for name, (value, kind) in given.items()
    )
    root = (1 - beta2**t) ** 0.5
    return beta1, beta2, lr * root / (1 - beta1**t), eps * root


def overwrite(theta, grad, m, v, work, beta1, beta2, scale, guard):
    """Take one step in twelve passes, make no array; return whether theta is finite."""
    np.multiply(m, beta1, out=m)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(m, work, out=m)
    np.multiply(v, beta2, out=v)
    np.multiply(grad, grad, out=work)
    np.multiply(work, 1 - beta2, out=work)
    np.add(v, work, out=v)
    np.sqrt(v, out=work)
    np.add(work, guard, out=work)
    np.divide(m, work, out=work)
    np.multiply(work, scale, out=work)
    return subtracted(theta, work)


def subtracted(theta, work):
    """Subtract by blocks, and return whether all is finite: a dot product asks."""
    finite = True
    for begin in range(0, theta.size, BLOCK):
        part = theta[begin : begin + BLOCK]
        np.subtract(part, work[begin : begin + BLOCK], out=part)
        square = np.dot(part, part)
        finite = finite and bool(math.isfinite(square) or np.isfinite(part).all())
    return finite


def refuse_overflow(owner, theta):
    """Raise the error that says that a step has left theta infinite or NaN."""
    hint = ": grad, m, v or theta was not, or lr is too large; do not use m and v again"
    refuse(owner, "theta", "stay finite", theta, hint=hint)


def adam_in_place(
    theta, grad, m, v, t, work, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8
):  # fmt: skip
    r"""Take one step of Adam that overwrites theta and both moments: no new array.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1)\, g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2)\, g^2 \\
        \theta &\leftarrow \theta - \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
            \cdot \frac{m}{\sqrt{v} + \epsilon \sqrt{1 - \beta_2^t}}

    This is the rule of `optbook.adam`, to rounding: numerator and denominator have been
    multiplied by the root of the second bias correction.

    Parameters
    ----------
    theta : array of float32 or wider, shape (d,)
        The parameters. They are overwritten.
    grad : array, shape and dtype of theta
        The gradient at theta. It is read only.
    m : array, shape and dtype of theta
        First moment, zeros before the first step. It is overwritten.
    v : array, shape and dtype of theta
        Second raw moment, likewise.
    t : int
        Number of this step; the first is 1.
    work : scratch array, shape and dtype of theta
        Room for a passing result; what it holds before and after is of no meaning.
    lr : float
        Learning rate η, > 0.
    beta1 : float
        Decay β₁ of the first moment, in [0, 1).
    beta2 : float
        Decay β₂ of the second raw moment, in [0, 1).
    eps : float
        Guard ε against division by zero, > 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or two arrays share memory: then nothing
        has been overwritten. Or if theta is no longer finite after the step: then
        theta, m and v cannot be used any more.

    References
    ----------
    :cite:t:`kingma2015`

    Examples
    --------
    >>> theta, m, v, work = np.ones(3), np.zeros(3), np.zeros(3), np.zeros(3)
    >>> adam_in_place(theta, np.array([1.0, -20.0, 0.0]), m, v, 1, work, lr=0.5)
    >>> theta.round(6)
    array([0.5, 1.5, 1. ])
    """
    owner = "adam_in_place"
    check_arrays(owner, theta=theta, grad=grad, m=m, v=v, work=work)
    numbers = factors(owner, t, lr, beta1, beta2, eps)
    if not overwrite(theta, grad, m, v, work, *numbers):
        refuse_overflow(owner, theta)


def adam_blocked(
    theta, grad, m, v, t, block=32768, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8
):  # fmt: skip
    """Take the step of `adam_in_place` by blocks, each of which stays in the cache.

    Parameters
    ----------
    theta, grad, m, v : arrays of float32 or wider, shape (d,)
        As for `adam_in_place`.
    t : int
        Number of this step; the first is 1.
    block : int
        Number of parameters in a block, >= 1. Five arrays of this length should fit the
        second-level cache: 32768 of float32 take 640 KiB.
    lr, beta1, beta2, eps : float
        As for `adam_in_place`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or two arrays share memory: then nothing
        has been overwritten. Or if theta is no longer finite after the step: then
        theta, m and v cannot be used any more.

    References
    ----------
    :cite:t:`kingma2015`

    Examples
    --------
    >>> theta, m, v = np.ones(3), np.zeros(3), np.zeros(3)
    >>> adam_blocked(theta, np.array([1.0, -20.0, 0.0]), m, v, 1, block=2, lr=0.5)
    >>> theta.round(6)
    array([0.5, 1.5, 1. ])
    """
    owner = "adam_blocked"
    block = whole(owner, "block", block, COUNT)
    numbers = factors(owner, t, lr, beta1, beta2, eps)
    check_arrays(owner, theta=theta, grad=grad, m=m, v=v)
    work = np.empty_like(theta[:block])
    for begin in range(0, theta.size, block):
        theta_, grad_, m_, v_ = (a[begin : begin + block] for a in (theta, grad, m, v))
        if not overwrite(theta_, grad_, m_, v_, work[: theta_.size], *numbers):
            refuse_overflow(owner, theta_)
