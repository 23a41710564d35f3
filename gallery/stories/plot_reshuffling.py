r"""
Shuffled data settle lower than drawn data
==========================================

SGD can draw every example anew, or shuffle the data and deal them all out. You will see
that dealing settles lower, that the gap widens as the rate falls, and where it closes.

Source: :cite:t:`mishchenko2020`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, minimize
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# The same rate, two floors
# -------------------------
#
# A line is fitted to 64 points, one at a time, with six seeds. Means at the ends of
# epochs; bands are standard errors.
fit, rates = line_fit(), np.array([0.01, 0.02, 0.04, 0.08, 0.16, 0.32])
least = fit.loss(np.array(fit.minima[0]))
epochs = 60
settled = 30
seeds = 6
ways = {"drawn anew": True, "shuffled and dealt": False}


def rate(t):  # all in one broadcast: the fixed ones, and one that falls
    return np.append(rates, 0.5 / (1 + t / fit.n))[:, None]


def excess(replace):
    plan = dict(
        lr=rate,
        batch=1,
        replace=replace,
        steps=epochs * fit.n,
        every=fit.n,
        progress=False,
    )
    return np.array(
        [minimize(fit, gd, seed=seed, **plan).loss - least for seed in range(seeds)]
    )


def band(ax, x, losses, label):
    mean, error = losses.mean(axis=0), losses.std(axis=0, ddof=1) / np.sqrt(seeds)
    (line,) = ax.plot(x, mean, label=label)
    ax.fill_between(
        x, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0
    )


runs = {way: excess(replace) for way, replace in ways.items()}
drawn, dealt = floors = [
    losses[:, settled:, :-1].mean(axis=1) for losses in runs.values()
]
ratio = dealt.mean(axis=0) / drawn.mean(axis=0)
holds_over_seeds(
    "at small rates, dealing settles lower", dealt[:, :3], drawn[:, :3], times=2
)
holds_over_seeds(
    "the gap widens as the rate falls",
    (dealt / drawn)[:, 0],
    (dealt / drawn)[:, 3],
    times=3,
)
holds_over_seeds("and closes at large rates", 0.6 * drawn[:, -1], dealt[:, -1])

fig, ax = plt.subplots()
for way, losses in runs.items():
    band(ax, np.arange(epochs + 1), losses[..., 1], way)
ax.set(yscale="log", xlabel="epochs", ylabel="mean excess loss")
ax.set_title(f"At a rate of {rates[1]}, dealing settles {1 / ratio[1]:.0f} times lower")
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean excess loss, on a log axis, against epochs, for data drawn anew and for data "
    "shuffled and dealt: both fall together, then the dealt one settles nine times "
    "lower."
)
plt.show()

# %%
# A wider gap, and a faster way down
# ----------------------------------
#
# Over an epoch, the errors of dealt examples nearly cancel, if the rate is so small
# that all act at about the same place. Left: the floors. Right: a rate that falls as
# one over the epochs.
above, below = (losses[:, settled:, -1].mean(axis=1) for losses in runs.values())
holds_over_seeds("with a falling rate, dealing is far ahead", below, above, times=5)

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8), sharey=True)
for way, floor in zip(ways, floors, strict=True):
    band(axes[0], rates, floor, way)
    band(axes[1], np.arange(1, epochs + 1), runs[way][:, 1:, -1], way)
axes[0].set(
    xscale="log",
    yscale="log",
    xlabel=r"rate $\eta$",
    ylabel="mean floor",
    title="Small rates: far apart",
)
axes[1].set(
    xscale="log",
    xlabel="epochs",
    ylabel="mean excess loss",
    title="Falling rate: a faster way down",
)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
fig.set_label(
    "Mean floor against rate η, and mean excess loss against epochs at a falling rate, "
    "on log axes: shuffled and dealt is below drawn anew, most of all at small rates."
)
plt.show()

# %%
# The moral: shuffle and deal. It costs nothing, and the smaller the rate, the more it
# gives.
for eta, share in zip(rates, ratio, strict=True):
    print(
        f"rate {eta:.2f}: dealt data settle at {share:.0%} of the floor of drawn data"
    )
