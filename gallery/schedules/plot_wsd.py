"""
Warmup–stable–decay lets you decide the end late
================================================

A cosine must know the length of the run before its first step. Warmup–stable–decay
(:func:`optbook.schedules.wsd`) holds its rate until you choose to stop, then falls. You
will see runs of three lengths share one trunk, bit for bit, and gain most of their last
progress in the fall.

Sources: :cite:t:`hu2024` for the name, :cite:t:`hagele2024` for a fall in a line.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import cosine, gd, line_fit, minimize, plot, wsd
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# One trunk, three ends
# ---------------------
#
# The three cosines part at their first steps. The three plateaus part only when each
# begins to fall.
lengths, fall = [200, 300, 400], 60
plateaus = [wsd(0.3, steps, rise=20, fall=fall) for steps in lengths]
cosines = [cosine(0.3, steps) for steps in lengths]

fig, (left, right) = plt.subplots(1, 2, sharey=True)
for long, short, steps in zip(cosines, plateaus, lengths, strict=True):
    plot.rates(left, long, steps, label="_")
    plot.rates(right, short, steps, label=f"{steps} steps")
left.set_title("Cosines part at once")
right.set_title("Plateaus share a trunk")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Learning rate η against finished steps t, for runs of 200, 300 and 400 steps: the "
    "cosines part at once; the plateaus rise and go together until each one's fall."
)
plt.show()

# %%
# The loss falls with the rate
# ----------------------------
#
# A line is fitted from batches of two. All runs see the same batches, so the trunks
# agree to the last bit: a longer run can start from a shorter one's last steady point.
# Twenty seeds make the mean.
fit = line_fit()
least = fit.loss(np.array(fit.minima[0]))
seeds = range(20)


def excess(schedule, steps):
    runs = [
        minimize(fit, gd, lr=schedule, batch=2, seed=seed, steps=steps, progress=False)
        for seed in seeds
    ]
    return np.stack([run.loss - least for run in runs])


losses = [
    excess(schedule, steps) for schedule, steps in zip(plateaus, lengths, strict=True)
]
shared = lengths[0] - fall
assert all(
    np.array_equal(loss[:, : shared + 1], losses[0][:, : shared + 1]) for loss in losses
)
for loss in losses:
    trunk, end = loss[:, shared // 2 : -fall].mean(axis=1), loss[:, -1]
    holds_over_seeds("the fall cashes in", end, trunk, times=2)

fig, ax = plt.subplots()
for loss, steps in zip(losses, lengths, strict=True):
    mean, error = loss.mean(axis=0), loss.std(axis=0) / np.sqrt(len(seeds))
    (line,) = ax.plot(mean, label=f"{steps} steps")
    ax.fill_between(
        np.arange(steps + 1), mean - error, mean + error, alpha=0.25, linewidth=0
    )
ax.set(yscale="log", xlabel="step $t$", ylabel="mean excess loss")
ax.set_title("A plateau hovers; the fall cashes in")
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean excess loss, on a log axis, against step t, for plateaus of 200, 300 and 400 "
    "steps: all hover at one height, and each drops ten- to thirtyfold in its own fall."
)
plt.show()

# %%
# The moral
# ---------
#
# While the rate is high the loss looks stuck, but it is only noisy. Decide the end when
# you like, and leave some steps for the fall.
for loss, steps in zip(losses, lengths, strict=True):
    print(
        f"{steps} steps: {loss[:, shared].mean():.1g} on the trunk,"
        f" {loss[:, -1].mean():.1g} at the end"
    )
