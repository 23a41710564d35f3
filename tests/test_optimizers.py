"""The promises that every registered optimizer keeps."""

import inspect
import itertools
import re
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

import optbook
from optbook import OPTIMIZERS, WRAPPERS, gd, minimize
from tests.walking import column, ground, kept, shaped

ROOT = Path(__file__).parents[1]
EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
CITED = set(
    re.findall(
        r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
)
BETAS = {"beta", "beta1", "beta2"}
SPREAD = {"grow": np.linspace(1, 2, 5), "shrink": np.linspace(0.1, 1, 5)}


def newton_schulz(x):
    """Return a singular value after the five steps of Muon."""
    for _ in range(5):
        x = 3.4445 * x - 4.775 * x**3 + 2.0315 * x**5
    return x


# Two steps on L = theta²/2, whose gradient is theta, from theta = 1, done with pencil and paper.
BY_HAND = {
    # 1 - 1/2·1;  1/2 - 1/2·1/2
    "gd": ({"lr": 1 / 2}, 1 / 2, 1 / 4),
    # v = 1, 1 - 1/4;  v = 1/2 + 3/4 = 5/4, 3/4 - 5/16
    "momentum": ({"lr": 1 / 4, "beta": 1 / 2}, 3 / 4, 7 / 16),
    # v = 1, 1 - 1/4;  look-ahead 3/4 - 1/8 = 5/8, v = 1/2 + 5/8 = 9/8, 3/4 - 9/32
    "nesterov": ({"lr": 1 / 4, "beta": 1 / 2}, 3 / 4, 15 / 32),
    # s = 1, 1 - (1/2)/(1 + 1/4);  s = 1 + 9/25 = 34/25, 3/5 - (3/10)/(√34/5 + 1/4)
    "adagrad": ({"lr": 1 / 2, "eps": 1 / 4}, 3 / 5, 3 / 5 - 6 / (4 * sqrt(34) + 5)),
    # v = 1/4, 1 - (1/2)/(1/2 + 1/2);  v = 3/16 + 1/16 = 1/4, 1/2 - (1/4)/(1/2 + 1/2)
    "rmsprop": ({"lr": 1 / 2, "beta": 3 / 4, "eps": 1 / 2}, 1 / 2, 1 / 4),
    # m = 1/2, v = 1/4, corrected 1 and 1, 1 - (1/2)/(1 + 1);
    # m = 1/4 + 3/8 = 5/8, v = 3/16 + 9/64 = 21/64, corrected 5/6 and 3/4, 3/4 - (5/12)/(√3/2 + 1)
    "adam": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 1},
        3 / 4,
        3 / 4 - 5 / 6 * (2 - sqrt(3)),
    ),
    # as Adam, less 1/2·1/2·1;  m = 1/4 + 1/4, v = 3/16 + 1/16, corrected 2/3 and 4/7,
    # 1/2 - (1/3)/(2/√7 + 1) - 1/2·1/2·1/2
    "adamw": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 1, "weight_decay": 1 / 2},
        1 / 2,
        3 / 8 - sqrt(7) / (3 * (2 + sqrt(7))),
    ),
    # the step is 1, 1 - 1/4;  the sign stays, the step is 2, 3/4 - 2/4
    "rprop": ({"lr": 1 / 4, "grow": 2}, 3 / 4, 1 / 4),
    # v = 1/4, d = √(1/12)/√(1/3), 1 - 1/2, u = 1/4·1/4;  v = 3/16 + 1/16 = 1/4, d = √(1/16 +
    # 1/12)/√(1/3)·1/2
    "adadelta": ({"lr": 1, "beta": 3 / 4, "eps": 1 / 12}, 1 / 2, 1 / 2 - sqrt(7) / 8),
    # m = 1/2, u = 2, 1 - 1·(1/2)/2;  m = 1/4 + 3/8 = 5/8, u = max(3/2, 7/4), 3/4 - 2/3·(5/8)/(7/4)
    "adamax": ({"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 1}, 3 / 4, 3 / 4 - 5 / 21),
    # as Adam;  m = 5/8, v = 3/16 + 27/64 = 39/64 < 3/4, corrected 5/6 and (3/4)/(15/16) = 4/5
    "amsgrad": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 1 / 4, "eps": 1},
        3 / 4,
        3 / 4 - 5 / 12 / (1 + 2 / sqrt(5)),
    ),
    # μ = 1/4 for ever;  m = 1/2, corrected (1/8)/(15/16) + 1 = 17/15 and 1, 1 - 1/2·17/15/2;  m =
    # 73/120, corrected (73/480)/(63/64) + (3/4·43/60)/(15/16), v = 3/16 + (43/60)²/4, corrected by
    # 7/16
    "nadam": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 1, "psi": 0},
        43 / 60,
        43 / 60
        - (73 * 64 / (480 * 63) + 43 / 75) / 2 / (sqrt((3 / 16 + (43 / 60) ** 2 / 4) * 16 / 7) + 1),
    ),
    # too early to divide;  m = 1/2, corrected 1, 1 - 1/2;  m = 1/4 + 1/4, corrected 2/3, 1/2 - 1/3
    "radam": ({"lr": 1 / 2, "beta1": 1 / 2}, 1 / 2, 1 / 6),
    # m = 1/2, s = 1/16 + 3/16, corrected 1 and 1, 1 - (1/2)/(1 + 3/16);  m = 1/4 + 11/38 = 41/76,
    # corrected 41/57, g - m = 3/76, s = 3/16 + (3/76)²/4 + 3/16, corrected by 7/16
    "adabelief": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 3 / 16},
        11 / 19,
        11 / 19 - 41 / 114 / (sqrt((3 / 8 + (3 / 76) ** 2 / 4) * 16 / 7) + 3 / 16),
    ),
    # 1 - 1/4·(1 + 1/2·1);  5/8 - 1/4·(1 + 1/2·5/8)
    "lion": ({"lr": 1 / 4, "beta1": 1 / 2, "beta2": 3 / 4, "weight_decay": 1 / 2}, 5 / 8, 19 / 64),
    # y = 1, z = 1 - 1/2, all of it;  y = 1/2, z = 1/2 - 1/4, half of it
    "schedule_free_sgd": ({"lr": 1 / 2, "beta": 1 / 2}, 1 / 2, 3 / 8),
    # y = 1, v = 1/4, corrected 1, z = 1 - 1/2·(1/2 + 1/2·1), all of it;
    # y = 1/2, v = 3/16 + 1/16, corrected 4/7, z = 1/2 - 1/2·((1/2)/(2/√7 + 1) + 1/4), half of it
    "schedule_free_adamw": (
        {"lr": 1 / 2, "beta1": 1 / 2, "beta2": 3 / 4, "eps": 1, "weight_decay": 1 / 2},
        1 / 2,
        1 / 2 - (1 / 2 / (2 / sqrt(7) + 1) + 1 / 4) / 4,
    ),
    # of a single number only the sign of the step is left: each is half of theta
    "lamb": ({"lr": 1 / 2}, 1 / 2, 1 / 4),
    # r = c = 1, u = 1, 1 - 1/2·1·1 - 1/4·1;  r = c = 1/2 + 1/2·1/16, u = (1/4)/√(17/32), 1/4 -
    # 1/2·1/4·u - 1/16
    "adafactor": (
        {"lr": 1 / 2, "power": 1, "weight_decay": 1 / 2},
        1 / 4,
        1 / 4 - 1 / 32 / sqrt(17 / 32) - 1 / 16,
    ),
    # of a single number only the sign is left, and what five steps make of 1
    "muon": ({"lr": 1 / 4, "weight_decay": 0}, 1 - newton_schulz(1) / 4, 1 - newton_schulz(1) / 2),
}
# The same for optimizers around others.
AROUND = {
    # 1 - 1/2·1/2;  3/4 - 1/2·1/2
    "clipped": (WRAPPERS["clipped"](gd, norm=1 / 2), {"lr": 1 / 2}, 3 / 4, 1 / 2),
    # 1 - 1/2;  1/2 - 1/4, and from there halfway back to 1
    "lookahead": (WRAPPERS["lookahead"](gd, sync=2, share=1 / 2), {"lr": 1 / 2}, 1 / 2, 5 / 8),
}

