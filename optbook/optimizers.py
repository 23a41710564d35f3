r"""Optimizers, simplest first. Each is the box of its paper, as a generator of iterates.

Letters:

=====  ===============================
theta  parameters, shape (..., d)
g      gradient of the loss at theta
eta    learning rate of this step, η
t      number of this step: 1, 2, 3, …
v      velocity, or second raw moment
m      first moment
s      sum of squared gradients
=====  ===============================

Rules only broadcast, so any hyperparameter may be an array of shape (n, 1): then n racers run at
once, each bit for bit as if alone. Nothing is changed in place: every theta that a rule yields is
yours to keep.
"""

import numpy as np

from optbook.registry import OPTIMIZERS, optimizer
from optbook.schedules import clock


@optimizer(
    "Gradient descent",
    cite="cauchy1847",
    use="small smooth problems, full gradients, and as the measure of all others",
    demo_lr=0.1,
    limit=lambda curvature: 2 / curvature,
)
def gd(grad, theta, lr=0.01):
    r"""Walk downhill: one step against the gradient.

    .. math:: \theta_t = \theta_{t-1} - \eta \nabla \mathcal{L}(\theta_{t-1})
    """
    for _, eta in clock(lr):
        theta = theta - eta * grad(theta)
        yield theta


@optimizer(
    "Momentum",
    cite="polyak1964",
    use="long valleys; with mini-batches, the classic for image models",
    state="v",
    demo_lr=0.02,
    limit=lambda curvature, beta: 2 * (1 + beta) / curvature,
    critical=lambda lr, curvature: (1 - np.sqrt(lr * curvature)) ** 2,
)
def momentum(grad, theta, lr=0.01, beta=0.9):
    r"""Let a heavy ball roll: the velocity is a decaying sum of gradients.

    For a constant gradient the velocity tends to :math:`1/(1-\beta)` times it. This is PyTorch's
    form, with the rate outside the velocity; it equals Polyak's while the rate is constant.

    .. math::
        v_t &= \beta v_{t-1} + \nabla \mathcal{L}(\theta_{t-1}) \\
        \theta_t &= \theta_{t-1} - \eta v_t
    """
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        v = beta * v + grad(theta)
        theta = theta - eta * v
        yield theta


@optimizer(
    "Nesterov momentum",
    cite="nesterov1983",
    use="smooth convex problems with exact gradients; else as momentum",
    state="v",
    demo_lr=0.02,
    limit=lambda curvature, beta: 2 * (1 + beta) / ((1 + 2 * beta) * curvature),
    critical=lambda lr, curvature: (1 - np.sqrt(lr * curvature)) / (1 + np.sqrt(lr * curvature)),
)
def nesterov(grad, theta, lr=0.01, beta=0.9):
    r"""Look ahead to where the velocity is taking you, and read the slope there.

    In the form of :cite:t:`sutskever2013`, with a fixed beta. The look-ahead is
    :math:`\theta - \eta \beta v`, not :math:`\theta - \beta v`. PyTorch's ``SGD(nesterov=True)``
    stores the look-ahead point instead of theta; its steps are the same while the rate is constant.

    .. math::
        v_t &= \beta v_{t-1} + \nabla \mathcal{L}(\theta_{t-1} - \eta \beta v_{t-1}) \\
        \theta_t &= \theta_{t-1} - \eta v_t
    """
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        v = beta * v + grad(theta - eta * beta * v)
        theta = theta - eta * v
        yield theta


@optimizer(
    "AdaGrad",
    cite="duchi2011",
    use="sparse features, and runs that are short",
    state="s",
    demo_lr=1.0,
)
def adagrad(grad, theta, lr=0.01, eps=1e-10):
    r"""Give each coordinate its own rate: small where gradients have been large.

    As in PyTorch, the sum starts at zero and :math:`\epsilon` stands outside the root. All
    operations are element-wise.

    .. math::
        s_t &= s_{t-1} + g_t^2 \\
        \theta_t &= \theta_{t-1} - \eta \frac{g_t}{\sqrt{s_t} + \epsilon}
    """
    s = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        s = s + g**2
        theta = theta - eta * g / (np.sqrt(s) + eps)
        yield theta


@optimizer(
    "RMSProp",
    cite="tieleman2012",
    use="gradients whose size drifts, as in reinforcement learning",
    state="v",
    demo_lr=0.05,
)
def rmsprop(grad, theta, lr=0.01, beta=0.99, eps=1e-8):
    r"""Divide the gradient by its recent size: Rprop's idea, made to work with mini-batches.

    As in PyTorch, :math:`\epsilon` stands outside the root and the average is not corrected for its
    start at zero.

    .. math::
        v_t &= \beta v_{t-1} + (1 - \beta)\, g_t^2 \\
        \theta_t &= \theta_{t-1} - \eta \frac{g_t}{\sqrt{v_t} + \epsilon}
    """
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        v = beta * v + (1 - beta) * g**2
        theta = theta - eta * g / (np.sqrt(v) + eps)
        yield theta


@optimizer(
    "Adam",
    cite="kingma2015",
    use="the first try on a network; gradients of very different sizes",
    state="m v",
    demo_lr=0.1,
)
def adam(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Divide an averaged gradient by its averaged size, both corrected for their start at zero.

    Steps are counted from 1. The second moment is raw (not centred), and :math:`\epsilon` stands
    outside the root, after the correction, as in the paper's algorithm 1, in PyTorch and in Optax.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}
    """
    m = v = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - eta * m_hat / (np.sqrt(v_hat) + eps)
        yield theta


@optimizer(
    "AdamW",
    cite="loshchilov2019",
    use="networks that need weight decay: transformers above all",
    state="m v",
    demo_lr=0.1,
)
def adamw(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    r"""Run Adam, and shrink the weights beside it rather than through it.

    As in PyTorch and Optax, the decay is multiplied by the rate; in the paper it is multiplied by
    the schedule only.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}
            - \eta \lambda \theta_{t-1}
    """
    m = v = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = (
            theta
            - eta * m_hat / (np.sqrt(v_hat) + eps)
            - eta * weight_decay * theta  # beside the step, not through it
        )
        yield theta


__all__ = [*OPTIMIZERS]
