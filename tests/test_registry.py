"""The registries: one entry makes a thing exist, whole or not at all."""

import inspect

import numpy as np
import pytest

import optbook
from optbook import OPTIMIZERS, PROBLEMS, SCHEDULES, WRAPPERS, clock, minimize, optimizer, schedule
from optbook.checks import ARGUMENTS, argument


@pytest.fixture(autouse=True)
def _registries_are_put_back():
    before = [dict(r) for r in (OPTIMIZERS, WRAPPERS, SCHEDULES, PROBLEMS)]
    yield
    for r, saved in zip((OPTIMIZERS, WRAPPERS, SCHEDULES, PROBLEMS), before, strict=True):
        r.clear()
        r.update(saved)


def newcomer(grad, theta, lr=0.01, beta1=0.9, beta2=0.99):
    """Step by the sign.

    .. math:: \\theta_t = \\theta_{t-1} - \\eta \\, \\mathrm{sign}(c_t)
    """
    m = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        theta = theta - eta * np.sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g
        yield theta


def test_one_function_is_enough():
    made = optimizer("Newcomer", cite="chen2023", state="m", demo_lr=0.1)(newcomer)
    assert OPTIMIZERS["newcomer"] is made
    assert (made.title, made.cite, made.state, made.demo_lr) == ("Newcomer", "chen2023", ["m"], 0.1)
    assert inspect.signature(made) == inspect.signature(newcomer)
    assert (
        "beta2 : float or array, default 0.99\n    Decay β₂ of the second raw moment."
        in made.__doc__
    )
    assert minimize(optbook.bowl, made, lr=0.01, steps=1000, record="m").loss[-1] < 0.01
    with pytest.raises(ValueError, match="newcomer: beta1 must be a number in"):
        made(optbook.bowl.grad, 1.0, beta1=2)


def test_a_name_is_given_once():
    optimizer("Newcomer", cite="chen2023", demo_lr=0.1)(newcomer)
    first = OPTIMIZERS["newcomer"]
    with pytest.raises(ValueError, match="newcomer: this name is taken; choose another"):
        optimizer("Newcomer again", cite="chen2023", demo_lr=0.1)(newcomer)
    assert OPTIMIZERS["newcomer"] is first


def test_an_argument_must_be_described_and_nothing_is_half_registered():
    def odd(grad, theta, rho=0.9):
        """Be odd."""

    def odder(peak, rho):
        """Be odder."""

    for decorator, function in [
        (optimizer("", cite="", demo_lr=1), odd),
        (schedule("", cite=""), odder),
    ]:
        with pytest.raises(
            ValueError, match=f"{function.__name__}: argument rho is unknown; say what .*ARGUMENTS"
        ):
            decorator(function)
    assert "odd" not in OPTIMIZERS
    assert "odder" not in SCHEDULES


def test_a_docstring_must_be_written():
    def silent(grad, theta, lr=0.1):
        yield theta

    with pytest.raises(ValueError, match="silent: write a docstring"):
        optimizer("", cite="", demo_lr=1)(silent)
    assert "silent" not in OPTIMIZERS


def test_names_are_unique_over_all_registries():
    names = [*OPTIMIZERS, *WRAPPERS, *SCHEDULES, *PROBLEMS]
    assert len(names) == len(set(names))
    assert all(
        getattr(optbook, name) is made
        for r in (OPTIMIZERS, WRAPPERS, SCHEDULES, PROBLEMS)
        for name, made in r.items()
    )


def test_every_public_name_exists_once_and_is_documented():
    assert len(optbook.__all__) == len(set(optbook.__all__))
    assert set(OPTIMIZERS) | set(WRAPPERS) | set(SCHEDULES) | set(PROBLEMS) <= set(optbook.__all__)
    for name in optbook.__all__:
        value = getattr(optbook, name)
        assert isinstance(value, dict) or inspect.getdoc(value), name


def test_every_title_is_its_own():
    for r in (OPTIMIZERS, WRAPPERS, SCHEDULES, PROBLEMS):
        titles = [made.title for made in r.values()]
        assert all(titles)
        assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_argument_says_what_it_is_and_may_be(name):
    says, kind = ARGUMENTS[name]
    assert says.endswith(".")
    assert says[0].isupper()
    assert kind
    used = {
        n
        for r in (OPTIMIZERS, WRAPPERS, SCHEDULES)
        for made in r.values()
        for n in inspect.signature(made).parameters
    }
    used |= {n for problem in PROBLEMS.values() for n in problem.parameters}
    assert name in used, f"{name}: no one takes this argument; take it out of ARGUMENTS"


def test_defaults_are_allowed():
    for r in (OPTIMIZERS, WRAPPERS, SCHEDULES):
        for made in r.values():
            for name, parameter in inspect.signature(made).parameters.items():
                if parameter.default is not parameter.empty:
                    assert argument(made.__name__, name, parameter.default) == parameter.default


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_says_when_to_use_it(name):
    assert 10 <= len(OPTIMIZERS[name].use) <= 80, (
        f"{name}: give the decorator use='when to use it, in a few words'"
    )
