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

Rules only broadcast, so any hyperparameter may be an array of shape (n, 1): then n racers run at once, each
bit for bit as if alone. Nothing is changed in place: every theta that a rule yields is yours to keep.
"""

import numpy as np

from optbook.registry import (
    DOUBLE,
    OPTIMIZERS,
    RATE,
    WATCHED,
    as_array,
    bind,
    documented,
    enter,
    function,
    is_finite,
    parameters,
    real,
    refusal,
    shown,
    together,
    typed,
    whole,
)
from optbook.schedules import clock, guard_schedule

YIELDS = ["theta : array", "    The parameters after each step, without end; a new array every time."]
RAISES = [
    "TypeError, ValueError",
    "    If an argument, a gradient or a scheduled rate is not what it must be; and once theta or its gradient are no",
    "    longer finite, of all racers if there are many. The step that overflows gives NumPy's RuntimeWarning.",
]


def optimizer(title, *, cite, use="", state="", demo_lr, axes=0, limit=None, critical=None):
    """Register an update rule, and check its arguments when it is called, not at its first step.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    use : str
        When to use it, in a few words.
    state : str
        Names of what it remembers from step to step, each of theta's shape, separated by spaces.
    demo_lr : float
        A rate that works on the bowl with condition number 10; pages and tests use it.
    axes : int
        How many of theta's last axes belong together: 0 if each number goes its own way, 1 for a rule of vectors (it
        uses their norm, say), 2 for one of matrices.
    limit : callable or None
        The rate above which it diverges on a quadratic, as a function of `curvature` (the largest), and of `beta` if it
        has one; None if no formula is known.
    critical : callable or None
        The `beta` above which it swings on a quadratic, as a function of `lr` and `curvature`; None likewise.

    Returns
    -------
    callable
        A decorator. The decorated function has the same signature, and returns a generator of iterates.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the rule is unknown.
    """

    check_about(title, cite, use, state, demo_lr, axes, limit, critical)

    def register(rule):
        function("optimizer", "rule", rule, "be a generator function of grad, theta and more", takes=2)

        def checked(*args, **kwargs):
            return rule(**check(rule.__name__, bind(rule.__name__, rule, args, kwargs), axes))

        sections = {"Parameters": parameters(rule), "Yields": YIELDS, "Raises": RAISES}
        doc = documented(rule, sections, cite, example(rule.__name__, demo_lr, axes))
        about = dict(title=title, cite=cite, use=use, state=state.split(), demo_lr=demo_lr, axes=axes)
        return enter(OPTIMIZERS, rule, checked, doc, **about, limit=limit, critical=critical)

    return register


def example(name, lr, axes):
    """Return the lines of an example that holds for every optimizer: it goes down."""
    if axes == 2:
        call = f"{name}(lambda theta: theta, np.ones((2, 3)), lr={lr})"
        return [">>> import numpy as np", f">>> bool(np.all(next({call}) < 1))", "True"]
    call = f"minimize(bowl, {name}, lr={lr}, steps=100)"
    return [
        ">>> from optbook import bowl, minimize",
        f">>> run = {call}",
        ">>> bool(run.loss[-1] < run.loss[0])",
        "True",
    ]


def check_about(title, cite, use, state, demo_lr, axes, limit, critical):
    """Raise an error unless what the decorator was told about a rule is of its type."""
    typed("optimizer", title=(title, str), cite=(cite, str), use=(use, str), state=(state, str))
    real("optimizer", "demo_lr", demo_lr, RATE)
    if whole("optimizer", "axes", axes) > 2:
        raise refusal("optimizer", "axes", "be 0, 1 or 2", axes)
    for name, known in {"limit": limit, "critical": critical}.items():
        if known is not None:
            function("optimizer", name, known, "be a function or None", takes=None)


def check(owner, given, axes):
    """Return the arguments of an optimizer as float64 copies, with grad and schedule guarded."""
    grad = function(owner, "grad", given["grad"], "be a function of theta")
    plain = {name: value for name, value in given.items() if name != "grad" and not (name == "lr" and callable(value))}
    checked, shape = {}, ()
    for name, value in plain.items():
        checked[name] = real(owner, name, value)
        if name == "theta" and checked[name].ndim < axes:
            least = "1 axis" if axes == 1 else f"{axes} axes"
            raise ValueError(f"{owner}: theta must have at least {least}, got shape {checked[name].shape}")
        shape = together(owner, name, checked[name], shape)
    if "high" in checked and np.any(checked["low"] > checked["high"]):
        raise refusal(owner, "low", "be at most high", given["low"])
    guarded = {"grad": guard_gradient(owner, grad, axes)}
    if callable(given.get("lr")):
        guarded["lr"] = guard_schedule(owner, given["lr"], shape)
    if shape == checked["theta"].shape:  # a column for each racer is slow to combine with rows of d: fill it out, once
        columns = {name: value for name, value in checked.items() if value.ndim and value.shape != shape}
        checked |= {name: np.array(np.broadcast_to(value, shape)) for name, value in columns.items()}
    return checked | guarded


def guard_gradient(owner, grad, axes=0):
    """Return `grad` such that it cannot change theta, and fails unless it returns real numbers in theta's shape.

    It also fails when the walk has diverged, unless someone is watching, as in `minimize`.
    """
    watched = WATCHED.get()

    def guarded(theta):
        frozen = (theta if type(theta) is np.ndarray else np.asarray(theta)).view()
        frozen.setflags(False)  # of writing; by name, it takes three times as long
        try:
            given = grad(frozen)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise ValueError(f"{owner}: grad must leave theta as it is, got one that changes it ({error})") from error
        g = given if type(given) is np.ndarray else as_array(given)
        if g.dtype.kind not in "iuf" or g.shape != frozen.shape:
            refuse_gradient(owner, given, g, frozen.shape)
        g = g.astype(DOUBLE, "C")
        if not (watched or is_finite(g) and is_finite(frozen)):
            refuse_dead(owner, frozen, g, axes)
        return g

    return guarded


def refuse_gradient(owner, given, g, shape):
    """Raise the error that says what is wrong with a gradient: its type, or that it is not of theta's `shape`."""
    if g.dtype.kind not in "iuf":
        raise TypeError(f"{owner}: grad must return real numbers, got {g.dtype}: {shown(given)}")
    raise refusal(owner, "grad", f"return an array of theta's shape {shape}", g.shape)


