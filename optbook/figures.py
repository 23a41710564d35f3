"""What each interactive figure shows: its racers, its controls, and how they stand at first. Data, no HTML."""

from dataclasses import dataclass

import numpy as np

from optbook.races import scattered, tune
from optbook.registry import OPTIMIZERS, PROBLEMS, SCHEDULES

__all__ = ["FIGURES", "SWEEP", "Choice", "Figure", "Range", "controls", "racers", "shuffles", "tuned"]

SWEEP = {"low": 1e-4, "high": 10.0, "rates": 51, "steps": 300, "starts": 10}
"""How a learning rate is tuned: so many rates, evenly spaced on a log axis; `tune` picks one of them."""


@dataclass(frozen=True)
class Range:
    """A number that a slider sets.

    With a `base`, the slider sets the power to which it is raised, and the step is that of the power.

    Attributes
    ----------
    label : str
        What it means.
    low, high : float
        Its least and its largest value.
    step : float
        From one value to the next.
    base : int
        What is raised to the power that the slider sets; 0 if there is none.
    """

    label: str
    low: float
    high: float
    step: float = 1
    base: int = 0


@dataclass(frozen=True)
class Choice:
    """One of several.

    Attributes
    ----------
    label : str
        What it means.
    options : dict
        A title for each name that may be chosen.
    """

    label: str
    options: dict


def controls():
    """Return every control of the figures, as the registries now stand.

    Returns
    -------
    dict of Range and Choice
        The controls, by the name of what each sets.
    """

    def titles(registry):
        return {name: thing.title for name, thing in registry.items()}

    return {
        "surface": Choice("Landscape", titles(PROBLEMS)),
        "schedule": Choice("Schedule", {name: title for name, title in titles(SCHEDULES).items() if name != "warmup"}),
        "rates": Choice("Learning rates", {"tuned": "each its own tuned rate", "same": "the same for all"}),
        "axis": Choice("Loss against", {"examples": "examples seen", "steps": "steps"}),
        "condition": Range("Condition κ", 1, 100),
        "lr": Range("Learning rate η", 1e-4, 10.0, 0.01, base=10),
        "beta": Range("Momentum β", 0, 0.99, 0.01),
        "batch": Range("Batch size B", 1, 64, base=2),
        "floor": Range("Minimum ÷ peak", 0, 1, 0.01),
        "warm": Range("Warmup W", 0, 100),
        "mult": Range("Growth T_mult", 1, 4),
        "steps": Range("Steps T", 10, 500, 10),
        "epochs": Range("Epochs", 1, 20),
        "x": Range("Start", -9.99, 9.99, 0.01),
        "y": Range("Start", -9.99, 9.99, 0.01),
    }


@dataclass(frozen=True)
class Figure:
    """One interactive figure.

    Attributes
    ----------
    title : str
        What it shows, in a few words.
    kind : str
        ``"walk"`` (rules on a landscape), ``"batch"`` (batch sizes on the line fit) or ``"schedule"``.
    state : dict
        What its controls set, and their first values, in the order in which they are shown.
    racers : tuple of str
        The optimizers that may run; if empty, every registered one that does not need a matrix.
    axes : tuple of str
        What lies across and up on the map.
    """

    title: str
    kind: str
    state: dict
    racers: tuple = ()
    axes: tuple = ("θ₁", "θ₂")


FIGURES = {
    "play-gd": Figure(
        "Gradient descent on a loss landscape",
        "walk",
        dict(surface="bowl", lr=0.05, condition=10, steps=60, x=-4.0, y=2.0, t=3),
        ("gd",),
    ),
    "play-sgd": Figure(
        "One example, a batch, or all of them",
        "batch",
        dict(batch=8, lr=0.15, axis="examples", epochs=10, x=-1.0, y=1.5, seed=0, t=320),
        axes=("slope", "intercept"),
    ),
    "play-momentum": Figure(
        "The walker, the heavy ball, and the one that looks ahead",
        "walk",
        dict(surface="bowl", beta=0.8, lr=0.018, condition=50, steps=120, x=-4.0, y=2.0, t=8),
        ("gd", "momentum", "nesterov"),
    ),
    "play-race": Figure(
        "The race to the minimum",
        "walk",
        dict(
            run=("gd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
            surface="rosenbrock",
            rates="tuned",
            lr=0.001,
            condition=10,
            steps=300,
            x=-1.2,
            y=1.0,
            t=40,
        ),
    ),
    "play-fair": Figure(
        "The race, fair or not",
        "walk",
        dict(
            run=("gd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
            surface="canyon",
            rates="same",
            lr=0.05,
            condition=10,
            steps=300,
            x=-4.0,
            y=1.5,
            t=60,
        ),
    ),
    "play-schedule": Figure(
        "Learning-rate schedules, and what they do to a noisy run",
        "schedule",
        dict(schedule="cosine", lr=0.4, steps=200, warm=10, floor=0.0, mult=2, seed=0, t=100),
    ),
}
"""Every interactive figure by the name that pages call it.

:meta hide-value:
"""


def racers(figure):
    """Return the names of the optimizers that may run in a figure, as the registry now stands.

    Parameters
    ----------
    figure : Figure
        The figure.

    Returns
    -------
    list of str
        Their names, in the order of the registry.

    Examples
    --------
    >>> racers(FIGURES["play-momentum"])
    ['gd', 'momentum', 'nesterov']
    """
    flat = [name for name, rule in OPTIMIZERS.items() if rule.axes < 2]  # a point of a landscape is no matrix
    return [name for name in flat if name in (figure.racers or flat)]


def tuned(problem, optimizer):
    """Return the learning rate that `tune` picks for `problem`, from starts scattered about its own.

    Parameters
    ----------
    problem : Problem or DataProblem, with loss(theta) and grad(theta)
        What to minimize.
    optimizer : callable that yields iterates
        A registered optimizer.

    Returns
    -------
    float
        One of the rates that `SWEEP` describes.

    Raises
    ------
    TypeError, ValueError
        If `scattered` refuses an argument. If `tune` refuses one. If `minimize` refuses one.
    """
    rates = np.geomspace(SWEEP["low"], SWEEP["high"], SWEEP["rates"])
    starts = scattered(problem, seed=0, n=SWEEP["starts"])
    return tune(problem, optimizer, rates, starts=starts, steps=SWEEP["steps"]).rate


def shuffles(seeds):
    """Return where NumPy's random numbers start, for each of so many seeds.

    Parameters
    ----------
    seeds : int
        Number of seeds; the first is 0.

    Returns
    -------
    list of lists of str
        Of each seed two whole numbers, as text.
    """
    starts = [np.random.PCG64(seed).state["state"] for seed in range(seeds)]
    return [[str(start["state"]), str(start["inc"])] for start in starts]
