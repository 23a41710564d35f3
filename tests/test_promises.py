"""Every bad input, in the place of every argument that it attacks, wherever: what comes of it is
promised."""

import inspect
import itertools
import re

import numpy as np
import pytest

import optbook
from tests import attempts as trials
from tests.attempts import Target, attempts, tried
from tests.benchmarks.inputs import BAD

TARGETS = {target.name: target for target in trials.targets()}
EVERY = pytest.mark.parametrize("name", TARGETS)
CALLED = {
    "slope": "grad",
    "rate": "lr rate after schedule",
    "height": "loss start",
    "walk": "optimizer",
}
PEERS = {  # which of two arguments that do not fit each other is named
    ("theta", "grad"),
    ("grad", "theta"),
    ("m", "theta"),
    ("v", "theta"),
    ("sizes", "inputs"),
    ("start", "theta"),
    ("high", "low"),
    ("peak", "floor"),
}


def owners(target):
    """Return who may speak when a target refuses something: itself, what it is given, what its
    docstring names."""
    parts = [target.call, getattr(target.call, "__self__", None), *target.right().values()]
    names = {str(getattr(part, key, "")) for part in parts for key in ("name", "__name__", "call")}
    named = re.findall(r"If\s+`(\w+)`\s+refuses", inspect.getdoc(target.call) or "")
    classes = {kind.__name__ for part in parts[:2] for kind in type(part).__mro__}
    return names.union(re.findall(r"\w+", target.name), named, classes) - {""}


def is_clear(outcome, target, argument, bad):
    """Say whether a refusal names who refuses, what, what is allowed instead, and what was got."""
    spoken = outcome.says.startswith(tuple(owners(target)))
    if "call" in bad.roles:
        return spoken
    if bad.name == "a function of nothing":
        return True  # Python says how many arguments it takes
    found = re.search(r": (\w+)\S* must (.+)[,;] got (.+)", outcome.says, re.DOTALL)
    words = {argument}.union(*(CALLED.get(role, "").split() for role in bad.roles))
    return spoken and found and (found[1] in words or (argument, found[1]) in PEERS)


def faults(target):
    """Return what is wrong with the outcomes of all attempts on a target."""
    found = []
    for argument, bad, outcome in attempts(target):
        expected = outcome.kind in bad.ends or outcome.error in bad.ends
        if not expected or (
            outcome.kind == "refused" and not is_clear(outcome, target, argument, bad)
        ):
            found.append(
                f"{argument} = {bad.name} ({' '.join(bad.roles)}): {outcome}, {outcome.says[:200]}"
            )
    return found


@EVERY
def test_a_bad_input_is_refused_clearly_or_comes_to_something_that_is_said(name):
    assert not faults(TARGETS[name])


@EVERY
def test_a_right_call_is_right(name):
    target = TARGETS[name]
    before = set(optbook.PROBLEMS)
    outcome = tried(lambda: target.call(**target.right()))
    for trial in set(optbook.PROBLEMS) - before:
        del optbook.PROBLEMS[trial]
    assert outcome.kind == "finite", outcome.says


def test_there_are_inputs_and_targets_enough():
    assert len({(bad.name, bad.roles) for bad in BAD}) == len(BAD) >= 60
    assert len(TARGETS) >= 150
    assert {role for bad in BAD for role in bad.roles} == {*trials.ROLES.values(), "call"}


def test_everything_public_is_tried():
    called = {name.replace("(t)", "").split()[-1] for name in TARGETS}
    missing = {name for name, _ in trials.public() if not {name, name.split(".")[-1]} & called}
    assert not missing, f"please add a right call to RIGHT in tests/attempts.py: {missing}"


def test_a_newcomer_without_a_right_call_is_told_what_to_add(monkeypatch):
    def newcomer(strange):
        """Return it.

        Parameters
        ----------
        strange : float
            It.
        """

    monkeypatch.setattr(optbook, "newcomer", newcomer, raising=False)
    monkeypatch.setattr(optbook, "__all__", [*optbook.__all__, "newcomer"])
    with pytest.raises(
        LookupError, match="^newcomer: please add a right call of it to RIGHT or to OF_METHODS"
    ):
        list(trials.targets())


def test_an_argument_that_is_not_described_is_an_error():
    def silent(strange):
        """Say nothing."""

    with pytest.raises(LookupError, match="silent: its docstring must say what strange is"):
        trials.kinds(silent)


# ---- a test that could not fail would promise nothing --------------------------------------------


def sloppy(grad, theta, lr=0.1):
    """Descend, and ask no questions.

    Parameters
    ----------
    grad : callable, grad(theta)
        The slope.
    theta : array_like of float
        The start.
    lr : float, array or Schedule
        The rate.
    """
    theta = np.asarray(theta)
    while True:
        theta = theta - lr * np.asarray(grad(theta))
        yield theta


SLOPPY = Target(
    "sloppy", sloppy, lambda: dict(grad=np.array, theta=np.ones(2)), trials.kinds(sloppy)
)


def test_a_sloppy_optimizer_is_caught():
    kinds = {outcome.kind for _, _, outcome in attempts(SLOPPY)}
    assert kinds >= {"silent", "broke", "finite", "warned"}
    assert len(faults(SLOPPY)) > 60
    silent = {
        (argument, bad.name)
        for argument, bad, outcome in attempts(SLOPPY)
        if outcome.kind == "silent"
    }
    assert {("lr", "NaN"), ("theta", "NaN in it"), ("grad", "NaN"), ("grad", "infinity")} <= silent


def test_a_refusal_that_does_not_say_enough_is_caught():
    def vague(lr):
        raise ValueError("bad value")

    target = Target("vague", vague, lambda: dict(lr=0.1), {"lr": "float"})
    assert any("bad value" in fault for fault in faults(target))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: 1.0, "finite"),
        (lambda: [1.0, {"a": np.nan}], "silent"),
        (lambda: itertools.count(1.0), "finite"),
        (lambda: iter([1.0, 2.0, np.inf]), "silent"),
        (lambda: np.array([1e308]) * 10, "warned"),
        (lambda: 1 / 0, "broke: ZeroDivisionError"),
        (lambda: float("x"), "refused: ValueError"),
        (lambda: optbook.minimize(optbook.bowl, optbook.gd, lr=1.0, steps=999), "diverged"),
        (lambda: "words", "finite"),
    ],
)
def test_what_comes_of_a_call_is_told(call, kind):
    assert repr(tried(call)) == kind
