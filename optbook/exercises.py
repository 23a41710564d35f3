"""Exercises whose answers check themselves: `check` says whether an answer is right, and if not, what went wrong.

An exercise knows the right answer and the wrong ones that are commonly given. To compare answers it looks at what they
do, as an array of numbers: two rules are the same if they walk the same way.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy as np

from optbook.registry import typed

__all__ = ["Verdict", "check"]

EXERCISES: dict = {}
"""Every exercise by name, in the order of the chapter; `optbook.answers` fills it.

:meta hide-value:
"""
LEVELS = {1: "warm-up", 2: "core", 3: "stretch"}


@dataclass(frozen=True)
class Verdict:
    """What `check` says of an answer: true if it is right, and shown as a sentence.

    Attributes
    ----------
    right : bool
        Whether it is.
    says : str
        A sentence about it.
    """

    right: bool
    says: str

    def __post_init__(self):
        typed("Verdict", right=(self.right, bool), says=(self.says, str))

    def __bool__(self):
        return self.right

    def __repr__(self):
        return self.says


@dataclass(frozen=True)
class Exercise:
    """One exercise, put into `EXERCISES` by its name.

    Attributes
    ----------
    name : str
        What pages and readers call it: ``"gd-1"``.
    level : int
        1 to warm up, 2 for the core of the section, 3 to stretch.
    title : str
        What it is about, in a few words.
    look : callable
        Takes an answer, returns what it does as an array of numbers.
    right : object
        The right answer.
    mistakes : dict
        What to say of each answer that is commonly given instead, and that answer.
    close : float
        How far numbers may differ, relative to the largest.
    """

    name: str
    level: int
    title: str
    look: Callable
    right: object
    mistakes: dict = field(default_factory=dict)
    close: float = 1e-9

    def __post_init__(self):
        EXERCISES[self.name] = self

    def wrong(self):
        """Return what to say of each wrong answer, and that answer, one after the other."""
        for says, answer in self.mistakes.items():
            yield says, answer.written() if isinstance(answer, Slip) else answer

    def same(self, seen, other):
        """Return whether an answer that was `seen` does what the `other` answer does."""
        expected = self.look(other)
        return seen.shape == expected.shape and np.all(abs(seen - expected) <= self.close * abs(expected).max())


def check(name, answer):
    """Say whether an answer is right, and if it is not, what went wrong.

    Parameters
    ----------
    name : str
        Name of the exercise, such as ``"gd-1"``.
    answer : object
        What the exercise asks for: a number, or a function.

    Returns
    -------
    Verdict
        True or false, and a sentence.

    Raises
    ------
    TypeError, ValueError
        If there is no exercise of that name. Whatever the answer does is in the verdict.

    Examples
    --------
    >>> check("gd-1", 0.05)
    Not yet: that is safe, but a step almost twice as long still settles.
    """
    from optbook import answers  # noqa: F401  not above: it fills EXERCISES, which takes a moment

    typed("check", name=(name, str))
    if name not in EXERCISES:
        raise ValueError(f"check: name must be one of {', '.join(EXERCISES)}; got {name!r}")
    exercise = EXERCISES[name]
    if answer is ... or answer is None:
        return Verdict(False, "Not yet: put your answer in the place of the three dots.")
    try:
        with np.errstate(all="ignore"):
            seen = exercise.look(answer)
    except Exception as error:  # whatever a reader's own code may raise: it is shown, not passed on
        return Verdict(False, f"Not yet: your answer stopped with {type(error).__name__}: {error}")
    if exercise.same(seen, exercise.right):
        return Verdict(True, "Right!")
    says = (says for says, wrong in exercise.wrong() if exercise.same(seen, wrong))
    return Verdict(False, f"Not yet: {next(says, unlike(seen, exercise.look(exercise.right)))}")


def unlike(seen, right):
    """Return how an answer that no known mistake explains differs from the right one, without giving that away."""
    if seen.shape != right.shape:
        if seen.ndim and seen.shape[1:] == right.shape[1:] and 0 < len(seen) < len(right):
            return f"it stops after {len(seen)} steps; go on for ever."
        return f"it has shape {seen.shape}, and shape {right.shape} was asked for."
    if not np.isfinite(seen).all():
        return "it is not finite everywhere: is something divided by zero? Steps count from 1."
    if seen.ndim == 0:
        return f"{seen:g} is too {'large' if seen > right else 'small'}."
    first = np.argmax(np.abs(seen - right).reshape(len(right), -1).max(axis=1) > 1e-9 * abs(right).max())
    return (
        f"it is right up to number {first} (counting from 0), and parts from there." if first else "it parts at once."
    )


# ---- how to look at an answer ----------------------------------------------------------------------------------------


def number(answer):
    """Look at a number."""
    if isinstance(answer, (bool, str)) or np.ndim(answer) or not np.isrealobj(answer):
        raise TypeError(f"it must be one number, got {answer!r}")
    return np.asarray(answer, dtype=float)


def walk(steps=12, **hyper):
    """Return a look at an optimizer: where it walks on a curved landscape, and that it leaves its points alone."""

    def look(rule):
        if not inspect.isgeneratorfunction(inspect.unwrap(rule)):
            raise TypeError("it must be a generator: a function that yields theta after each step")
        points = list(islice(rule(slope, np.array([1.5, -2.0, 0.3]), **hyper), steps))
        if any(after is before for before, after in pairwise(points)):
            raise ValueError(
                "it yields the same array again and again, changed in place; write theta = …, not theta -= …"
            )
        return np.stack([np.asarray(theta, dtype=float) for theta in points])

    return look


def slope(theta):
    """Return a gradient that no two points share."""
    return np.array([1.0, 4.0, 9.0]) * theta + np.sin(3 * theta)


def rates(count, /, **given):
    """Return a look at a schedule: so many of its rates, from step 0 on."""

    def look(make):
        schedule = make(**given)
        return np.array([float(schedule(t)) for t in range(count)])

    return look


# ---- mistakes --------------------------------------------------------------------------------------------------------


class Slip:
    """A function as it is written by mistake: the right one after edits, each what is right and what stands instead."""

    def __init__(self, rule, *edits):
        self.rule, self.edits = inspect.unwrap(rule), edits

    def written(self):
        """Return the function that the edited source defines; it is written when it is wanted, not before."""
        source = inspect.getsource(self.rule)
        source = source[source.index("def ") :]
        for right, wrong in self.edits:
            if source.count(right) != 1:
                raise ValueError(f"slip: {self.rule.__name__} must have {right!r} once, but was rewritten")
            source = source.replace(right, wrong)
        space = dict(self.rule.__globals__)
        exec(compile(source, f"<a slip in {self.rule.__name__}>", "exec"), space)
        return space[self.rule.__name__]
