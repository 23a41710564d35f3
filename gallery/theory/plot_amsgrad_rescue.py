r"""
Adam goes to the worst point, AMSGrad to the best
=================================================

A convex problem in one number, between -1 and 1. Every third gradient is 4, the others
are -1: the sum says left, and the best point is -1. You will see Adam, with its rate
falling as theory asks, arrive at the very worst point and stay there. AMSGrad, which
keeps the largest size it has seen, goes home.

Source: :cite:t:`reddi2018`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, amsgrad, gd

plt.style.use("optbook.textbook")

# %%
# The setting of the theorem
# --------------------------
#
# The paper's example: :math:`\beta_1 = 0`, :math:`\beta_2 = 1/(1 + C^2)` with C = 4, a
# rate of :math:`\eta / \sqrt t`, and after each step a return to the interval. The last
# is done here by moving the rule's own array back.
large, steps = 4.0, 6000
# so short that the bias correction is over after three steps
memory = {"beta1": 0.0, "beta2": 1 / (1 + large**2)}
assert memory["beta2"] ** 3 < 1e-3


def heard(t):
    return large if t % 3 == 1 else -1.0


def walk(rule, **hyper):
    t = iter(range(1, steps + 1))
    points = [np.zeros(1)]
    run = rule(
        lambda theta: np.full(1, heard(next(t))),
        np.zeros(1),
        lr=lambda done: 0.5 / np.sqrt(done + 1),
        **hyper,
    )
    for _, theta in zip(range(steps), run, strict=False):
        theta[...] = np.clip(theta, -1, 1)
        points.append(theta.copy())
    return np.concatenate(points)


walked = {
    "gradient descent": walk(gd),
    "Adam": walk(adam, **memory),
    "AMSGrad": walk(amsgrad, **memory),
}
assert np.all(walked["Adam"][-300:] > 0.9), "Adam sits at the worst point"
assert np.all(walked["AMSGrad"][-300:] < -0.9), "AMSGrad at the best"
assert np.all(walked["gradient descent"][-300:] < -0.9), "as does plain descent"

fig, ax = plt.subplots()
for name, points in walked.items():
    ax.plot(points, label=name)
ax.set(
    xscale="symlog",
    xlim=(0, steps),
    xlabel="step $t$",
    ylabel=r"$\theta$ (the lower, the better)",
)
ax.set_title("One of them goes up, and stays up")
fig.legend(loc="outside right upper")
fig.set_label(
    "θ (the lower, the better) against step t on a log axis: gradient descent and "
    "AMSGrad settle at -1, Adam climbs to 1 and stays."
)
plt.show()

# %%
# Average regret
# --------------
#
# What was paid more than by sitting at the best point all along, per step. A good
# online method brings it to zero.
gradients = np.array([heard(t) for t in range(1, steps + 1)])
regret = {
    name: np.cumsum(gradients * (points[:-1] + 1)) / np.arange(1, steps + 1)
    for name, points in walked.items()
}
assert regret["Adam"][-1] > 1
assert regret["AMSGrad"][-1] < 0.2

fig, ax = plt.subplots()
for name, paid in regret.items():
    ax.plot(np.arange(1, steps + 1), paid, label=name)
ax.set(xscale="log", xlabel="step $t$", ylabel="average regret")
ax.set_title("Adam's regret has no end")
fig.legend(loc="outside right upper")
fig.set_label(
    "Average regret against step t on a log axis: it falls to 0 for gradient descent "
    "and AMSGrad, and stays at 1.34 for Adam."
)
plt.show()

# %%
# The moral: a short memory of sizes lets the many small outvote the few large, whatever
# the rate does.
print(
    "Average regret at the end:",
    ", ".join(f"{name} {paid[-1]:.2f}" for name, paid in regret.items()),
)
