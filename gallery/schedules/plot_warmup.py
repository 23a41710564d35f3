"""
Warmup carries you off a steep wall
===================================

A rate that suits the valley may be far too large for the wall you start on.
:func:`optbook.schedules.warmup` climbs to it in a line. You will see a walker start
high on the wall of Rosenbrock's valley with the same final rate twice, once thrown out
and once led down.

Source: :cite:t:`goyal2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import constant, gd, minimize, plot, rosenbrock, warmup

plt.style.use("optbook.textbook")

# %%
# The wall is steeper than the floor
# ----------------------------------
#
# The limit :math:`2/L` is a local matter: the largest curvature where you stand
# decides. Here a rate of 0.0015 is legal at the minimum and several times too large at
# the start.
eta, rise, start = 0.0015, 40, (-2.0, -0.5)
wall = np.linalg.eigvalsh(rosenbrock.hessian(start))[-1]
floor = rosenbrock.curvature[-1]
assert 2 / wall < eta < 2 / floor

cold = minimize(rosenbrock, gd, lr=eta, start=start, steps=4000)
warm = minimize(rosenbrock, gd, lr=warmup(constant(eta), rise), start=start, steps=4000)
assert cold.status.startswith("diverged")
assert warm.loss[-1] < 0.05

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock, window=(-2.6, 2.6, -1, 4))
plot.path(ax, cold, label=f"no warmup: {cold.status}")
plot.path(ax, warm, label=f"warmup over {rise} steps: loss {warm.loss[-1]:.1g}")
ax.set_title("One is thrown off the wall, one is led down")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a curved valley: without warmup the path"
    " crosses the map and leaves it; with warmup it follows the valley towards the"
    " minimum."
)
plt.show()

# %%
# The rate keeps below the moving limit
# -------------------------------------
#
# As the walker comes down, the wall gets less steep, and the local limit rises ahead of
# the climbing rate. Note the first rate: one fortieth of the full rate, not zero. A
# step at rate zero is a step wasted.
limits = [
    2 / np.linalg.eigvalsh(rosenbrock.hessian(theta))[-1]
    for theta in warm.theta[: rise + 20]
]
schedule = warmup(constant(eta), rise)
assert schedule(0) == eta / rise

fig, ax = plt.subplots()
plot.rates(ax, schedule, rise + 19, label="rate, with warmup")
ax.plot(limits, label="limit where it stands")
ax.axhline(eta, color="C2", linestyle=":", label="rate, without")
ax.set_title("The limit gets out of the way in time")
ax.set_ylim(0, None)
fig.legend(loc="outside right upper")
fig.set_label(
    "Learning rate η against finished steps t: with warmup it rises to 0.0015 and "
    "stays below the limit where the run stands, which grows; without warmup it is "
    "above the limit at first."
)
plt.show()

# %%
# The moral
# ---------
#
# Warmup does not make the first steps better; it makes them harmless. It helps when the
# start is steeper than the rest of the way, and costs a few slow steps when it is not.
print(
    f"2/L is {2 / wall:.1g} at the start and {2 / floor:.1g} at the minimum; the rate"
    f" is {eta}."
)
