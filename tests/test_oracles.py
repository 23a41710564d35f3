"""Every rule and schedule against what PyTorch and Optax computed (tests/oracles/record.py), and
wrong rules too."""

import inspect
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from optbook import OPTIMIZERS, SCHEDULES, WRAPPERS
from tests.oracles.record import OPTAX, TORCH

with np.load(Path(__file__).parent / "oracles" / "recorded.npz") as file:
    RECORDED = dict(file)
ABOUT = json.loads(str(RECORDED["about"]))
WALKS = ABOUT["walks"]
RATES = {
    (key, call): rates
    for key, calls in ABOUT["schedules"].items()
    for call, rates in zip(calls, RECORDED[key], strict=True)
}
PROBLEMS = {"closed": ("noise", "closed_start"), "matrix": ("matrix_noise", "matrix_start")}
INPUTS = {"about", "kept", "gradients", "open_start", "hessian"}.union(*PROBLEMS.values())
ASKED = ["nesterov", "schedule_free_sgd", "schedule_free_adamw"]
STEPS = 200


def evaluated(call, others=None):
    """Return the schedule or optimizer that a call, written as text, makes, perhaps of `others`
    than ours."""
    return eval(call, SCHEDULES | OPTIMIZERS | WRAPPERS | (others or {}))


def stem(call):
    """Return the name of what is called."""
    return call.partition("(")[0]


def difference(ours, theirs):
    """Return the largest difference of a coordinate, relative to the greatest value that it
    takes."""
    size = np.abs(theirs).max(axis=0)
    return np.max(np.abs(ours - theirs).max(axis=0) / np.where(size > 0, size, 1))


def problem(name):
    """Return the gradient at a step and the start of a recorded problem."""
    r = RECORDED
    if name == "open":
        return lambda t, theta: r["gradients"][t % STEPS], r["open_start"]
    noise, start = (r[key] for key in PROBLEMS[name])
    return lambda t, theta: r["hessian"] @ theta + noise[t % STEPS], start


def walk(rule, about, rate):
    """Return the points of a walk that PyTorch calls its parameters, at the steps that were kept.

    They are our theta, or the points at which our rule asks for the gradient, where those are
    others.
    """
    gradient, start = problem(about["problem"])
    asked = []

    def grad(theta):
        asked.append(theta)
        return gradient(len(asked) - 1, theta)

    walked = list(islice(rule(grad, start, lr=evaluated(rate), **about["hyper"]), STEPS + 1))
    points = asked[1:] if about["optimizer"] in ASKED else walked
    return np.array(points)[RECORDED["kept"] - 1]


def worst(rule, about, theirs):
    """Return the largest difference of a rule from a recording, over its rates."""
    pairs = zip(about["rates"], theirs, strict=True)
    return np.max([difference(walk(rule, about, rate), b) for rate, b in pairs])


# ---- the recording -------------------------------------------------------------------------------


def test_the_recording_is_what_it_should_be():
    assert ABOUT["versions"] == {"torch": "2.13.0", "optax": "0.2.8"}
    assert set(RECORDED) == INPUTS | set(WALKS) | set(ABOUT["schedules"])
    assert all(
        array.dtype == np.float64 for key, array in RECORDED.items() if key not in ("about", "kept")
    )
    assert RECORDED["kept"][-1] == STEPS == len(RECORDED["gradients"]) == len(RECORDED["noise"])
    assert (Path(__file__).parent / "oracles" / "recorded.npz").stat().st_size <= 2_000_000


def test_what_is_recorded_is_in_the_book():
    recorded = {stem(about["optimizer"]) for about in WALKS.values()}
    tabled = {name.partition(":")[0] for name in {**TORCH, **OPTAX}}
    assert {stem(name) for name in tabled} <= recorded, (
        "a rule of tests/oracles/record.py has lost its recording"
    )
    assert recorded <= {*OPTIMIZERS, *WRAPPERS}, (
        "tests/oracles/record.py has a rule that is not in the book"
    )
    for name in {*OPTIMIZERS, *WRAPPERS} - recorded:
        print(
            f"{name} is not recorded: if PyTorch or Optax has it, add a line to"
            " tests/oracles/record.py and run it"
        )
    assert set(SCHEDULES) - {stem(call) for _, call in RATES} == {"inverse_sqrt"}, (
        "which neither library has"
    )
    scheduled = {stem(about["optimizer"]) for about in WALKS.values() if len(about["rates"]) > 1}
    assert recorded - scheduled == {"nesterov", "rprop"}, (
        "for which a schedule means something else"
    )


