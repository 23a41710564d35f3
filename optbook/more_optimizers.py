r"""Optimizers beyond the chapter, simplest first. Each says in its docstring whose form it is.

Letters, besides those of `optbook.optimizers`:

====  ==========================================
d     a step, or its direction
s     size of a step, or spread of the gradients
u     what a step is made of or divided by
z     the fast point of schedule-free methods
r, c  means of rows and of columns
====  ==========================================
"""

import numpy as np

from optbook import optimizers  # noqa: F401  the chapter's come first
from optbook.registry import OPTIMIZERS, optimizer
from optbook.schedules import clock

CHAPTER = set(OPTIMIZERS)


@optimizer(
    "Rprop",
    cite="riedmiller1993",
    use="full batches only; it hardly needs a rate",
    state="d s",
    demo_lr=0.1,
    needs={"low": ("be at most high", lambda low, high, **_: low <= high)},
)
def rprop(grad, theta, lr=0.01, grow=1.2, shrink=0.5, low=1e-4, high=5e3):
    r"""Ask only for the sign of the slope: lengthen steps while it stays, shorten them if it turns.

    As in PyTorch (the variant iRprop− of :cite:t:`igel2000`), a coordinate whose sign turned rests
    for one step and forgets. Here `low` and `high` bound the step in units of the rate, so that a
    schedule scales all steps; PyTorch reads the rate once, and bounds the step itself. Made for
    full gradients: under noise, signs turn for no reason.

    .. math::
        s_t &= \operatorname{clip}\left(s_{t-1} \cdot \begin{cases}
            \eta^+ & g_t\, d_{t-1} > 0 \\ \eta^- & g_t\, d_{t-1} < 0 \\ 1 & \text{else}
            \end{cases}\right) \\
        d_t &= \begin{cases} 0 & g_t\, d_{t-1} < 0 \\ \operatorname{sign} g_t & \text{else}
        \end{cases} \\ \theta_t &= \theta_{t-1} - \eta\, s_t\, d_t
    """
    d, s = np.zeros_like(theta), np.ones_like(theta)
    for _, eta in clock(lr):
        g = np.sign(grad(theta))
        s = np.clip(s * np.where(g * d > 0, grow, np.where(g * d < 0, shrink, 1)), low, high)
        d = np.where(g * d < 0, 0, g)
        theta = theta - eta * s * d
        yield theta


@optimizer(
    "AdaDelta",
    cite="zeiler2012",
    use="when units of the rate are in doubt; rarely now",
    state="v u",
    demo_lr=10.0,
)
def adadelta(grad, theta, lr=1.0, beta=0.9, eps=1e-6):
    r"""Measure each step by the steps before it, so that its units are those of theta.

    As in PyTorch and Optax, :math:`\epsilon` stands inside both roots, and the average of steps is
    taken before they are scaled by the rate; in the paper there is no rate. It starts slowly: the
    first step is about
    :math:`\sqrt{\epsilon / (1 - \beta)}` long, 0.003 by default.

    .. math::
        v_t &= \beta v_{t-1} + (1 - \beta)\, g_t^2 \\
        d_t &= \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t \\
        u_t &= \beta u_{t-1} + (1 - \beta)\, d_t^2 \\
        \theta_t &= \theta_{t-1} - \eta\, d_t
    """
    v = u = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        v = beta * v + (1 - beta) * g**2
        d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = beta * u + (1 - beta) * d**2
        theta = theta - eta * d
        yield theta


