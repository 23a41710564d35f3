"""The right answer to every exercise, and the wrong ones that are commonly given. Do not read this before you try."""

from functools import partial
from itertools import islice

import numpy as np

from optbook.data import line_fit
from optbook.exercises import Exercise, Slip, number, rates, walk
from optbook.optimizers import adam, adamw, gd, momentum, nesterov
from optbook.problems import rosenbrock
from optbook.schedules import cosine, warmup

__all__ = []

quantity = partial(Exercise, look=number, close=1e-3)  # a number may be rounded

# ---- gradient descent ------------------------------------------------------------------------------------------------

quantity(
    "gd-1",
    1,
    "The longest step that settles",
    right=gd.limit(curvature=20),
    mistakes={
        "that is safe, but twice as long a step still settles.": 1 / 20,
        "that is the limit of the flattest direction, and the steepest has blown up long before.": 2 / 1,
        "that rate is the fastest on this bowl; the largest that settles is a little longer.": 2 / (1 + 20),
    },
)
quantity(
    "gd-2",
    2,
    "How long is the walk?",
    right=np.ceil(np.log(1e-6) / np.log(99 / 101)),
    mistakes={
        "that many steps does it take at rate 1/L; the best rate needs half of them.": np.ceil(
            np.log(1e-6) / np.log(0.99)
        ),
        "take both logarithms to the same base.": np.ceil(np.log10(1e-6) / np.log(99 / 101)),
        "the distance shrinks by (κ − 1)/(κ + 1) at each step; its square is what the loss shrinks by.": np.ceil(
            np.log(1e-6) / np.log(99 / 101) / 2
        ),
    },
)
Exercise(
    "gd-3",
    2,
    "Write the walker",
    look=walk(lr=0.05),
    right=gd,
    mistakes={
        "it walks uphill: the gradient points to where the loss grows.": Slip(gd, ("theta - eta", "theta + eta")),
        "it asks for the gradient only once; ask again at every new theta.": Slip(
            gd, ("    for _", "    g = grad(theta)\n    for _"), ("eta * grad(theta)", "eta * g")
        ),
        "it changes theta in place, so all the points that it has given out are one and the same array.": Slip(
            gd, ("theta = theta - eta", "theta -= eta")
        ),
        "it yields theta before its step; the first point to yield is the one after the first step.": Slip(
            gd,
            ("theta = theta - eta * grad(theta)", "before, theta = theta, theta - eta * grad(theta)"),
            ("yield theta", "yield before"),
        ),
    },
)


def central(loss, theta, h):
    """Return the slope of `loss` at `theta`, coordinate by coordinate."""
    rise = [loss(theta + h * e) - loss(theta - h * e) for e in np.eye(len(theta))]
    return np.array(rise) / (2 * h)


def slopes(answer):
    """Look at a function that measures slopes: what it says with a rather large h."""
    points = np.array([[-1.2, 1.0], [0.5, 0.3], [1.0, 1.0]])
    return np.stack([np.asarray(answer(rosenbrock.loss, point, 0.01), dtype=float) for point in points])


Exercise(
    "gd-4",
    3,
    "Check a gradient",
    look=slopes,
    right=central,
    mistakes={
        "that is a forward difference, whose error shrinks with h only, not with its square.": Slip(
            central, ("loss(theta - h * e)", "loss(theta)"), ("(2 * h)", "h")
        ),
        "the two points are 2h apart, so divide by 2h.": Slip(central, ("(2 * h)", "h")),
        "the sign is turned: take the loss ahead minus the loss behind.": Slip(central, ("(2 * h)", "(-2 * h)")),
        "it moves all coordinates at once; move one, and leave the others where they are.": Slip(
            central, ("np.eye(len(theta))", "np.ones((len(theta), len(theta)))")
        ),
    },
)

# ---- stochastic and mini-batch ---------------------------------------------------------------------------------------

