r"""
NAdam overshoots less, for two reasons
======================================

:func:`~optbook.more_optimizers.nadam` differs from Adam twice: it looks a step ahead,
as Nesterov's ball does, and the share of momentum in its steps begins at half of
:math:`\beta_1` and grows slowly. You will see both rules rush into the same bowl, and
which of the two reasons counts for more.

Source: :cite:t:`dozat2016`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, bowl, minimize, nadam, plot

plt.style.use("optbook.textbook")

# %%
# One rate
# --------
valley = bowl(condition=5)
runs = {rule.title: minimize(valley, rule, lr=0.4, steps=60) for rule in (adam, nadam)}

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, valley)
for title, run in runs.items():
    plot.path(ax, run, label=f"{title}, loss {run.loss[-1]:.1g}")
ax.set_title("Both overshoot; NAdam turns sooner")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "θ₂ against θ₁: the paths of Adam and of NAdam into a bowl; NAdam turns sooner"
    " beyond the bottom."
)
plt.show()

# %%
# Many rates, and a third racer
# -----------------------------
#
# Forty rates from five distances, in one broadcast. Overshoot is how far
# :math:`\theta_1` gets past the bottom. The third racer is NAdam with a pace
# :math:`\psi` so large that the share of momentum is :math:`\beta_1` from the first
# step, as in Optax: all that is left is the look ahead. Only the rate in units of the
# distance counts.
distances, shares = 2.0 ** np.arange(5)[:, None], np.linspace(0.025, 0.25, 40)
starts = np.stack(np.broadcast_arrays(-distances, 2.0), axis=-1) + np.zeros((5, 40, 1))


def overshoot(rule, **hyper):
    run = minimize(
        valley,
        rule,
        lr=(distances * shares)[..., None],
        start=starts,
        steps=300,
        **hyper,
    )
    return run.theta[..., 0].max(axis=0) / distances


plain, both, ahead = overshoot(adam), overshoot(nadam), overshoot(nadam, psi=1e6)
assert np.allclose(plain[0], plain, atol=1e-6), (
    "only the rate in units of the distance counts"
)
assert np.all(both < 0.3 * plain), (
    "NAdam overshoots by less than a third, at every rate and from every distance,"
)
assert np.all(ahead < 0.9 * plain), "and with the look ahead alone by less than Adam,"
assert np.all(ahead > 2 * both), "but by more than twice what NAdam does"

fig, ax = plt.subplots()
for past, label in ((plain, "Adam"), (ahead, "look ahead only"), (both, "NAdam")):
    ax.plot(shares, past[0], label=label)
ax.set(xlabel=r"rate $\eta$ / distance from the bottom", ylabel="overshoot / distance")
ax.set_title("The look ahead does the smaller part of it")
fig.legend(loc="outside right upper")
fig.set_label(
    "Overshoot / distance against rate η / distance, for Adam, for NAdam with the look"
    " ahead only, and for NAdam."
)
plt.show()

# %%
# The moral: a name tells one of the reasons. Ask a rule with one thing changed.
print(f"On average NAdam overshoots by {np.mean(both / plain):.0%} of what Adam does,")
print(f"and with the look ahead alone by {np.mean(ahead / plain):.0%}.")
