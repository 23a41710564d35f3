r"""
Two over L is a cliff
=====================

On a bowl, gradient descent settles at every rate below two over its greatest curvature
L, and at none above. You will see two walkers whose rates differ by two per cent, one
homing in and one leaving; then the cliff itself; and then a curved valley where the
cliff has a handrail.

Source: :cite:t:`goh2017` for the bowl, :cite:t:`cohen2021` for what training does at
the limit.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, rosenbrock

plt.style.use("optbook.textbook")

# %%
# Just under, just over
# ---------------------
steep = bowl.curvature[-1]
eta = np.array([[1.98], [2.02]]) / steep
run = minimize(bowl, gd, lr=eta, steps=60)
height = run.theta[..., 1]
assert np.all(np.diff(abs(height[:, 0])) < 0), "one settles"
assert np.all(np.diff(abs(height[:, 1])) > 0), "one leaves"

fig, axes = plt.subplots(1, 2, sharey=True)
for ax, path, colour, title in zip(
    axes, height.T, ["C0", "C1"], ["1.98/L settles", "2.02/L leaves"], strict=True
):
    ax.plot(run.t, path, "o-", color=colour, markersize=2.5, linewidth=1)
    ax.set(xlabel="step $t$", ylabel=r"height on the wall, $\theta_2$", title=title)
fig.set_label(
    "Height on the wall θ₂ against step t, at rates of 1.98/L and 2.02/L: both swing "
    "from side to side, the first less and less, the second more and more."
)
plt.show()

# %%
# The cliff
# ---------
#
# Four hundred rates, 2000 steps each, in one broadcast. What happens at the cliff is
# not gradual.
share = np.append(np.linspace(1.9, 2.02, 400), [1.99, 2.01])
race = minimize(bowl, gd, lr=share[:, None] / steep, steps=2000, every=2000)
distance = np.linalg.norm(race.theta[-1], axis=-1)
assert np.all((distance < bowl.start[1]) == (share < 2))

order = share.argsort()
fig, ax = plt.subplots()
ax.plot(share[order], distance[order])
ax.axvline(2, color="C1", linestyle="--", linewidth=1)
ax.set(
    ylim=(-0.2, 8),
    xlabel=r"rate times curvature, $\eta L$",
    ylabel="distance after 2000 steps",
)
ax.set_title(f"At 1.99/L it ends {distance[-2]:.0e} away, at 2.01/L {distance[-1]:.0e}")
fig.set_label(
    "Distance after 2000 steps against rate times curvature ηL: 0 up to 2, a dashed "
    "line, and off the picture just beyond."
)
plt.show()

# %%
# A handrail
# ----------
#
# A real landscape is no bowl. The floor of Rosenbrock's valley gets sharper with
# :math:`\theta_1`: the minimum is sharper than the stretch before it, and what lies
# beyond is sharper still. With a rate too large for the minimum the walker is shaken
# off, but only back to where the curvature is about :math:`2/\eta`. Six starts; one is
# drawn.
floor = [
    np.linalg.eigvalsh(rosenbrock.hessian(np.array([x, x * x])))[-1]
    for x in np.linspace(0, 2, 41)
]
assert np.all(np.diff(floor) > 0), "the minimum, at 1, is not the sharpest point"
eta = 1.1 * 2 / rosenbrock.curvature[-1]
starts = np.array(
    [[1.05, 1.1], [0.7, 0.5], [0.9, 0.81], [0.95, 0.9], [1.1, 1.2], [1.2, 1.44]]
)
shaken = minimize(rosenbrock, gd, lr=eta, start=starts, steps=4000)
middle = (shaken.theta[1:] + shaken.theta[:-1])[::10] / 2
sharpness = np.array(
    [
        [np.linalg.eigvalsh(rosenbrock.hessian(theta))[-1] for theta in row]
        for row in middle
    ]
)
assert np.all((shaken.loss[-1] > 1e-4) & (shaken.loss[-1] < 1)), (
    "none settles or leaves"
)
assert np.all(abs(sharpness[-50:].mean(axis=0) * eta / 2 - 1) < 0.01), (
    "all come to the edge,"
)
assert np.all(abs(shaken.theta[-500:, :, 0].mean(axis=0) - 0.94) < 0.01), (
    "and that is short of the minimum"
)

fig, ax = plt.subplots()
ax.plot(shaken.t[:-1:10], sharpness[:, 0], label="largest curvature")
ax.axhline(2 / eta, color="C1", linestyle="--", label=r"$2/\eta$")
ax.set(xlabel="step $t$", ylabel="curvature midway through a step")
ax.set_title(r"It backs off to where the curvature is $2/\eta$")
fig.legend(loc="outside right upper")
fig.set_label(
    "Curvature midway through a step against step t: it falls, and swings ever closer"
    " about 2/η."
)
plt.show()
