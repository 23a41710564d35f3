r"""
Nesterov looks ahead, and swings less
=====================================

Plain momentum reads the slope where it stands.

:func:`optbook.optimizers.nesterov` reads it where the velocity is about to take it, at
:math:`\theta - \eta\beta v`, and so brakes before the bend. You will see a calmer path,
and then the price: a lower ceiling for the rate.

Sources: :cite:t:`nesterov1983`, :cite:t:`sutskever2013`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, minimize, momentum, nesterov, plot

plt.style.use("optbook.textbook")

# %%
# The same rate, the same memory, one look ahead
# ----------------------------------------------
eta, beta = 0.04, 0.9
blind = minimize(bowl, momentum, lr=eta, beta=beta, steps=60)
ahead = minimize(bowl, nesterov, lr=eta, beta=beta, steps=60)
blind_swing, ahead_swing = (
    abs(np.diff(run.theta[:, 1])).sum() for run in (blind, ahead)
)
assert ahead_swing < blind_swing / 3

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, bowl)
plot.path(ax, blind, label=f"momentum, {blind_swing:.1f} up and down")
plot.path(ax, ahead, label=f"Nesterov, {ahead_swing:.1f} up and down")
ax.set_title("Looking ahead takes the swing out of the path")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a bowl: momentum swings up and down across "
    "the valley, Nesterov goes down it almost straight."
)
plt.show()

# %%
# The price: a lower ceiling
# --------------------------
#
# On a bowl whose greatest curvature is :math:`\kappa`, the heavy ball holds up to
# :math:`\eta = 2(1+\beta)/\kappa`, but Nesterov only up to
# :math:`2(1+\beta)/((1+2\beta)\kappa)`. Sixty-four rates race.
kappa = bowl.parameters["condition"]
ceilings = 2 * (1 + beta) / kappa, 2 * (1 + beta) / ((1 + 2 * beta) * kappa)
rates = np.linspace(0.01, 0.5, 64)[:, None]
races = [
    minimize(bowl, rule, lr=rates, beta=beta, steps=200, every=200)
    for rule in (momentum, nesterov)
]
for race, ceiling in zip(races, ceilings, strict=True):
    assert np.all((race.loss[-1] < race.loss[0]) == (rates[:, 0] < ceiling))

fig, ax = plt.subplots()
for race, ceiling, name in zip(races, ceilings, ["momentum", "Nesterov"], strict=True):
    shown = np.where(race.diverged_at > 0, np.inf, race.loss[-1]).clip(1e-20, 1e20)
    (line,) = ax.plot(rates, shown, label=f"{name}, ceiling {ceiling:.3f}")
    ax.axvline(
        ceiling, color=line.get_color(), linewidth=1, linestyle=line.get_linestyle()
    )
ax.set(yscale="log", xlabel=r"learning rate $\eta$", ylabel="loss after 200 steps")
ax.set_title("Nesterov leaves the bowl at a smaller rate")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss after 200 steps, on a log axis, against learning rate η, for momentum and "
    "Nesterov: each leaps beyond its own limit, Nesterov's at 0.136, momentum's at "
    "0.38."
)
plt.show()

# %%
# The moral
# ---------
#
# A look ahead is not free: Nesterov is steadier inside its range, and its range is
# narrower. On smooth convex problems without noise the trade is a proven bargain, with
# the momentum that the proof asks for; with noisy gradients only that part of the error
# falls faster that is left from the start, not the part that the noise makes.
print(f"Nesterov's ceiling is {ceilings[1] / ceilings[0]:.0%} of momentum's.")
