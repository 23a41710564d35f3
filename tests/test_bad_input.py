"""How bad input is refused, word for word: owner, argument, what is allowed and what was got.

That *every* bad input is refused, by everything public, is shown in test_promises.py.
"""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import optbook as ob
from optbook import OPTIMIZERS, bowl, minimize, races
from tests.walking import column, ground, shaped

START = np.ones(2)
RATE = "lr must be a finite number > 0, got "
FIT = "must broadcast against theta's shape"
WHOLE = "must be a whole number >= 1, got "
POINT = "theta must be real numbers of shape (..., 2), got "
STEPS = "lr must be a finite number > 0, got an object of"
YIELD = "minimize: optimizer must yield arrays of "
SYMBOL = "minimize: record must name variables among theta, lr, _, eta, got 'v'"
SOME_ROWS = "be a slice, a mask, or numbers of examples, one or more, got array("


def called(rule, **arguments):
    """Call an optimizer on the bowl. No step is taken: a generator waits for the first `next`."""
    return rule(bowl.grad, **{"theta": START} | arguments)


def run(**arguments):
    """Run gradient descent on the bowl."""
    return minimize(**{"problem": bowl, "optimizer": ob.gd} | arguments)


def yields(*iterates):
    """Return an optimizer that yields these, whatever the gradient; the last of them for ever."""

    def walk(grad, theta):
        yield from iterates
        while True:
            yield iterates[-1]

    return walk


