r"""
A saddle delays, but a breath of noise is enough
================================================

At a saddle the gradient is zero and nothing is minimal. A walker that comes in along
the ridge slows down, and only a walker exactly *on* the ridge stays. You will see that
each decade closer costs as many steps more, and then see noise do in a moment what
exactness never could.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize, plot, saddle
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Closer to the ridge, longer at the pass
# ---------------------------------------
eta = 0.1
offset = 10.0 ** -np.arange(1, 9)
start = np.stack([np.full(8, -1.5), offset], axis=-1)
run = minimize(saddle, gd, lr=eta, start=start, steps=300)
ridge = minimize(saddle, gd, lr=eta, start=(-1.5, 0.0), steps=300)
leave = np.argmax(run.theta[..., 1] > 0.5, axis=0)
assert np.all(abs(np.diff(leave[1:]) - np.log(10) / np.log(1 + eta)) < 1.5), (
    "the same wait for each decade"
)
assert np.all(ridge.theta[:, 1] == 0), "exactly on the ridge there is no way down"

fig, ax = plt.subplots()
for nth in (0, 2, 4, 6):
    ax.plot(
        run.t, run.theta[:, nth, 1], label=f"start $10^{{{-nth - 1}}}$ off the ridge"
    )
ax.plot(ridge.t, ridge.theta[:, 1], label="start on the ridge")
ax.set(xlabel="step $t$", ylabel=r"distance from the ridge, $\theta_2$")
ax.set_title(
    f"Each decade closer waits about {np.diff(leave[1:]).mean():.0f} steps more"
)
fig.legend(loc="outside right upper")
fig.set_label(
    "Distance from the ridge θ₂ against step t, for starts on the ridge and 0.1 to a "
    "ten-millionth off it: the nearer the start, the later the rise to 1; on the ridge "
    "there is none."
)
plt.show()

# %%
# A breath of noise
# -----------------
#
# Twenty walkers start exactly on the ridge. Their gradients carry noise of standard
# deviation 0.05, as a mini-batch would give them.
rng = np.random.default_rng(0)
on_ridge = np.tile([-1.5, 0.0], (20, 1))
noisy = gd(
    lambda theta: saddle.grad(theta) + 0.05 * rng.normal(size=theta.shape),
    on_ridge,
    lr=eta,
)
paths = np.stack([on_ridge, *islice(noisy, 150)])
holds_over_seeds("all twenty leave", 0.9, abs(paths[-1, :, 1]))
assert 0 < np.sum(paths[-1, :, 1] > 0) < 20, "some to each side"

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, saddle)
ax.plot(*paths[:, 1:].T.swapaxes(1, 2), color="C0", linestyle="-", linewidth=0.8)
ax.plot(
    *paths[:, 0].T, color="C1", linestyle="--", linewidth=2.2, label="one of twenty"
)
ax.plot(
    *on_ridge[0], "o", markersize=8, color="C3", label="start, exactly on the ridge"
)
ax.set_title("With a little noise, all twenty find a valley")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of two valleys: twenty noisy runs from one "
    "start on the ridge go along it, part at the saddle, and end in one of the two."
)
plt.show()

# %%
# The moral: the gradient near a saddle is small but its direction is good. Distance
# grows by a factor :math:`1 + \eta` a step, so waiting time is a matter of logarithms,
# and any noise starts the clock.
print("Steps until each walker leaves:", *leave)
