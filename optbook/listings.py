"""The chapter's two listings: same names, same calls, and bit for bit the results of the library's rules.

They stand alone, so that a reader can copy either from the page and run it.
"""

import warnings

import numpy as np

__all__ = ["Adam", "gradient_descent"]


def real(must, value, holds):
    """Return `value` as a float array if it `holds`, else say what it `must` be."""
    array = np.array(value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{must}, got {value!r}")
    if not np.all(holds(array)):
        raise ValueError(f"{must}, got {value!r}")
    return array.astype(float)


def is_positive(a):
    return a.ndim == 0 and 0 < a < np.inf


def is_count(a):
    return a.ndim == 0 and 0 <= a < np.inf and a == np.floor(a)


@np.errstate(all="ignore")  # divergence is reported once, below
def gradient_descent(loss_fn, grad_fn, theta_init, lr=0.01, epochs=1000):
    """Vanilla gradient descent, until the gradient's norm is below 1e-6.

    Parameters
    ----------
    loss_fn, grad_fn : callable
        Take theta; return the loss, a number, and its gradient, an array.
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
    """
    owner = "gradient_descent:"
    real(f"{owner} lr must be a number > 0", lr, is_positive)
    epochs = real(f"{owner} epochs must be a count", epochs, is_count)
    theta = real(f"{owner} theta_init must be finite", theta_init, np.isfinite)
    history = [theta.copy()]

    for t in range(int(epochs)):
        grad = grad_fn(theta.copy())  # ∇L(θ)
        must = f"{owner} grad_fn must return theta's shape"
        grad = real(must, grad, lambda a: a.shape == history[0].shape)
        if np.linalg.norm(grad) < 1e-6:  # convergence
            break
        theta = theta - lr * grad  # θ ← θ - η·∇L
        if not np.isfinite([*theta.flat, loss_fn(theta)]).all():
            diverged = f"diverged at step {t + 1}; try lr < {lr}"
            warnings.warn(diverged, RuntimeWarning, stacklevel=3)
            break
        history.append(theta.copy())

    return history[-1], history


def is_pair(a):
    return a.shape == (2,) and 0 <= min(a) <= max(a) < 1


class Adam:
    """Adam, for a list of arrays that each step updates in place.

    Parameters
    ----------
    params : iterable of float64 arrays
        What to update: writeable and finite.
    lr, eps : float
        Learning rate, and guard against division by zero: both > 0.
    betas : pair of floats
        Decays of the first and the second moment, in [0, 1).

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params) if np.iterable(params) else [params]
        floats = [isinstance(p, np.ndarray) and p.dtype == float for p in self.params]
        if not all(floats):
            raise TypeError(f"Adam: params must be float64 arrays, got {self.params}")
        ready = [p.flags.writeable and np.isfinite(p).all() for p in self.params]
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
            If a gradient is missing, of another shape, not real or not finite.
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
