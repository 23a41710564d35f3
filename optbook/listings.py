"""The chapter's two listings: same names, same calls, and bit for bit the results of the library's rules.

They stand alone, so that a reader can copy either from the page and run it.
"""

import warnings

import numpy as np

__all__ = ["Adam", "gradient_descent"]


def real(must, value, holds):
    """Return `value` as a float array if it `holds`, else say what it `must` be."""
    try:
        array = np.array(value)
        listed = isinstance(value, (list, tuple))
        parts = np.array(value, dtype=object).flat if listed else [value]
    except Exception:  # lists of unequal length, say
        array, parts = np.array(None), []
    odd = hasattr(value, "mask") or array.dtype == np.float16
    odd |= any(isinstance(part, (bool, bytearray)) for part in parts)
    if odd or array.dtype.kind not in "iuf":
        raise TypeError(f"{must}, got {value!r}")
    with np.errstate(over="ignore"):  # what is too large is infinite
        array = array.astype(float)
    if not np.all(holds(array)):
        raise ValueError(f"{must}, got {value!r}")
    return array


def functions(owner, **given):
    for name, value in given.items():
        if not callable(value):
            raise TypeError(f"{owner} {name} must be a function, got {value!r}")


def like(theta):
    return lambda a: a.shape == theta.shape


def is_one(a):
    return a.ndim == 0


def is_positive(a):
    return a.ndim == 0 and 0 < a < np.inf


def is_count(a):
    return a.ndim == 0 and 0 <= a < np.inf and a == np.floor(a)


def is_some(a):
    return a.size and np.isfinite(a)


@np.errstate(all="ignore")  # divergence is reported once, below
def gradient_descent(loss_fn, grad_fn, theta_init, lr=0.01, epochs=1000):
    """Vanilla gradient descent, until the gradient's norm is below 1e-6.

    Parameters
    ----------
    loss_fn : callable, loss(theta)
        Takes theta, returns the loss, a number.
    grad_fn : callable, grad(theta)
        Takes theta, returns the gradient of the loss, an array of theta's shape.
    theta_init : array_like of float
        Where to start. It is copied.
    lr : float
        Learning rate (step size), > 0.
    epochs : int
        The most steps to take, >= 0.

    Returns
    -------
    theta : array
        The last point.
    history : list of arrays
        Every point, the start first.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient is not what it must be.

    Warns
    -----
    RuntimeWarning
        If point or loss is no longer finite; the last finite point is returned.

    Examples
    --------
    >>> theta, history = gradient_descent(np.square, lambda x: 2 * x, 8.0, 0.25, 3)
    >>> [float(point) for point in history]
    [8.0, 4.0, 2.0, 1.0]
    """
    owner = "gradient_descent:"
    functions(owner, loss_fn=loss_fn, grad_fn=grad_fn)
    lr = real(f"{owner} lr must be a number > 0", lr, is_positive)
    epochs = real(f"{owner} epochs must be a count", epochs, is_count)
    theta = real(f"{owner} theta_init must be finite", theta_init, is_some)
    history = [theta.copy()]

    for t in range(int(epochs)):
        must = f"{owner} grad_fn must return theta's shape"
        grad = real(must, grad_fn(theta.copy()), like(theta))  # ∇ℒ(θ)
        if np.linalg.norm(grad) < 1e-6:  # convergence
            break
        theta = theta - lr * grad  # θ ← θ - η·∇ℒ
        loss = real(f"{owner} loss_fn must return a number", loss_fn(theta), is_one)
        if not np.isfinite([*theta.flat, loss]).all():
            diverged = f"diverged at step {t + 1}; try lr < {lr}"
            warnings.warn(diverged, RuntimeWarning, stacklevel=3)
            break
        history.append(theta.copy())
    return history[-1], history


def is_pair(a):
    return a.shape == (2,) and np.all((a >= 0) & (a < 1))


class Adam:
    """Adam, for a list of arrays that each step updates in place.

    Parameters
    ----------
    params : iterable of float64 arrays
        What to update: writeable and finite.
    lr : float
        Learning rate, > 0.
    betas : pair of floats
        Decays of the first and the second moment, in [0, 1).
    eps : float
        Guard against division by zero, > 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.

    Examples
    --------
    >>> theta = np.array([1.0, -2.0])
    >>> Adam([theta], lr=0.5).step([np.array([10.0, -0.1])])
    >>> theta.round(6)
    array([ 0.5, -1.5])
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params) if np.iterable(params) else [params]
        floats = [isinstance(p, np.ndarray) and p.dtype == float for p in self.params]
        if not all(floats) or any(hasattr(p, "mask") for p in self.params):
            raise TypeError(f"Adam: params must be float64 arrays, got {self.params}")
        ready = [p.flags.writeable and np.all(is_some(p)) for p in self.params]
        if not (ready and all(ready)):
            need = "finite and writeable arrays, one or more"
            raise ValueError(f"Adam: params must be {need}, got {self.params}")
        self.lr = real("Adam: lr must be a number > 0", lr, is_positive)
        self.eps = real("Adam: eps must be a number > 0", eps, is_positive)
        must = "Adam: betas must be a pair in [0, 1)"
        self.beta1, self.beta2 = map(np.array, real(must, betas, is_pair))
        self.m = [np.zeros_like(p) for p in self.params]  # 1st moment
        self.v = [np.zeros_like(p) for p in self.params]  # 2nd raw moment
        self.t = 0

    @np.errstate(over="ignore")  # refused, below
    def step(self, grads):
        """Take one step.

        Parameters
        ----------
        grads : iterable of arrays
            The gradient by each of `params`, in its shape.

        Raises
        ------
        TypeError, ValueError
            If a gradient is missing, of another shape, not real or not finite; then
            nothing has changed. Or if the step is so long that a weight overflows.
        """
        must = "Adam: grads must be finite, and so must their squares"
        grads = grads if np.iterable(grads) else [grads]
        grads = [real(must, g, lambda a: np.isfinite(a * 1.0 * a)) for g in grads]
        shapes, needed = [g.shape for g in grads], [p.shape for p in self.params]
        if shapes != needed:
            raise ValueError(f"Adam: grads must have shapes {needed}, got {shapes}")
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads, strict=True)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)  # bias correction
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
            if not np.isfinite(p).all():
                must = "Adam: params must stay finite"
                raise ValueError(f"{must}, got {p}; try lr < {self.lr}")
