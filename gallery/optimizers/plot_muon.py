r"""
Muon pulls about equally in all but the weakest directions
==========================================================

A matrix of gradients has strong directions and weak ones: its singular values. Plain
steps follow the strong. :func:`~optbook.more_optimizers.muon` makes those above 0.15 %
of the norm about equal, in five rounds of products of matrices. You will see the values
before and after, and what that does for a matrix whose directions differ a hundredfold.

Source: :cite:t:`jordan2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import cosine, gd, minimize, muon
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")


# %%
# Before and after
# ----------------
class Regression:
    """Find a matrix through inputs some of which are a hundred times as strong as
    others."""

    axes, start = 2, np.zeros((24, 32))

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.strength = np.geomspace(1, 0.01, 24)[:, None]
        self.goal = rng.normal(size=self.start.shape)

    def loss(self, theta):
        return (self.strength * (theta - self.goal) ** 2).sum(axis=(-2, -1)) / 2

    def grad(self, theta):
        return self.strength * (theta - self.goal)


def turned(gradient):
    return -next(
        muon(lambda theta: gradient, np.zeros_like(gradient), lr=1.0, weight_decay=0.0)
    )


# %%
# Squares: one gradient of this problem. Line: the weaker value s of a thousand diagonal
# matrices of two values, norm 1.
s, gradient = np.geomspace(1e-5, 0.7, 1000), Regression().grad(Regression.start)
level = turned(np.stack([np.sqrt(1 - s**2), s], axis=-1)[..., None] * np.eye(2))[
    :, 1, 1
]
left, before, right = np.linalg.svd(gradient, full_matrices=False)
after = np.diag(left.T @ turned(gradient) @ right.T)
assert np.all(np.abs(level[s > 0.0015] - 0.945) < 0.265), (
    "above 0.15 % of the norm: from 0.68 to 1.21"
)
assert np.all(level[s < 0.001] < 0.5), "below a thousandth: less than half"
assert before[0] > 100 * before[-1]

fig, ax = plt.subplots(figsize=(7.2, 4))
ax.loglog(s, level, label="any")
ax.loglog(
    before / np.linalg.norm(gradient),
    after,
    "s",
    markersize=4,
    label="those of one gradient of the regression",
)
ax.set(
    xlabel="singular value / norm, before",
    ylabel="singular value / rate, after",
    title="Only the weak stay weak",
)
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Singular value / rate after against singular value / norm before: near 1 above"
    " 0.0015, falling below."
)
plt.show()

# %%
# Strongest and weakest row, five seeds; descent is at nearly the highest rate that it
# bears.
steps, ends = 80, {}
runs = {
    "descent": (gd, dict(lr=1.9)),
    "Muon": (muon, dict(lr=cosine(1.0, steps), weight_decay=0)),
}
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True)
for ax, (name, (rule, hyper)), claim in zip(
    axes, runs.items(), ("learns the strong", "learns all"), strict=True
):
    walks = [
        (one.goal, minimize(one, rule, steps=steps, **hyper).theta)
        for one in map(Regression, range(5))
    ]
    shares = np.array(
        [
            np.linalg.norm(w - goal, axis=-1) / np.linalg.norm(goal, axis=-1)
            for goal, w in walks
        ]
    )
    ends[name] = shares[:, -1]
    for row, label in ((0, "strongest row"), (-1, "weakest row")):
        ax.plot(
            shares[..., row].T,
            color=f"C{-row}",
            linestyle=("-", "--")[row],
            label=[label, *4 * ["_"]],
        )
    ax.set(
        ylim=(0, 1.2),
        xlabel="step $t$",
        ylabel="share still to be learned",
        title=f"{name.capitalize()} {claim}",
    )
holds_over_seeds("Muon learns every row", ends["Muon"], 0.15)
holds_over_seeds("descent learns the strongest", ends["descent"][:, 0], 0.1)
holds_over_seeds("and not the weakest", 0.1, ends["descent"][:, -1])
ax.legend()
fig.set_label(
    "Share still to be learned against step t, strongest and weakest row: descent"
    " learns one, Muon both."
)
plt.show()

# %%
# The moral: Adam evens out single weights, Muon the directions of a matrix, as far as
# they are not too weak.
print(
    f"Singular values: from 1 : {before[0] / before[-1]:.0f} to 1 :"
    f" {after.max() / after.min():.1f}"
)