@optimizer(
    "AdaMax",
    cite="kingma2015",
    use="sparse gradients with rare, huge entries",
    state="m u",
    demo_lr=0.1,
)
def adamax(grad, theta, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Put a fading maximum of the gradient's size in the place of Adam's root of an average.

    As in PyTorch and Optax, :math:`\epsilon` is added to the gradient's size inside the maximum;
    the paper has none.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        u_t &= \max(\beta_2 u_{t-1}, |g_t| + \epsilon) \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{u_t}
    """
    m = u = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        u = np.maximum(beta2 * u, np.abs(g) + eps)
        m_hat = m / (1 - beta1**t)
        theta = theta - eta * m_hat / u
        yield theta


@optimizer(
    "AMSGrad",
    cite="reddi2018",
    use="when Adam forgets rare but important gradients",
    state="m v v_max",
    demo_lr=0.1,
)
def amsgrad(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Run Adam, but divide by the largest average of squares seen so far.

    As in PyTorch, the maximum is taken before the correction, so that :math:`\hat v` still shrinks
    while :math:`\beta_2^t` fades. Optax takes it after, and the paper corrects nothing: there it
    never shrinks.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        v^{\max}_t &= \max(v^{\max}_{t-1}, v_t) \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat v_t &= \frac{v^{\max}_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}
    """
    m = v = v_max = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        v_max = np.maximum(v_max, v)
        m_hat = m / (1 - beta1**t)
        v_hat = v_max / (1 - beta2**t)
        theta = theta - eta * m_hat / (np.sqrt(v_hat) + eps)
        yield theta


@optimizer("NAdam", cite="dozat2016", use="as Adam, with a look-ahead", state="m v", demo_lr=0.1)
def nadam(grad, theta, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8, psi=0.004):
    r"""Run Adam with a look ahead: the next step's share of momentum is used in this one.

    As in PyTorch, the share :math:`\mu_t` warms up at the pace :math:`\psi`, while m is averaged
    with
    :math:`\beta_1`. The paper averages m with :math:`\mu_t`; Optax keeps :math:`\mu_t = \beta_1`.

    .. math::
        \mu_t &= \beta_1 \left(1 - \tfrac12\, 0.96^{\psi t}\right) \\
        \pi_t &= \pi_{t-1}\, \mu_t \\
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{\mu_{t+1}\, m_t}{1 - \pi_t\, \mu_{t+1}}
            + \frac{(1 - \mu_t)\, g_t}{1 - \pi_t} \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}
    """
    m = v = np.zeros_like(theta)
    product = 1
    for t, eta in clock(lr):
        g = grad(theta)
        mu = beta1 * (1 - 0.96 ** (psi * t) / 2)
        mu_next = beta1 * (1 - 0.96 ** (psi * (t + 1)) / 2)
        product = product * mu
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        v_hat = v / (1 - beta2**t)
        theta = theta - eta * m_hat / (np.sqrt(v_hat) + eps)
        yield theta


@optimizer(
    "RAdam", cite="liu2020", use="as Adam, when there is no warmup", state="m v", demo_lr=0.1
)
def radam(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Run Adam, but trust the second moment only as far as it has been seen: a warm-up built in.

    While fewer than five gradients' worth :math:`\rho_t` has been seen, it takes a step of momentum
    alone. As in PyTorch, :math:`\epsilon` stands before the correction; in Optax after it; the
    paper has none and begins at 4.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \rho_t &= \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t} \\
        \rho_\infty &= \frac{2}{1 - \beta_2} - 1 \\
        r_t &= \sqrt{\frac{(\rho_t - 4)(\rho_t - 2)\, \rho_\infty}
            {(\rho_\infty - 4)(\rho_\infty - 2)\, \rho_t}} \\
        u_t &= \begin{cases} (\sqrt{v_t} + \epsilon) / (r_t \sqrt{1 - \beta_2^t}) & \rho_t > 5 \\
            1 & \text{else} \end{cases} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{u_t}
    """
    m = v = np.zeros_like(theta)
    end = np.maximum(2 / (1 - beta2) - 1, 5)  # at least 5 keeps a root that is not used real
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        rho = np.maximum(2 / (1 - beta2) - 1 - 2 * t * beta2**t / (1 - beta2**t), 5)
        r = np.sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho))
        u = np.where(rho > 5, (np.sqrt(v) + eps) / (r * np.sqrt(1 - beta2**t)), 1)
        theta = theta - eta * m_hat / u
        yield theta


@optimizer(
    "AdaBelief",
    cite="zhuang2020",
    use="as Adam, when noise and curvature should be told apart",
    state="m s",
    demo_lr=0.1,
)
def adabelief(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-16):
    r"""Stride where gradients come as expected: divide by how far they are from their average.

    As in the paper and in Optax, :math:`\epsilon` is added to the average at every step, and once
    more under the fraction.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        s_t &= \beta_2 s_{t-1} + (1 - \beta_2)(g_t - m_t)^2 + \epsilon \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat s_t &= \frac{s_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat s_t} + \epsilon}
    """
    m = s = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps
        m_hat = m / (1 - beta1**t)
        s_hat = s / (1 - beta2**t)
        theta = theta - eta * m_hat / (np.sqrt(s_hat) + eps)
        yield theta


@optimizer(
    "Lion",
    cite="chen2023",
    use="large batches and little memory; rate and decay of its own",
    state="m",
    demo_lr=0.05,
)
def lion(grad, theta, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=1e-3):
    r"""Step by the sign of a short average, remember a long one: one number a parameter, not two.

    As in the paper and in Optax, the step uses :math:`\beta_1` and the memory, renewed after it,
    :math:`\beta_2`.

    .. math::
        c_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        \theta_t &= \theta_{t-1}
            - \eta \left( \operatorname{sign} c_t + \lambda \theta_{t-1} \right) \\
        m_t &= \beta_2 m_{t-1} + (1 - \beta_2)\, g_t
    """
    m = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        theta = theta - eta * (np.sign(beta1 * m + (1 - beta1) * g) + weight_decay * theta)
        m = beta2 * m + (1 - beta2) * g
        yield theta


@optimizer(
    "Schedule-free SGD",
    cite="defazio2024",
    use="runs whose length is not known beforehand",
    state="z",
    demo_lr=0.1,
)
def schedule_free_sgd(grad, theta, lr=1.0, beta=0.9):
    r"""Average all points that plain descent visits, and read the slope near the average.

    The points it yields are the averages. Rates enter the average by their squares, as in the
    paper; Optax takes the square of the greatest rate so far, which is the same until the rate
    falls.

    .. math::
        y_t &= (1 - \beta)\, z_{t-1} + \beta\, \theta_{t-1} \\
        z_t &= z_{t-1} - \eta_t \nabla \mathcal{L}(y_t) \\
        \theta_t &= \theta_{t-1} + c_t (z_t - \theta_{t-1}) \\
        c_t &= \eta_t^2 / \sum_{i \le t} \eta_i^2
    """
    z = theta
    total = 5e-324  # not 0, for the first rate may be
    for _, eta in clock(lr):
        z = z - eta * grad((1 - beta) * z + beta * theta)
        total = total + eta**2
        c = eta**2 / total
        theta = theta + c * (z - theta)
        yield theta


@optimizer(
    "Schedule-free AdamW",
    cite="defazio2024",
    use="networks, in runs whose length is not known beforehand",
    state="z v",
    demo_lr=0.3,
)
def schedule_free_adamw(grad, theta, lr=0.0025, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    r"""Let an average take the place of Adam's first moment, and of the schedule.

    The points it yields are the averages, taken as in `schedule_free_sgd`. As in the paper and in
    Optax, weights decay at the point y where the slope is read. As in Optax, the bias is corrected
    under the gradient alone; the authors' code multiplied the rate instead, and so the decay and
    the weights of the average too.

    .. math::
        y_t &= (1 - \beta_1)\, z_{t-1} + \beta_1\, \theta_{t-1} \\
        g_t &= \nabla \mathcal{L}(y_t) \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        z_t &= z_{t-1}
            - \eta_t \left( \frac{g_t}{\sqrt{\hat v_t} + \epsilon} + \lambda y_t \right) \\
        \theta_t &= \theta_{t-1} + c_t (z_t - \theta_{t-1}) \\
        c_t &= \eta_t^2 / \sum_{i \le t} \eta_i^2
    """
    z, v = theta, np.zeros_like(theta)
    total = 5e-324  # not 0, for the first rate may be
    for t, eta in clock(lr):
        y = (1 - beta1) * z + beta1 * theta
        g = grad(y)
        v = beta2 * v + (1 - beta2) * g**2
        v_hat = v / (1 - beta2**t)
        z = z - eta * (g / (np.sqrt(v_hat) + eps) + weight_decay * y)
        total = total + eta**2
        c = eta**2 / total
        theta = theta + c * (z - theta)
        yield theta


@optimizer("LAMB", cite="you2020", use="very large batches", state="m v", demo_lr=0.05, axes=1)
def lamb(grad, theta, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.0):
    r"""Make Adam's step as long as the weights are large, layer by layer.

    Each vector (the last axis of theta) is a layer. As in Optax, the step is scaled by 1 where
    either norm is zero.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        u_t &= \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} + \lambda \theta_{t-1} \\
        \theta_t &= \theta_{t-1} - \eta\, \frac{\|\theta_{t-1}\|}{\|u_t\|}\, u_t
    """
    m = v = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        u = m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta
        size = np.linalg.norm(theta, axis=-1, keepdims=True)
        length = np.linalg.norm(u, axis=-1, keepdims=True)
        trust = np.where(size * length > 0, size, 1) / np.where(size * length > 0, length, 1)
        theta = theta - eta * trust * u
        yield theta


@optimizer(
    "Adafactor",
    cite="shazeer2018",
    use="large matrices, when memory is short",
    state="r c",
    demo_lr=0.1,
    axes=2,
)
def adafactor(
    grad, theta, lr=0.01, power=0.8, eps=2.0**-52, least=1e-3, clip=1.0, weight_decay=0.0
):
    r"""Remember the squared gradients of a matrix by the means of its rows and columns alone.

    Theta is a matrix, shape (..., rows, columns). The scaled gradient is cut to a root mean square
    of `clip`; the step is that, times the rate, times the size of theta (but at least `least`). As
    in PyTorch, the rate is the most that :math:`\rho` may be, and :math:`\epsilon` bounds what is
    divided by; in the paper it is added to the squares.

    .. math::
        r_t &= (1 - t^{-p})\, r_{t-1} + t^{-p} \operatorname{mean}_{\mathrm{col}} g_t^2 \\
        c_t &= (1 - t^{-p})\, c_{t-1} + t^{-p} \operatorname{mean}_{\mathrm{row}} g_t^2 \\
        v_t &= \frac{r_t c_t}{\operatorname{mean} r_t} \\
        u_t &= \frac{g_t}{\max(\sqrt{v_t}, \epsilon)} \\
        \hat u_t &= \frac{u_t}{\max(1, \operatorname{rms} u_t / \text{clip})} \\
        \rho_t &= \min(\eta, 1/\sqrt t) \max(\text{least}, \operatorname{rms} \theta_{t-1}) \\
        \theta_t &= \theta_{t-1} - \eta \lambda\, \theta_{t-1} - \rho_t \hat u_t
    """
    r, c = np.zeros_like(theta[..., :, :1]), np.zeros_like(theta[..., :1, :])
    for t, eta in clock(lr):
        g = grad(theta)
        share = 1 / t**power
        r = (1 - share) * r + share * np.mean(g**2, axis=-1, keepdims=True)
        c = (1 - share) * c + share * np.mean(g**2, axis=-2, keepdims=True)
        v = r * c / np.maximum(np.mean(r, axis=-2, keepdims=True), eps)
        u = g / np.maximum(np.sqrt(v), eps)
        size, length = (np.sqrt(np.mean(a**2, axis=(-2, -1), keepdims=True)) for a in (theta, u))
        u_hat = u / np.maximum(1, length / clip)
        rho = np.minimum(eta, 1 / np.sqrt(t)) * np.maximum(least, size)
        theta = theta - eta * weight_decay * theta - rho * u_hat
        yield theta


@optimizer(
    "Muon",
    cite="jordan2024",
    use="the hidden matrices of a network; AdamW for the rest",
    state="m",
    demo_lr=0.1,
    axes=2,
)
def muon(grad, theta, lr=0.001, beta=0.95, eps=1e-7, weight_decay=0.1):
    r"""Make a matrix's averaged gradient about equal in all directions that are not too weak.

    Theta is a matrix, shape (..., rows, columns). Five Newton–Schulz steps bring the singular
    values above 0.15 % of the norm to between 0.68 and 1.21, without finding them; weaker ones
    grow, but stay smaller. As in PyTorch, in the Nesterov form; but in float64, where PyTorch
    computes in bfloat16. A norm below `eps` is taken for `eps`.

    .. math::
        m_t &= \beta m_{t-1} + (1 - \beta)\, g_t \\
        x &= \beta m_t + (1 - \beta)\, g_t \\
        x &:= x / \|x\| \\
        &\text{5 times:} \\
        a &= x x^\top \\
        x &:= 3.4445\, x + (2.0315\, a^2 - 4.775\, a)\, x \\
        s &= \sqrt{\max(1, \text{rows}/\text{columns})} \\
        \theta_t &= \theta_{t-1} - \eta\, (s\, x + \lambda \theta_{t-1})
    """
    m = np.zeros_like(theta)
    rows, columns = theta.shape[-2:]
    for _, eta in clock(lr):
        g = grad(theta)
        m = beta * m + (1 - beta) * g
        x = beta * m + (1 - beta) * g
        x = x / np.maximum(np.linalg.norm(x, axis=(-2, -1), keepdims=True), eps)
        for _ in range(5):
            a = x @ x.mT
            x = 3.4445 * x + (2.0315 * a @ a - 4.775 * a) @ x
        theta = theta - eta * np.sqrt(max(1, rows / columns)) * x - eta * weight_decay * theta
        yield theta


__all__ = [name for name in OPTIMIZERS if name not in CHAPTER]
