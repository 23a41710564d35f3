"""
A restart spends what the last cycle saved
==========================================

Warm restarts (:func:`optbook.schedules.restarts`) let the rate fall along half a
cosine, then throw it back to the top; here each cycle is twice as long as the last. You
will see the loss settle as the rate falls and jump up when it returns, so that the good
moments to stop are the ends of the cycles.

Source: :cite:t:`loshchilov2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, minimize, plot, restarts
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Cycles that double
# ------------------
#
# With ``mult=2`` cycle number :math:`i` starts after :math:`T_0\,(2^i - 1)` steps. The
# clock starts anew each time.
period, mult, cycles = 40, 2, 4
schedule = restarts(0.4, period, mult=mult, floor=0.002)
starts = period * (mult ** np.arange(cycles + 1) - 1)
steps = starts[-1] - 1
assert np.all(schedule(starts) == 0.4), "each cycle starts at the full rate"
assert np.all(schedule(starts[1:] - 1) < 0.01), "and ends next to the floor"

fig, ax = plt.subplots()
plot.rates(ax, schedule, steps)
ax.set_title("Each cycle is twice as long as the last")
fig.set_label(
    "Learning rate η against finished steps t: four cosines from 0.4 to 0, each twice"
    " as long as the one before."
)
plt.show()

# %%
# What the loss does meanwhile
# ----------------------------
#
# A line is fitted with single examples, by 20 seeds; what is claimed holds for each
# four of them. A high rate keeps the loss up in the noise; a falling rate averages the
# noise away; the restart brings it back.
fit = line_fit()
least = fit.loss(np.array(fit.minima[0]))
runs = [
    minimize(fit, gd, lr=schedule, batch=1, seed=seed, steps=steps, progress=False)
    for seed in range(20)
]
excess = np.stack([run.loss - least for run in runs])
mean, error = excess.mean(axis=0), excess.std(axis=0) / np.sqrt(len(runs))
ends = starts[1:] - 1
middles = (starts[:-1] + starts[1:]) // 2
groups = excess.reshape(5, 4, -1).mean(axis=1)  # of four seeds
high = [
    groups[:, start:middle].mean(axis=1)
    for start, middle in zip(starts[:-1], middles, strict=True)
]
holds_over_seeds(
    "a cycle's end is better than its first half",
    groups[:, ends],
    np.transpose(high),
    times=2,
)

fig, ax = plt.subplots()
ax.plot(mean)
ax.fill_between(
    np.arange(steps + 1), mean - error, mean + error, alpha=0.25, linewidth=0
)
ax.plot(ends, mean[ends], "o", color="C3", label="ends of cycles")
ax.set(yscale="log", xlabel="step $t$", ylabel="mean excess loss")
ax.set_title("The loss is at its best just before each restart")
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean excess loss, on a log axis, against step t: it falls within each cycle, "
    "jumps up at each restart, and each end, marked by a point, is lower than the "
    "last."
)
plt.show()

# %%
# The moral
# ---------
#
# Restarts are an answer to "when should I stop?": at the end of any cycle. On this
# convex problem they find nothing new; the hope, on hard landscapes, is that a high
# rate leaves a poor valley for a better one.
print(
    "Mean excess loss at the ends of the cycles:",
    *(f"{loss:.1g}" for loss in mean[ends]),
)