quantity(
    "sgd-1",
    1,
    "Updates in an epoch",
    right=np.ceil(1000 / 32),
    mistakes={
        "the last batch is a small one, but it is an update too.": 1000 // 32,
        "an update is made or not; round up.": 1000 / 32,
        "that is one update per example, as SGD makes them.": 1000,
    },
)
quantity(
    "sgd-2",
    1,
    "A larger batch, the same floor",
    right=0.02 * 256 / 32,
    mistakes={
        "the root of the ratio keeps the noise of one step the same; the floor goes with η/B.": 0.02 * np.sqrt(8),
        "the other way round: a larger batch is less noisy, and bears a larger rate.": 0.02 / 8,
        "with the old rate, the floor of the larger batch is lower; the same one was asked for.": 0.02,
    },
)
quantity(
    "sgd-3",
    2,
    "Noise without replacement",
    right=3 / 4 * np.sqrt((64 - 16) / 63),
    mistakes={
        "that is the noise with replacement; a quarter of all examples, dealt out, says more than that.": 3 / 4,
        "noise falls with the root of the batch.": 3 / 16,
        "that is its square: take the root of the whole.": 9 / 16 * 48 / 63,
    },
)


def deal(n, size, rng):
    """Yield the rows of one batch after the other, epoch after epoch, each shuffled anew."""
    while True:
        order = rng.permutation(n)
        for first in range(0, n, size):
            yield order[first : first + size]


def epochs(answer):
    """Look at a dealer of batches: how large they are, what an epoch covers, and whether it is shuffled anew."""
    batches = [np.array(rows) for rows in islice(answer(10, 4, np.random.default_rng(3)), 9)]
    first, second = (np.concatenate(batches[i : i + 3]) for i in (0, 3))
    shuffled = [np.any(first != np.sort(first)), len(first) != len(second) or np.any(first != second)]
    covered = np.bincount(first, minlength=10)[:10]
    return np.array([*(len(rows) for rows in batches), *covered, *shuffled], dtype=float)


Exercise(
    "sgd-4",
    2,
    "Deal the examples out",
    look=epochs,
    right=deal,
    mistakes={
        "it leaves out the last, smaller batch of an epoch.": Slip(
            deal, ("range(0, n, size)", "range(0, n - 3, size)")
        ),
        "every epoch has the same order; shuffle at the start of each.": Slip(
            deal,
            ("    while True:\n        order = rng.permutation(n)", "    order = rng.permutation(n)\n    while True:"),
        ),
        "nothing is shuffled.": Slip(deal, ("rng.permutation(n)", "np.arange(n)")),
        "it draws with replacement: some examples come twice, and others not at all.": Slip(
            deal, ("rng.permutation(n)", "rng.integers(n, size=n)")
        ),
    },
)


def accumulated(grad, chunks):
    """Return the gradient of the mean over all rows of `chunks`, one chunk at a time."""
    n = sum(map(len, chunks))
    return sum(len(rows) / n * grad(rows) for rows in chunks)


def gathered(answer):
    """Look at a function that gathers gradients, on chunks of unequal size."""
    problem, theta = line_fit(n=10), np.array([0.5, 0.5])
    chunks = [np.arange(4), np.arange(4, 8), np.arange(8, 10)]
    return np.asarray(answer(partial(problem.grad, theta), chunks), dtype=float)


Exercise(
    "sgd-5",
    3,
    "A batch in pieces",
    look=gathered,
    right=accumulated,
    mistakes={
        "the chunks differ in size, so the mean of their means is not the mean of all.": Slip(
            accumulated,
            ("len(rows) / n * grad", "grad"),
            ("for rows in chunks)\n", "for rows in chunks) / len(chunks)\n"),
        ),
        "it adds the chunks' means up; weigh each with its share of the rows.": Slip(
            accumulated, ("len(rows) / n * grad", "grad")
        ),
        "it adds up the sums; divide by the number of all rows.": Slip(accumulated, ("len(rows) / n", "len(rows)")),
    },
)

# ---- momentum --------------------------------------------------------------------------------------------------------

