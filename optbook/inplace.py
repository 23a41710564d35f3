"""Adam for large models: the rule of `optbook.adam`, overwriting its arrays instead of making new ones.

The printed rule makes a new array at almost every sign. Once arrays no longer fit the processor's caches, each of them
is a journey to memory and back. `adam_in_place` writes into the arrays that it is given; `adam_blocked` also finishes
one block of them, in the cache, before it fetches the next.
"""

import math

import numpy as np

__all__ = ["adam_blocked", "adam_in_place"]

BLOCK = 32768  # of float32 take 640 KiB, five times


def refuse_arrays(owner, **arrays):
    """Raise an error unless a step can overwrite these arrays, one beside the other."""
    first, seen = next(iter(arrays.values())), {}
    for name, a in arrays.items():
        must = f"{owner}: {name} must"
        floats = isinstance(a, np.ndarray) and a.dtype.kind == "f" and a.dtype.itemsize >= 4
        if not floats or (type(a) is not np.ndarray and hasattr(a, "mask")):
            got = f"a {type(a).__name__}" if floats else getattr(a, "dtype", repr(a))
            raise TypeError(f"{must} be an array of float32 or wider, got {got}")
        if a.ndim != 1 or not a.flags.c_contiguous:
            raise ValueError(f"{must} have one axis and no gaps, got shape {a.shape} and strides {a.strides}")
        if a.dtype != first.dtype:
            raise TypeError(f"{must} be of theta's type {first.dtype}, got {a.dtype}")
        if a.shape != first.shape:
            raise ValueError(f"{must} have theta's shape {first.shape}, got {a.shape}")
        if name != "grad" and not a.flags.writeable:
            raise ValueError(f"{must} be writeable, got a read-only array")
        for other, b in seen.items():
            if np.may_share_memory(a, b):
                raise ValueError(f"{must} have memory of its own, got some of {other}'s")
        seen[name] = a


def plain(owner, name, value, must, holds):
    """Return `value` as Python's own number, for NumPy's would widen float32; raise an error unless it `holds`."""
    whole = "whole" in must
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(value, (bool, np.float16, np.timedelta64)) or not isinstance(value, kinds):
        raise TypeError(f"{owner}: {name} must be {must}, got {value!r}")
    try:
        number = int(value) if whole else float(value)
    except OverflowError:  # a whole number of 400 digits
        number = np.inf
    if not holds(number):
        raise ValueError(f"{owner}: {name} must be {must}, got {value!r}")
    return number


def refuse_end(owner, theta):
    """Raise an error if a step has left theta infinite or NaN; a dot product is the fastest way to ask."""
    for begin in range(0, theta.size, BLOCK):
        part = theta[begin : begin + BLOCK]
        if not (math.isfinite(np.dot(part, part)) or np.isfinite(part).all()):
            why = "grad, m, v or theta was not, or lr is too large; theta, m and v are spoilt"
            raise ValueError(f"{owner}: theta must stay finite, got {part}: {why}")


def factors(owner, t, lr, beta1, beta2, eps):
    """Return the five numbers that a step multiplies by or adds: both bias corrections are in the last two.

    Numerator and denominator of the step are multiplied by the root of the second correction: then it meets numbers
    only, never an array, and eps still stands outside the root and after the correction.
    """
    t = min(plain(owner, "t", t, "a whole number >= 1", lambda t: t >= 1), 2**53)  # by then, nothing is left to correct
    lr = plain(owner, "lr", lr, "a finite number > 0", lambda lr: 0 < lr < np.inf)
    beta1 = plain(owner, "beta1", beta1, "a number in [0, 1)", lambda beta: 0 <= beta < 1)
    beta2 = plain(owner, "beta2", beta2, "a number in [0, 1)", lambda beta: 0 <= beta < 1)
    eps = plain(owner, "eps", eps, "a finite number > 0", lambda eps: 0 < eps < np.inf)
    root = (1 - beta2**t) ** 0.5
    return beta1, beta2, lr * root / (1 - beta1**t), eps * root


def overwrite(theta, grad, m, v, work, beta1, beta2, scale, guard):
    """Take one step of Adam in twelve passes over whole arrays, and make none."""
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
    np.subtract(theta, work, out=theta)


def adam_in_place(theta, grad, m, v, t, work, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Take one step of Adam that overwrites theta and both moments, and makes no array.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 \\
        \theta &\leftarrow \theta - \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot
        \frac{m}{\sqrt{v} + \epsilon \sqrt{1 - \beta_2^t}}

    This is the rule of `optbook.adam`, to rounding: numerator and denominator have been multiplied by the root of the
    second bias correction.

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
        If an argument is not what it must be, or two arrays share memory: then nothing has been overwritten. Or if
        theta is no longer finite after the step: then theta, m and v are spoilt.

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
    refuse_arrays(owner, theta=theta, grad=grad, m=m, v=v, work=work)
    overwrite(theta, grad, m, v, work, *factors(owner, t, lr, beta1, beta2, eps))
    refuse_end(owner, theta)


def adam_blocked(theta, grad, m, v, t, block=32768, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take the step of `adam_in_place` block by block, so that its twelve passes find their block in the cache.

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
    block : int
        Number of parameters in a block, >= 1. Five arrays of this length should fit the second-level cache: 32768
        of float32 take 640 KiB.
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
        If an argument is not what it must be, or two arrays share memory: then nothing has been overwritten. Or if
        theta is no longer finite after the step: then theta, m and v are spoilt.

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
    block = plain(owner, "block", block, "a whole number >= 1", lambda block: block >= 1)
    numbers = factors(owner, t, lr, beta1, beta2, eps)
    refuse_arrays(owner, theta=theta, grad=grad, m=m, v=v)
    work = np.empty_like(theta[:block])
    for begin in range(0, theta.size, block):
        theta_, grad_, m_, v_ = (a[begin : begin + block] for a in (theta, grad, m, v))
        overwrite(theta_, grad_, m_, v_, work[: theta_.size], *numbers)
        refuse_end(owner, theta_)