def test_the_gradients_are_hard():
    g = RECORDED["gradients"]
    size = np.abs(g).max(axis=0)
    assert size[size > 0].min() < 1e-8
    assert size.max() > 100
    assert np.all(g[:, :, 2] == 0)
    assert 0 < np.mean(g[:, 4, 0] != 0) < 0.2


@pytest.mark.parametrize("key", WALKS)
def test_the_rule_walks_as_recorded(key):
    assert worst(evaluated(WALKS[key]["optimizer"]), WALKS[key], RECORDED[key]) <= 1e-12


@pytest.mark.parametrize(("key", "call"), RATES)
def test_the_schedule_runs_as_recorded(key, call):
    rates, theirs = evaluated(call)(np.arange(STEPS)), RATES[key, call]
    assert np.abs(rates - theirs).max() <= 1e-12 * np.abs(theirs).max()


# ---- wrong rules: each must be caught ------------------------------------------------------------

MOMENTUM = "v = beta * v + grad(theta); theta = theta - eta * v"
NESTEROV = "g = grad(theta); v = beta * v + g; theta = theta - eta * (g + beta * v)"
LATE = "g = grad(theta); theta = theta - eta * v; v = beta * v + g"
SUM = "s = s + g**2; theta = theta - eta * g / (np.sqrt(s) + eps)"
AVERAGE = "v = beta * v + (1 - beta) * g**2; theta = theta - eta * g / (np.sqrt(v) + eps)"
MOMENTS = "m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g**2"
SWAPPED = "m = beta2 * m + (1 - beta2) * g; v = beta1 * v + (1 - beta1) * g**2"
ADAM = "eta * m_hat / (np.sqrt(v_hat) + eps)"
DECAY = "- eta * weight_decay * theta"


def late(lines):
    """Return two lines of code in the wrong order."""
    return "; ".join(reversed(lines.split("; ")))


