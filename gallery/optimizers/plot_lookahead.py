r"""
Lookahead calls the runner back
===============================

:func:`optbook.wrappers.lookahead` lets any optimizer run ahead for a few steps, then
moves its own slow weights a share of the way, and calls the runner back there. You will
see it tame descent at a rate that alone is too large, and that on a bowl a short
formula says exactly when.

Source: :cite:t:`zhang2019`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, lookahead, minimize, plot

plt.style.use("optbook.textbook")

# %%
# A rate too large by a tenth
# ---------------------------
valley = bowl(condition=8)
steep = valley.curvature[-1]
sync, share, start = 5, 0.5, (-4.0, 0.6)
alone = minimize(valley, gd, lr=2.1 / steep, start=start, steps=40)
called = minimize(
    valley, lookahead(gd, sync=sync, share=share), lr=2.1 / steep, start=start, steps=40
)
assert abs(alone.theta[-1, 1]) > abs(start[1]), "climbs the walls"
assert np.linalg.norm(called.theta[-1]) < 0.1, "comes home"

fig, ax = plt.subplots(figsize=(7.2, 4))
plot.contours(ax, valley)
plot.path(ax, alone, label="descent at 2.1/L")
plot.path(ax, called, label="and called back every fifth step")
ax.set_title("Who swings too far is met halfway")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a bowl: descent at 2.1/L swings wider and "
    "wider; the same descent, called back every fifth step, settles at the minimum."
)
plt.show()

# %%
# When it works
# -------------
#
# Along a direction of curvature :math:`\lambda`, k steps of descent multiply the
# distance by :math:`(1-\eta\lambda)^k`, so a whole round multiplies it by
# :math:`1 - \alpha + \alpha (1-\eta\lambda)^k`. Measured here for 300 rates at once.
# Beyond :math:`\eta\lambda = 2` the power is large; it is negative for an odd k, and
# then half of it cancels against the half that stayed.
products = np.linspace(0.01, 2.6, 300)
fig, ax = plt.subplots()
limits = {4: 2, 5: 1 + 3 ** (1 / 5)}  # where the factor below reaches 1 or -1
for k in (4, 5):
    run = minimize(
        bowl(condition=1),
        lookahead(gd, sync=k, share=share),
        lr=products[:, None],
        start=(1.0, 1.0),
        steps=k,
    )
    factor = run.theta[-1, :, 0]
    assert np.allclose(factor, 1 - share + share * (1 - products) ** k, atol=1e-12)
    assert np.all((np.abs(factor) < 1) == (products < limits[k]))
    ax.plot(products, np.abs(factor), label=f"k = {k}, stable up to {limits[k]:.2f}")
ax.axhline(1, color="0.6", linewidth=0.8, linestyle="-")
ax.set(
    ylim=(0, 3),
    xlabel=r"rate times curvature, $\eta\lambda$",
    ylabel="growth per round",
)
ax.set_title("An odd number of steps can go beyond two")
fig.legend(loc="outside right upper")
fig.set_label(
    "Growth per round against rate times curvature ηλ, for rounds of 4 and of 5 steps: "
    "both stay below 1 at first; the one of 4 passes 1 at ηλ = 2, the one of 5 at 2.25."
)
plt.show()

# %%
# The moral: averaging with where you came from damps what swings. It is a brake, not an
# engine.
print(
    "Stable up to rate times curvature of",
    ", ".join(f"{limit:.2f} for k = {k}" for k, limit in limits.items()),
)
