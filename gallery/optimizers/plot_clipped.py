r"""
Clipping saves a walk from its steepest moment
==============================================

A single huge gradient can throw the weights so far that they never come back.
:func:`optbook.wrappers.clipped` goes around any optimizer, and shortens gradients that
are too long; their direction stays. You will see a start on a cliff, and a bad example
among good ones.

Source: :cite:t:`pascanu2013`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, beale, clipped, gd, minimize, plot
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# A start on a cliff
# ------------------
#
# In the corners of Beale's landscape the slope is thousands of times what it is on the
# floor. A rate that suits the floor is far too large up there.
start, rate, steps = (3.6, 1.7), 0.02, 1500
fallen = minimize(beale, gd, lr=rate, start=start, steps=steps)
steep = np.linalg.norm(beale.grad(np.array(start)))
walked = minimize(beale, clipped(gd, norm=2.0), lr=rate, start=start, steps=steps)
assert fallen.diverged_at > 0, "thrown off the map at once"
assert walked.loss[-1] < 1e-3, "home"

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, beale)
plot.path(ax, fallen, label=f"gradient descent, lost at step {fallen.diverged_at}")
plot.path(ax, walked, label=f"clipped at 2, loss {walked.loss[-1]:.0e}", color="C1")
ax.set_title(f"A slope of {steep:.0f} is cut to 2, and leads home")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines: from a steep start, gradient descent leaves "
    "the map at once; clipped at 2, it bends into the valley and reaches the minimum."
)
plt.show()

# %%
# One bad example
# ---------------
#
# Noisy gradients of a bowl; at step 100 one comes out a thousand times too large.
# Twenty racers each, in one broadcast.
racers, steps, bad = 20, 200, 100


def distances(rule, lr):
    rng, t = np.random.default_rng(0), iter(range(1, steps + 1))

    def grad(theta):
        return (1000 if next(t) == bad else 1) * (
            theta + 0.3 * rng.normal(size=theta.shape)
        )

    walk = islice(rule(grad, np.ones((racers, 2)), lr=lr), steps)
    return np.array([np.linalg.norm(theta, axis=-1) for theta in walk])  # steps, racers


shaken = {
    "gradient descent": distances(gd, 0.1),
    "gradient descent, clipped": distances(clipped(gd), 0.1),
    "Adam": distances(adam, 0.05),
    "Adam, clipped": distances(clipped(adam), 0.05),
}
jolt = {
    name: far[bad:].max(axis=0) / far[bad - 31 : bad - 1].mean(axis=0)
    for name, far in shaken.items()
}
holds_over_seeds("descent is thrown far", 100, jolt["gradient descent"])
holds_over_seeds("Adam less far", 2, jolt["Adam"])
holds_over_seeds(
    "clipped, neither",
    np.maximum(jolt["gradient descent, clipped"], jolt["Adam, clipped"]),
    5,
)

fig, ax = plt.subplots()
for name, distance in shaken.items():
    ax.plot(distance.mean(axis=1), label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel="mean distance to the minimum")
ax.set_title("One bad example, with and without a clip")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Mean distance to the minimum, log axis, against step t, for descent and Adam, "
    "plain and clipped: one bad example at step 100 throws off the plain ones alone."
)
plt.show()

# %%
# The moral: the clip belongs just above the usual length of a gradient, where it does
# nothing on most days.