# (optimizer, the arguments that make it collapse) and (what it then is, its arguments)
COLLAPSES = [
    ("momentum", {"beta": 0}, "gd", {}),
    ("nesterov", {"beta": 0}, "gd", {}),
    ("adamw", {"weight_decay": 0}, "adam", {}),
    ("adam", {"beta1": 0, "beta2": 0}, "rmsprop", {"beta": 0}),
    ("nadam", {"beta1": 0}, "adam", {"beta1": 0}),
    # v hardly forgets, so its maximum is itself
    ("amsgrad", {"beta2": 0.9999999}, "adam", {"beta2": 0.9999999}),
    ("radam", {"beta1": 0, "beta2": 0}, "gd", {}),
]


def missing(name):
    """Say what must still be added for the optimizer called `name`."""
    script = f"gallery/optimizers/plot_{name}.py"
    wanted = {
        "a row of its arguments and two steps by hand, tests/test_optimizers.py": (
            name in BY_HAND | AROUND
        ),
        f"the gallery script {script}": (ROOT / script).is_file(),
        "a demo_lr that is > 0 in its decorator": (
            name in WRAPPERS or (name in OPTIMIZERS and OPTIMIZERS[name].demo_lr > 0)
        ),
    }
    return [what for what, there in wanted.items() if not there]


