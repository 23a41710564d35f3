r"""
Drawn anew, batches hold you at a height of eta over B
======================================================

With mini-batches that are drawn anew each time, and a constant rate, the loss falls to
a floor and stays there: the walker wanders in a ball of noise about the minimum, where
not all examples can be fitted at once.

You will see the floor for several rates and batch sizes, and then see them all fall on
one line: what counts is
:math:`\eta/B`.

Source: :cite:t:`bottou2018`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, minimize
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# A floor for every rate
# ----------------------
#
# A line is fitted from batches drawn with replacement. All rates run at once; each
# batch size has five seeds.
fit = line_fit()
least = fit.loss(np.array(fit.minima[0]))
rates = np.array([0.4, 0.2, 0.1, 0.05])
sizes, seeds, steps, t = [1, 2, 4, 8], 5, 1000, np.arange(0, 1001, 5)


def excess(size, seed):
    plan = dict(
        lr=rates[:, None],
        batch=size,
        replace=True,
        steps=steps,
        every=5,
        progress=False,
    )
    return minimize(fit, gd, seed=seed, **plan).loss - least


runs = np.array([[excess(size, seed) for seed in range(seeds)] for size in sizes])

fig, ax = plt.subplots()
for loss, eta in zip(np.moveaxis(runs[0], -1, 0), rates, strict=True):
    mean, error = loss.mean(axis=0), loss.std(axis=0) / np.sqrt(seeds)
    (line,) = ax.plot(t, mean, label=f"$\\eta = {eta:g}$")
    ax.fill_between(t, mean - error, mean + error, alpha=0.2, linewidth=0)
ax.set(yscale="log", ylim=(1e-4, 10), xlabel="step $t$", ylabel="mean excess loss")
ax.set_title("Single examples: a smaller rate, a lower floor")
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean excess loss, on a log axis, against step t, for rates η of 0.4 to 0.05 with "
    "single examples: the smaller the rate, the slower the fall and the lower the "
    "floor."
)
plt.show()

# %%
# All floors on one line
# ----------------------
#
# The floor is the mean over every fifth of the last 600 steps. Sixteen pairs of rate
# and batch size, drawn against :math:`\eta/B` alone: pairs with the same quotient have
# the same floor. The bars are standard errors over seeds.
floors = runs[:, :, t > 400].mean(axis=2)
floor, error = floors.mean(axis=1), floors.std(axis=1, ddof=1) / np.sqrt(seeds)
ratio = rates / np.array(sizes)[:, None]
power = np.polyfit(np.log(ratio.ravel()), np.log(floor.ravel()), 1)[0]
constant = np.exp(np.mean(np.log(floor / ratio)))
powers = [
    np.polyfit(np.log(ratio.ravel()), np.log(one.ravel()), 1)[0]
    for one in np.moveaxis(floors, 1, 0)
]
holds_over_seeds(
    "the floor is about proportional to eta / B", abs(np.array(powers) - 1), 0.15
)
holds_over_seeds(
    "for every pair",
    abs(np.log(np.moveaxis(floors, 1, 0) / ratio / constant)),
    np.log(1.8),
)

fig, ax = plt.subplots()
for size, x, y, bar, mark in zip(sizes, ratio, floor, error, "os^D", strict=True):
    ax.errorbar(x, y, yerr=bar, fmt=mark, capsize=3, label=f"batches of {size}")
line = np.sort(ratio.ravel())
ax.plot(
    line, constant * line, color="C4", linestyle="-", linewidth=1, label="proportional"
)
ax.set(
    xscale="log", yscale="log", xlabel=r"$\eta/B$", ylabel="floor of the excess loss"
)
ax.set_title(r"Sixteen floors, one number: $\eta/B$")
fig.legend(loc="outside right upper")
fig.set_label(
    "Floor of the excess loss against η/B, on log axes, for batches of 1, 2, 4 and 8: "
    "all points lie close to one straight line."
)
plt.show()

# %%
# The moral: to halve the floor, halve the rate or double the batch. The first is
# slower, the second dearer. Batches that are dealt out have a lower floor, by another
# law (:ref:`sphx_glr_gallery_stories_plot_reshuffling.py`).
print(f"The floor grows as (eta/B) to the power {power:.2f}")
