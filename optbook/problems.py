r"""Two-dimensional landscapes: a loss, its gradient, and where to look.

Each is a function of x and y, followed by its gradient. A landscape works on points of shape (...,
2), and may be called to change its parameters: ``bowl(condition=100)``.
"""

import inspect
from dataclasses import dataclass, field, replace

import numpy as np

from optbook.checks import bind, points, refuse
from optbook.registry import PROBLEMS


@dataclass(frozen=True)
class Problem:
    """A landscape over the plane.

    Attributes
    ----------
    name, title : str
        Its Python name, and the name shown to readers.
    cite : str
        Key of its source in the bibliography; empty if it is our own.
    start : tuple of float
        Where runs begin unless told otherwise.
    minima : tuple of float, in pairs
        Its deepest minima, and others worth a star, the deepest first.
    window : tuple of float
        The part worth drawing: x from, x to, y from, y to.
    f : callable
        The loss as a function of x and y, and of the landscape's parameters.
    df : callable
        Its gradient, likewise, as a pair.
    parameters : dict
        Values of the landscape's parameters, by name.
    """

    name: str
    title: str
    cite: str
    start: tuple
    minima: tuple
    window: tuple
    f: object
    df: object = None
    parameters: dict = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "__doc__", f"{inspect.getdoc(self.f)}\n")

    def __call__(self, *args, **parameters):
        """Return this landscape with other parameters.

        Parameters
        ----------
        *args, **parameters
            Values of the landscape's parameters, in order or by name; those that are left out get
            their defaults.

        Returns
        -------
        Problem
            A new landscape.

        Raises
        ------
        TypeError, ValueError
            If a parameter is unknown or out of its range.

        Examples
        --------
        >>> bowl(condition=100)
        bowl(condition=100, rotation=0)
        >>> bowl(100, 0.5)
        bowl(condition=100, rotation=0.5)
        """

        def allowed(*_, **__):
            pass

        allowed.__signature__ = inspect.Signature(
            list(inspect.signature(self.f).parameters.values())[2:]
        )
        given = bind(self.name, allowed, args, parameters)
        return replace(self, parameters={name: value[()] for name, value in given.items()})

    def __repr__(self):
        given = ", ".join(f"{name}={float(value):g}" for name, value in self.parameters.items())
        return f"{self.name}({given})" if given else self.name

    def gradient(self, df):
        """Take `df` as the gradient, and register the landscape: the decorator that completes it.

        Parameters
        ----------
        df : callable
            The gradient as a function of x, y and the landscape's parameters; it returns a pair.

        Returns
        -------
        Problem
            The landscape, as it is registered.

        Raises
        ------
        TypeError
            If `df` is no function.
        """
        PROBLEMS[self.name] = replace(self, df=df)
        return PROBLEMS[self.name]

    def loss(self, theta):
        """Return the height at `theta`. NaN and infinity are passed on, as by all arithmetic.

        Parameters
        ----------
        theta : array_like, shape (..., 2)
            The points.

        Returns
        -------
        array, shape (...)
            The height at each.

        Raises
        ------
        TypeError, ValueError
            If `theta` is not made of real numbers, or has another shape.

        Examples
        --------
        >>> bowl.loss([[1.0, 0.0], [0.0, 1.0]])
        array([0.5, 5. ])
        """
        theta = points(self.name, theta, 2)
        # arrays always: NumPy rounds a lone number's square differently
        x, y = theta[..., :1], theta[..., 1:]
        return self.f(x, y, **self.parameters).take(0, axis=-1)

    def grad(self, theta):
        """Return the gradient at `theta`. NaN and infinity are passed on, as by all arithmetic.

        Parameters
        ----------
        theta : array_like, shape (..., 2)
            The points.

        Returns
        -------
        array, shape (..., 2)
            The gradient at each.

        Raises
        ------
        TypeError, ValueError
            If `theta` is not made of real numbers, or has another shape.

        Examples
        --------
        >>> bowl.grad([1.0, 1.0])
        array([ 1., 10.])
        """
        theta = points(self.name, theta, 2)
        return np.concatenate(self.df(theta[..., :1], theta[..., 1:], **self.parameters), axis=-1)

    def hessian(self, theta):
        """Return the matrix of second derivatives at one point. NaN and infinity are passed on.

        It is the imaginary part of the gradient a tiny imaginary step away: exact to rounding, no
        difference taken.

        Parameters
        ----------
        theta : array_like, shape (2,)
            The point.

        Returns
        -------
        array, shape (2, 2)
            The matrix.

        Raises
        ------
        TypeError, ValueError
            If `theta` is not made of real numbers, or has another shape.

        Examples
        --------
        >>> bowl.hessian([1.0, 1.0])
        array([[ 1.,  0.],
               [ 0., 10.]])
        """
        theta = points(self.name, theta, 2)
        if theta.ndim > 1:
            refuse(self.name, "theta", "have shape (2,)", theta.shape)
        x, y = theta
        ahead = [
            self.df(x + dx, y + dy, **self.parameters) for dx, dy in ((1e-30j, 0j), (0j, 1e-30j))
        ]
        return np.array(ahead).imag / 1e-30

    @property
    def curvature(self):
        """Eigenvalues of the Hessian at the deepest minimum; the last is the L of the 2/L limit."""
        return np.linalg.eigvalsh(self.hessian(self.minima[0]))


