r"""
Schedule-free SGD may be stopped at any time
============================================

A schedule that falls to zero, such as a cosine, must know when the run ends: it lands
there, and nowhere else.
:func:`~optbook.more_optimizers.schedule_free_sgd`
keeps its rate and averages its points instead. You will see one such run beside several
that were told their length, and beside plain SGD at the same fixed rate, which rattles.

Source: :cite:t:`defazio2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, linear, minimize, plot, schedule_free_sgd
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")
problem, rate, steps, batch = line_fit(), 0.5, 1000, 4
least = problem.loss(problem.minima[0])


# %%
# Two walks through the same noise
# --------------------------------
def run(rule, lr, seed, steps=steps):
    return minimize(
        problem, rule, lr=lr, steps=steps, batch=batch, seed=seed, progress=False
    )


class Map:
    """The line fit, with the grid of points that a drawing asks for taken as one
    long list."""

    window, minima = (1.2, 2.6, -1.6, -0.4), problem.minima
    loss = staticmethod(
        lambda theta: problem.loss(theta.reshape(-1, 2)).reshape(theta.shape[:-1])
    )


fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, Map)
for rule, label in ((gd, "SGD"), (schedule_free_sgd, "schedule-free")):
    plot.path(ax, run(rule, rate, seed=1, steps=300), label=label)
ax.set_title("The average walks through the middle of the noise")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines around the minimum: SGD wanders about it in a "
    "ball of noise, the schedule-free average draws a short smooth curve through the "
    "middle."
)
plt.show()

# %%
# Told and not told
# -----------------
#
# Excess loss, mean of 10 seeds. Each dotted line is a run of its own with a linear
# decay to just that length.
seeds, ends = range(10), (200, 500, 1000)


def excess(rule, lr, steps=steps):
    return np.array([run(rule, lr, seed, steps).loss for seed in seeds]) - least


fixed, free = excess(gd, rate), excess(schedule_free_sgd, rate)
told = {end: excess(gd, linear(rate, end), end) for end in ends}
for end, loss in told.items():
    holds_over_seeds(
        "far below the fixed rate",
        free[:, end],
        fixed[:, end - 50 : end + 1].mean(axis=1),
        times=4,
    )
    holds_over_seeds(
        "and near the runs that knew their end", free[:, end], 4 * loss[:, -1].mean()
    )

fig, ax = plt.subplots()
ax.plot(fixed.mean(axis=0), label="SGD, fixed rate", linewidth=1)
ax.plot(free.mean(axis=0), label="schedule-free")
for loss in told.values():
    ax.plot(
        loss.mean(axis=0),
        color="C2",
        linestyle=":",
        label="SGD, linear decay" if loss is told[200] else None,
    )
ax.set(xscale="log", yscale="log", xlabel="step $t$", ylabel="excess loss")
ax.set_title("One run is close to all of those that knew their end")
fig.legend(loc="outside right upper")
fig.set_label(
    "Excess loss, on log axes, against step t: SGD at a fixed rate hovers, three runs "
    "of SGD with linear decay drop at their ends, and one schedule-free run comes near "
    "all of them."
)
plt.show()

# %%
# The moral: averaging points does what lowering the rate does, and needs no date.
for end in ends:
    fixed_then, told_then, free_then = (
        loss.mean(axis=0) for loss in (fixed[:, end], told[end][:, -1], free[:, end])
    )
    print(
        f"after {end:4} steps: fixed {fixed_then:.1e}, told {told_then:.1e}, not told"
        f" {free_then:.1e}"
    )
