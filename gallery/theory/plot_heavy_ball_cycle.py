r"""
A heavy ball that never arrives
===============================

Tuned for a quadratic, the heavy ball is the fastest of the three here. On other
functions with the same least and greatest curvature it need not arrive, unless it
starts near enough. You will see one, of a single number and strongly convex, on which
it runs in a circle of three points for ever, while gradient descent and Nesterov's ball
come home.

Source: :cite:t:`lessard2016`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize, momentum, nesterov

plt.style.use("optbook.textbook")


# %%
# A bowl with a soft ring
# -----------------------
#
# The curvature is 25 everywhere but between 1 and 2, where it is 1.
class Ring:
    """Strongly convex: curvature 1 for theta from 1 to 2, and 25 elsewhere."""

    start, low, high = (3.3,), 1.0, 25.0

    def grad(self, x):
        return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))

    def loss(self, theta):
        x = theta[..., 0]
        middle, outer = x**2 / 2 + 24 * x - 12, 25 * x**2 / 2 - 24 * x + 36
        return np.where(x < 1, 25 * x**2 / 2, np.where(x < 2, middle, outer))


ring, m, big_l = Ring(), 1.0, 25.0
x = np.linspace(-2, 4, 601)[:, None]
slopes = (ring.loss(x + 1e-6) - ring.loss(x - 1e-6)) / 2e-6
assert np.allclose(slopes, ring.grad(x)[:, 0], atol=1e-4), "this is its gradient"
assert np.all(np.diff(ring.grad(x)[:, 0]) >= m * np.diff(x[:, 0]) - 1e-9), (
    "and it is strongly convex"
)

# %%
# Three at their best settings
# ----------------------------
root = np.sqrt(big_l / m)
tuned = {
    "gradient descent": (gd, {"lr": 2 / (big_l + m)}),
    "heavy ball": (
        momentum,
        {
            "lr": 4 / (np.sqrt(big_l) + np.sqrt(m)) ** 2,
            "beta": ((root - 1) / (root + 1)) ** 2,
        },
    ),
    "Nesterov": (nesterov, {"lr": 1 / big_l, "beta": (root - 1) / (root + 1)}),
}
runs = {
    name: minimize(ring, rule, steps=400, **hyper)
    for name, (rule, hyper) in tuned.items()
}
ball = runs["heavy ball"].theta[:, 0]
assert np.allclose(ball[-3:], ball[-6:-3], rtol=1e-12), (
    "after three steps it is where it was,"
)
assert np.ptp(ball[-3:]) > 1, "and that is no point of rest"
assert all(
    abs(runs[name].theta[-1, 0]) < 1e-10 for name in ("gradient descent", "Nesterov")
)

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
axes[0].plot(x, ring.loss(x), color="0.5", linestyle="-", label="the loss")
axes[0].plot(
    ball[-3:], ring.loss(ball[-3:, None]), "o", color="C1", label="the three points"
)
axes[0].set(
    xlabel=r"$\theta$", ylabel=r"loss $\mathcal{L}$", title="A circle of three points"
)
axes[0].legend()
for name, run in runs.items():
    axes[1].plot(run.t[:40], run.theta[:40, 0], label=name)
axes[1].set(xlabel="step $t$", ylabel=r"$\theta_t$", title="The ball never stops")
axes[1].legend(fontsize=8)
fig.set_label(
    "Left, loss against θ, with the three points that the heavy ball visits. Right, θₜ "
    "against step t: the heavy ball swings for ever, gradient descent and Nesterov "
    "settle at 0."
)
plt.show()

# %%
# The moral: the fastest method on paper had a quadratic on that paper.
print("The circle:", ", ".join(f"{point:.4f}" for point in ball[-3:]))
