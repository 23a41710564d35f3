r"""
On a plateau Adam walks and descent stands still
================================================

Far out on a plain the gradient points the right way, but there is almost nothing of it.

A step of :math:`\eta\nabla\mathcal{L}` is then almost no step. You will see the walker
stall while Adam, which divides by the size of what it sees, crosses the plain at about
:math:`\eta` a step.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, gd, minimize, plateau, plot

plt.style.use("optbook.textbook")

# %%
# One arrives, one has not left
# -----------------------------
#
# Twenty-four starts on one contour line far out; one is drawn.
eta, steps, turn = 0.1, 120, 2 * np.pi * (np.arange(24) + 0.5) / 24
ring = 4.1 * np.column_stack([np.cos(turn), np.sin(turn) / np.sqrt(2)])
assert np.ptp(plateau.loss(ring)) < 1e-12, "all at one height"
walkers, arrivals = (
    minimize(plateau, rule, lr=eta, start=ring, steps=steps) for rule in (gd, adam)
)
assert np.all(np.linalg.norm(walkers.theta[-1] - ring, axis=-1) < 0.02), (
    "descent has not left, anywhere"
)
assert np.all(arrivals.loss[-1] < 1e-3), "Adam has arrived, from everywhere"

start = ring[10]
walker, brisk = (
    minimize(plateau, rule, lr=eta, start=start, steps=steps) for rule in (gd, adam)
)
moved = np.linalg.norm(walker.theta[-1] - start)

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, plateau)
plot.path(
    ax, walker, label=f"gradient descent, moved {moved:.3f}", marker="s", markersize=9
)
plot.path(ax, brisk, label=f"Adam, loss {brisk.loss[-1]:.0e}")
ax.set_title(f"Same rate, {steps} steps: one has not left")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "θ₂ against θ₁: from one start on the plain, gradient descent has hardly moved,"
    " Adam reaches the minimum."
)
plt.show()

# %%
# How long is a step?
# -------------------
#
# Descent's step is as long as its gradient says. Adam's first steps have the length
# :math:`\eta` in each coordinate where the gradient is a thousand times smaller, as
# long as it is large against :math:`\epsilon = 10^{-8}`.
lengths = {
    "gradient descent": abs(np.diff(walker.theta[:, 0])),
    "Adam": abs(np.diff(brisk.theta[:, 0])),
}
assert np.isclose(lengths["Adam"][0], eta, rtol=1e-3)
assert lengths["gradient descent"].max() < eta / 1000

fig, ax = plt.subplots()
for name, length in lengths.items():
    ax.plot(brisk.t[1:], length / eta, label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel=r"step length $|\Delta\theta_1|/\eta$")
ax.set_title("Descent asks how steep, Adam only which way")
fig.legend(loc="outside right upper")
fig.set_label(
    "Step length |Δθ₁|/η against step t: gradient descent's is below 0.001 throughout,"
    " Adam's begins at 1."
)
plt.show()

# %%
# The moral
# ---------
#
# Dividing by the gradient's size turns a whisper into an order. That is a gift on a
# plain. It is a nuisance where the whisper is noise, for noise is obeyed just as
# promptly.
print(
    f"Adam's first step is {lengths['Adam'][0] / lengths['gradient descent'][0]:.0f}"
    " times as long."
)
