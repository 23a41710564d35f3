r"""
Momentum is a ball: faster, until it swings
===========================================

A walker forgets each step as soon as it is taken. A heavy ball
(:func:`optbook.optimizers.momentum`) remembers, and gathers speed on a long gentle
slope.

You will see it overtake the walker, and then see at which :math:`\beta` its memory
begins to *make* oscillation instead of calming it.

Sources: :cite:t:`polyak1964`, :cite:t:`goh2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, momentum, plot

plt.style.use("optbook.textbook")

# %%
# A long valley: the walker lags, the ball arrives
# ------------------------------------------------
valley = bowl(condition=30, rotation=0.3)
eta, start, steps = 0.01, (-4, 1), 80
walker = minimize(valley, gd, lr=eta, start=start, steps=steps)
ball = minimize(valley, momentum, lr=eta, beta=0.85, start=start, steps=steps)
assert ball.loss[-1] < walker.loss[-1] / 1000

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, valley)
plot.path(ax, walker, label=f"walker, loss {walker.loss[-1]:.2g}")
plot.path(ax, ball, label=f"ball, loss {ball.loss[-1]:.1g}")
ax.set_title(f"After {steps} steps the ball is home, the walker is not")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a tilted valley, 80 steps each: the ball "
    "swings and reaches the minimum, the walker is still on its way along the floor."
)
plt.show()

# %%
# Too much memory swings
# ----------------------
#
# Along one direction of curvature :math:`\lambda` the ball is a damped spring. It is
# critically damped at :math:`\beta = (1 - \sqrt{\eta\lambda})^2`: with less memory it
# never crosses the bottom, with more it must. Here :math:`\lambda = 1`, the gentle
# direction of a bowl.
eta = 0.04
critical = (1 - np.sqrt(eta)) ** 2
beta = np.array([[0.0], [critical], [0.95]])
names = [
    f"$\\beta = {b:.2f}${says}"
    for b, says in zip(beta[:, 0], ["", ", critical", ""], strict=True)
]
spring = minimize(bowl, momentum, lr=eta, beta=beta, start=(1, 0), steps=120)
height = spring.theta[..., 0]
assert np.all(height[:, :2] > 0), (
    "up to critical damping the ball does not cross the bottom"
)
assert np.any(height[:, 2] < 0), "beyond it the ball swings through"

fig, ax = plt.subplots()
ax.plot(spring.t, height, label=names)
ax.axhline(0, color="C4", linewidth=0.8, linestyle="-")
ax.set(xlabel="step $t$", ylabel=r"position $\theta_1$")
ax.set_title("Below critical it lags, above critical it swings")
fig.legend(loc="outside right upper")
fig.set_label(
    "Position θ₁ against step t, for three momenta β: without, it decays slowly; at "
    "the critical 0.64 fastest and without a swing; at 0.95 it swings about 0."
)
plt.show()

# %%
# The moral
# ---------
#
# Momentum does not simply "dampen oscillation". Where :math:`\eta\lambda < 1`, as here,
# the walker does not swing: up to the critical :math:`\beta` the ball is only faster,
# above it the ball swings. Where :math:`\eta\lambda > 1` the walker itself swings, and
# momentum damps that while :math:`\beta < (1 - \eta\lambda)^2`. Each curvature has a
# critical value of its own; a landscape has many, and you have one :math:`\beta`.
product = 1.8
steps = [np.roots([1, product - 1 - beta, beta]) for beta in (0, 0.63, 0.65)]
swing = [max(abs(factors)) for factors in steps]
assert swing[1] < swing[0] < swing[2]
print(f"Critical beta for curvature 1 and rate {eta}: {critical:.2f}")
