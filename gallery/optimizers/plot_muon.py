r"""
Muon pulls equally in every direction
=====================================

A matrix of gradients has strong directions and weak ones: its singular values. Plain steps follow the strong.
:func:`optbook.variants.muon` makes them all about equal, with five products of matrices. You will see the singular
values before and after, and what that does for a matrix whose directions differ a hundredfold.

Source: :cite:t:`jordan2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import cosine, gd, minimize, muon

plt.style.use("optbook.textbook")


# %%
# Before and after
# ----------------
class Regression:
    """Find a matrix through inputs some of which are a hundred times as strong as others."""

    axes, start = 2, np.zeros((24, 32))

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.strength = np.geomspace(1, 0.01, 24)[:, None]
        self.goal = rng.normal(size=self.start.shape)

    def loss(self, theta):
        return (self.strength * (theta - self.goal) ** 2).sum(axis=(-2, -1)) / 2

    def grad(self, theta):
        return self.strength * (theta - self.goal)


problem = Regression()
step = minimize(problem, muon, lr=1.0, weight_decay=0, steps=1).theta[1] - problem.start
before, after = (np.linalg.svd(m, compute_uv=False) for m in (problem.grad(problem.start), step))
assert before[0] / before[-1] > 100
assert after.max() / after.min() < 3
assert 0.5 < after.min() < after.max() < 1.3

fig, ax = plt.subplots(figsize=(7.2, 4))
ax.plot(before / before[0], "o-", label="the gradient's, the largest set to 1")
ax.plot(after, "s-", label="the step's, in units of the rate")
ax.set(yscale="log", xlabel="number of the direction, strongest first", ylabel="singular value")
ax.set_title("Five products of matrices level a hundredfold slope")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Singular value, on a log axis, against number of the direction, strongest first: the gradient's fall two "
    "hundredfold, those of Muon's step stay between 0.6 and 1.3."
)
plt.show()

# %%
# Strong and weak rows
# --------------------
#
# The share of each row that is still to be learned, for the strongest and the weakest row; descent at nearly the
# highest rate that it bears. Five seeds.
steps = 80
runs = {"descent": (gd, dict(lr=1.9)), "Muon": (muon, dict(lr=cosine(1.0, steps), weight_decay=0))}
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True)
for ax, (name, (rule, hyper)), claim in zip(axes, runs.items(), ("learns the strong", "learns all"), strict=True):
    for seed in range(5):
        problem = Regression(seed)
        theta = minimize(problem, rule, steps=steps, **hyper).theta
        left = np.linalg.norm(theta - problem.goal, axis=-1) / np.linalg.norm(problem.goal, axis=-1)
        assert left[-1, 0] < 0.1
        assert (left[-1, -1] < 0.1) == (name == "Muon")
        for row, label in ((0, "strongest row"), (-1, "weakest row")):
            ax.plot(left[:, row], color=f"C{-row}", linestyle=("-", "--")[row], label=None if seed else label)
    ax.set(ylim=(0, 1.2), xlabel="step $t$", title=f"{name.capitalize()} {claim}")
axes[0].set_ylabel("share still to be learned")
axes[1].legend()
fig.set_label(
    "Share still to be learned against step t, for the strongest and the weakest row, six seeds each: descent leaves "
    "the weakest far behind, under Muon both come down."
)
plt.show()

# %%
# The moral: Adam evens out single weights, Muon directions. In a matrix, directions are what is learned.
print(f"Singular values: from 1 : {before[0] / before[-1]:.0f} to 1 : {after.max() / after.min():.1f}")
