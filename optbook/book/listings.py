"""The chapter's two listings: same names, same calls, and bit for bit the results of the library's
rules.

They stand alone, so that a reader can copy either from the page and run it. What is wrong with an
argument, Python or NumPy says.
"""

import warnings

import numpy as np

__all__ = ["Adam", "gradient_descent"]


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
        Python's or NumPy's own, if it cannot count, or compute, with what it is given.

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
    theta = np.array(theta_init, dtype=float)
    history = [theta]

    for t in range(epochs):
        grad = grad_fn(theta)  # ∇ℒ(θ)
        if np.linalg.norm(grad) < 1e-6:  # convergence
            break
        theta = theta - lr * grad  # θ ← θ - η·∇ℒ
        if not (np.isfinite(theta).all() and np.isfinite(loss_fn(theta))):
            diverged = f"diverged at step {t + 1}; try lr < {lr}"
            warnings.warn(diverged, RuntimeWarning, stacklevel=2)
            break
        history.append(theta)

    return history[-1], history


class Adam:
    """Adam, for a list of arrays that each step updates in place.

    Parameters
    ----------
    params : iterable of arrays
        What to update: arrays of floats.
    lr : float
        Learning rate, > 0.
    betas : pair of floats
        Decays of the first and the second moment, in [0, 1).
    eps : float
        Guard against division by zero, > 0.

    Examples
    --------
    >>> theta = np.array([1.0, -2.0])
    >>> Adam([theta], lr=0.5).step([np.array([10.0, -0.1])])
    >>> theta.round(6)
    array([ 0.5, -1.5])
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params)
        self.lr = lr
        self.beta1, self.beta2 = map(np.array, betas)
        self.eps = eps
        self.m = [np.zeros_like(p) for p in self.params]  # 1st moment
        self.v = [np.zeros_like(p) for p in self.params]  # 2nd raw moment
        self.t = 0

    def step(self, grads):
        """Take one step.

        Parameters
        ----------
        grads : iterable of arrays
            The gradient by each of `params`, in its shape.

        Raises
        ------
        TypeError, ValueError
            Python's or NumPy's own, if there are not as many gradients as `params`, or one of these
            is no array of floats. Those before it have then been updated.
        """
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads, strict=True)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)  # bias correction
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p[...] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)  # in place
