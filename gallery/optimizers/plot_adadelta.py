r"""
AdaDelta finds its own stride
=============================

:func:`~optbook.more_optimizers.adadelta` was made because AdaGrad's rate fades, and
measures each step by the steps before it: no rate needs to be chosen. But before the
first step there is none to measure by, only the guard against zero, epsilon. You will
see where that makes it begin, and how long it takes to find its feet.

Source: :cite:t:`zeiler2012`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adadelta, minimize, plot, rosenbrock

plt.style.use("optbook.textbook")

# %%
# Three guesses for epsilon
# -------------------------
#
# The same number of steps, down into Rosenbrock's valley and along it.
guesses, beta, steps = np.array([1e-8, 1e-6, 1e-4]), 0.9, 1500
race = minimize(rosenbrock, adadelta, eps=guesses[:, None], beta=beta, steps=steps)

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock)
for line, eps in zip(plot.path(ax, race), guesses, strict=True):
    line.set_label(rf"$\epsilon$ = {eps:g}")
ax.set_title("The guard against zero decides how far it gets")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a curved valley: paths of AdaDelta with "
    "three guards ϵ, which end at different points of the valley floor, all short of "
    "the minimum."
)
plt.show()

# %%
# The first step is epsilon's
# ---------------------------
#
# Whatever the slope, the first step is :math:`\sqrt{\epsilon / (1 - \beta)}` in every
# coordinate (a little less where the slope is not large against :math:`\epsilon`). From
# there it grows: each step may be a little longer than the last.
length = np.abs(np.diff(race.theta[..., 0], axis=0))
expected = np.sqrt(guesses / (1 - beta))
assert np.allclose(length[0], expected, rtol=1e-3)
assert np.all(length.max(axis=0)[:2] > 3 * expected[:2]), "small guesses are outgrown"

fig, ax = plt.subplots()
for column, eps in zip(length.T, guesses, strict=True):
    ax.plot(race.t[1:], np.maximum.accumulate(column), label=rf"$\epsilon$ = {eps:g}")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="step $t$",
    ylabel=r"longest step in $\theta_1$ so far",
)
ax.set_title("It learns to stride, but it has to learn")
fig.legend(loc="outside right upper")
fig.set_label(
    "Longest step in θ₁ so far against step t, on log axes, for three guards ϵ: the "
    "larger ϵ, the longer the first steps; all three grow late."
)
plt.show()

# %%
# The moral
# ---------
#
# A rule without a rate still has a scale; here it hides in :math:`\epsilon`. Libraries
# put a rate in front again.
for eps, loss in zip(guesses, race.loss[-1], strict=True):
    print(f"epsilon {eps:g}: loss {loss:.2g} after {steps} steps")
