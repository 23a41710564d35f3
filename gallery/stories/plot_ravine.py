r"""
A ravine costs kappa steps, momentum only its root
==================================================

The condition number says how many times steeper a ravine is across than along. You will
see how many steps gradient descent needs as it grows, with the best rate for each
ravine, and how much a ball with the best rate and memory saves.

Source: :cite:t:`polyak1964`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, momentum, plot

plt.style.use("optbook.textbook")

# %%
# One ravine
# ----------
#
# Both are tuned in closed form: the walker by :math:`\eta = 2/(1+\kappa)`, the ball by
# :math:`\eta = 4/(1+\sqrt\kappa)^2` and
# :math:`\beta = \left((\sqrt\kappa-1)/(\sqrt\kappa+1)\right)^2`.


def best(kappa):
    root = np.sqrt(kappa)
    return {"lr": 2 / (1 + kappa)}, {
        "lr": 4 / (1 + root) ** 2,
        "beta": ((root - 1) / (root + 1)) ** 2,
    }


ravine = bowl(condition=50)
for_walker, for_ball = best(50)
walker = minimize(ravine, gd, start=(-4, 0.5), steps=40, **for_walker)
ball = minimize(ravine, momentum, start=(-4, 0.5), steps=40, **for_ball)

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, ravine, window=(-4.5, 1, -1.8, 1.8))
plot.path(ax, walker, label=f"walker, loss {walker.loss[-1]:.1g}")
plot.path(ax, ball, label=f"ball, loss {ball.loss[-1]:.1g}")
ax.set_title("After forty steps the ball is through the ravine")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a ravine, 40 steps each: walker and ball "
    "both zigzag; the ball swings wider and reaches the minimum, the walker does not."
)
plt.show()

# %%
# Many ravines
# ------------
#
# Each ravine gets its own best settings. We count the steps until the distance stays
# within a millionth of the first.
kappas = np.geomspace(10, 500, 9)


def steps_needed(rule, kappa, hyper):
    run = minimize(
        bowl(condition=kappa),
        rule,
        start=(1.0, 1.0),
        steps=int(10 * kappa),
        progress=False,
        **hyper,
    )
    return (
        1 + np.flatnonzero(np.linalg.norm(run.theta, axis=-1) > 1e-6 * np.sqrt(2))[-1]
    )


counts = {
    gd: [steps_needed(gd, kappa, best(kappa)[0]) for kappa in kappas],
    momentum: [steps_needed(momentum, kappa, best(kappa)[1]) for kappa in kappas],
}
powers = {
    rule: np.polyfit(np.log(kappas), np.log(count), 1)[0]
    for rule, count in counts.items()
}
assert abs(powers[gd] - 1) < 0.05
assert abs(powers[momentum] - 0.5) < 0.05

fig, ax = plt.subplots()
for rule, name in ((gd, "walker"), (momentum, "ball")):
    ax.plot(
        kappas,
        counts[rule],
        marker="o",
        label=f"{name}, as $\\kappa^{{{powers[rule]:.2f}}}$",
    )
ax.set(
    xscale="log",
    yscale="log",
    xlabel=r"condition number $\kappa$",
    ylabel="steps to a millionth",
)
ax.set_title("The walker pays kappa, the ball its root")
fig.legend(loc="outside right upper")
fig.set_label(
    "Steps to a millionth against condition number κ, on log axes: two straight lines, "
    "that of the walker with slope 1, that of the ball with half of it."
)
plt.show()

# %%
# The moral: at :math:`\kappa = 500` the ball saves most of the walk, but only with both
# dials well set.
print(
    f"At condition number 500: {counts[gd][-1]} steps against {counts[momentum][-1]}."
)
