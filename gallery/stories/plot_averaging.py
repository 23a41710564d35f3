r"""
An average of the tail beats the last iterate
=============================================

Softmax regression learns to read digits from batches of two, at a constant rate, and
never comes to rest. You will see that an average of its late iterates reads better than
the last of them, and that an average over the whole run is slow to forget the start.

Source: :cite:t:`polyak1992`, for the whole run, and :cite:t:`izmailov2018`, for the
tail.
"""

from itertools import accumulate

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize, softmax_regression
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Four ways to read one walk
# --------------------------
#
# The walk knows nothing of its averages. Every fifth iterate is kept and enters them;
# the tail begins half way, and the moving average goes three hundredths of the way to
# each new iterate. Bands are standard errors over six seeds.
network, seeds, t = softmax_regression(), 6, np.arange(0, 1001, 5)
setting = dict(lr=0.5, batch=2, steps=1000, every=5, progress=False)
walks = [minimize(network, gd, seed=seed, **setting).theta for seed in range(seeds)]


def tail(theta, first):
    return theta[first:].cumsum(axis=0) / np.arange(1, len(theta) - first + 1)[:, None]


def closer(mean, now):
    return mean + 0.03 * (now - mean)


def draw(ax, x, loss, name):
    mean, error = loss.mean(axis=0), loss.std(axis=0, ddof=1) / np.sqrt(seeds)
    (line,) = ax.plot(x, mean, label=name)
    ax.fill_between(
        x, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0
    )


readings = {
    "last iterate": walks,
    "average of all": [tail(theta, 0) for theta in walks],
    "moving average": [np.stack([*accumulate(theta, closer)]) for theta in walks],
    "average of the tail": [tail(theta, len(t) // 2) for theta in walks],
}

fig, axes = plt.subplots(1, 2, figsize=(7.2, 4.0), sharey=True)
titles = {
    "Training: averages are calm": network,
    "Unseen: averages read better": network.held_out,
}
for ax, (title, problem) in zip(axes, titles.items(), strict=True):
    losses = {
        name: np.stack([problem.loss(theta) for theta in thetas])
        for name, thetas in readings.items()
    }
    last, whole, ema, late = (loss[:, -1] for loss in losses.values())
    holds_over_seeds(
        "both averages of the late are better than the last",
        np.maximum(ema, late),
        last,
    )
    holds_over_seeds("and the whole remembers the start", late, whole, times=1.15)
    for name, loss in losses.items():
        draw(
            ax,
            t[-loss.shape[1] :],
            loss,
            f"{name}: {loss[:, -1].mean():.3f} on unseen digits",
        )
    ax.set(ylim=(0.1, 0.7), xlabel="step $t$", ylabel="mean loss", title=title)
fig.legend(handles=ax.lines, loc="outside lower center", ncols=2)
fig.set_label(
    "Mean loss against step t, in training and on unseen digits: the last iterate "
    "jumps about; the averages of all, of the tail and the moving one fall smoothly, "
    "the latter two lowest."
)
plt.show()

# %%
# How long a tail?
# ----------------
sizes = np.array([1, 2, 5, 10, 20, 40, 60, 80, 100, 120, 140, 160, 180, len(t)])
fig, ax = plt.subplots()
for name, problem in {"training": network, "unseen": network.held_out}.items():
    ends = np.array(
        [
            [problem.loss(theta[-size:].mean(axis=0)) for size in sizes]
            for theta in walks
        ]
    )
    draw(ax, sizes / len(t), ends, name)
    holds_over_seeds(
        "some tail beats the last one, and all",
        1.05 * ends.min(axis=1)[:, None],
        ends[:, [0, -1]],
    )
ax.set(
    xlabel="share averaged",
    ylabel="mean loss at the end",
    title="Best: neither the last one, nor all",
)
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean loss at the end against share averaged, in training and unseen: both fall "
    "steeply at first, are lowest for shares of 0.1 to 0.3, and rise again."
)
plt.show()

# %%
# The moral: at a constant rate, average. Begin late, or let a moving average forget for
# you.