def slope(theta):
    """Gradient of theta²/2."""
    return theta


def take(steps, walk):
    """Return the next so many points as one array."""
    return np.array(list(itertools.islice(walk, steps)))


def hyperparameters(name):
    """Return the names of the arguments of an optimizer besides grad and theta."""
    return list(inspect.signature(OPTIMIZERS[name]).parameters)[2:]


def spread(argument, default):
    """Return five different values of a hyperparameter, all of them allowed."""
    if argument in BETAS:
        return np.linspace(0, 0.95, 5)
    return SPREAD.get(argument, np.geomspace(0.1, 2, 5) * default)


def same(race, i, alone):
    """Check that racer i of a race did, bit for bit, what it does alone; after divergence it
    rests."""
    assert race.diverged_at[i] == alone.diverged_at
    kept = len(alone.t)
    pairs = [(race.theta, alone.theta), (race.loss, alone.loss)]
    for together, by_itself in pairs + [
        (race.symbols[name], alone.symbols[name]) for name in alone.symbols
    ]:
        np.testing.assert_array_equal(together[:kept, i], by_itself)
        assert np.all(together[kept:, i] == by_itself[-1])


@pytest.mark.parametrize("name", OPTIMIZERS | WRAPPERS)
def test_nothing_is_missing_for_it(name):
    assert not missing(name), f"optimizer {name}: please add " + "; ".join(missing(name))


def test_what_is_missing_is_spelled_out():
    assert len(missing("brand_new")) == 3
    assert "gallery/optimizers/plot_brand_new.py" in " ".join(missing("brand_new"))


def test_there_is_no_row_without_an_optimizer():
    assert set(BY_HAND) <= set(OPTIMIZERS)
    assert set(AROUND) <= set(WRAPPERS)


@EVERY
def test_two_steps_by_hand(name):
    arguments, first, second = BY_HAND[name]
    walked = take(2, OPTIMIZERS[name](slope, shaped(name, 1.0), **arguments))
    np.testing.assert_allclose(walked.ravel(), [first, second], rtol=1e-14)


@pytest.mark.parametrize("name", WRAPPERS)
def test_two_steps_around_another_by_hand(name):
    rule, arguments, first, second = AROUND[name]
    np.testing.assert_allclose(
        take(2, rule(slope, np.ones(1), **arguments))[:, 0], [first, second], rtol=1e-14
    )


@EVERY
def test_inputs_and_earlier_points_are_left_alone(name):
    start, lr, seen, copies = shaped(name, [1.0, -2.0]), np.array([0.01, 0.02]), [], []
    for theta in itertools.islice(OPTIMIZERS[name](slope, start, lr=lr), 10):
        seen.append(theta)
        copies.append(theta.copy())
    np.testing.assert_array_equal(seen, copies)
    assert not any(np.shares_memory(a, b) for a, b in itertools.combinations([start, *seen], 2))
    assert start.ravel().tolist() == [1.0, -2.0]
    assert lr.tolist() == [0.01, 0.02]


@EVERY
def test_changing_a_yielded_or_given_array_does_not_steer_the_run(name):
    start, lr = shaped(name, [1.0, -2.0]), np.array([0.01, 0.02])
    expected = take(3, OPTIMIZERS[name](slope, start.copy(), lr=lr.copy()))
    walk = OPTIMIZERS[name](slope, start, lr=lr)
    start[:], lr[:] = 99, 99
    np.testing.assert_array_equal(take(3, walk), expected)


