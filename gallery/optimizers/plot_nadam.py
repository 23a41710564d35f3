r"""
NAdam brakes a step earlier
===========================

Adam's momentum is the average of slopes behind it. :func:`optbook.variants.nadam` already counts what the average
will be at the next step, as Nesterov's ball does. You will see both rush into the same bowl at the same rates, and
who shoots past the bottom by less.

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
    "Map of θ₁ and θ₂ with level lines of a bowl: paths of Adam and NAdam to the minimum; Adam runs past it in a wide "
    "loop, NAdam in a narrow one."
)
plt.show()

# %%
# Many rates
# ----------
#
# Forty rates in one broadcast. Overshoot is how far :math:`\theta_1` gets past the bottom, from a start at -4.
rates = np.linspace(0.1, 1, 40)
overshoot = {
    rule.title: minimize(valley, rule, lr=rates[:, None], steps=300).theta[..., 0].max(axis=0) for rule in (adam, nadam)
}
assert np.all(overshoot["NAdam"] < 0.9 * overshoot["Adam"]), "less at every rate"

fig, ax = plt.subplots()
for title, past in overshoot.items():
    ax.plot(rates, past, label=title)
ax.set(xlabel=r"learning rate $\eta$", ylabel=r"overshoot in $\theta_1$")
ax.set_title("A look ahead takes the edge off at every rate")
fig.legend(loc="outside right upper")
fig.set_label(
    "Overshoot in θ₁ against learning rate η, for Adam and NAdam: both rise with the rate, and NAdam's is the smaller "
    "at each rate."
)
plt.show()

# %%
# The moral: the same trade as between the heavy ball and Nesterov's, with strides per coordinate on top.
share = np.mean(overshoot["NAdam"] / overshoot["Adam"])
print(f"NAdam overshoots by {share:.0%} of what Adam does, on average over the rates.")