# A call of each kind, and how its message starts. That every other is refused in the same form,
# with its owner and its argument, is shown in test_promises.py.
WRONG_TYPE = [
    (lambda: called(ob.gd, lr="0.1"), f"gd: {RATE}'0.1'"),
    (lambda: called(ob.gd, lr=True), f"gd: {RATE}True"),
    (lambda: called(ob.gd, lr=0.1j), f"gd: {RATE}0.1j"),
    (lambda: called(ob.gd, lr=[[0.1], [0.1, 0.2]]), f"gd: {RATE}[[0.1], [0.1, 0.2]]"),
    (lambda: called(ob.gd, lr=np.ma.masked_array([0.1], [True])), f"gd: {RATE}masked_array("),
    (lambda: called(ob.gd, lr=10**400), f"gd: {RATE}1000000000000"),
    (lambda: called(ob.gd, lr=10**5000), f"gd: {STEPS}"),
    (lambda: called(ob.gd, theta=None), "gd: theta must be finite numbers, got None"),
    (lambda: ob.gd(START, bowl.grad), "gd: grad must be a function of theta, got array([1., 1.])"),
    (lambda: ob.gd(bowl.grad), "gd: missing a required argument: 'theta'; the call is gd(grad, th"),
    (lambda: ob.gd(bowl.grad, START, 1, 1), "gd: too many positional arguments; the call is gd("),
    (lambda: called(ob.adam, betas=1), "adam: unknown argument betas=1; allowed: grad, theta, lr,"),
    (
        lambda: called(ob.momentum, beta=abs),
        "momentum: beta must be a number in [0, 1), got <built-in",
    ),
    (lambda: ob.step(1, every=[3]), f"step: every {WHOLE}[3]"),
    (lambda: ob.warmup(0.1, 10), "warmup: after must be a schedule, got 0.1"),
    (lambda: bowl(kappa=3), "bowl: unknown argument kappa=3; allowed: condition, rotation"),
    (lambda: bowl.hessian(None), f"bowl: {POINT}None"),
    (lambda: bowl.grad([[1], [1, 2]]), f"bowl: {POINT}[[1], [1, 2]]"),
    (lambda: bowl.grad(START * 1j), f"bowl: {POINT}array([0.+1.j"),
    (lambda: ob.blobs(seed=[1, 2]), "blobs: seed must be a whole number >= 0, got [1, 2]"),
    (
        lambda: run(start="ab"),
        "minimize: start must be finite numbers, of shape (..., d), got 'ab'",
    ),
    (lambda: run(batch=8), "minimize: batch must be left out for bowl(condition=10, rotation=0)"),
    (lambda: run(seed="x"), "minimize: seed must be a whole number >= 0, got 'x'"),
    (lambda: run(beta=0.9), "gd: unknown argument beta=0.9; allowed: grad, theta, lr"),
    (
        lambda: run(optimizer="adam"),
        "minimize: optimizer must be a function of grad and theta, got",
    ),
    (lambda: run(optimizer=lambda g, t: t), "minimize: optimizer must return a generator, got arr"),
    (lambda: run(optimizer=yields("ab")), f"{YIELD}real numbers, got 'ab'"),
    (lambda: run(optimizer=yields(START * 1j)), f"{YIELD}real numbers, got array([0.+1.j"),
    (
        lambda: run(optimizer=lambda grad, theta: iter([START]), record="m"),
        "minimize: record must be empty unless optimizer is a generator function, got ['m']",
    ),
    (
        lambda: run(problem=None),
        "minimize: problem must have loss(theta) and grad(theta), got None",
    ),
    (
        lambda: run(problem=SimpleNamespace(loss=bowl.loss, grad=bowl.grad)),
        "minimize: start must be given, for namespace(",
    ),
]
WRONG_VALUE = [
    (lambda: called(ob.gd, lr=-0.1), f"gd: {RATE}-0.1"),
    (lambda: called(ob.gd, lr=np.nan), f"gd: {RATE}nan"),
    (lambda: called(ob.gd, lr=[0.1, -0.1]), f"gd: {RATE}[0.1, -0.1]"),
    (lambda: called(ob.gd, lr=[]), f"gd: {RATE}[]"),
    (lambda: called(ob.gd, lr=np.longdouble("1e4000")), f"gd: {RATE}np.longdouble('1e+4000')"),
    (
        lambda: called(ob.gd, lr=np.full(3, 0.1)),
        f"gd: lr {FIT} (2,) (racers: a column, shape (n, 1",
    ),
    (
        lambda: called(ob.momentum, lr=np.full((3, 1), 0.1), beta=np.full((4, 1), 0.5)),
        f"momentum: beta {FIT} (3, 2) (racers: a column, shape (n, 1)), got array(",
    ),
    (lambda: called(ob.gd, theta=[1, np.nan]), "gd: theta must be finite numbers, got [1, nan]"),
    (lambda: called(ob.adam, beta1=1), "adam: beta1 must be a number in [0, 1), got 1"),
    (lambda: called(ob.adam, eps=0), "adam: eps must be a finite number > 0, got 0"),
    (lambda: called(ob.adamw, weight_decay=-1), "adamw: weight_decay must be a finite number >= 0"),
    (lambda: called(ob.rprop, low=2, high=1), "rprop: low must be at most high, got 2"),
    (lambda: ob.step(1, 3, gamma=0), "step: gamma must be a number in (0, 1], got 0"),
    (
        lambda: ob.multistep(1, [0]),
        "multistep: milestones must be a sequence of whole numbers >= 1",
    ),
    (lambda: ob.linear(1, 10.5), f"linear: steps {WHOLE}10.5"),
    (lambda: ob.cosine(0.1, 10, 0.2), "cosine: floor must be at most peak, got 0.2"),
    (lambda: ob.one_cycle(1, 9, warm=1), "one_cycle: warm must be a number in (0, 1), got 1"),
    (lambda: ob.one_cycle(1, 3), "one_cycle: warm must be more than 1 / steps, got 0.3"),
    (lambda: ob.one_cycle(1, 9, end_div=0), "one_cycle: end_div must be a finite number >= 1, got"),
    (lambda: ob.wsd(1, 10, 8, 3), "wsd: fall must be at most steps - rise, got 3"),
    (
        lambda: ob.cosine(0.1, 10)(-1),
        "cosine(peak=0.1, steps=10, floor=0.0): t must be a number of finished steps, finite and",
    ),
    (lambda: bowl(condition=0.5), "bowl: condition must be a finite number >= 1, got 0.5"),
    (lambda: bowl.loss(np.ones(3)), "bowl: theta must have shape (..., 2), got (3,)"),
    (lambda: bowl.hessian(np.ones((4, 2))), "bowl: theta must have shape (2,), got (4, 2)"),
    (lambda: ob.line_fit(noise=-1), "line_fit: noise must be a finite number >= 0, got -1"),
    (
        lambda: ob.blobs().batches(65),
        "blobs: batch must be a whole number from 1 to n = 64, got 65",
    ),
    (lambda: ob.blobs().loss(START), "blobs: theta must have shape (..., 3), got (2,)"),
    (
        lambda: ob.blobs().loss(np.ones(3), [64]),
        "blobs: rows must be numbers from -64 to n - 1 = 63, got array([64])",
    ),
    (lambda: ob.blobs().loss(np.ones(3), []), f"blobs: rows must {SOME_ROWS}[], dtype"),
    (lambda: ob.blobs().grad(np.ones(3), [True]), f"blobs: rows must {SOME_ROWS}[ True])"),
    (
        lambda: ob.blobs().loss(np.ones(3), slice(9, 9)),
        "blobs: rows must be a slice with one example or more, got slice(9, 9, None)",
    ),
    (lambda: run(steps=1.5), f"minimize: steps {WHOLE}1.5"),
    (lambda: run(start=(np.nan, 0)), "minimize: start must be finite numbers, of shape (..., d),"),
    (lambda: run(start=(1e200, 0)), "minimize: start must have a finite loss, got array(inf)"),
    (lambda: run(lr=np.ones(64)), f"minimize: lr {FIT} (2,) (racers: a column, shape (n, 1)), got"),
    (lambda: run(optimizer=yields(np.ones(3))), f"{YIELD}theta's shape (2,), got (3,)"),
    (lambda: run(optimizer=yields(START, np.ones(3)), every=99), f"{YIELD}theta's shape (2,), got"),
    (lambda: run(record=["v"]), SYMBOL),
    (
        lambda: races.race(bowl, ob.gd, [1], tuned_on=[(1, 1)], raced_on=[(2, 3), (1, 1)], steps=3),
        "race: raced_on must have no start on which the rate was tuned, got [(2, 3), (1, 1)]",
    ),
]
CASES = [(TypeError, *case) for case in WRONG_TYPE] + [(ValueError, *case) for case in WRONG_VALUE]