@EVERY
def test_a_gradient_cannot_change_theta(name):
    def vandal(theta):
        theta *= 2
        return theta

    def polite(theta):
        return theta * 2

    start = shaped(name, [1, 1])
    walked, expected = (next(OPTIMIZERS[name](grad, start)) for grad in (vandal, polite))
    np.testing.assert_array_equal(walked, expected)


@EVERY
@pytest.mark.parametrize(
    "problem", [optbook.rosenbrock, optbook.rastrigin, optbook.plateau], ids=repr
)
def test_a_race_equals_its_racers_bit_for_bit(name, problem):
    rule, problem = OPTIMIZERS[name], ground(name, problem)
    for argument in hyperparameters(name):
        parameter = inspect.signature(rule).parameters[argument]
        values = spread(argument, parameter.default)
        race = minimize(
            problem, rule, steps=40, record=" ".join(rule.state), **{argument: column(name, values)}
        )
        for i, value in enumerate(values):
            alone = minimize(
                problem, rule, steps=40, record=" ".join(rule.state), **{argument: value}
            )
            same(race, i, alone)


@EVERY
def test_a_race_over_everything_at_once_equals_its_racers(name):
    defaults = {
        n: inspect.signature(OPTIMIZERS[name]).parameters[n].default for n in hyperparameters(name)
    }
    values = {n: spread(n, default) for n, default in defaults.items()}
    problem, columns = ground(name, optbook.bowl), {n: column(name, v) for n, v in values.items()}
    race = minimize(problem, OPTIMIZERS[name], steps=40, **columns)
    for i in range(5):
        alone = minimize(
            problem, OPTIMIZERS[name], steps=40, **{n: v[i] for n, v in values.items()}
        )
        same(race, i, alone)


@EVERY
def test_falling_from_the_demo_rate_it_reaches_the_bottom_of_the_bowl(name):
    # rules of fixed step length land only if the rate falls
    rate = optbook.cosine(OPTIMIZERS[name].demo_lr, 1000)
    run = minimize(ground(name, optbook.bowl), OPTIMIZERS[name], lr=rate, steps=1000)
    assert run.status == "finished"
    assert run.loss[-1] < 1e-3


@EVERY
@pytest.mark.parametrize("shape", [(), (1,), (3,), (4, 3), (2, 4, 3), (0, 3)], ids=str)
def test_any_shape_will_do(name, shape):
    points = np.linspace(0.5, 2, 24)[: int(np.prod(shape))].reshape(shape)
    if not points.size or points.ndim < OPTIMIZERS[name].axes:
        with pytest.raises(ValueError, match="theta"):
            OPTIMIZERS[name](slope, points)
        return
    walked = take(5, OPTIMIZERS[name](slope, points))
    assert walked.shape == (5, *shape)
    assert walked.dtype == np.float64
    own = shape[len(shape) - OPTIMIZERS[name].axes :]
    single = [
        take(5, OPTIMIZERS[name](slope, point if own else float(point)))
        for point in points.reshape(-1, *own)
    ]
    np.testing.assert_array_equal(walked.reshape(5, -1, *own), np.swapaxes(single, 0, 1))


@EVERY
@pytest.mark.parametrize("kind", [float, np.float32, np.float64, list, tuple])
def test_any_kind_of_start_will_do(name, kind):
    start = kind(shaped(name, [1.5, -0.25]).tolist()) if kind in (list, tuple) else kind(1.5)
    if OPTIMIZERS[name].axes > np.ndim(start):
        with pytest.raises(ValueError, match=f"^{name}: theta must have at least"):
            OPTIMIZERS[name](slope, start)
        return
    walked = take(3, OPTIMIZERS[name](slope, start))
    np.testing.assert_array_equal(
        walked, take(3, OPTIMIZERS[name](slope, np.array(start, dtype=float)))
    )
    assert walked.dtype == np.float64


@EVERY
def test_a_constant_schedule_equals_its_number(name):
    rule, lr = OPTIMIZERS[name], OPTIMIZERS[name].demo_lr
    problem = ground(name, optbook.rosenbrock)
    fixed = minimize(problem, rule, lr=lr / 100, steps=100)
    scheduled = minimize(problem, rule, lr=optbook.constant(lr / 100), steps=100)
    np.testing.assert_array_equal(fixed.theta, scheduled.theta)


