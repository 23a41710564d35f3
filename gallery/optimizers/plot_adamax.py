r"""
AdaMax never jumps
==================

Adam divides by a root of an average, :func:`~optbook.more_optimizers.adamax` by a
fading maximum, which is more while the largest gradient is not long past. You will see
it cross the bottom of a bowl by less, at every rate; and then one gradient a hundred
times as large as the rest, after which Adam leaps and AdaMax does not.

Source: :cite:t:`kingma2015`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, adamax, bowl, minimize, plot
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Nearly the same road
# --------------------
valley, rates = bowl(condition=3), np.geomspace(0.2, 2, 30)[:, None]
runs = {rule.title: minimize(valley, rule, lr=0.3, steps=80) for rule in (adam, adamax)}
past = [
    minimize(valley, rule, lr=rates, steps=300).theta[..., 0].max(axis=0)
    for rule in (adam, adamax)
]
assert np.all(past[1] < 0.75 * past[0]), (
    "at every rate AdaMax gets less far past the bottom"
)

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, valley)
for title, run in runs.items():
    plot.path(ax, run, label=f"{title}, loss {run.loss[-1]:.1g}")
ax.set_title("Divided by more, it overshoots by less")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "θ₂ against θ₁: the paths of Adam and of AdaMax into a bowl; AdaMax gets less far"
    " past the bottom."
)
plt.show()

# %%
# A shock
# -------
#
# Unit noise, and at step 3000 a gradient of 100. Adam counts it with weight
# :math:`1 - \beta_1` above the fraction and :math:`\sqrt{1 - \beta_2}` below it: it
# leaps by nearly :math:`(1-\beta_1)/\sqrt{1-\beta_2} = 3.2` rates. AdaMax divides by
# the shock in full. With :math:`r = \beta_1/\beta_2`, a geometric sum bounds step
# :math:`t` by :math:`\eta\,(1-\beta_1)/(1-r)`, times :math:`(1-r^t)/(1-\beta_1^t)`: at
# most :math:`1.0091\,\eta`.
racers, steps, shock = 200, 3060, 3000
beta1, beta2 = 0.9, 0.999


def strides(rule):
    rng, clock = np.random.default_rng(0), iter(range(1, steps + 1))

    def grad(theta):
        return (
            100.0 + 0 * theta if next(clock) == shock else rng.normal(size=theta.shape)
        )

    walked = np.array(
        [np.zeros(racers), *islice(rule(grad, np.zeros(racers), lr=1.0), steps)]
    )
    return np.abs(np.diff(walked, axis=0))


leaps = {rule.title: strides(rule) for rule in (adam, adamax)}
t = np.arange(1, steps + 1)
bound = (1 - beta1) / (1 - beta1 / beta2) * (1 - (beta1 / beta2) ** t) / (1 - beta1**t)
assert bound.max() <= 1.0091
assert np.all(leaps["AdaMax"] <= bound[:, None] * (1 + 1e-12))
holds_over_seeds(
    "every one of Adam's racers leaps", 2, leaps["Adam"][shock:].max(axis=0)
)

fig, ax = plt.subplots()
for title, leap in leaps.items():
    ax.plot(t, leap.max(axis=1), label=title)
ax.set(
    xlim=(shock - 60, steps),
    xlabel="step $t$",
    ylabel=r"longest of 200 steps, in units of $\eta$",
)
ax.set_title("After the shock Adam leaps; AdaMax holds still")
fig.legend(loc="outside right upper")
fig.set_label(
    "Longest of 200 steps, in units of η, against step t: Adam's leaps to 2.8 after the"
    " shock, AdaMax's falls."
)
plt.show()

# %%
# The moral: a maximum does not underrate a shock, and then forgets it twice as fast as
# a root of an average does.
gone = beta2 ** np.arange(10001)  # a gradient of 1, and then none
u, root = gone, np.sqrt((1 - beta2) * gone / (1 - beta2 * gone))
assert (np.argmax(gone < 0.5), np.argmax(gone**0.5 < 0.5)) == (693, 1386), (
    "half is left after so many steps"
)
assert root[1000] / u[1000] < 1 < root[10000] / u[10000], (
    "the maximum is more for thousands of steps, not for ever"
)
print(
    f"Longest step after it: Adam {leaps['Adam'][shock:].max():.1f}, AdaMax"
    f" {leaps['AdaMax'][shock:].max():.2f}"
)