# optimizer, what is wrong, right code, wrong code; a semicolon ends a line
WRONG = [
    ("gd", "uphill", "theta - eta", "theta + eta"),
    ("gd", "the next step's rate", "clock(lr)", "clock(lambda t: lr(t + 1))"),
    ("gd", "the first rate for ever", "clock(lr)", "clock(lr(0))"),
    ("momentum", "a moving average", "+ grad(theta)", "+ (1 - beta) * grad(theta)"),
    (
        "momentum",
        "the rate inside the velocity",
        MOMENTUM,
        "v = beta * v + eta * grad(theta); theta = theta - v",
    ),
    ("momentum", "a velocity that comes late", MOMENTUM, LATE),
    ("momentum", "a step of Nesterov", MOMENTUM, NESTEROV),
    ("nesterov", "a look-ahead without the rate", "theta - eta * beta * v)", "theta - beta * v)"),
    ("nesterov", "a look-ahead without beta", "theta - eta * beta * v)", "theta - eta * v)"),
    ("nesterov", "a look behind", "theta - eta * beta * v)", "theta + eta * beta * v)"),
    ("nesterov", "no look-ahead", "theta - eta * beta * v)", "theta)"),
    ("adagrad", "eps inside the root", "np.sqrt(s) + eps", "np.sqrt(s + eps)"),
    ("adagrad", "no root", "np.sqrt(s)", "s"),
    ("adagrad", "forgetting", "s = s + g**2", "s = 0.99 * s + g**2"),
    ("adagrad", "a sum of sizes", "s + g**2", "s + np.abs(g)"),
    ("adagrad", "a sum that starts at 0.1", "np.zeros_like(theta)", "np.full_like(theta, 0.1)"),
    ("adagrad", "a sum that comes late", SUM, late(SUM)),
    ("rmsprop", "eps inside the root", "np.sqrt(v) + eps", "np.sqrt(v + eps)"),
    ("rmsprop", "eps inside the root, squared", "np.sqrt(v) + eps", "np.sqrt(v + eps**2)"),
    ("rmsprop", "eps as a least size", "np.sqrt(v) + eps", "np.maximum(np.sqrt(v), eps)"),
    ("rmsprop", "no 1 - beta", "(1 - beta) * g**2", "g**2"),
    (
        "rmsprop",
        "the weights swapped",
        "beta * v + (1 - beta) * g**2",
        "(1 - beta) * v + beta * g**2",
    ),
    ("rmsprop", "not squared", "g**2", "np.abs(g)"),
    (
        "rmsprop",
        "corrected for its start",
        "np.sqrt(v)",
        "np.sqrt(v / (1 - beta**t))",
        "for _",
        "for t",
    ),
    ("rmsprop", "an average that comes late", AVERAGE, late(AVERAGE)),
    ("adam", "eps inside the root", "np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),
    (
        "adam",
        "eps before the correction",
        "np.sqrt(v_hat) + eps",
        "(np.sqrt(v) + eps) / np.sqrt(1 - beta2**t)",
    ),
    ("adam", "no correction of m", "m / (1 - beta1**t)", "m"),
    ("adam", "no correction of v", "v / (1 - beta2**t)", "v"),
    ("adam", "t from 0", "**t)", "**(t - 1))"),
    ("adam", "t from 2", "**t)", "**(t + 1))"),
    ("adam", "no growth of t", "**t)", ")"),
    ("adam", "no 1 - beta1", "(1 - beta1) * g", "g"),
    ("adam", "no 1 - beta2", "(1 - beta2) * g**2", "g**2"),
    ("adam", "swapped betas", MOMENTS, SWAPPED),
    ("adam", "v not squared", "g**2", "g"),
    ("adam", "v from m", "g**2", "m**2"),
    ("adam", "v about the mean", "g**2", "(g - m) ** 2"),
    ("adam", "no memory of m", "eta * m_hat", "eta * g"),
    ("adam", "no root", "np.sqrt(v_hat)", "v_hat"),
    ("adamw", "decay not times the rate", DECAY, "- weight_decay * theta"),
    ("adamw", "decay times the first rate", DECAY, "- lr(0) * weight_decay * theta"),
    (
        "adamw",
        "decay after the step",
        "yield theta",
        "theta = theta * (1 - eta * weight_decay)\n        yield theta",
        DECAY,
        "",
    ),
    (
        "adamw",
        "decay through the gradient",
        "g = grad(theta)",
        "g = grad(theta) + weight_decay * theta",
        DECAY,
        "",
    ),
    ("adamw", "decay that grows", DECAY, DECAY.replace("-", "+")),
    ("adamw", "no decay", DECAY, ""),
    ("adamw", "decay of signs", DECAY, f"{DECAY[:-5]}np.sign(theta)"),
    ("adamw", "eps inside the root", "np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),
    ("rprop", "a step where the sign turned", "np.where(g * d < 0, 0, g)", "g"),
    (
        "rprop",
        "no bounds",
        "np.clip(s * np.where(g * d > 0, grow, np.where(g * d < 0, shrink, 1)), low, high)",
        "s * np.where(g * d > 0, grow, np.where(g * d < 0, shrink, 1))",
    ),
    (
        "rprop",
        "factors swapped",
        "> 0, grow, np.where(g * d < 0, shrink",
        "> 0, shrink, np.where(g * d < 0, grow",
    ),
    ("rprop", "the size, too", "s * d", "s * grad(theta)"),
    (
        "adadelta",
        "eps outside the roots",
        "np.sqrt(u + eps) / np.sqrt(v + eps)",
        "(np.sqrt(u) + eps) / (np.sqrt(v) + eps)",
    ),
    ("adadelta", "an average of scaled steps", "d**2", "(eta * d) ** 2"),
    (
        "adadelta",
        "the average before the step",
        "d = np.sqrt(u + eps)",
        "d = np.sqrt(beta * u + (1 - beta) * g**2 + eps)",
    ),
    ("adadelta", "no average of steps", "np.sqrt(u + eps)", "np.sqrt(eps)"),
    ("adamax", "eps in the denominator", "np.abs(g) + eps)", "np.abs(g)) + eps"),
    ("adamax", "no eps", "np.abs(g) + eps", "np.maximum(np.abs(g), 1e-300)"),
    ("adamax", "no correction", "m / (1 - beta1**t)", "m"),
    ("adamax", "a maximum that never fades", "beta2 * u", "u"),
    (
        "amsgrad",
        "the maximum after the correction",
        "v_max = np.maximum(v_max, v)",
        "v_max = np.maximum(v_max, v / (1 - beta2**t))",
        "v_max / (1 - beta2**t)",
        "v_max",
    ),
    (
        "amsgrad",
        "no correction, as in the paper",
        "m / (1 - beta1**t)",
        "m",
        "v_max / (1 - beta2**t)",
        "v_max",
    ),
    ("amsgrad", "no maximum", "np.maximum(v_max, v)", "v"),
    (
        "amsgrad",
        "the maximum kept as the average",
        "v_max = np.maximum(v_max, v)",
        "v_max = v = np.maximum(v_max, v)",
    ),
    (
        "nadam",
        "a share that does not warm up",
        "(1 - 0.96 ** (psi * t) / 2)",
        "1",
        "(1 - 0.96 ** (psi * (t + 1)) / 2)",
        "1",
    ),
    ("nadam", "the paper's average", "beta1 * m + (1 - beta1) * g", "mu * m + (1 - mu) * g"),
    ("nadam", "no look ahead", "mu_next * m / (1 - product * mu_next)", "mu * m / (1 - product)"),
    ("nadam", "a product that comes late", "product = product * mu", "product = product * mu_next"),
    (
        "radam",
        "eps after the correction",
        "(np.sqrt(v) + eps) / (r * np.sqrt(1 - beta2**t))",
        "(np.sqrt(v / (1 - beta2**t)) + eps) / r",
    ),
    ("radam", "no rectifier", "r * np.sqrt(1 - beta2**t)", "np.sqrt(1 - beta2**t)"),
    ("radam", "divided from the first", "rho > 5", "rho > 0"),
    ("radam", "m not corrected", "m / (1 - beta1**t)", "m"),
    (
        "adabelief",
        "the spread about the old average",
        "m = beta1 * m + (1 - beta1) * g; s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps",
        "s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps; m = beta1 * m + (1 - beta1) * g",
    ),
    ("adabelief", "the raw moment", "(g - m) ** 2", "g**2"),
    ("adabelief", "eps not added to s", "(g - m) ** 2 + eps", "(g - m) ** 2"),
    ("adabelief", "s not corrected", "s / (1 - beta2**t)", "s"),
    (
        "lion",
        "the memory renewed before the step",
        "theta = theta -",
        "m = beta2 * m + (1 - beta2) * g; theta = theta -",
        "theta); m = beta2 * m + (1 - beta2) * g",
        "theta)",
    ),
    (
        "lion",
        "swapped betas",
        "np.sign(beta1 * m + (1 - beta1) * g)",
        "np.sign(beta2 * m + (1 - beta2) * g)",
    ),
    (
        "lion",
        "decay not times the rate",
        "eta * (np.sign(beta1 * m + (1 - beta1) * g) + weight_decay * theta)",
        "eta * np.sign(beta1 * m + (1 - beta1) * g) - weight_decay * theta",
    ),
    ("lion", "no sign", "np.sign(beta1 * m + (1 - beta1) * g)", "(beta1 * m + (1 - beta1) * g)"),
    (
        "schedule_free_sgd",
        "equal weights",
        "total = total + eta**2",
        "total = total + eta",
        "c = eta**2",
        "c = eta",
    ),
    ("schedule_free_sgd", "the slope at z", "grad((1 - beta) * z + beta * theta)", "grad(z)"),
    (
        "schedule_free_sgd",
        "the shares swapped",
        "(1 - beta) * z + beta * theta",
        "beta * z + (1 - beta) * theta",
    ),
    ("schedule_free_adamw", "decay at z", "weight_decay * y", "weight_decay * z"),
    ("schedule_free_adamw", "v not corrected", "v / (1 - beta2**t)", "v"),
    ("schedule_free_adamw", "an average of y", "z - theta)", "y - theta)"),
    (
        "schedule_free_adamw",
        "equal weights",
        "total = total + eta**2",
        "total = total + eta",
        "c = eta**2",
        "c = eta",
    ),
    (
        "lamb",
        "decay outside the norm",
        " + weight_decay * theta",
        "",
        "eta * trust * u",
        "eta * (trust * u + weight_decay * theta)",
    ),
    ("lamb", "no trust", "eta * trust", "eta"),
    (
        "lamb",
        "trust upside down",
        "length, 1)",
        "size, 1)",
        "* length > 0, size, 1)",
        "* length > 0, length, 1)",
    ),
    ("lamb", "one norm for all layers", "axis=-1, keepdims=True", "keepdims=True"),
    (
        "adafactor",
        "rows for columns",
        "axis=-1",
        "axis=-2",
        "g**2, axis=-2, keepdims=True); v",
        "g**2, axis=-1, keepdims=True); v",
    ),
    ("adafactor", "no clipping", "u_hat = u / np.maximum(1, length / clip)", "u_hat = u"),
    ("adafactor", "an absolute step", " * np.maximum(least, size)", ""),
    ("adafactor", "a rate without end", "np.minimum(eta, 1 / np.sqrt(t))", "eta"),
    ("muon", "no look ahead", "x = beta * m + (1 - beta) * g", "x = m"),
    ("muon", "four steps", "range(5)", "range(4)"),
    ("muon", "the factor transposed", "rows / columns", "columns / rows"),
    (
        "muon",
        "the largest singular value for the norm",
        "np.linalg.norm(x,",
        "np.linalg.norm(x, 2,",
    ),
    ("muon", "no decay", " - eta * weight_decay * theta", ""),
    (
        "clipped",
        "number by number",
        "g * (norm / np.maximum(length, norm))",
        "np.clip(g, -norm, norm)",
    ),
    ("clipped", "always to that norm", "np.maximum(length, norm)", "length"),
    ("clipped", "PyTorch's guard", "np.maximum(length, norm)", "np.maximum(length + 1e-6, norm)"),
    ("lookahead", "the rule inside goes on from its own", "fast[...] = slow", "fast = slow"),
    ("lookahead", "one step early", "t % sync == 0", "t % sync == sync - 1"),
    ("lookahead", "the shares swapped", "share * (fast - slow)", "(1 - share) * (fast - slow)"),
    (
        "lookahead",
        "slow weights that stand still",
        "slow = slow + share * (fast - slow)",
        "slow = slow",
    ),
]


def rewritten(name, *swaps):
    """Return an optimizer or a wrapper, made from its source with pieces of its code swapped for
    others."""
    original = inspect.unwrap((OPTIMIZERS | WRAPPERS)[name])
    source = inspect.getsource(original)
    code = source[source.index("def ") :]
    for right, wrong in zip(swaps[::2], swaps[1::2], strict=True):
        right, wrong = (piece.replace("; ", "\n        ") for piece in (right, wrong))
        assert right in code, f"{name} was rewritten: please mend WRONG, it has no {right!r}"
        code = code.replace(right, wrong)
    space = dict(vars(sys.modules[original.__module__]))
    exec(code, space)
    return space[name]


def caught(name, *swaps):
    """Return whether a rewritten rule leaves any recording of its optimizer by more than 1e-9;
    NaN leaves it."""
    others = {name: rewritten(name, *swaps)}
    with np.errstate(all="ignore"):
        keys = [key for key in WALKS if stem(WALKS[key]["optimizer"]) == name]
        found = [
            worst(evaluated(WALKS[key]["optimizer"], others), WALKS[key], RECORDED[key])
            for key in keys
        ]
    return not np.max(found) <= 1e-9


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[0]}: {wrong[1]}")
def test_a_wrong_rule_is_caught(wrong):
    name, _, *swaps = wrong
    assert caught(name, *swaps)


@pytest.mark.parametrize("name", sorted({stem(about["optimizer"]) for about in WALKS.values()}))
def test_the_right_rule_is_not_caught(name):
    assert not caught(name)
    assert sum(wrong[0] == name for wrong in WRONG) >= 3
