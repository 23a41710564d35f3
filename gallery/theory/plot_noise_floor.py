r"""
The height of the noise floor
=============================

With a fixed rate, SGD does not settle: it fills a ball about the minimum. For a
quadratic the size of that ball is known exactly. You will see two hundred pairs of rate
and batch size measured at once, and all of them fall on one line: only their ratio
matters, until the rate is large.

Source: :cite:t:`bottou2018`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Two hundred pairs at once
# -------------------------
#
# One weight, curvature 1, gradients with noise of variance :math:`1/B`. Fifty racers
# for each of 20 rates and 10 batch sizes, in one broadcast; the variance is taken over
# racers and over the last 400 steps.
rates = np.geomspace(0.01, 1.6, 20)[:, None, None]
batches = 2.0 ** np.arange(10)[:, None]
racers, burn, kept = 50, 1200, 400
rng = np.random.default_rng(0)


def noisy(theta):
    return theta + rng.normal(size=theta.shape) / np.sqrt(batches)


walk = gd(noisy, np.zeros((len(rates), len(batches), racers)), lr=rates)
squares = np.mean([theta**2 for theta in islice(walk, burn, burn + kept)], axis=0)
variance = squares.mean(axis=-1)

# %%
# One line
# --------
#
# In balance, :math:`\sigma^2 = (1 - \eta)^2 \sigma^2 + \eta^2 / B`, so
# :math:`\sigma^2 = \frac{\eta}{B} \cdot \frac{1}{2 - \eta}`.
rates, batches = rates[..., 0], batches[:, 0]
exact = rates / batches / (2 - rates)
error = np.log(variance / exact)
fifths = np.log([squares[..., k::5].mean(axis=-1) / exact for k in range(5)])
holds_over_seeds(
    "no bias, in any fifth of the racers,", abs(np.median(fifths, axis=(1, 2))), 0.02
)
holds_over_seeds("and every pair within its chance", abs(fifths), 0.7)

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
ratio = (rates / batches).ravel()
axes[0].loglog(ratio, variance.ravel(), "o", markersize=2.5, label="measured")
axes[0].loglog(np.sort(ratio), np.sort(ratio) / 2, label=r"$\eta / 2B$")
axes[0].set(
    xlabel=r"$\eta / B$",
    ylabel="variance about the minimum",
    title="All pairs on one line,",
)
axes[0].legend()
axes[1].semilogx(
    rates[:, 0], np.median(variance / (rates / batches), axis=1), "o", label="measured"
)
axes[1].semilogx(rates[:, 0], 1 / (2 - rates[:, 0]), label=r"$1/(2 - \eta)$")
axes[1].set(
    xlabel=r"rate $\eta$",
    ylabel=r"variance $\div\ \eta/B$",
    title="until the rate is large",
)
axes[1].legend()
fig.set_label(
    "Left, variance about the minimum against η/B: points on the line η/2B, and above "
    "it where η is large. Right, variance ÷ η/B against rate η: points on the curve "
    "1/(2 − η)."
)
plt.show()

# %%
# The moral: to halve the floor, halve the rate or double the batch; while the rate is
# small, the floor does not care which.
print(
    f"Largest deviation of {variance.size} pairs from the closed form:"
    f" {np.abs(error).max():.0%}"
)
