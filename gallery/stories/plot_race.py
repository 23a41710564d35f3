r"""
A fair race gives each runner its own rate
==========================================

Who wins the race down Rosenbrock's valley? It depends on who chose the rates. You will see three rules at one
shared rate, and then each at its own best of sixty-four, found by the same sweep. The order changes.

Source: :cite:t:`choi2019`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import OPTIMIZERS, minimize, plot, rosenbrock

plt.style.use("optbook.textbook")

# %%
# The same rate for all
# ---------------------
#
# A rate of 0.001 is near the most that plain descent can bear here. For Adam, whose steps are about as long as the
# rate, it is a crawl.
names, steps, shared = ["gd", "momentum", "adam"], 500, 0.001
same = {name: minimize(rosenbrock, OPTIMIZERS[name], lr=shared, steps=steps) for name in names}


def standings(runs):
    return sorted(names, key=lambda name: runs[name].loss[-1])


fig, ax = plt.subplots()
for name, run in same.items():
    plot.losses(ax, run, label=OPTIMIZERS[name].title)
ax.set_title(f"At a shared rate of {shared} Adam comes last")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss, on a log axis, against step t, for gradient descent, momentum and Adam at the same rate of 0.001: momentum "
    "ends far lowest, Adam highest."
)
plt.show()

# %%
# Each its own
# ------------
#
# Sixty-four rates for each rule, one broadcast each, judged by the loss after the same number of steps.
rates = np.geomspace(1e-4, 3, 64)[:, None]
sweeps = {name: minimize(rosenbrock, OPTIMIZERS[name], lr=rates, steps=steps, every=steps) for name in names}
ends = {name: np.where(race.diverged_at > 0, np.inf, race.loss[-1]) for name, race in sweeps.items()}
best = {name: rates[end.argmin(), 0] for name, end in ends.items()}
tuned = {name: minimize(rosenbrock, OPTIMIZERS[name], lr=best[name], steps=steps) for name in names}
assert standings(same)[-1] == "adam", "last at the shared rate"
assert tuned["adam"].loss[-1] < tuned["gd"].loss[-1] / 1e4, "far ahead of descent when each is tuned"

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock, window=(-1.8, 2.2, -0.8, 2.6))
for name, run in tuned.items():
    plot.path(ax, run, label=f"{OPTIMIZERS[name].title}, {best[name]:.2g}")
ax.set_title("At its own rate each takes another road")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a curved valley: paths of gradient descent, momentum and Adam, each at a "
    "rate tuned on this start; all three take different ways."
)
plt.show()

# %%
# How touchy is the choice?
# -------------------------
fig, ax = plt.subplots()
for name, end in ends.items():
    ax.plot(rates, np.where(end < 1e3, end, np.nan), label=OPTIMIZERS[name].title)
ax.set(xscale="log", yscale="log", xlabel=r"learning rate $\eta$", ylabel=f"loss after {steps} steps")
ax.set_title("Every rule has a best rate, and a wrong one")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss after 500 steps against learning rate η, on log axes, for gradient descent, momentum and Adam: each curve "
    "falls to a lowest point of its own; Adam's lies at a far larger rate."
)
plt.show()

# %%
# The moral: a race without a word on how the rates were chosen says nothing. Adam must be tuned like the others, and
# tuned momentum is close behind it.
for name in standings(tuned):
    print(
        f"{name}: {same[name].loss[-1]:.0e} at the shared rate, {tuned[name].loss[-1]:.0e} at its own, {best[name]:.2g}"
    )
