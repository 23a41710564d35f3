"""
Gradient descent walks, or creeps, or bounces
=============================================

Plain descent (:func:`optbook.optimizers.gd`) has a single dial, the learning rate.
Three walkers leave the same point of the same bowl: one with too small a rate, one with
a good rate, and one with a rate that only just holds. The rate tells you the step; the
landscape decides what the step is worth.

Source: :cite:t:`cauchy1847`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, plot

plt.style.use("optbook.textbook")

# %%
# Three rates in one broadcast
# ----------------------------
#
# The bowl is ten times as steep across as along. A race is only a rate with one more
# axis.
kappa = bowl.parameters["condition"]
eta = np.array([[0.01], [1 / kappa], [0.195]])
names = [
    f"{way}, $\\eta = {rate:.3f}$"
    for way, rate in zip(["creeps", "walks", "bounces"], eta[:, 0], strict=True)
]
run = minimize(bowl, gd, lr=eta, steps=30)

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, bowl)
plot.path(ax, run, label=names)
ax.set_title("Same start, three rates: creep, walk, bounce")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a bowl: three paths of gradient descent from "
    "one start: at the small rate it creeps, at the middle one it walks, at the large "
    "one it bounces across."
)
plt.show()

# %%
# Each direction keeps its own pace
# ---------------------------------
#
# On a bowl the walk has a closed form. Along a direction of curvature :math:`\lambda`,
# every step multiplies the distance to go by :math:`1 - \eta\lambda`. One rate must
# serve the flat direction (:math:`\lambda = 1`) and the steep one
# (:math:`\lambda = \kappa`) alike, so the slower of the two factors rules.
curvature = np.array([1, kappa])
closed_form = (1 - eta * curvature) ** run.t[:, None, None] * bowl.start
assert np.allclose(run.theta, closed_form)
assert run.loss[-1].argmin() == 1, "the middle rate should win"

rates = np.linspace(0.001, 2 / kappa, 400)
fig, ax = plt.subplots()
ax.plot(rates, abs(1 - rates), label=r"flat direction, $|1 - \eta|$")
ax.plot(rates, abs(1 - rates * kappa), label=r"steep direction, $|1 - \kappa\eta|$")
ax.plot(
    eta,
    np.max(abs(1 - eta * curvature), axis=1),
    "o",
    color="C3",
    label="the three walkers",
)
ax.plot(
    2 / (1 + kappa),
    1 - 2 / (1 + kappa),
    "*",
    markersize=12,
    color="C4",
    label="the best rate",
)
ax.set(xlabel=r"learning rate $\eta$", ylabel="distance kept per step", ylim=(0, 1.05))
ax.set_title("The best rate is where two slopes meet")
fig.legend(loc="outside right upper")
fig.set_label(
    "Distance kept per step against learning rate η: the flat direction falls slowly, "
    "the steep one falls to 0 and rises again; the best rate, a star, is where the two "
    "lines cross."
)
plt.show()

# %%
# The moral
# ---------
#
# The best single rate for the long run, :math:`2/(1 + \kappa)`, is a truce: both
# directions shrink equally fast, and neither as fast as it could. Every other optimizer
# in this chapter tries to be a way out of that truce.
print(
    f"At the best rate each step keeps {1 - 2 / (1 + kappa):.2f} of the distance, in"
    " both directions."
)
