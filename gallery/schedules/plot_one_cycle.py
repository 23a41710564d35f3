r"""
One cycle may visit a rate that nobody could live at
====================================================

Too high a constant rate throws gradient descent out of a bowl. One-cycle
(:func:`optbook.schedules.one_cycle`) climbs above the limit for a while, and comes
back. You will see the loss grow like a fever and then collapse, and you will see that a
brave visit is not yet a gain.

Source: :cite:t:`smith2019`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, one_cycle, plot

plt.style.use("optbook.textbook")

# %%
# Up past the limit, and down again
# ---------------------------------
narrow = bowl(condition=100)
limit = 2 / narrow.curvature[-1]
steps = 200
peak = 1.5 * limit
cycle = one_cycle(peak, steps)
above = np.mean(cycle(np.arange(steps)) > limit)
assert 0.3 < above < 0.45

fig, ax = plt.subplots()
plot.rates(ax, cycle, steps, label="one-cycle")
ax.axhline(limit, color="C1", linestyle="--", label=f"limit $2/L = {limit:g}$")
ax.set_title(f"The rate is above the limit for {above:.0%} of the run")
fig.legend(loc="outside right upper")
fig.set_label(
    "Learning rate η against finished steps t: one-cycle rises from almost 0 above the "
    "limit 2/L, a dashed line, and falls back to 0."
)
plt.show()

# %%
# A fever, and a recovery
# -----------------------
#
# Above the limit the steep direction grows; below it, the growth is undone. Whoever
# stays at the peak is lost. Sixty-four constant rates up to the limit run beside it,
# and the best of them is drawn.
constants = np.geomspace(limit / 30, limit, 64)[:, None]
race = minimize(narrow, gd, lr=constants, steps=steps)
best = race.loss[-1].argmin()
visit = minimize(narrow, gd, lr=cycle, steps=steps)
stay = minimize(narrow, gd, lr=peak, steps=steps)
assert visit.loss.max() > 10 * visit.loss[0], "the loss does grow"
assert visit.loss[-1] < visit.loss[0] / 1000, "and the visitor recovers"
assert stay.loss[-1] > 1e100, "who stays is lost"
assert race.loss[-1, best] < visit.loss[-1], (
    "but on this bowl a well-chosen constant is better still"
)

fig, ax = plt.subplots()
plot.losses(ax, visit, label="one-cycle")
plot.losses(ax, stay, label="always at its peak")
ax.plot(race.t, race.loss[:, best], label=f"best constant, {constants[best, 0]:.4f}")
ax.set_ylim(1e-3, 1e6)
ax.set_title("A visitor recovers, a resident does not")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss, on a log axis, against step t: always at the peak rate it leaves the "
    "picture; one-cycle climbs while its rate is high and recovers; the best constant "
    "rate falls steadily."
)
plt.show()

# %%
# The moral
# ---------
#
# The limit :math:`2/L` is about staying, not about visiting. On a bowl without noise
# the visit buys nothing that a well-tuned constant could not; one-cycle is meant for
# runs where the limit is unknown and the last steps must be quiet.
print(
    f"The loss went from {visit.loss[0]:.0f} up to {visit.loss.max():.0f} and ended at"
    f" {visit.loss[-1]:.2g}."
)
