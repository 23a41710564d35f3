r"""
Rprop hears only the signs
==========================

:func:`optbook.optimizers.gd` steps by the slope, so a loss in other units is another
walk. :func:`~optbook.more_optimizers.rprop` asks only for the sign of each slope, and
finds the length of its steps by itself. You will see that no rescaling of the loss can
disturb it, and then what does: noise, where signs lie.

Source: :cite:t:`riedmiller1993`.
"""

from itertools import cycle, islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, plot, rprop

plt.style.use("optbook.textbook")

# %%
# One walk in any units
# ---------------------
#
# A ravine, and the same ravine with its loss counted in millionths. The walk is the
# same, bit for bit.
ravine = bowl(condition=40, rotation=0.3)
start, steps = (-4.0, 2.0), 60
descent = minimize(ravine, gd, lr=1.9 / 40, start=start, steps=steps)
signs = minimize(ravine, rprop, lr=0.4, start=start, steps=steps)
millionths = rprop(lambda theta: 1e6 * ravine.grad(theta), np.array(start), lr=0.4)
assert np.array_equal(signs.theta[1:], list(islice(millionths, steps)))
assert signs.loss[-1] < descent.loss[-1] / 100

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, ravine)
plot.path(ax, descent, label=f"gradient descent, loss {descent.loss[-1]:.1g}")
plot.path(ax, signs, label=f"Rprop, loss {signs.loss[-1]:.1g}")
ax.set_title("Rprop lengthens its stride until a sign turns")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a tilted valley: gradient descent zigzags"
    " across it and off the map, Rprop lengthens its strides, turns, and ends at the"
    " minimum."
)
plt.show()

# %%
# Where signs lie
# ---------------
#
# Nine examples say "a little to the left", the tenth says "far to the right", and the
# tenth has the better argument: the mean points right. Descent hears it; Rprop counts
# votes.
votes, steps = [0.1] * 9 + [-1.0], 300
assert np.mean(votes) < 0, "downhill is to the right"


def walk(rule):
    heard = cycle(votes)
    iterates = rule(
        lambda theta: np.full_like(theta, next(heard)), np.zeros(1), lr=0.01
    )
    return np.concatenate([[0.0], *islice(iterates, steps)])


mean, majority = walk(gd), walk(rprop)
assert mean[-1] > 0 > majority[-1]

fig, ax = plt.subplots()
ax.plot(mean / abs(mean).max(), label="gradient descent")
ax.plot(majority / abs(majority).max(), label="Rprop")
ax.set(xlabel="step $t$", ylabel="way gone, as a share of the farthest")
ax.set_title("One good argument against nine votes")
fig.legend(loc="outside right upper")
fig.set_label(
    "Way gone, as a share of the farthest, against step t: gradient descent saws its"
    " way up, Rprop goes down."
)
plt.show()

# %%
# The moral: with full gradients, signs can be enough. With mini-batches, remember a
# size, as RMSProp does, or average before you take the sign, as Lion does.
print(f"Descent ends at {mean[-1]:+.2f}, Rprop at {majority[-1]:+.2f}.")
