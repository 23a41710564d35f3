"""What each interactive figure shows: its racers, its controls, and how they stand at first.
Data, no HTML."""

from typing import NamedTuple

import numpy as np

from optbook.races import scattered, tune
from optbook.registry import OPTIMIZERS, PROBLEMS, SCHEDULES

__all__ = ["FIGURES"]

# How a rate is tuned: so many rates, evenly spaced on a log axis; `tune` picks one.
SWEEP = {"low": 1e-4, "high": 10.0, "rates": 51, "steps": 300, "starts": 10}


class Range(NamedTuple):
    """A number that a slider sets; with a `base`, it sets the power to which that is raised."""

    label: str
    low: float
    high: float
    step: float = 1
    base: int = 0


class Choice(NamedTuple):
    """One of several options, each a name with its title."""

    label: str
    options: dict


def controls():
    """Return every control by the name of what it sets, as the registries now stand."""

    def titles(registry):
        return {name: thing.title for name, thing in registry.items()}

    return {
        "surface": Choice("Landscape", titles(PROBLEMS)),
        "schedule": Choice(
            "Schedule",
            {name: title for name, title in titles(SCHEDULES).items() if name != "warmup"},
        ),
        "rates": Choice(
            "Learning rates", {"tuned": "each its own tuned rate", "same": "the same for all"}
        ),
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


class Figure(NamedTuple):
    """One interactive figure: a walk on a landscape, batch sizes on the line fit, or a schedule."""

    title: str
    kind: str  # walk, batch or schedule
    state: (
        dict  # what its controls set, and their first values, in the order in which they are shown
    )
    racers: tuple = ()  # the optimizers that may run; if empty, each that does not need a matrix
    axes: tuple = ("θ₁", "θ₂")  # what lies across and up on the map


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


def racers(figure):
    """Return the names of the optimizers that may run in a figure, as the registry now stands."""
    # a point of a landscape is no matrix
    flat = [name for name, rule in OPTIMIZERS.items() if rule.axes < 2]
    return [name for name in flat if name in (figure.racers or flat)]


def tuned(problem, optimizer):
    """Return the rate that `tune` picks for `problem`, from starts scattered about its own."""
    rates = np.geomspace(SWEEP["low"], SWEEP["high"], SWEEP["rates"])
    starts = scattered(problem, seed=0, n=SWEEP["starts"])
    return tune(problem, optimizer, rates, starts=starts, steps=SWEEP["steps"]).rate


def shuffles(seeds):
    """Return where NumPy's random numbers start for each seed: two whole numbers, as text."""
    starts = [np.random.PCG64(seed).state["state"] for seed in range(seeds)]
    return [[str(start["state"]), str(start["inc"])] for start in starts]
