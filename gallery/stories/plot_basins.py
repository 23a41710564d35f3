r"""
Momentum redraws the map of basins
==================================

Himmelblau's landscape has four minima, all equally deep. Which one a run finds depends
on where it starts *and* on the rule. Ten thousand starts run in one broadcast for each
rule. You will see the tidy map that the walker draws, and what the ball makes of the
borders.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from optbook import gd, himmelblau, minimize, momentum

# sphinx_gallery_thumbnail_number = 2
plt.style.use("optbook.textbook")

# %%
# Ten thousand starts
# -------------------
#
# A start may have any leading shape; here it is a grid of 100 by 100. Each point gets
# the number of the minimum next to which it ended.
side = np.linspace(-5, 5, 100)
start = np.stack(np.meshgrid(side, side), axis=-1)
minima = np.array(himmelblau.minima)


def found(rule, **hyper):
    run = minimize(
        himmelblau, rule, start=start, steps=1000, every=1000, progress=False, **hyper
    )
    distance = np.linalg.norm(run.theta[-1][..., None, :] - minima, axis=-1)
    assert distance.min(axis=-1).max() < 1e-3, "every start reaches some minimum"
    return distance.argmin(axis=-1)


def draw(basin, title, says):
    fig, ax = plt.subplots(figsize=(5.4, 5))
    ax.pcolormesh(
        side,
        side,
        basin,
        cmap=ListedColormap(["C0", "C1", "C2", "C5"]),
        alpha=0.55,
        rasterized=True,
    )
    ax.plot(*minima.T, "*", markersize=13, color="white", markeredgecolor="black")
    ax.set(
        xlabel=r"start $\theta_1$",
        ylabel=r"start $\theta_2$",
        aspect="equal",
        title=title,
    )
    fig.set_label(says)
    plt.show()


eta = 0.005
walker = found(gd, lr=eta)
says = (
    "Start θ₁ and start θ₂, coloured by the minimum, a star, that gradient descent "
    "ends in: four regions with nearly straight borders."
)
draw(walker, "The walker mostly goes to its own valley", says)

# %%
# Let a ball roll
# ---------------
#
# The same rate, now with :math:`\beta = 0.9`. The ball arrives with speed, and may roll
# through one valley into the next: near neighbours end far apart.
ball = found(momentum, lr=eta, beta=0.9)
says = (
    "Start θ₁ and start θ₂, coloured by the minimum, a star, that momentum ends in: "
    "four regions with frayed borders and islands in each other."
)
draw(ball, "The ball rolls through, and the borders fray", says)

# %%
# How frayed? Count the neighbouring starts that end in different minima, and the starts
# for which the rule mattered.


def border(basin):
    return np.mean(basin[:, 1:] != basin[:, :-1])


changed = np.mean(walker != ball)
assert border(ball) > 3 * border(walker)
assert changed > 0.2
print(
    f"Neighbours that part: {border(walker):.1%} for the walker, {border(ball):.1%} for"
    " the ball."
)
print(f"{changed:.0%} of all starts end elsewhere when the rule changes.")

# %%
# The moral: "which minimum?" is not a question about the landscape alone. The rule and
# its dials choose too.
