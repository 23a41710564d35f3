"""Each rule against PyTorch's, written out here a second time in PyTorch's own form and order."""

import itertools

import numpy as np
import pytest

import optbook
from optbook import OPTIMIZERS

STEPS, RATE = 200, 0.01


def gradients():
    """Return gradients of shape (STEPS, 12, 5): rows of size 1e-9 to 100, an idle coordinate, a
    sparse row."""
    rng = np.random.default_rng(7)
    g = rng.normal(size=(STEPS, 12, 5)) * np.geomspace(1e-9, 100, 12)[:, None]
    g[:, :, 2] = 0
    g[rng.random(STEPS) < 0.9, 5] = 0
    return g


def sgd(p, grads, rates, mu=0.0):
    buffer = None
    for g, lr in zip(grads, rates, strict=True):
        buffer = g if buffer is None else mu * buffer + g
        p = p - lr * buffer
        yield p


def sgd_nesterov(p, grads, rates, mu):
    buffer = None
    for g, lr in zip(grads, rates, strict=True):
        buffer = g if buffer is None else mu * buffer + g
        p = p - lr * (g + mu * buffer)
        yield p


def adagrad(p, grads, rates, eps):
    total = 0 * p
    for g, lr in zip(grads, rates, strict=True):
        total = total + g * g
        p = p - lr * (g / (total**0.5 + eps))
        yield p


def rmsprop(p, grads, rates, alpha, eps):
    square = 0 * p
    for g, lr in zip(grads, rates, strict=True):
        square = square * alpha + g * g * (1 - alpha)
        p = p - lr * (g / (square**0.5 + eps))
        yield p


def adam(p, grads, rates, beta1, beta2, eps, decay=0.0):
    average, square = 0 * p, 0 * p
    for t, (g, lr) in enumerate(zip(grads, rates, strict=True), start=1):
        p = p * (1 - lr * decay)
        average = average + (g - average) * (1 - beta1)
        square = square * beta2 + g * g * (1 - beta2)
        size = lr / (1 - beta1**t)
        p = p - size * average / (square**0.5 / (1 - beta2**t) ** 0.5 + eps)
        yield p


RULES = [
    ("gd", {}, sgd, {}),
    ("momentum", {"beta": 0.9}, sgd, {"mu": 0.9}),
    ("adagrad", {"eps": 1e-10}, adagrad, {"eps": 1e-10}),
    ("rmsprop", {"beta": 0.99, "eps": 1e-8}, rmsprop, {"alpha": 0.99, "eps": 1e-8}),
    ("adam", {"eps": 1e-8}, adam, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    (
        "adam",
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3},
        adam,
        {"beta1": 0.5, "beta2": 0.9, "eps": 1e-3},
    ),
    (
        "adamw",
        {"weight_decay": 0.01},
        adam,
        {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.01},
    ),
    (
        "adamw",
        {"weight_decay": 0.5, "beta2": 0.95},
        adam,
        {"beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "decay": 0.5},
    ),
]
SCHEDULES = [
    optbook.constant(RATE),
    optbook.step(RATE, 50, 0.3),
    optbook.warmup(optbook.cosine(RATE, 150), 20),
]


def start():
    """Return a start that does not drown the small rows."""
    return np.random.default_rng(3).normal(size=(12, 5)) * np.geomspace(1e-6, 1, 12)[:, None]


def agree(ours, theirs):
    """Compare two walks, each coordinate against the greatest value it takes."""
    size = np.abs(theirs).max(axis=0)
    assert np.all(np.abs(ours - theirs).max(axis=0) <= 1e-12 * size)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
@pytest.mark.parametrize(("name", "ours", "oracle", "theirs"), RULES)
def test_the_rule_is_pytorchs(name, ours, oracle, theirs, schedule):
    grads = gradients()
    stream = iter(grads)
    walked = itertools.islice(
        OPTIMIZERS[name](lambda theta: next(stream), start(), lr=schedule, **ours), STEPS
    )
    rates = schedule(np.arange(STEPS))
    agree(np.array(list(walked)), np.array(list(oracle(start(), grads, rates, **theirs))))


def test_nesterov_is_pytorchs_at_the_look_ahead_point():
    grads, beta = gradients(), 0.9
    stream, v, points = iter(grads), 0.0, []
    walk = OPTIMIZERS["nesterov"](lambda theta: next(stream), start(), lr=RATE, beta=beta)
    for theta, g in zip(walk, grads, strict=False):
        v = beta * v + g
        points.append(theta - RATE * beta * v)
        if len(points) == STEPS:
            break
    agree(np.array(points), np.array(list(sgd_nesterov(start(), grads, [RATE] * STEPS, beta))))


def test_there_is_no_oracle_without_an_optimizer():
    assert {name for name, *_ in RULES} <= set(OPTIMIZERS)


def test_the_defaults_are_pytorchs():
    grads = gradients()
    for name, oracle, defaults in [
        ("adagrad", adagrad, {"eps": 1e-10}),
        ("rmsprop", rmsprop, {"alpha": 0.99, "eps": 1e-8}),
        ("adam", adam, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
        ("adamw", adam, {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.01}),
    ]:
        stream = iter(grads)
        rate = {"adagrad": 0.01, "rmsprop": 0.01, "adam": 0.001, "adamw": 0.001}[name]
        walked = itertools.islice(
            OPTIMIZERS[name](lambda theta, stream=stream: next(stream), start()), STEPS
        )
        agree(
            np.array(list(walked)),
            np.array(list(oracle(start(), grads, [rate] * STEPS, **defaults))),
        )