@pytest.mark.parametrize(("error", "call", "says"), CASES, ids=[says[:60] for *_, says in CASES])
def test_it_is_refused_when_given(error, call, says):
    with pytest.raises(error, match="^" + re.escape(says)) as caught:
        call()
    assert caught.type is error


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_scheduled_rate_of_another_shape_is_refused_with_its_step(name):
    grad, start = ground(name, bowl).grad, shaped(name, START)
    walk = OPTIMIZERS[name](grad, start, lr=lambda t: 0.1 if t < 1 else np.full(3, 0.1))
    next(walk)
    with pytest.raises(
        ValueError,
        match=rf"^{name}: lr\(1\) must broadcast against theta's shape \(.*\) .*, got array",
    ):
        next(walk)
    racers = OPTIMIZERS[name](grad, start, lr=lambda t: column(name, np.full(3 + t, 0.1)))
    assert next(racers).shape == (3, *start.shape)
    with pytest.raises(
        ValueError, match=rf"^{name}: lr\(1\) must broadcast against theta's shape \(3, .*\)"
    ):
        next(racers)


def test_a_misspelt_symbol_is_refused_at_the_first_step():
    asked = []
    problem = SimpleNamespace(
        loss=bowl.loss, grad=lambda theta: asked.append(1) or bowl.grad(theta)
    )
    with pytest.raises(
        ValueError, match=r"^minimize: record must name variables among .*, got 'w'"
    ):
        minimize(problem, ob.adam, start=START, record="m w", steps=100_000, every=100_000)
    assert len(asked) == 1


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf, None, "0.1", True, [0.1, -0.1]], ids=repr)
def test_a_scheduled_rate_that_is_none_is_refused_with_its_step(name, rate):
    walk = OPTIMIZERS[name](
        ground(name, bowl).grad, shaped(name, START), lr=lambda t: 0.1 if t < 2 else rate
    )
    next(walk)
    next(walk)
    message = (
        rf"^{name}: lr\(2\) must be a finite number >= 0 at every step, got {re.escape(repr(rate))}"
    )
    with pytest.raises((TypeError, ValueError), match=message):
        next(walk)


