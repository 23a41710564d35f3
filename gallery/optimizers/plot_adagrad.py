r"""
AdaGrad saves long strides for rare features
============================================

One feature is in every example, another in one of a hundred.
:func:`optbook.optimizers.adagrad` was made for this case: each weight's rate shrinks
with the gradients that *it* has seen. You will see the rare weight arrive in time, and
then the bill: no rate ever grows back.

Source: :cite:t:`duchi2011`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adagrad, gd
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# The rare weight arrives
# -----------------------
#
# Thirty seeds run at once. Both weights should become 1. A fresh noisy example comes at
# every step; plain stochastic descent gets a rate at which the common weight is learned
# about as well.
steps, seeds = 2000, 30
rng = np.random.default_rng(0)
x = rng.random((steps, seeds, 2)) < (1, 0.01)
noise = rng.normal(size=(steps, seeds, 1))


def learn(rule, **hyper):
    examples = zip(x, noise, strict=True)
    path = rule(
        lambda theta: slope(theta, *next(examples)), np.zeros((seeds, 2)), **hyper
    )
    return np.stack(list(islice(path, steps)))


def slope(theta, x, noise):
    return (((theta - 1) * x).sum(axis=-1, keepdims=True) + noise) * x


paths = {"descent": learn(gd, lr=0.02), "AdaGrad": learn(adagrad, lr=0.5)}
# seeds, weights
error = {name: abs(theta[-500:] - 1).mean(axis=0) for name, theta in paths.items()}
holds_over_seeds(
    "the rare weight is better learned",
    error["AdaGrad"][:, 1],
    error["descent"][:, 1],
    at_least=27,
)
holds_over_seeds(
    "and the common one no worse", error["AdaGrad"][:, 0], error["descent"][:, 0]
)

fig, ax = plt.subplots()
for name, theta in paths.items():
    low, middle, high = np.quantile(theta[..., 1], (0.25, 0.5, 0.75), axis=1)
    (line,) = ax.plot(middle, label=name)
    ax.fill_between(
        np.arange(steps), low, high, color=line.get_color(), alpha=0.2, linewidth=0
    )
ax.axhline(1, color="C4", linewidth=0.8, linestyle="-")
ax.set(xlabel="step $t$", ylabel=r"rare weight $\theta_2$")
ax.set_title(f"AdaGrad learns the rare weight (half of {seeds} seeds in each band)")
fig.legend(loc="outside right upper")
fig.set_label(
    "Rare weight θ₂ against step t, for descent and AdaGrad: medians and middle halves "
    "of 30 seeds; AdaGrad nears the true value of 1, descent gets a third of the way."
)
plt.show()

# %%
# The rates only fall
# -------------------
#
# The rate of each weight is :math:`\eta/\sqrt{s_t}`, and :math:`s_t` is a sum of
# squares: it can only grow. The rare weight waits for its first example, then starts
# from the full rate.
before = np.concatenate([np.zeros((1, seeds, 2)), paths["AdaGrad"][:-1]])
s = np.cumsum(slope(before, x, noise) ** 2, axis=0)
rates = 0.5 / np.sqrt(s + 1e-12)
assert np.all(np.diff(rates, axis=0) <= 0), "no rate ever rises"
holds_over_seeds(
    "the rare weight keeps the longer stride", rates[-1, :, 0], rates[-1, :, 1], times=4
)

fig, ax = plt.subplots()
ax.plot(
    np.arange(1, steps + 1),
    np.median(rates, axis=1),
    label=["common weight", "rare weight"],
)
ax.set(
    xscale="log",
    yscale="log",
    ylim=(5e-3, 2),
    xlabel="step $t$",
    ylabel="rate of this weight",
)
ax.set_title("Each rate falls at the pace of its own evidence")
fig.legend(loc="outside right upper")
fig.set_label(
    "Rate of a weight against step t, on log axes, for the common and the rare weight "
    "under AdaGrad: both fall, and that of the rare weight ends ten times as high."
)
plt.show()
