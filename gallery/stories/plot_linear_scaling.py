r"""
Scale the rate with the batch, until it is too large
====================================================

With plain SGD: twice the batch, twice the rate, and half the updates do the same work.
You will see seven batch sizes learn real digits along one curve, and the largest leave
it where the rate passes what the curvature allows.

Source: :cite:t:`goyal2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize, softmax_regression
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# One curve for many batches
# --------------------------
#
# The rate of a batch is a fixed share for each of its examples. Three shares run at
# once, with eight seeds. Here is the middle one; lines are means, bands standard
# errors.
digits, epochs, seeds = softmax_regression(), 6, 8
shares = np.array([1 / 320, 1 / 160, 1 / 80])  # rate per example of the batch
sizes = [5, 20, 80, 160, 320, 640, 1280]


def train(B, seed):
    plan = dict(steps=epochs * digits.n // B, every=max(1, 160 // B), progress=False)
    return minimize(digits, gd, lr=B * shares[:, None], batch=B, seed=seed, **plan).loss


runs = [np.array([train(B, seed) for seed in range(seeds)]) for B in sizes]

fig, ax = plt.subplots()
for B, losses in zip(sizes, runs, strict=True):
    x, y = np.linspace(0, epochs, losses.shape[1]), losses[..., 1]
    mean, error = y.mean(axis=0), y.std(axis=0, ddof=1) / np.sqrt(seeds)
    (line,) = ax.plot(x, mean, label=f"{B}, rate {B * shares[1]:.3g}")
    ax.fill_between(
        x, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0
    )
ax.set(yscale="log", xlabel="epochs (times the data were read)", ylabel="training loss")
ax.set_title("One rate per example, one curve, up to a point")
fig.legend(title="batch size", loc="outside right upper")
fig.set_label(
    "Training loss, log axis, against epochs, for batches of 5 to 1280 at one rate per "
    "example: up to 160 the curves are one, 320 starts slower, 640 and 1280 climb."
)
plt.show()

# %%
# Where it stops
# --------------
#
# A rate above :math:`2/L` climbs, however exact the gradient. Here L is the curvature
# at the start: all ten digits are equally likely there, so it is a tenth of the largest
# eigenvalue of the inputs' second moments. Dotted lines mark the batch whose rate is
# :math:`2/L`. The gap is the largest deviation at the end of an epoch from batches of
# 5; bands go from the least to the most of eight seeds.
limit = 2 / (np.linalg.eigvalsh(digits.inputs.T @ digits.inputs / digits.n)[-1] / 10)
ends = np.array(
    [
        losses[:, :: digits.n // max(B, 160)]
        for B, losses in zip(sizes, runs, strict=True)
    ]
)
gap = np.abs(ends[1:] / ends[0] - 1).max(axis=2)  # sizes, seeds, shares
rates = np.array(sizes[1:])[:, None] * shares
by_seed = np.moveaxis(gap, 1, 0)  # seeds, sizes, shares
holds_over_seeds("below the limit all runs agree", by_seed[:, rates < limit], 0.03)
holds_over_seeds("above it none does", 0.05, by_seed[:, rates > limit])
small, large = by_seed[:, rates < limit].max(), by_seed[:, rates > limit].min()

fig, ax = plt.subplots()
for k, share in enumerate(shares):
    low, middle, high = np.quantile(gap[..., k], [0, 0.5, 1], axis=1)
    ax.plot(sizes[1:], middle, marker="o", label=f"1/{1 / share:.0f} per example")
    ax.fill_between(sizes[1:], low, high, color=f"C{k}", alpha=0.2, linewidth=0)
    ax.axvline(limit / share, color=f"C{k}", linestyle=":", linewidth=1)
ax.set(
    xscale="log", yscale="log", xlabel="batch size $B$", ylabel="gap to batches of 5"
)
ax.set_title("Halve the share, and batches may be twice as large")
ax.set_xticks(sizes[1:], sizes[1:])
ax.minorticks_off()
fig.legend(loc="outside right upper")
fig.set_label(
    "Gap to batches of 5 against batch size B, log axes, for three rates per example: "
    "all rise; the smaller the rate, the larger the batch (dotted) where the gap grows."
)
plt.show()

# %%
# The moral: the linear rule holds while the rate stays below what the curvature allows.
# No batch raises that limit.
print(
    f"Below 2/L = {limit:.3g} the gap is at most {small:.1%}, above it at least"
    f" {large:.0%}"
)
for share in shares:
    print(
        f"rate 1/{1 / share:.0f} per example: the rule should hold up to batches of"
        f" {limit / share:.0f}"
    )
