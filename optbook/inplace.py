"""Adam for large models: the step of `optbook.adam`, overwriting its arrays instead of making new ones.

The printed rule makes an array for every sign it writes. Once arrays no longer fit the processor's caches, each of them
is a journey to memory and back. `adam_in_place` writes into the arrays it was given, and `adam_blocked` also finishes
one block before it fetches the next.
"""

import numpy as np

__all__ = ["adam_blocked", "adam_in_place"]


def check_arrays(owner, **arrays):
    """Refuse arrays that a step cannot overwrite side by side."""
    theta = arrays["theta"]
    for i, (name, a) in enumerate(arrays.items()):
        if not isinstance(a, np.ndarray) or a.dtype.kind != "f" or a.dtype.itemsize < 4:
            got = f"{a.dtype} of shape {a.shape}" if isinstance(a, np.ndarray) else repr(a)
            raise TypeError(f"{owner}: {name} must be an array of float32 or float64, got {got}")
        if a.dtype != theta.dtype:
            raise TypeError(f"{owner}: {name} must be of theta's type {theta.dtype}, got {a.dtype}")
        if a.ndim != 1 or not a.flags.c_contiguous:
            got = f"shape {a.shape}, strides {a.strides}"
            raise ValueError(f"{owner}: {name} must have one axis, without gaps (ravel a copy of it), got {got}")
        if a.shape != theta.shape:
            raise ValueError(f"{owner}: {name} must have theta's shape {theta.shape}, got {a.shape}")
        if name != "grad" and not a.flags.writeable:
            raise ValueError(f"{owner}: {name} must be writeable, got a read-only array")
        for other in list(arrays)[:i]:
            if np.may_share_memory(a, arrays[other]):
                raise ValueError(f"{owner}: {name} must have memory of its own, got some of {other}'s")


def check_numbers(owner, t, lr, beta1, beta2, eps):
    """Return the numbers as Python's, which leave float32 alone, or refuse them."""
    decay, positive = "a number in [0, 1)", "a finite number > 0"
    must = {"t": "a whole number >= 1", "lr": positive, "beta1": decay, "beta2": decay, "eps": positive}
    given = {"t": t, "lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    for name, value in given.items():
        kinds = (int, np.integer) if name == "t" else (int, float, np.integer, np.floating)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise TypeError(f"{owner}: {name} must be {must[name]}, got {value!r}")
        low = value >= 0 if must[name] == decay else value > 0
        if not (low and value < (1 if must[name] == decay else np.inf)):
            raise ValueError(f"{owner}: {name} must be {must[name]}, got {value!r}")
    return int(t), float(lr), float(beta1), float(beta2), float(eps)


def adam_in_place(theta, grad, m, v, t, work, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Take one step of Adam, overwriting theta, m and v."""
    check_arrays("adam_in_place", theta=theta, grad=grad, m=m, v=v, work=work)
    t, lr, beta1, beta2, eps = check_numbers("adam_in_place", t, lr, beta1, beta2, eps)
    root = (1 - beta2**t) ** 0.5
    np.multiply(m, beta1, out=m)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(m, work, out=m)
    np.multiply(v, beta2, out=v)
    np.multiply(grad, grad, out=work)
    np.multiply(work, 1 - beta2, out=work)
    np.add(v, work, out=v)
    np.sqrt(v, out=work)
    np.add(work, eps * root, out=work)
    np.divide(m, work, out=work)
    np.multiply(work, lr * root / (1 - beta1**t), out=work)
    np.subtract(theta, work, out=theta)


def adam_blocked(theta, grad, m, v, t, block=16384, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    work = np.empty(min(block, theta.size), theta.dtype)
    for begin in range(0, theta.size, block):
        part = slice(begin, begin + block)
        rest = work[: theta.size - begin]
        adam_in_place(theta[part], grad[part], m[part], v[part], t, rest, lr, beta1, beta2, eps)
