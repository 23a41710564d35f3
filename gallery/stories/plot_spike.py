r"""
A clip turns a catastrophe into a stumble
=========================================

Softmax regression learns to read digits, and twice a bad batch slips in. You will see
how long its gradient is, what it does to the loss with and without a clip, and how much
freedom you have in choosing the clip.

Source: :cite:t:`pascanu2013`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import Network, clipped, minimize, momentum, softmax_regression
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Two bad batches
# ---------------
#
# Pixels up to 255, not 1, and labels off by one row. The loss is that of the good
# digits; bands are standard errors.
digits = softmax_regression()
seeds = 5
setting = dict(lr=0.1, batch=32, steps=600, every=10, progress=False)


class Spoilt(Network):
    loss = digits.loss

    def batches(self, size, seed=0, replace=False):
        for t, rows in enumerate(digits.batches(size, seed), start=1):
            yield rows + digits.n if t in (200, 400) else rows


def race(problem, rule, start=digits.start):
    return np.stack(
        [
            minimize(problem, rule, start=start, seed=seed, **setting).loss
            for seed in range(seeds)
        ]
    )


def draw(ax, x, loss, label):
    mean, error = loss.mean(axis=0), loss.std(axis=0, ddof=1) / np.sqrt(seeds)
    (line,) = ax.plot(x, mean, label=label)
    ax.fill_between(
        x, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0
    )


pixels = np.concatenate([digits.inputs, 255 * digits.inputs])
labels = np.concatenate([digits.targets, np.roll(digits.targets, 1, axis=0)])
spoilt = Spoilt("spoilt", digits.sizes, pixels, labels, digits.start)
short = clipped(momentum, norm=1.0)
first = 20
walk = minimize(spoilt, short, **{**setting, "every": 1}).theta
lengths = [
    np.linalg.norm(spoilt.grad(*here))
    for here in zip(walk, spoilt.batches(32), strict=False)
]
wild, tame, clean = race(spoilt, momentum), race(spoilt, short), race(digits, momentum)
assert max(lengths) > 1000 * np.median(lengths)
holds_over_seeds(
    "without a clip it explodes",
    tame[:, first:].max(axis=1),
    wild[:, first:].max(axis=1),
    times=500,
)
holds_over_seeds("and does not recover", tame[:, -1], wild[:, -1], times=100)
holds_over_seeds("with the clip, hardly a trace", tame[:, -1], 1.05 * clean[:, -1])

fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.0))
left.plot(range(1, 602), lengths, ".", markersize=3)
left.axhline(
    1.0,
    color="C3",
    linestyle=":",
    label=f"the clip; the usual length is {np.median(lengths):.2f}",
)
left.set(
    yscale="log",
    xlabel="step $t$",
    ylabel="length of the gradient",
    title="Two gradients are far too long",
)
for loss, name in (
    (wild, "without a clip"),
    (tame, "clipped at 1"),
    (clean, "no bad batch"),
):
    draw(
        right, np.arange(0, 601, 10), loss, f"{name}, ends at {loss[:, -1].mean():.2g}"
    )
right.set(
    yscale="log",
    xlabel="step $t$",
    ylabel="mean loss",
    title="One of them undoes all learning",
)
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Left, length of the gradient against step t: two of 600 are far too long. Right, "
    "mean loss: without a clip it leaps at each of them; clipped, it falls as it does "
    "without them."
)
plt.show()

# %%
# How tight? Thirteen clips in one broadcast. Too tight, and good gradients are cut; too
# loose, and bad ones pass.
norms = np.geomspace(0.03, 1000, 13)
swept = race(spoilt, clipped(momentum, norm=norms[:, None]), start=np.zeros((13, 650)))
low, *_, high = norms[
    swept[:, first:].max(axis=1).mean(axis=0) < 2 * clean[:, first].mean()
]
assert high > 10 * low, "a wide choice"

fig, ax = plt.subplots()
draw(ax, norms, swept[:, first:].max(axis=1), "highest after the first bad batch")
draw(ax, norms, swept[:, -1], "at the end")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="clip",
    ylabel="mean loss",
    title=f"Clips of {low:.1f} to {high:.0f} will do",
)
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean loss against clip, on log axes, its highest after the first bad batch and at "
    "the end: both are low for clips of 0.2 to 2 and rise steeply above 10."
)
plt.show()

# %%
# The moral: set the clip just above the usual length of a gradient. It costs little,
# and one day it saves the run.
