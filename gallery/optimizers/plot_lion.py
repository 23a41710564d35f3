r"""
Lion puts one foot in front of the other
========================================

:func:`~optbook.more_optimizers.lion` steps by a sign, so every coordinate moves by
exactly the rate, up or down, at every step; and it remembers one number a parameter
where Adam remembers two. You will see its staircase, and why it needs a falling rate to
come to rest.

Source: :cite:t:`chen2023`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, bowl, cosine, lion, minimize, plot

plt.style.use("optbook.textbook")

# %%
# A staircase
# -----------
ravine, eta, steps = bowl(condition=10, rotation=0.4), 0.12, 60
stairs = minimize(ravine, lion, lr=eta, weight_decay=0, steps=steps)
strides = minimize(ravine, adam, lr=eta, steps=steps)
assert np.allclose(np.abs(np.diff(stairs.theta, axis=0)), eta), (
    "each step is the rate, in each coordinate"
)
assert (len(lion.state), len(adam.state)) == (1, 2)

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, ravine)
plot.path(ax, strides, label="Adam")
plot.path(ax, stairs, label="Lion")
ax.set_title("Lion walks diagonals, for it knows no other way")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a tilted bowl: Adam's path curves towards "
    "the minimum, Lion's goes in diagonals, past the minimum and back."
)
plt.show()

# %%
# Coming to rest
# --------------
#
# A step that is never shorter than the rate cannot land. Cosine annealing shortens the
# rate itself.
steps = 400
restless = minimize(ravine, lion, lr=eta, weight_decay=0, steps=steps)
landed = minimize(ravine, lion, lr=cosine(eta, steps), weight_decay=0, steps=steps)
assert restless.loss[-100:].min() > eta**2 / 100, "it hovers at the scale of its step"
assert landed.loss[-1] < restless.loss[-100:].min() / 1e3

fig, ax = plt.subplots()
plot.losses(ax, restless, label="Lion, fixed rate")
plot.losses(ax, landed, label="Lion, cosine")
ax.set_title("Signs hover; a schedule lands them")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss, on a log axis, against step t, for Lion at a fixed rate, which hovers "
    "between 0.001 and 0.2, and with a cosine, which goes on falling."
)
plt.show()

# %%
# The moral: half of Adam's memory and none of its sense of distance. The schedule must
# bring that.
print(f"Loss at the end: fixed {restless.loss[-1]:.1e}, cosine {landed.loss[-1]:.1e}")
