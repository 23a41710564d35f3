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
YIELD = "minimize: optimizer must yield arrays of real numbers of theta's shape (2,)"
SHARE = "must be a number in [0, 1), got "
POINT = "theta must be finite floating-point numbers (integers are refused: write 1.0, not 1), got "
WHOLE = "must be a whole number >= 1, got "


def step_once(rule, **arguments):
    """Call an optimizer on the bowl. No step is taken: a generator waits for the first `next`."""
    return rule(bowl.grad, **{"theta": START} | arguments)


def yields(*iterates):
    """Return an optimizer that yields these, whatever the gradient; the last of them for ever."""

    def walk(grad, theta):
        yield from iterates
        while True:
            yield iterates[-1]

    return walk


# what is called, the error, and how its message starts
CASES = [
    # optimizers
    (lambda: step_once(ob.gd, lr=-0.1), ValueError, f"gd: {RATE}-0.1"),
    (lambda: step_once(ob.gd, lr=0), ValueError, f"gd: {RATE}0"),
    (lambda: step_once(ob.gd, lr=np.nan), ValueError, f"gd: {RATE}nan"),
    (lambda: step_once(ob.gd, lr=np.inf), ValueError, f"gd: {RATE}inf"),
    (lambda: step_once(ob.gd, lr="0.1"), TypeError, f"gd: {RATE}'0.1'"),
    (lambda: step_once(ob.gd, lr=None), TypeError, f"gd: {RATE}None"),
    (lambda: step_once(ob.gd, lr=True), TypeError, f"gd: {RATE}True"),
    (lambda: step_once(ob.gd, lr=0.1j), TypeError, f"gd: {RATE}0.1j"),
    (lambda: step_once(ob.gd, lr=[0.1, -0.1]), ValueError, f"gd: {RATE}[0.1, -0.1]"),
    (lambda: step_once(ob.gd, lr=[]), ValueError, f"gd: {RATE}[]"),
    (lambda: step_once(ob.gd, lr=[[0.1], [0.1, 0.2]]), TypeError, f"gd: {RATE}[[0.1], [0.1, 0.2]]"),
    (
        lambda: step_once(ob.gd, lr=np.full(3, 0.1)),
        ValueError,
        (
            "gd: lr must broadcast against theta's shape (2,) (racers: a column, shape (n, 1)), got"
            " array([0.1, 0.1, 0.1])"
        ),
    ),
    (
        lambda: step_once(ob.momentum, lr=np.full((3, 1), 0.1), beta=np.full((4, 1), 0.5)),
        ValueError,
        (
            "momentum: beta must broadcast against theta's shape (3, 2) (racers: a column, shape"
            " (n, 1)), got array("
        ),
    ),
    (
        lambda: step_once(ob.gd, theta=np.array([1j, 2])),
        TypeError,
        "gd: theta must be finite numbers, got array([0.+1.j",
    ),
    (
        lambda: step_once(ob.gd, theta=[1.0, np.nan]),
        ValueError,
        "gd: theta must be finite numbers, got [1.0, nan]",
    ),
    (lambda: step_once(ob.gd, theta=[]), ValueError, "gd: theta must be finite numbers, got []"),
    (lambda: step_once(ob.gd, theta=None), TypeError, "gd: theta must be finite numbers, got None"),
    (lambda: step_once(ob.gd, theta="ab"), TypeError, "gd: theta must be finite numbers, got 'ab'"),
    (lambda: step_once(ob.gd, theta=True), TypeError, "gd: theta must be finite numbers, got True"),
    (lambda: ob.gd(None, START), TypeError, "gd: grad must be a function of theta, got None"),
    (
        lambda: ob.gd(START, bowl.grad),
        TypeError,
        "gd: grad must be a function of theta, got array([1., 1.])",
    ),
    (
        lambda: ob.gd(bowl.grad),
        TypeError,
        "gd: missing a required argument: 'theta'; the call is gd(grad, theta, lr=0.01)",
    ),
    (lambda: ob.gd(), TypeError, "gd: missing a required argument: 'grad'"),
    (
        lambda: ob.gd(bowl.grad, START, 0.1, 0.9),
        TypeError,
        "gd: too many positional arguments; the call is gd(grad,",
    ),
    (
        lambda: step_once(ob.gd, beta=0.9),
        TypeError,
        "gd: unknown argument beta=0.9; allowed: grad, theta, lr",
    ),
    (
        lambda: step_once(ob.adam, betas=1),
        TypeError,
        "adam: unknown argument betas=1; allowed: grad, theta, lr, beta1,",
    ),
    (lambda: step_once(ob.momentum, beta=1.0), ValueError, f"momentum: beta {SHARE}1.0"),
    (lambda: step_once(ob.momentum, beta=-0.1), ValueError, f"momentum: beta {SHARE}-0.1"),
    (lambda: step_once(ob.nesterov, beta=np.nan), ValueError, f"nesterov: beta {SHARE}nan"),
    (lambda: step_once(ob.nesterov, beta="0.9"), TypeError, f"nesterov: beta {SHARE}'0.9'"),
    (
        lambda: step_once(ob.momentum, beta=lambda t: 0.9),
        TypeError,
        f"momentum: beta {SHARE}<function",
    ),
    (lambda: step_once(ob.rmsprop, beta=1.5), ValueError, f"rmsprop: beta {SHARE}1.5"),
    (lambda: step_once(ob.adam, beta1=1), ValueError, f"adam: beta1 {SHARE}1"),
    (
        lambda: step_once(ob.adam, beta2=[[0.9], [1.0]]),
        ValueError,
        f"adam: beta2 {SHARE}[[0.9], [1.0]]",
    ),
    (
        lambda: step_once(ob.adagrad, eps=0),
        ValueError,
        "adagrad: eps must be a finite number > 0, got 0",
    ),
    (
        lambda: step_once(ob.adam, eps=-1e-8),
        ValueError,
        "adam: eps must be a finite number > 0, got -1e-08",
    ),
    (
        lambda: step_once(ob.rmsprop, eps=np.inf),
        ValueError,
        "rmsprop: eps must be a finite number > 0, got inf",
    ),
    (
        lambda: step_once(ob.adam, eps=None),
        TypeError,
        "adam: eps must be a finite number > 0, got None",
    ),
    (
        lambda: step_once(ob.adamw, weight_decay=-1),
        ValueError,
        "adamw: weight_decay must be a finite number >= 0, got -1",
    ),
    (
        lambda: step_once(ob.adamw, weight_decay="0"),
        TypeError,
        "adamw: weight_decay must be a finite number >= 0, got '0'",
    ),
    # schedules
    (lambda: ob.constant(0), ValueError, "constant: peak must be a finite number > 0, got 0"),
    (lambda: ob.constant("1"), TypeError, "constant: peak must be a finite number > 0, got '1'"),
    (
        lambda: ob.constant(),
        TypeError,
        "constant: missing a required argument: 'peak'; the call is constant(peak)",
    ),
    (lambda: ob.constant(lr=1), TypeError, "constant: unknown argument lr=1; allowed: peak"),
    (lambda: ob.step(1, every=0), ValueError, f"step: every {WHOLE}0"),
    (lambda: ob.step(1, every=[3]), TypeError, f"step: every {WHOLE}[3]"),
    (lambda: ob.step(1, 3, gamma=0), ValueError, "step: gamma must be a number in (0, 1], got 0"),
    (
        lambda: ob.multistep(1, []),
        ValueError,
        "multistep: milestones must be a sequence of whole numbers >= 1, got []",
    ),
    (
        lambda: ob.multistep(1, [0]),
        ValueError,
        "multistep: milestones must be a sequence of whole numbers >= 1, got [0]",
    ),
    (
        lambda: ob.multistep(1, [1.5]),
        ValueError,
        "multistep: milestones must be a sequence of whole numbers >= 1, got [1.5]",
    ),
    (
        lambda: ob.exponential(1, 1.1),
        ValueError,
        "exponential: gamma must be a number in (0, 1], got 1.1",
    ),
    (lambda: ob.inverse_sqrt(1, -3), ValueError, f"inverse_sqrt: steps {WHOLE}-3"),
    (lambda: ob.linear(1, 10.5), ValueError, f"linear: steps {WHOLE}10.5"),
    (lambda: ob.linear(1, None), TypeError, f"linear: steps {WHOLE}None"),
    (
        lambda: ob.linear(1, 10, floor=-1),
        ValueError,
        "linear: floor must be a finite number >= 0, got -1",
    ),
    (lambda: ob.linear(1, 10, floor=2), ValueError, "linear: floor must be at most peak, got 2.0"),
    (
        lambda: ob.polynomial(1, 10, power=0),
        ValueError,
        "polynomial: power must be a finite number > 0, got 0",
    ),
    (lambda: ob.cosine(1, 0), ValueError, f"cosine: steps {WHOLE}0"),
    (lambda: ob.cosine(1, True), TypeError, f"cosine: steps {WHOLE}True"),
    (lambda: ob.cosine(0.1, 10, 0.2), ValueError, "cosine: floor must be at most peak, got 0.2"),
    (lambda: ob.restarts(1, 0), ValueError, f"restarts: period {WHOLE}0"),
    (lambda: ob.restarts(1, 10, mult=0.5), ValueError, f"restarts: mult {WHOLE}0.5"),
    (
        lambda: ob.one_cycle(1, 100, warm=1),
        ValueError,
        "one_cycle: warm must be a number in (0, 1), got 1",
    ),
    (
        lambda: ob.one_cycle(1, 3),
        ValueError,
        "one_cycle: warm must be more than 1 / steps, got 0.3",
    ),
    (
        lambda: ob.one_cycle(1, 9, start_div=0.5),
        ValueError,
        "one_cycle: start_div must be a finite number >= 1, got 0.5",
    ),
    (
        lambda: ob.one_cycle(1, 9, end_div=0),
        ValueError,
        "one_cycle: end_div must be a finite number >= 1, got 0",
    ),
    (lambda: ob.wsd(1, 10, rise=0, fall=3), ValueError, f"wsd: rise {WHOLE}0"),
    (lambda: ob.wsd(1, 10, 8, 3), ValueError, "wsd: fall must be at most steps - rise, got 3"),
    (lambda: ob.wsd(1, 10, 4, 3, floor=2), ValueError, "wsd: floor must be at most peak, got 2.0"),
    (lambda: ob.warmup(0.1, 10), TypeError, "warmup: after must be a schedule, got 0.1"),
    (lambda: ob.warmup(None, 10), TypeError, "warmup: after must be a schedule, got None"),
    (lambda: ob.warmup(ob.constant(1), 0), ValueError, f"warmup: rise {WHOLE}0"),
    (
        lambda: ob.cosine(0.1, 10)(-1),
        ValueError,
        "cosine(peak=0.1, steps=10, floor=0.0): t must be a number of finished",
    ),
    # problems
    (
        lambda: bowl(condition=0.5),
        ValueError,
        "bowl: condition must be a finite number >= 1, got 0.5",
    ),
    (
        lambda: bowl(condition="10"),
        TypeError,
        "bowl: condition must be a finite number >= 1, got '10'",
    ),
    (
        lambda: bowl(condition=[1.0, 2.0]),
        TypeError,
        "bowl: condition must be a finite number >= 1, got [1.0, 2.0]",
    ),
    (lambda: bowl(rotation=np.inf), ValueError, "bowl: rotation must be a finite number, got inf"),
    (lambda: bowl(rotation=None), TypeError, "bowl: rotation must be a finite number, got None"),
    (lambda: bowl.loss(np.ones(3)), ValueError, "bowl: theta must have shape (..., 2), got (3,)"),
    (
        lambda: bowl.grad(np.ones((2, 1))),
        ValueError,
        "bowl: theta must have shape (..., 2), got (2, 1)",
    ),
    (
        lambda: bowl.hessian(np.ones(3)),
        ValueError,
        "bowl: theta must have shape (..., 2), got (3,)",
    ),
    (
        lambda: bowl.hessian(np.ones((4, 2))),
        ValueError,
        "bowl: theta must have shape (2,), got (4, 2)",
    ),
    (
        lambda: bowl.hessian(None),
        TypeError,
        "bowl: theta must be real numbers of shape (..., 2), got None",
    ),
    (lambda: bowl.loss(1.0), ValueError, "bowl: theta must have shape (..., 2), got ()"),
    (lambda: bowl.loss([]), ValueError, "bowl: theta must have shape (..., 2), got (0,)"),
    (
        lambda: bowl.loss(["1", "2"]),
        TypeError,
        "bowl: theta must be real numbers of shape (..., 2), got ['1', '2']",
    ),
    (
        lambda: bowl.grad([[1], [1, 2]]),
        TypeError,
        "bowl: theta must be real numbers of shape (..., 2), got [[1], [1,",
    ),
    (
        lambda: bowl.grad(np.array([True, False])),
        TypeError,
        "bowl: theta must be real numbers of shape (..., 2), got array([ True,",
    ),
    (
        lambda: bowl(kappa=3),
        TypeError,
        "bowl: unknown argument kappa=3; allowed: condition, rotation",
    ),
    (lambda: ob.rosenbrock(a=1), TypeError, "rosenbrock: unknown argument a=1; allowed: "),
    # data
    (lambda: ob.line_fit(n=0), ValueError, f"line_fit: n {WHOLE}0"),
    (lambda: ob.line_fit(n="64"), TypeError, f"line_fit: n {WHOLE}'64'"),
    (
        lambda: ob.line_fit(noise=-1),
        ValueError,
        "line_fit: noise must be a finite number >= 0, got -1",
    ),
    (
        lambda: ob.line_fit(seed=-1),
        ValueError,
        "line_fit: seed must be a whole number >= 0, got -1",
    ),
    (
        lambda: ob.line_fit(seed=None),
        TypeError,
        "line_fit: seed must be a whole number >= 0, got None",
    ),
    (lambda: ob.blobs(n=1.5), ValueError, f"blobs: n {WHOLE}1.5"),
    (lambda: ob.blobs(gap=np.nan), ValueError, "blobs: gap must be a finite number >= 0, got nan"),
    (lambda: ob.blobs(seed=0.5), ValueError, "blobs: seed must be a whole number >= 0, got 0.5"),
    (lambda: ob.blobs(seed=True), TypeError, "blobs: seed must be a whole number >= 0, got True"),
    (
        lambda: ob.blobs(seed=[1, 2]),
        TypeError,
        "blobs: seed must be a whole number >= 0, got [1, 2]",
    ),
    (
        lambda: ob.line_fit(noise=[0.1, 0.2]),
        TypeError,
        "line_fit: noise must be a finite number >= 0, got [0.1, 0.2]",
    ),
    (
        lambda: ob.line_fit().loss(np.ones(5)),
        ValueError,
        "line_fit: theta must have shape (..., 2), got (5,)",
    ),
    (
        lambda: ob.blobs().grad(np.ones((4, 2))),
        ValueError,
        "blobs: theta must have shape (..., 3), got (4, 2)",
    ),
    (lambda: ob.blobs().scores(1.0), ValueError, "blobs: theta must have shape (..., 3), got ()"),
    (
        lambda: ob.blobs().loss("abc"),
        TypeError,
        "blobs: theta must be real numbers of shape (..., 3), got 'abc'",
    ),
    (
        lambda: ob.blobs().batches(0),
        ValueError,
        "blobs: batch must be a whole number from 1 to n = 64, got 0",
    ),
    (
        lambda: ob.blobs().batches(65),
        ValueError,
        "blobs: batch must be a whole number from 1 to n = 64, got 65",
    ),
    (
        lambda: ob.blobs().batches("8"),
        TypeError,
        "blobs: batch must be a whole number from 1 to n = 64, got '8'",
    ),
    (
        lambda: ob.blobs().batches(8, seed=-1),
        ValueError,
        "blobs: seed must be a whole number >= 0, got -1",
    ),
    # minimize
    (lambda: minimize(bowl, ob.gd, steps=0), ValueError, f"minimize: steps {WHOLE}0"),
    (lambda: minimize(bowl, ob.gd, steps=1.5), ValueError, f"minimize: steps {WHOLE}1.5"),
    (lambda: minimize(bowl, ob.gd, steps="9"), TypeError, f"minimize: steps {WHOLE}'9'"),
    (lambda: minimize(bowl, ob.gd, steps=[5, 6]), TypeError, f"minimize: steps {WHOLE}[5, 6]"),
    (lambda: minimize(bowl, ob.gd, every=0), ValueError, f"minimize: every {WHOLE}0"),
    (
        lambda: minimize(bowl, ob.gd, start=1.0),
        ValueError,
        "minimize: start must be finite numbers, of shape (..., d), got 1",
    ),
    (
        lambda: minimize(bowl, ob.gd, start=(np.nan, 0)),
        ValueError,
        "minimize: start must be finite numbers, of shape",
    ),
    (
        lambda: minimize(bowl, ob.gd, start="ab"),
        TypeError,
        "minimize: start must be finite numbers, of shape (..., d), got 'ab'",
    ),
    (
        lambda: minimize(bowl, ob.gd, start=(1j, 0)),
        TypeError,
        "minimize: start must be finite numbers, of shape (..., d), got (1j, 0)",
    ),
    (
        lambda: minimize(bowl, ob.gd, start=(1e200, 0)),
        ValueError,
        "minimize: start must have a finite loss, got array(inf)",
    ),
    (
        lambda: minimize(bowl, ob.gd, start=(1.0, 2.0, 3.0)),
        ValueError,
        "bowl: theta must have shape (..., 2), got (3,)",
    ),
    (
        lambda: minimize(bowl, ob.gd, start=[1.0]),
        ValueError,
        "bowl: theta must have shape (..., 2), got (1,)",
    ),
    (
        lambda: minimize(ob.blobs(), ob.gd, start=(1.0, 2.0)),
        ValueError,
        "blobs: theta must have shape (..., 3), got (",
    ),
    (lambda: minimize(bowl, ob.gd, lr=-1), ValueError, f"gd: {RATE}-1"),
    (
        lambda: minimize(bowl, ob.gd, lr=np.ones(64)),
        ValueError,
        (
            "minimize: lr must broadcast against theta's shape (2,) (racers: a column, shape (n,"
            " 1)), got array("
        ),
    ),
    (
        lambda: minimize(bowl, ob.gd, beta=0.9),
        TypeError,
        "gd: unknown argument beta=0.9; allowed: grad, theta, lr",
    ),
    (
        lambda: minimize(bowl, ob.gd, batch=8),
        TypeError,
        "minimize: batch must be left out for bowl(condition=10, rotation=0)",
    ),
    (
        lambda: minimize(ob.blobs(), ob.gd, batch=65),
        ValueError,
        "blobs: batch must be a whole number from 1 to n = 64, got 65",
    ),
    (
        lambda: minimize(ob.blobs(), ob.gd, batch=8, seed="x"),
        TypeError,
        "minimize: seed must be a whole number >= 0, got 'x'",
    ),
    (
        lambda: minimize(bowl, ob.gd, seed="x"),
        TypeError,
        "minimize: seed must be a whole number >= 0, got 'x'",
    ),
    (
        lambda: minimize(bowl, ob.gd, seed=-1),
        ValueError,
        "minimize: seed must be a whole number >= 0, got -1",
    ),
    # what an optimizer may be and yield
    (
        lambda: minimize(bowl, lambda g, th: None),
        TypeError,
        "minimize: optimizer must return a generator, got None",
    ),
    (
        lambda: minimize(bowl, lambda g, th: th),
        TypeError,
        "minimize: optimizer must return a generator, got array([-4.",
    ),
    (
        lambda: minimize(bowl, yields([1.0, 2.0])),
        TypeError,
        "minimize: optimizer must yield arrays of real numbers, got [1.0, 2.0]",
    ),
    (
        lambda: minimize(bowl, yields("ab")),
        TypeError,
        "minimize: optimizer must yield arrays of real numbers, got 'ab'",
    ),
    (
        lambda: minimize(bowl, yields(None)),
        TypeError,
        "minimize: optimizer must yield arrays of real numbers, got None",
    ),
    (
        lambda: minimize(bowl, yields(START * 1j)),
        TypeError,
        "minimize: optimizer must yield arrays of real numbers, got array([0.+1.j",
    ),
    (
        lambda: minimize(bowl, yields(np.ones(3))),
        ValueError,
        "minimize: optimizer must yield arrays of theta's shape (2,), got (3,)",
    ),
    (
        lambda: minimize(bowl, yields(np.float64(3))),
        TypeError,
        "minimize: optimizer must yield arrays of real numbers, got np.float64(3.",
    ),
    (
        lambda: minimize(bowl, yields(START, np.ones(3)), every=99),
        ValueError,
        "minimize: optimizer must yield arrays of theta's shape (2,), got (3,)",
    ),
    (
        lambda: minimize(bowl, lambda grad, theta: iter([START]), steps=1, record="m"),
        TypeError,
        "minimize: record must be empty unless optimizer is a generator function, got ['m']",
    ),
    (
        lambda: minimize(bowl, None),
        TypeError,
        "minimize: optimizer must be a function of grad and theta, got None",
    ),
    (
        lambda: minimize(bowl, "adam"),
        TypeError,
        "minimize: optimizer must be a function of grad and theta, got 'adam'",
    ),
    (
        lambda: minimize(bowl, ob.gd, record=["v"]),
        ValueError,
        "minimize: record must name variables among theta, lr, _, eta, got 'v'",
    ),
    (
        lambda: minimize(bowl, ob.gd, record="v"),
        ValueError,
        "minimize: record must name variables among theta, lr,",
    ),
    (
        lambda: minimize(bowl, ob.gd, record="grad"),
        ValueError,
        "minimize: record must name variables among theta, lr,",
    ),
    (
        lambda: minimize(None, ob.gd),
        TypeError,
        "minimize: problem must have loss(theta) and grad(theta), got None",
    ),
    (
        lambda: minimize(ob.line_fit, ob.gd),
        TypeError,
        "minimize: problem must have loss(theta) and grad(theta), got <function lin",
    ),
    (
        lambda: minimize(SimpleNamespace(loss=bowl.loss, grad=3), ob.gd),
        TypeError,
        "minimize: start must be given, for namespace(",
    ),
    (
        lambda: minimize(SimpleNamespace(loss=bowl.loss, grad=bowl.grad), ob.gd),
        TypeError,
        "minimize: start must be given, for namespace(",
    ),
    # what NumPy would take for numbers
    (
        lambda: step_once(ob.gd, lr=np.ma.masked_array([0.1], [True])),
        TypeError,
        f"gd: {RATE}masked_array(data=[--]",
    ),
    (
        lambda: step_once(ob.gd, lr=np.longdouble("1e4000")),
        ValueError,
        f"gd: {RATE}np.longdouble('1e+4000')",
    ),
    (
        lambda: step_once(ob.gd, lr=10**400),
        TypeError,
        "gd: lr must be a finite number > 0, got 1000000000000",
    ),
    (
        lambda: step_once(ob.gd, lr=10**5000),
        TypeError,
        "gd: lr must be a finite number > 0, got an object of",
    ),
    (
        lambda: bowl.grad(np.ones(2) * 1j),
        TypeError,
        "bowl: theta must be real numbers of shape (..., 2), got array",
    ),
    # functions that cannot be called as they will be
    (
        lambda: minimize(SimpleNamespace(loss=lambda: 0, grad=bowl.grad), ob.gd),
        TypeError,
        "minimize: start must be given, for namespace(",
    ),
    # the clock, and what goes around an optimizer
    (
        lambda: step_once(ob.rprop, low=2, high=1),
        ValueError,
        "rprop: low must be at most high, got 2",
    ),
    # examples
    (
        lambda: ob.blobs().loss(np.ones(3), [64]),
        ValueError,
        "blobs: rows must be numbers from -64 to n - 1 = 63, got array([64])",
    ),
    (
        lambda: ob.softmax_regression().grad(np.zeros(650), []),
        ValueError,
        (
            "softmax_regression: rows must be a slice, a mask, or numbers of examples, one or more,"
            " got array([], dty"
        ),
    ),
    (
        lambda: ob.blobs().grad(np.ones(3), [True]),
        ValueError,
        (
            "blobs: rows must be a slice, a mask, or numbers of examples, one or more, got array(["
            " True]"
        ),
    ),
    (
        lambda: ob.blobs().loss(np.ones(3), slice(9, 9)),
        ValueError,
        "blobs: rows must be a slice with one example or more, got slice(9, 9, N",
    ),
    # objects that a reader may make
    # decorators
    # figures and stored results
    (
        lambda: races.race(
            bowl, ob.gd, [0.1], tuned_on=[(1, 1), (2, 2)], raced_on=[(3, 3), (2, 2)], steps=3
        ),
        ValueError,
        "race: raced_on must have no start on which the rate was tuned, got [(3, 3), (2, 2)]",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "message"), CASES, ids=[message[:60] for *_, message in CASES]
)
def test_it_is_refused_when_given(call, error, message):
    with pytest.raises(error, match="^" + re.escape(message)) as caught:
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