# ---- a walk that has diverged --------------------------------------------------------------------

DIVERGED = ": the walk has diverged; a smaller lr may help"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_of_nan_ends_the_walk_at_once(name):
    start = shaped(name, START)
    message = (
        f"{name}: grad must return finite numbers, got {start * np.nan!r} at"
        f" theta={start!r}{DIVERGED}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        next(OPTIMIZERS[name](lambda theta: theta * np.nan, start))


def test_a_theta_that_overflows_warns_and_then_ends_the_walk():
    # a slope that stays finite whatever theta is
    walk = ob.gd(lambda theta: np.tanh(theta) - 3.0, START, lr=1e308)
    with pytest.warns(RuntimeWarning, match="overflow"):
        overflowed = next(walk)
    assert np.all(overflowed == np.inf)
    with pytest.raises(
        ValueError, match=r"^gd: theta must stay finite, got array\(\[inf, inf\]\)" + DIVERGED
    ):
        next(walk)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_race_goes_on_until_its_last_racer_is_dead(name):
    deaths = iter([0, 1, 2])

    def slope(theta):
        dead.append(next(deaths))
        g = np.ones_like(theta)
        g[dead] = np.nan
        return g

    dead, walk = [], OPTIMIZERS[name](slope, np.stack([shaped(name, START)] * 3), lr=0.1)
    with np.errstate(all="ignore"):
        for left in ([1, 2], [2]):
            finite = np.isfinite(next(walk)).reshape(3, -1)
            assert finite[left].all()
            assert not finite[dead].all()
        with pytest.raises(
            ValueError, match=f"(?s)^{name}: grad must return finite numbers, got .*{DIVERGED}$"
        ):
            next(walk)


def test_a_coordinate_that_is_nan_ends_its_racer_and_for_a_rule_of_matrices_its_matrix():
    spoilt = np.ones((2, 2))
    spoilt[1, 1] = np.nan
    # two racers: one lives
    assert np.isnan(next(ob.gd(lambda theta: spoilt, np.ones((2, 2))))[1, 1])
    with pytest.raises(ValueError, match="^gd: grad must return finite numbers"):
        next(ob.gd(lambda theta: spoilt[1], np.ones(2)))
    with pytest.raises(ValueError, match="^muon: grad must return finite numbers"):
        next(ob.muon(lambda theta: spoilt, np.ones((2, 2))))


@pytest.mark.parametrize("wrap", ob.WRAPPERS.values(), ids=ob.WRAPPERS)
def test_a_walk_inside_another_ends_too(wrap):
    walk = wrap(ob.adam)(lambda theta: theta * np.nan, START)
    with pytest.raises(
        ValueError, match=rf"^(adam|clipped): grad must return finite numbers, got .*{DIVERGED}"
    ):
        next(walk)


def test_of_several_unknown_arguments_the_first_is_named():
    with pytest.raises(TypeError, match="^gd: unknown argument rate=1; allowed: grad, theta, lr$"):
        ob.gd(bowl.grad, START, rate=1, mu=2, nu=3, xi=4)


def test_a_message_is_never_long():
    with pytest.raises(TypeError) as caught:
        ob.gd(bowl.grad, ["x"] * 10**6)
    assert len(str(caught.value)) < 400