def problem(title, *, start, minima, window, cite=""):
    """Register a landscape: decorate its loss with this, then its gradient with ``.gradient``.

    Parameters
    ----------
    title : str
        Name shown to readers.
    start : tuple of float
        Where runs begin unless told otherwise.
    minima : tuple of float, in pairs
        Its deepest minima, and others worth a star, the deepest first.
    window : tuple of float
        The part worth drawing: x from, x to, y from, y to.
    cite : str
        Key of its source in the bibliography; empty if it is our own.

    Returns
    -------
    callable
        A decorator that turns a function of x, y and parameters with defaults into a `Problem`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.
    """

    def register(f):
        parameters = {p.name: p.default for p in list(inspect.signature(f).parameters.values())[2:]}
        return Problem(f.__name__, title, cite, start, minima, window, f, parameters=parameters)

    return register


@problem("Bowl", start=(-4.0, 2.0), minima=((0.0, 0.0),), window=(-5.0, 5.0, -3.0, 3.0))
def bowl(x, y, condition=10.0, rotation=0.0):
    r"""A quadratic bowl, `condition` times as steep across as along, turned by `rotation` radians.

    .. math::
        \mathcal{L} &= \tfrac12 (u^2 + \kappa w^2) \\
        u &= x \cos\varphi + y \sin\varphi \\
        w &= y \cos\varphi - x \sin\varphi
    """
    u = x * np.cos(rotation) + y * np.sin(rotation)
    w = y * np.cos(rotation) - x * np.sin(rotation)
    return (u**2 + condition * w**2) / 2


@bowl.gradient
def bowl(x, y, condition, rotation):
    u = x * np.cos(rotation) + y * np.sin(rotation)
    w = condition * (y * np.cos(rotation) - x * np.sin(rotation))
    return u * np.cos(rotation) - w * np.sin(rotation), u * np.sin(rotation) + w * np.cos(rotation)


@problem(
    "Rosenbrock's valley",
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    window=(-2.0, 2.0, -1.0, 3.0),
    cite="rosenbrock1960",
)
def rosenbrock(x, y):
    r"""A curved valley, easy to fall into and slow to follow.

    .. math:: \mathcal{L} = (1 - x)^2 + 100\, (y - x^2)^2
    """
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


@rosenbrock.gradient
def rosenbrock(x, y):
    off = y - x**2
    return -2 * (1 - x) - 400 * x * off, 200 * off


@problem(
    "Beale", start=(1.0, 1.5), minima=((3.0, 0.5),), window=(-1.0, 4.5, -1.5, 2.0), cite="more1981"
)
def beale(x, y):
    r"""A flat floor with steep corners.

    .. math:: \mathcal{L} = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2
    """
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y * y * y) ** 2


@beale.gradient
def beale(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
    along_x = 2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1))
    return along_x, 2 * (a * x + 2 * b * x * y + 3 * c * x * y * y)


