r"""
One over t, one over t squared
==============================

Where a bowl has directions of every flatness, no factor per step holds for long: errors
fall like a power of the step. Theory grants gradient descent the first power, and
Nesterov's method with a growing momentum the second. You will see both powers, the
bounds above them, and what a momentum that does not grow gets.

Source: :cite:t:`nesterov2018`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import clock, gd, nesterov

plt.style.use("optbook.textbook")

# %%
# A bowl with every flatness
# --------------------------
#
# Four hundred directions, whose curvatures run evenly on a log axis from 1 down to a
# hundred-millionth. The walk begins one unit away in each.
curvatures, steps = np.geomspace(1e-8, 1, 400), 1000
start = np.ones_like(curvatures)


def loss(theta):
    return (curvatures * theta**2).sum(axis=-1) / 2


def growing(grad, theta, lr):
    """Nesterov's two sequences, with a momentum of (t - 1) / (t + 2)."""
    y = theta
    for t, eta in clock(lr):
        theta, before = y - eta * grad(y), theta
        y = theta + (t - 1) / (t + 2) * (theta - before)
        yield theta


def errors(rule, **hyper):
    return loss(
        np.array(
            list(
                islice(
                    rule(lambda theta: curvatures * theta, start, lr=1.0, **hyper),
                    steps,
                )
            )
        )
    )


# %%
# Powers of t
# -----------
t = np.arange(1, steps + 1)
walked = {
    "gradient descent": errors(gd),
    "growing momentum": errors(growing),
    "momentum 0.9": errors(nesterov, beta=0.9),
}
reach = (start**2).sum()
bounds = {
    "gradient descent": reach / (2 * t),
    "growing momentum": 2 * reach / (t + 1) ** 2,
}
for name, bound in bounds.items():
    assert np.all(walked[name] <= bound), f"{name} keeps below its bound"
slopes = {
    name: np.polyfit(np.log(t[100:]), np.log(error[100:]), 1)[0]
    for name, error in walked.items()
}
assert abs(slopes["gradient descent"] + 1) < 0.02, "one over t"
assert abs(slopes["growing momentum"] + 2) < 0.05, "one over t squared"
assert abs(slopes["momentum 0.9"] + 1) < 0.1, (
    "a fixed momentum is ahead, but no steeper"
)

fig, ax = plt.subplots(figsize=(7.2, 4))
for name, error in walked.items():
    (line,) = ax.loglog(t, error, label=f"{name}, as $t^{{{slopes[name]:.2f}}}$")
    if name in bounds:
        ax.loglog(
            t,
            bounds[name],
            color=line.get_color(),
            linestyle=":",
            linewidth=1.2,
            label="its bound",
        )
ax.set(xlabel="step $t$", ylabel="loss")
ax.set_title("Momentum that grows falls twice as steeply")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Loss against step t, on log axes: gradient descent and momentum 0.9 fall about as "
    "1/t, growing momentum as 1/t²; dotted above them, the bounds of the first and the "
    "last."
)
plt.show()

# %%
# The moral: a fixed momentum gains a factor, a growing one gains a power. And a bound
# is only a bound: both runs are far below theirs.
print("Powers of t, measured:")
for name, slope in slopes.items():
    print(f"{name}: {slope:.2f}")
