r"""
AdaMax never jumps
==================

Adam divides by a root of an average, :func:`optbook.variants.adamax` by a fading maximum, which is more. You will see
it cross the bottom of a bowl by less; and then one gradient a hundred times as large as the rest, after which Adam
leaps and AdaMax does not.

Source: :cite:t:`kingma2015`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, adamax, bowl, minimize, plot

plt.style.use("optbook.textbook")

# %%
# Nearly the same road
# --------------------
valley = bowl(condition=3)
runs = {rule.title: minimize(valley, rule, lr=0.3, steps=80) for rule in (adam, adamax)}
past = {title: run.theta[:, 0].max() for title, run in runs.items()}
assert past["AdaMax"] < past["Adam"] / 2

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, valley)
for title, run in runs.items():
    plot.path(ax, run, label=f"{title}, loss {run.loss[-1]:.1g}")
ax.set_title("Divided by more, it overshoots by less")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a bowl: paths of Adam and AdaMax to the minimum; Adam runs past it in a wide "
    "loop, AdaMax in a narrow one."
)
plt.show()

# %%
# A shock
# -------
#
# Unit noise, and at step 3000 a gradient of 100. Adam counts it with weight :math:`1 - \beta_1` above the fraction
# and :math:`\sqrt{1 - \beta_2}` below it: it leaps by about :math:`(1-\beta_1)/\sqrt{1-\beta_2}` rates, over three.
# AdaMax divides by the shock in full. A geometric sum bounds its every step by
# :math:`\eta\,(1-\beta_1)/(1-\beta_1/\beta_2)`, times :math:`1/(1-\beta_1^t)`.
racers, steps, shock = 200, 3060, 3000
beta1, beta2 = 0.9, 0.999


def strides(rule):
    rng, clock = np.random.default_rng(0), iter(range(1, steps + 1))

    def grad(theta):
        return 100.0 + 0 * theta if next(clock) == shock else rng.normal(size=theta.shape)

    walked = np.array([np.zeros(racers), *islice(rule(grad, np.zeros(racers), lr=1.0), steps)])
    return np.abs(np.diff(walked, axis=0))


leaps = {rule.title: strides(rule) for rule in (adam, adamax)}
t = np.arange(1, steps + 1)
bound = (1 - beta1) / (1 - beta1 / beta2) / (1 - beta1**t)
assert np.all(leaps["AdaMax"] <= bound[:, None] * (1 + 1e-12))
assert np.all(leaps["Adam"][shock:].max(axis=0) > 2), "every racer leaps"

fig, ax = plt.subplots()
for title, leap in leaps.items():
    ax.plot(t, leap.max(axis=1), label=title)
ax.set(xlim=(shock - 60, steps), xlabel="step $t$", ylabel=r"longest of 200 steps, in units of $\eta$")
ax.set_title("After the shock Adam leaps; AdaMax holds still")
fig.legend(loc="outside right upper")
fig.set_label(
    "Longest of 200 steps, in units of η, against step t, for Adam and AdaMax around a shock at step 3000: Adam leaps "
    "to 3, AdaMax falls."
)
plt.show()

# %%
# The moral: a maximum forgets a shock as slowly as an average, but it never underrates it.
print(
    f"Longest step after the shock: Adam {leaps['Adam'][shock:].max():.1f}, AdaMax {leaps['AdaMax'][shock:].max():.2f}"
)