@problem(
    "Himmelblau",
    start=(0.0, -1.0),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.7793102533777469, -3.2831859912861694),
        (3.5844283403304917, -1.8481265269644034),
    ),
    window=(-5.0, 5.0, -5.0, 5.0),
    cite="himmelblau1972",
)
def himmelblau(x, y):
    r"""Four minima, all at zero: where you end depends on where and how you start.

    .. math:: \mathcal{L} = (x^2 + y - 11)^2 + (x + y^2 - 7)^2
    """
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


@himmelblau.gradient
def himmelblau(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


@problem(
    "Saddle", start=(-1.5, 0.01), minima=((0.0, 1.0), (0.0, -1.0)), window=(-2.0, 2.0, -1.8, 1.8)
)
def saddle(x, y):
    r"""A pass between two valleys: at the origin the gradient is zero, and nothing is minimal.

    .. math:: \mathcal{L} = \tfrac12 x^2 - \tfrac12 y^2 + \tfrac14 y^4
    """
    return x**2 / 2 - y**2 / 2 + y**2 * y**2 / 4


@saddle.gradient
def saddle(x, y):
    return x, y**2 * y - y


@problem(
    "Rastrigin",
    start=(-2.2, 1.7),
    minima=((0.0, 0.0),),
    window=(-3.2, 3.2, -3.2, 3.2),
    cite="rastrigin1974",
)
def rastrigin(x, y):
    r"""An egg box over a bowl: a minimum near every pair of whole numbers, the deepest at (0, 0).

    .. math:: \mathcal{L} = 20 + x^2 - 10 \cos 2\pi x + y^2 - 10 \cos 2\pi y
    """
    return 20 + x**2 - 10 * np.cos(2 * np.pi * x) + y**2 - 10 * np.cos(2 * np.pi * y)


@rastrigin.gradient
def rastrigin(x, y):
    ripple = 20 * np.pi
    return 2 * x + ripple * np.sin(2 * np.pi * x), 2 * y + ripple * np.sin(2 * np.pi * y)


@problem("Plateau", start=(-2.8, 1.2), minima=((0.0, 0.0),), window=(-4.0, 4.0, -3.0, 3.0))
def plateau(x, y):
    r"""A well in a plain: far out there is almost no slope, and plain descent almost stands still.

    .. math:: \mathcal{L} = 1 - e^{-(x^2 + 2 y^2) / 2}
    """
    return 1 - np.exp(-(x**2 + 2 * y**2) / 2)


@plateau.gradient
def plateau(x, y):
    height = np.exp(-(x**2 + 2 * y**2) / 2)
    return x * height, 2 * y * height


@problem("Canyon", start=(-4.0, 1.5), minima=((0.0, 0.0),), window=(-5.0, 5.0, -2.5, 2.5))
def canyon(x, y):
    r"""Straight walls that stay steep right down to a gently sloping floor.

    .. math:: \mathcal{L} = \tfrac{1}{20} x^2 + \sqrt{\tfrac{1}{100} + y^2} - \tfrac{1}{10}
    """
    return x**2 / 20 + np.sqrt(0.01 + y**2) - 0.1


@canyon.gradient
def canyon(x, y):
    return x / 10, y / np.sqrt(0.01 + y**2)


@problem(
    "Two basins", start=(1.8, 1.0), minima=((-1.0, 0.0), (1.0, 0.0)), window=(-2.2, 2.2, -1.6, 1.6)
)
def two_basins(x, y):
    r"""A deep basin at x = −1, a shallow one at x = 1, and a ridge at x = 1/4 between them.

    .. math::
        \mathcal{L} = \tfrac14 x^4 - \tfrac1{12} x^3 - \tfrac12 x^2 + \tfrac14 x + y^2
            + \tfrac{5}{12}
    """
    return x**2 * x**2 / 4 - x**2 * x / 12 - x**2 / 2 + x / 4 + y**2 + 5 / 12


@two_basins.gradient
def two_basins(x, y):
    return (x**2 - 1) * (x - 0.25), 2 * y


__all__ = ["Problem", "problem", *PROBLEMS]
