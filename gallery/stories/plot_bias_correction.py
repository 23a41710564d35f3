r"""
Uncorrected, Adam's first steps are as wrong as beta2 says
==========================================================

Adam's two averages start at zero, so both begin too small. Are the steps then too long
or too short? You will see steps more than six times too long at the paper's
:math:`\beta_2`, and half as long as they should be at that of language models.

Source: :cite:t:`kingma2015`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, clock
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Too long or too short?
# ----------------------
#
# The uncorrected step is :math:`(1-\beta_1^t)/\sqrt{1-\beta_2^t}` times the corrected
# one, whatever the gradients (but for :math:`\epsilon`). The first is too long only if
# :math:`\beta_2 > 1 - (1-\beta_1)^2`: above 0.99, here.
t = np.arange(1, 10001)
excess = {beta2: (1 - 0.9**t) / np.sqrt(1 - beta2**t) for beta2 in (0.999, 0.99, 0.95)}
for beta2, x in excess.items():
    print(
        f"beta2 = {beta2}: {x[0]:.2f} times the right length at step 1; most,"
        f" {x.max():.2f}, at step {t[x.argmax()]}"
    )
assert np.allclose(excess[0.999][[0, 9, 49, 999]], (3.16, 6.53, 4.50, 1.26), rtol=0.01)
assert np.all(excess[0.999] > 1), "at the paper's defaults never too short"
assert np.isclose(excess[0.99][0], 1), "on the border the first step is right"
assert excess[0.95][:8].max() < 1 < excess[0.95].max() < 1.1, (
    "at 0.95 eight are too short, none much too long"
)

fig, ax = plt.subplots()
for beta2, x in excess.items():
    ax.plot(t, x, label=rf"$\beta_2 = {beta2}$")
ax.axhline(1, color="C4", linewidth=0.8, linestyle="-")
ax.set(
    xscale="log", ylim=(0, 7), xlabel="step $t$", ylabel="uncorrected / corrected step"
)
ax.set_title("Too long with a long memory, too short with a short one")
fig.legend(loc="outside right upper")
fig.set_label(
    "Uncorrected / corrected step against step t; β₂ = 0.999 rises to 6.6, 0.99 to 2.1,"
    " 0.95 begins at 0.45."
)
plt.show()

# %%
# What it does to a weight
# ------------------------
#
# Adam without its two correcting lines, and with them, on the same pure noise: ten
# seeds, a hundred weights each.


def uncorrected(grad, theta, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = v = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - eta * m / (np.sqrt(v) + eps)
        yield theta


def distance(rule, beta2, shape=(10, 100)):
    rng = np.random.default_rng(0)
    path = [
        *islice(
            rule(
                lambda theta: rng.normal(size=shape),
                np.zeros(shape),
                lr=1.0,
                beta2=beta2,
            ),
            400,
        )
    ]
    return np.sqrt(np.mean(np.square(path), axis=-1)).T  # seeds, steps


long, short = (
    [distance(rule, beta2) for rule in (uncorrected, adam)] for beta2 in (0.999, 0.95)
)
holds_over_seeds(
    "at 0.999 the uncorrected are flung far out", long[1], long[0], times=3
)
holds_over_seeds(
    "at 0.95 their first step is not half as long", short[0][:, 0], short[1][:, 0] / 2
)
holds_over_seeds("and they are never much farther out", short[0], 1.05 * short[1])

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
for ax, paths, title in zip(
    axes, (long, short), ("0.999: flung out", "0.95: held back at first"), strict=True
):
    for path, name in zip(paths, ("uncorrected", "Adam"), strict=True):
        ax.loglog(t[:400], path.mean(axis=0), label=name)
    ax.set(
        xlabel="step $t$",
        ylabel=r"distance (rms) / $\eta$",
        title=rf"$\beta_2$ = {title}",
    )
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
fig.set_label(
    "Distance (rms) / η from the start against step t on pure noise, uncorrected and"
    " Adam, at two β₂."
)
plt.show()

# %%
# The moral: corrected, the first step is :math:`\eta` long. Uncorrected, a long memory
# leaps and a short one crawls.
