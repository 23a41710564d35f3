r"""
AdamW or L2? Ask two weights in the noise
=========================================

Add a penalty's gradient to the loss's and Adam divides it by the size of both, so the
decay of a weight depends on how noisy it is. Two weights get pure noise, one a little,
one a thousand times as much. You will see L2 crush the quiet one and spare the loud
one, and AdamW treat both alike.

Source: :cite:t:`loshchilov2019`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, adamw
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# The same decay by two routes
# ----------------------------
#
# There is nothing to learn here: the true gradient is zero, so the decay alone should
# matter. Both rules see the same noise, and thirty seeds run side by side.
eta, lam, steps, seeds = 1e-3, 0.1, 4000, 30
sd = np.array([0.01, 10.0])


def noise(seed=0):
    rng = np.random.default_rng(seed)
    return lambda theta: sd * rng.normal(size=theta.shape)


def noise_and_l2(seed=0):
    noisy = noise(seed)
    return lambda theta: noisy(theta) + lam * theta


def keep(iterates):
    return np.stack(list(islice(iterates, 0, steps, 10)))


start = np.ones((seeds, 2))
paths = {
    "Adam + L2": keep(adam(noise_and_l2(), start, lr=eta)),
    "AdamW": keep(adamw(noise(), start, lr=eta, weight_decay=lam)),
}
ends = {name: abs(path[-1]) for name, path in paths.items()}
holds_over_seeds("L2 crushes the quiet weight", ends["Adam + L2"][:, 0], 0.03)
holds_over_seeds("and spares the loud one", 0.8, ends["Adam + L2"][:, 1])
holds_over_seeds(
    "AdamW decays both alike", abs(ends["AdamW"] - (1 - eta * lam) ** steps), 0.15
)
left = {name: end.mean(axis=0) for name, end in ends.items()}

t = np.arange(1, steps + 1, 10)
fig, axes = plt.subplots(1, 2, sharey=True)
for ax, path in zip(axes, paths.values(), strict=True):
    mean, spread = path.mean(axis=1), path.std(axis=1)
    ax.plot(
        t, mean, label=[f"noise of sd {s:g}" for s in sd] if ax is axes[0] else None
    )
    for weight in range(2):
        low = mean[:, weight] - spread[:, weight]
        high = mean[:, weight] + spread[:, weight]
        ax.fill_between(t, low, high, color=f"C{weight}", alpha=0.2, linewidth=0)
    ax.set(xlabel="step $t$", ylabel=r"weight $\theta$", ylim=(-0.15, 1.1))
axes[0].set_title("L2 crushes the quiet weight")
axes[1].set_title("AdamW decays both alike")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Weight θ against step t, for noise of standard deviation 0.01 and 10: with L2 the "
    "quiet weight falls to 0 and the noisy one stays near 1; with AdamW both fall "
    "alike."
)
plt.show()

# %%
# The moral
# ---------
#
# With Adam, L2 regularization and weight decay are two different things. The flaw is
# not in Adam, whose algorithm has no such term, but in adding the term to the gradient
# that Adam then rescales.
for name, (quiet, loud) in left.items():
    print(
        f"{name}: the quiet weight is left at {quiet:.3f}, the loud one at {loud:.2f}"
    )
print(f"The decay alone would leave {(1 - eta * lam) ** steps:.2f}")
