r"""
The phases of the heavy ball
============================

In a valley the heavy ball creeps, swings or flies off. Which one depends on two numbers
only: the rate times the curvature, and the momentum. You will see the map of them all,
measured by fifteen thousand balls in one broadcast, with the borders that theory draws.

Source: :cite:t:`goh2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, minimize, momentum

plt.style.use("optbook.textbook")

# %%
# Fifteen thousand balls
# ----------------------
#
# Each runs on the same valley, of curvature 1, for 400 steps. Its factor per step is
# read off the second half: the largest distance of the last fifty steps against the
# largest of fifty steps in the middle.
products, betas = np.linspace(0.01, 4.2, 150), np.linspace(0.01, 0.99, 100)
run = minimize(
    bowl(condition=1),
    momentum,
    lr=products[:, None],
    beta=betas[:, None, None],
    start=(1.0, 0.0),
    steps=400,
    every=1,
)
x = run.theta[..., 0]
with np.errstate(divide="ignore", invalid="ignore"):
    factor = (np.abs(x[350:]).max(axis=0) / np.abs(x[150:200]).max(axis=0)) ** (1 / 200)
diverges = (run.diverged_at > 0) | (factor > 1)
swings = (np.diff(np.sign(x[1:60]), axis=0) != 0).any(axis=0)

# %%
# The borders
# -----------
#
# The motion is that of :math:`z^2 - (1 + \beta - \eta\lambda) z + \beta = 0`. It
# diverges beyond :math:`\eta\lambda = 2 + 2\beta`. Between :math:`(1 - \sqrt\beta)^2`
# and :math:`(1 + \sqrt\beta)^2` the roots are complex: then the ball swings, and its
# factor is :math:`\sqrt\beta`, whatever the curvature. Below, it creeps; above, it
# jumps from side to side.
product, beta = products[None, :], betas[:, None]
root = np.sqrt(beta)
complex_roots = (product > (1 - root) ** 2) & (product < (1 + root) ** 2)
clear = np.abs(product - 2 - 2 * beta) > 0.05
assert np.all((diverges == (product > 2 + 2 * beta)) | ~clear), (
    "it diverges exactly beyond its border"
)
inside = (
    (product > (1 - root) ** 2 + 0.1) & (product < (1 + root) ** 2 - 0.1) & (beta > 0.3)
)
assert np.abs(factor - root)[inside].max() < 0.02, (
    "in a swing the factor is the root of beta"
)
creeping = product < (1 - root) ** 2 - 0.02
assert not swings[creeping].any(), "below the critical line it never crosses"
assert swings[complex_roots & (product > (1 - root) ** 2 + 0.02) & (product < 2)].all()

fig, ax = plt.subplots(figsize=(7.2, 4))
shown = np.where(diverges, np.nan, np.where(np.isfinite(factor), factor, 0))
mesh = ax.pcolormesh(
    products, betas, shown, cmap="Blues", vmin=0, vmax=1, rasterized=True
)
ax.plot(
    (1 - np.sqrt(betas)) ** 2,
    betas,
    color="C1",
    linestyle="-",
    label="critical: creeps left of it, swings right",
)
ax.plot(
    (1 + np.sqrt(betas)) ** 2,
    betas,
    color="C2",
    linestyle="--",
    label="jumps from side to side right of it",
)
ax.plot(2 + 2 * betas, betas, color="C3", linestyle=":", label="diverges right of it")
fig.colorbar(mesh, label="factor per step")
ax.set(xlabel=r"rate times curvature, $\eta\lambda$", ylabel=r"momentum $\beta$")
ax.set_title("Four ways to roll, and three lines between them")
fig.legend(loc="outside lower center", ncols=1)
fig.set_label(
    "Momentum β against rate times curvature ηλ, shaded by the factor per step; three "
    "lines part the plane: creeps, swings, jumps from side to side, diverges."
)
plt.show()

# %%
# The moral: more momentum widens the range of rates that converge, and makes its swing
# die more slowly.
print(
    f"{diverges.mean():.0%} of the balls flew off, {(inside & ~diverges).mean():.0%}"
    " were held to the root of beta."
)
