r"""
AdaBelief strides where slopes keep their word
==============================================

Adam divides by how large gradients are. :func:`~optbook.more_optimizers.adabelief`
divides by how far they are from what it expected. You will see it run where the slope
is steady, and walk like Adam where it is all noise.

Source: :cite:t:`zhuang2020`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adabelief, adam, canyon, cosine, minimize, plot
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Along a canyon
# --------------
#
# The floor slopes gently and steadily. At the same falling rate, Adam's steps are about
# :math:`\eta` at most; AdaBelief's grow. Seven peaks of the rate; the second is drawn.
rate = cosine(0.05, 120)
peaks = cosine(np.array([0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3])[:, None], 120)
swept = [
    minimize(canyon, rule, lr=peaks, steps=120).loss[-1] for rule in (adam, adabelief)
]
assert np.all(2 * swept[1] < swept[0]), "AdaBelief is ahead at every peak"
runs = {
    rule.title: minimize(canyon, rule, lr=rate, steps=120) for rule in (adam, adabelief)
}
assert runs["AdaBelief"].loss[-1] < runs["Adam"].loss[-1] / 10

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, canyon)
for title, run in runs.items():
    plot.path(ax, run, label=f"{title}, loss {run.loss[-1]:.1g}")
ax.set_title("A slope that keeps its word earns long strides")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines: paths of Adam and AdaBelief down a long bowl; "
    "in as many steps, AdaBelief comes nearer to the minimum."
)
plt.show()

# %%
# A steady slope, and pure noise
# ------------------------------
#
# Five hundred racers each. On the left every gradient is 1; on the right they are
# random, and nothing can be expected.
racers, steps = 500, 60


def strides(rule, noise):
    rng = np.random.default_rng(0)

    def grad(theta):
        return rng.normal(size=theta.shape) if noise else np.ones_like(theta)

    walked = np.array(
        [np.zeros(racers), *islice(rule(grad, np.zeros(racers), lr=1.0), steps)]
    )
    return np.abs(np.diff(walked, axis=0))  # steps, racers


pace = {
    (rule.title, noise): strides(rule, noise)
    for rule in (adam, adabelief)
    for noise in (False, True)
}
assert np.allclose(pace["Adam", False], 1), "Adam's stride is the rate"
assert np.all(pace["AdaBelief", False][-1] > 3), "AdaBelief's is not"
# of ten groups of racers
noisy = [
    pace[title, True][-20:].reshape(20, 10, 50).mean(axis=(0, 2)) for title in runs
]
holds_over_seeds("in noise they agree", abs(noisy[1] / noisy[0] - 1), 0.15)

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True)
for ax, noise, title in zip(
    axes,
    (False, True),
    ("On a steady slope it runs", "In noise it walks like Adam"),
    strict=True,
):
    for rule in (adam, adabelief):
        ax.plot(
            np.arange(1, steps + 1),
            pace[rule.title, noise].mean(axis=1),
            label=rule.title,
        )
    ax.set(xlabel="step $t$", title=title)
axes[0].set_ylabel(r"mean step, in units of $\eta$")
axes[1].legend()
fig.set_label(
    "Mean step, in units of η, against step t, for Adam and AdaBelief: on a steady "
    "slope AdaBelief's grow to almost 4 while Adam's stay at 1; in noise both shrink "
    "alike."
)
plt.show()

# %%
# The moral: belief pays on a steady slope; in pure noise it buys nothing.
print(
    f"After {steps} steady steps AdaBelief strides"
    f" {pace['AdaBelief', False][-1, 0]:.1f} rates at a time."
)
