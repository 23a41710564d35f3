r"""
Small batches stagger, and see more of the road
===============================================

A line is fitted to 64 points, with batches of 64, of 8 and of 1. The full gradient
walks straight; a single example staggers. You will see the three paths after the same
number of steps, and then the same three for the same number of examples read: what
looked like a defect is a bargain.

Source: :cite:t:`bottou2018`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, line_fit, minimize, plot
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# The same number of steps
# ------------------------
fit = line_fit()
sizes, eta, steps = [64, 8, 1], 0.3, 60
least = fit.loss(np.array(fit.minima[0]))
runs = {
    size: minimize(fit, gd, lr=eta, batch=size, steps=steps, seed=1) for size in sizes
}

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, fit, window=(-1.4, 2.6, -1.8, 1.8))
for size, run in reversed(runs.items()):
    plot.path(ax, run, label=f"batches of {size}")
ax.set(xlabel=r"slope $\theta_1$", ylabel=r"intercept $\theta_2$")
ax.set_title("The full batch walks, the single example staggers")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Map of slope θ₁ and intercept θ₂ with level lines: paths with batches of 1, 8 and "
    "64 to the minimum; the smaller the batch, the rougher the path."
)
plt.show()

# %%
# The same number of examples
# ---------------------------
#
# A full step reads 64 examples; a single one reads one. Drawn against epochs, the work
# of the gradients, the order turns over: in one epoch the full batch makes 1 update,
# the single examples make 64. Twenty seeds each.
epochs, seeds = 8, 20


def excess(size):
    updates = epochs * fit.n // size
    runs = [
        minimize(fit, gd, lr=eta, batch=size, steps=updates, seed=seed, progress=False)
        for seed in range(seeds)
    ]
    return np.stack([run.loss - least for run in runs])


losses = {size: excess(size) for size in sizes}
after = {size: loss[:, fit.n // size] for size, loss in losses.items()}
holds_over_seeds(
    "per example read, batches of 8 are ahead of all 64", after[8], after[64], times=5
)
holds_over_seeds(
    "and single examples ahead of batches of 8", after[1], after[8], times=1.5
)
floor = {size: losses[size][:, -(fit.n // size) :].mean(axis=1) for size in (1, 8)}
holds_over_seeds("but the smallest stops highest", floor[8], floor[1], times=5)

fig, ax = plt.subplots()
for size, loss in reversed(losses.items()):
    mean, error = loss.mean(axis=0), loss.std(axis=0) / np.sqrt(seeds)
    read = np.arange(loss.shape[1]) * size / fit.n
    (line,) = ax.plot(read, mean, label=f"batches of {size}")
    ax.fill_between(
        read, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0
    )
ax.set(
    yscale="log", xlabel="epochs (times the data were read)", ylabel="mean excess loss"
)
ax.set_title("Per example read, the staggerers lead, to a floor")
fig.legend(loc="outside right upper")
fig.set_label(
    "Mean excess loss, on a log axis, against epochs: batches of 1 fall first and stop "
    "highest, batches of 8 fall later and stop lower, batches of 64 fall slowest and "
    "go on."
)
plt.show()

# %%
# The moral: early on, many rough steps beat one exact step. Near the end the noise asks
# for larger batches or a lower rate.