def refuse_dead(owner, theta, g, axes):
    """Raise a ValueError if no racer is finite any more, in `theta` and in its gradient `g`."""
    own = tuple(range(-min(max(1, axes), theta.ndim), 0))  # the axes of one racer; those before it are the race

    def alive(array):
        return np.isfinite(array).all(axis=own)

    if not np.any(alive(theta) & alive(g)):
        diverged = f" at theta={shown(theta)}: the walk has diverged; a smaller lr may help"
        if np.any(alive(theta)):
            raise refusal(owner, "grad", "return finite numbers", g, hint=diverged)
        raise refusal(owner, "theta", "stay finite", theta, hint=": the walk has diverged; a smaller lr may help")


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

    For a constant gradient the velocity tends to :math:`1/(1-\beta)` times it. This is PyTorch's form, with
    the rate outside the velocity; it equals Polyak's while the rate is constant.

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

    In the form of :cite:t:`sutskever2013`, with a fixed beta. The look-ahead is :math:`\theta - \eta \beta v`, not
    :math:`\theta - \beta v`. PyTorch's ``SGD(nesterov=True)`` stores the look-ahead point instead of theta; its steps
    are the same while the rate is constant.

    .. math::
        v_t &= \beta v_{t-1} + \nabla \mathcal{L}(\theta_{t-1} - \eta \beta v_{t-1}) \\
        \theta_t &= \theta_{t-1} - \eta v_t
    """
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        v = beta * v + grad(theta - eta * beta * v)
        theta = theta - eta * v
        yield theta


@optimizer("AdaGrad", cite="duchi2011", use="sparse features, and runs that are short", state="s", demo_lr=1.0)
def adagrad(grad, theta, lr=0.01, eps=1e-10):
    r"""Give each coordinate its own rate: small where gradients have been large.

    As in PyTorch, the sum starts at zero and :math:`\epsilon` stands outside the root. All operations are element-wise.

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

    As in PyTorch, :math:`\epsilon` stands outside the root and the average is not corrected for its start at zero.

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

    Steps are counted from 1. The second moment is raw (not centred), and :math:`\epsilon` stands outside the
    root, after the correction, as in the paper's algorithm 1, in PyTorch and in Optax.

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

    As in PyTorch and Optax, the decay is multiplied by the rate; in the paper it is multiplied by the schedule only.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t} \\
        \hat v_t &= \frac{v_t}{1 - \beta_2^t} \\
        \theta_t &= \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} - \eta \lambda \theta_{t-1}
    """
    m = v = np.zeros_like(theta)
    for t, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - eta * m_hat / (np.sqrt(v_hat) + eps) - eta * weight_decay * theta
        yield theta


__all__ = ["optimizer", *OPTIMIZERS]
