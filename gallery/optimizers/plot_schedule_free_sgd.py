r"""
Schedule-free SGD may be stopped at any time
============================================

A schedule must know when the run ends: it lands there, and nowhere else. :func:`optbook.variants.schedule_free_sgd`
keeps its rate and averages its points instead. You will see one such run beside several that were told their length,
and beside plain SGD at the same fixed rate, which rattles.

Source: :cite:t:`defazio2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, linear, minimize, plot, schedule_free_sgd

plt.style.use("optbook.textbook")
problem, rate, steps, batch = line_fit(), 0.5, 1000, 4
least = problem.loss(problem.minima[0])


# %%
# Two walks through the same noise
# --------------------------------
def run(rule, lr, seed, steps=steps):
    return minimize(problem, rule, lr=lr, steps=steps, batch=batch, seed=seed, progress=False)


class Map:
    """The line fit, with the grid of points that a drawing asks for taken as one long list."""

    window, minima = (1.2, 2.6, -1.6, -0.4), problem.minima
    loss = staticmethod(lambda theta: problem.loss(theta.reshape(-1, 2)).reshape(theta.shape[:-1]))


fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, Map)
for rule, label in ((gd, "SGD"), (schedule_free_sgd, "schedule-free")):
    plot.path(ax, run(rule, rate, seed=1, steps=300), label=label)
ax.set_title("The average walks through the middle of the noise")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines around the minimum: SGD wanders about it in a ball of noise, the schedule-free "
    "average draws a short smooth curve through the middle."
)
plt.show()

# %%
# Told and not told
# -----------------
#
# Excess loss, mean over 10 seeds. Each dotted line is a run of its own with a linear decay to just that length.
seeds, ends = range(10), (200, 500, 1000)


def excess(rule, lr, steps=steps):
    return np.mean([run(rule, lr, seed, steps).loss for seed in seeds], axis=0) - least


fixed, free = excess(gd, rate), excess(schedule_free_sgd, rate)
told = {end: excess(gd, linear(rate, end), end) for end in ends}
for end, loss in told.items():
    assert free[end] < fixed[max(1, end - 50) : end + 1].mean() / 10, "far below the fixed rate"
    assert free[end] < 2 * loss[-1], "and near the run that knew its end"

fig, ax = plt.subplots()
ax.plot(fixed, label="SGD, fixed rate", linewidth=1)
ax.plot(free, label="schedule-free")
for loss in told.values():
    ax.plot(loss, color="C2", linestyle=":", label="SGD, linear decay" if len(loss) == 201 else None)
ax.set(xscale="log", yscale="log", xlabel="step $t$", ylabel="excess loss")
ax.set_title("One run is close to all of those that knew their end")
fig.legend(loc="outside right upper")
fig.set_label(
    "Excess loss, on log axes, against step t: SGD at a fixed rate hovers, three runs of SGD with linear decay drop at "
    "their ends, and one schedule-free run comes near all of them."
)
plt.show()

# %%
# The moral: averaging points does what lowering the rate does, and needs no date.
for end in ends:
    print(f"after {end:4} steps: fixed {fixed[end]:.1e}, told {told[end][-1]:.1e}, not told {free[end]:.1e}")