@EVERY
def test_the_schedule_is_read_once_a_step_from_zero_on(name):
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.01 / (1 + t)

    take(4, OPTIMIZERS[name](slope, shaped(name, 1), lr=schedule))
    assert asked == [0, 1, 2, 3]


@EVERY
def test_a_rate_of_zero_in_a_schedule_rests_for_that_step(name):
    walked = take(3, OPTIMIZERS[name](slope, shaped(name, 1), lr=lambda t: 0.1 * (t != 1)))
    assert walked[0] == walked[1] != walked[2]


@EVERY
def test_the_gradient_is_read_once_a_step(name):
    asked = []
    take(7, OPTIMIZERS[name](lambda theta: asked.append(theta) or 2 * theta, shaped(name, 1)))
    assert len(asked) == 7


@EVERY
def test_what_it_remembers_has_the_names_it_says(name):
    rule = OPTIMIZERS[name]
    walk = rule(slope, np.ones((4, 3)), lr=0.01)
    next(walk)
    variables = inspect.getgeneratorlocals(walk)
    large = {symbol for symbol in kept(rule) if np.ndim(variables[symbol])}
    assert large == set(rule.state), (
        "state in the decorator must name all that is kept between steps"
    )
    assert all(variables[symbol].shape == (4, 3) for symbol in large) or rule.axes == 2


@EVERY
def test_its_docstring_has_maths_arguments_and_source(name):
    rule = OPTIMIZERS[name]
    text = inspect.getdoc(rule)
    assert ".. math::" in text
    assert r"\theta_t" in text
    assert rule.cite in CITED, f"{name}: add {rule.cite} to docs/references.bib"
    assert f":cite:t:`{rule.cite}`" in text
    for argument in inspect.signature(rule).parameters:
        assert re.search(rf"^{argument} : .+\n    \S", text, re.MULTILINE), (
            f"{name}: {argument} is not described"
        )
    for section in ("Parameters", "Yields", "Raises", "References"):
        assert f"\n{section}\n{'-' * len(section)}\n" in text


@pytest.mark.parametrize(
    ("special", "arguments", "plain", "plainly"), COLLAPSES, ids=lambda value: str(value)
)
def test_special_cases_collapse(special, arguments, plain, plainly):
    run = minimize(optbook.rosenbrock, OPTIMIZERS[special], lr=0.001, steps=200, **arguments)
    same = minimize(optbook.rosenbrock, OPTIMIZERS[plain], lr=0.001, steps=200, **plainly)
    np.testing.assert_array_equal(run.theta, same.theta)


@EVERY
def test_a_batch_of_everything_is_the_full_gradient(name):
    problem = optbook.line_fit()
    full = minimize(ground(name, problem), OPTIMIZERS[name], lr=0.01, steps=50)
    batch = minimize(ground(name, problem), OPTIMIZERS[name], lr=0.01, steps=50, batch=problem.n)
    np.testing.assert_allclose(batch.theta, full.theta, rtol=1e-11)


@EVERY
def test_the_defaults_take_a_step_downhill(name):
    problem = ground(name, optbook.rosenbrock)
    first = next(OPTIMIZERS[name](problem.grad, shaped(name, [-1.2, 1.0]), lr=1e-4))
    assert problem.loss(first) < problem.loss(shaped(name, [-1.2, 1.0]))


@EVERY
@pytest.mark.parametrize(
    "kind", [np.int64, np.int32, np.float32, np.longdouble, list], ids=lambda kind: kind.__name__
)
def test_any_kind_of_gradient_is_reckoned_with_in_float64(name, kind):
    huge = np.array([2.0**31 - 2**7, -(2.0**30)])  # its square overflows int32 and, summed, int64
    start, huge = shaped(name, [0, 0]), shaped(name, huge)
    given = huge.astype(int).tolist() if kind is list else huge.astype(kind)
    walked = take(20, OPTIMIZERS[name](lambda theta: given, start))
    assert walked.dtype == np.float64
    np.testing.assert_array_equal(walked, take(20, OPTIMIZERS[name](lambda theta: huge, start)))