quantity(
    "mom-1",
    1,
    "How far a ball goes",
    right=0.01 / (1 - 0.9),
    mistakes={
        "that is the first step; the velocity goes on growing.": 0.01,
        "the sum 1 + β + β² + … is 1/(1 − β).": 0.01 / 0.9,
        "that is the second step; the velocity goes on growing.": 0.01 * 1.9,
    },
)
quantity(
    "mom-2",
    2,
    "As fast as it goes without swinging",
    right=momentum.critical(lr=0.01, curvature=4),
    mistakes={
        "square it: the critical β is (1 − √(ηλ))².": 0.8,
        "that is Nesterov's critical β; the heavy ball's is smaller.": nesterov.critical(lr=0.01, curvature=4),
        "take the root of ηλ first.": (1 - 0.04) ** 2,
    },
)
quantity(
    "mom-3",
    2,
    "From a sum to an average",
    right=0.01 / (1 - 0.9),
    mistakes={
        "the other way round: an average is smaller than the sum, so its rate must be larger.": 0.01 * (1 - 0.9),
        "the average is smaller than the sum by the factor 1 − β, so the same rate walks more slowly.": 0.01,
    },
)
Exercise(
    "mom-4",
    2,
    "Write the heavy ball",
    look=walk(lr=0.02, beta=0.9),
    right=momentum,
    mistakes={
        "your velocity is an average; the heavy ball's is a sum.": Slip(momentum, ("+ grad", "+ (1 - beta) * grad")),
        "it steps along the gradient alone; keep a velocity from step to step, and step along that.": Slip(
            momentum, ("v = beta * v + grad(theta)", "v = grad(theta)")
        ),
        "it adds the velocity of the last step; renew it first, then step.": Slip(
            momentum,
            ("v = beta * v + grad(theta)", "last, v = v, beta * v + grad(theta)"),
            ("- eta * v", "- eta * last"),
        ),
    },
)
Exercise(
    "mom-5",
    3,
    "Look ahead",
    look=walk(lr=0.02, beta=0.9),
    right=nesterov,
    mistakes={
        "you look ahead by βv; the next step along the velocity is only ηβv long.": Slip(
            nesterov, ("theta - eta * beta * v)", "theta - beta * v)")
        ),
        "it is the heavy ball: ask for the gradient ahead, not here.": Slip(
            nesterov, ("theta - eta * beta * v)", "theta)")
        ),
        "it looks behind: the look-ahead is on the side to which the velocity carries you, θ − ηβv.": Slip(
            nesterov, ("theta - eta * beta * v)", "theta + eta * beta * v)")
        ),
        "those are PyTorch's points: it yields the look-ahead, and we ask for θ itself.": Slip(
            nesterov,
            ("v = beta * v + grad(theta - eta * beta * v)", "g = grad(theta)"),
            ("theta = theta - eta * v", "v = beta * v + g\n        theta = theta - eta * (g + beta * v)"),
        ),
    },
)

# ---- Adam ------------------------------------------------------------------------------------------------------------

quantity(
    "adam-1",
    1,
    "The first step",
    right=-next(adam(lambda theta: np.full(1, 1e-3), np.zeros(1), lr=0.01))[0],
    mistakes={
        "that is the step of gradient descent; Adam divides by the size of the gradient.": 0.01 * 1e-3,
        "that is the step without bias correction, about three times too long.": 0.01 * 0.1 / np.sqrt(0.001),
        "divide by the root of the second moment, which is as large as the gradient itself.": 0.01 / 1e-3,
    },
)
quantity(
    "adam-2",
    1,
    "What Adam remembers",
    right=7e9 * 2 * 4 / 1e9,
    mistakes={
        "there are two moments, m and v.": 28,
        "those are numbers; a float32 takes 4 bytes.": 14,
        "that is with the weights; only what the optimizer keeps was asked for.": 84,
    },
)
CORRECTED = ("m_hat = m / (1 - beta1**t)", "m_hat = m"), ("v_hat = v / (1 - beta2**t)", "v_hat = v")
SWAPPED = (
    ("m = beta1 * m + (1 - beta1)", "m = beta2 * m + (1 - beta2)"),
    ("v = beta2 * v + (1 - beta2)", "v = beta1 * v + (1 - beta1)"),
    ("m / (1 - beta1**t)", "m / (1 - beta2**t)"),
    ("v / (1 - beta2**t)", "v / (1 - beta1**t)"),
)
Exercise(
    "adam-3",
    2,
    "Write Adam",
    look=walk(lr=0.1, beta1=0.9, beta2=0.99, eps=1e-3),
    right=adam,
    mistakes={
        "the moments are not corrected for their start at zero.": Slip(adam, *CORRECTED),
        "only the second moment is corrected; the first starts at zero too.": Slip(adam, CORRECTED[0]),
        "only the first moment is corrected; the second starts at zero too.": Slip(adam, CORRECTED[1]),
        "ε stands inside the root; it belongs outside.": Slip(adam, ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)")),
        "the root is missing: divide by the root of the second moment.": Slip(adam, ("np.sqrt(v_hat)", "v_hat")),
        "β₁ and β₂ have changed places.": Slip(adam, *SWAPPED),
    },
)
DECAY = " - eta * weight_decay * theta"
Exercise(
    "adam-4",
    3,
    "Decay beside, not through",
    look=walk(lr=0.1, beta1=0.9, beta2=0.99, eps=1e-3, weight_decay=0.3),
    right=adamw,
    mistakes={
        "the decay goes through the moments: that is Adam with an L2 penalty.": Slip(
            adamw, ("grad(theta)", "grad(theta) + weight_decay * theta"), (DECAY, "")
        ),
        "the decay is not multiplied by the rate; PyTorch and Optax do, and so do we.": Slip(
            adamw, (DECAY, " - weight_decay * theta")
        ),
        "there is no decay in it: that is Adam.": Slip(adamw, (DECAY, "")),
        "the decay acts on the theta after the step; let it act on the one before.": Slip(
            adamw, (DECAY, "\n        theta = theta * (1 - eta * weight_decay)")
        ),
    },
)

