r"""
Adafactor remembers the margins of a table
==========================================

Adam keeps a second moment for each weight of a matrix.
:func:`~optbook.more_optimizers.adafactor` keeps one for each row and one for each
column, and multiplies them. You will see where that is exact, how far off it is
elsewhere, and that a matrix is learned all the same.

Source: :cite:t:`shazeer2018`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adafactor, adam, cosine, minimize, plot
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")
rng, rows, columns = np.random.default_rng(0), 40, 60


# %%
# What is lost
# ------------
#
# Two matrices of gradients. In the first each is a row's scale times a column's; in the
# second every number is off from that by a random factor. One step, then we multiply
# the margins. Of five draws, the first is drawn.
class Slope:  # a tilted plane: the gradient is the same matrix everywhere
    axes, start = 2, np.ones((rows, columns))

    def __init__(self, slope):
        self.loss = lambda theta: (slope * theta).sum(axis=(-2, -1))
        self.grad = lambda theta: slope


def guessed(slope):
    margins = minimize(Slope(slope), adafactor, steps=1, record="r c").symbols
    return margins["r"][1] * margins["c"][1] / margins["r"][1].mean()


scales = np.exp(rng.normal(size=(5, rows, 1))) * np.exp(
    rng.normal(size=(5, 1, columns))
)
slopes = {
    "a product": scales,
    "a product and noise": scales * np.exp(rng.normal(size=scales.shape) / 2),
}
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8), sharex=True, sharey=True)
claims = ("Exact for", 1e-12), ("Roughly right for", 1)
for ax, (name, draws), (claim, most) in zip(axes, slopes.items(), claims, strict=True):
    guesses = np.array([guessed(slope) for slope in draws])
    holds_over_seeds(
        f"{claim} {name}", np.median(abs(np.log(guesses / draws**2)), axis=(1, 2)), most
    )
    ax.plot(draws[0].ravel() ** 2, guesses[0].ravel(), "o", markersize=1.5, alpha=0.5)
    ax.axline((1, 1), (10, 10), color="C1", linestyle="--", linewidth=1)
    ax.set(
        xscale="log", yscale="log", xlabel="squared gradient", title=f"{claim} {name}"
    )
axes[0].set_ylabel("what the margins say")
fig.set_label(
    "What the margins say against the squared gradient, on log axes: points on the "
    "diagonal for a product, in a band about the diagonal for a product and noise."
)
plt.show()


# %%
# What is gained
# --------------
class Regression:
    """Find a matrix from its products with random vectors."""

    axes, start = 2, np.zeros((rows, columns))
    inputs = rng.normal(size=(200, rows))
    targets = inputs @ rng.normal(size=(rows, columns))

    def loss(self, theta):
        return ((self.inputs @ theta - self.targets) ** 2).mean(axis=(-2, -1)) / 2

    def grad(self, theta):
        return self.inputs.T @ (self.inputs @ theta - self.targets) / self.targets.size


runs = {
    rule.title: minimize(Regression(), rule, lr=cosine(0.3, 300), steps=300)
    for rule in (adam, adafactor)
}
assert all(run.loss[-1] < 1e-6 * run.loss[0] for run in runs.values())
kept = {"Adam": 2 * rows * columns, "Adafactor": rows + columns}

fig, ax = plt.subplots()
for title, run in runs.items():
    plot.losses(ax, run, label=f"{title}: {kept[title]} numbers kept")
ax.set_title("A hundred numbers do the work of thousands")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Loss, on a log axis, against step t, for Adam with 4800 numbers kept and "
    "Adafactor with 100: both fall steadily, Adafactor's ends lower."
)
plt.show()