# ---- schedules -------------------------------------------------------------------------------------------------------

quantity(
    "lr-1",
    1,
    "Half-way down the cosine",
    right=cosine(0.3, 100, floor=0.03)(50),
    mistakes={
        "that is half the peak; the floor is to be counted in.": 0.15,
        "that is half of the drop; add the floor.": 0.135,
        "that is the floor plus half the peak; only peak minus floor is halved.": 0.18,
    },
)
quantity(
    "lr-2",
    2,
    "Half the rate every thirty steps",
    right=0.5 ** (1 / 30),
    mistakes={
        "that would fall in a line; the decay multiplies, so take the thirtieth root.": 1 - 0.5 / 30,
        "that is what is lost in one step of a straight line; γ is close to one.": 0.5 / 30,
        "γ is applied thirty times; take its thirtieth root.": 0.5,
    },
)
Exercise(
    "lr-3",
    2,
    "Write a cosine that stays down",
    look=rates(160, peak=0.3, steps=100, floor=0.03),
    right=cosine,
    mistakes={
        "it climbs again after its end; let t be at most `steps`.": Slip(
            cosine, ("np.minimum(t, steps) / steps", "t / steps")
        ),
        "the floor is added on top, so it starts above the peak.": Slip(cosine, ("(peak - floor)", "peak")),
        "it falls to zero; it should end at the floor.": Slip(cosine, ("floor + (peak - floor)", "peak")),
        "it goes through the whole cosine, down and up again; half a period is enough.": Slip(
            cosine, ("np.pi * done", "2 * np.pi * done")
        ),
    },
)


def warm_cosine(peak, steps, rise):
    """Return a schedule that climbs in a line for `rise` steps, and falls along half a cosine over the other steps."""
    return warmup(cosine(peak, steps - rise), rise)


def slow_start(peak, steps, rise):
    """Warm up from zero: the first step moves nothing."""
    return lambda t: peak * t / rise if t < rise else cosine(peak, steps - rise)(t - rise)


def one_clock(peak, steps, rise):
    """Warm up into a cosine that has been running meanwhile: the rate jumps."""
    return lambda t: peak * (t + 1) / rise if t < rise else cosine(peak, steps)(t)


def too_long(peak, steps, rise):
    """Warm up, and then take all the steps once more."""
    return warmup(cosine(peak, steps), rise)


Exercise(
    "lr-4",
    3,
    "Warm up, then anneal",
    look=rates(130, peak=0.1, steps=100, rise=10),
    right=warm_cosine,
    mistakes={
        "the first step has rate zero, and moves nothing; begin with peak / rise.": slow_start,
        "the cosine's clock should start when the warm-up ends; yours jumps down there.": one_clock,
        "the warm-up is part of the `steps`; yours ends `rise` steps too late.": too_long,
    },
)
