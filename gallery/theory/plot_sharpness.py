r"""
A network sharpens until it trembles
====================================

Full-batch gradient descent on a small network does something odd. The largest curvature
rises, step by step, up to the very limit of stability, two over the rate, and then
stays there, while the loss goes on falling in jerks. You will see it at three rates, on
a network small enough for its curvature to be computed.

Source: :cite:t:`cohen2021`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")


# %%
# Twelve hidden numbers
# ---------------------
class Network:
    """Twelve tanh units fit a step; theta has weights in, biases, weights out."""

    def __init__(self, seed=0):
        self.x = np.linspace(-1, 1, 20)
        self.y = np.sign(self.x)
        self.start = np.random.default_rng(seed).normal(size=36) * np.repeat(
            [1.0, 0.5, 0.5], 12
        )

    def parts(self, theta):
        into, bias, out = np.split(theta[..., None, :], 3, axis=-1)
        hidden = np.tanh(into * self.x[:, None] + bias)
        return hidden, out, (hidden * out).sum(axis=-1) - self.y

    def loss(self, theta):
        return (self.parts(theta)[-1] ** 2).mean(axis=-1) / 2

    def grad(self, theta):
        hidden, out, off = self.parts(theta)
        inner = (off := off[..., None] / 20) * out * (1 - hidden**2)
        parts = inner * self.x[:, None], inner, off * hidden
        return np.concatenate([part.sum(axis=-2) for part in parts], axis=-1)


def sharpness(network, theta, h=1e-5):
    shifts = np.eye(theta.size) * h
    hessian = (network.grad(theta + shifts) - network.grad(theta - shifts)) / (2 * h)
    return np.linalg.eigvalsh(hessian)[-1]  # reads one half of it


# all in one broadcast: the networks differ in nothing but the start
def trained(rates, seeds):
    network, starts = Network(), np.stack([Network(seed).start for seed in seeds])
    run = minimize(
        network,
        gd,
        lr=rates[:, None],
        start=starts,
        steps=8000,
        every=80,
        progress=False,
    )
    return (
        run,
        np.array([[sharpness(network, theta) for theta in row] for row in run.theta])
        * rates
        / 2,
    )


# %%
# Up to the edge, and along it
# ----------------------------
run, shares = trained(rates := np.array([0.6, 0.7, 0.8]), seeds=[0])
assert np.all(shares[0] < 0.9), "they begin below the limit"
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8))
for rate, share, loss in zip(rates, shares.T, run.loss.T, strict=True):
    axes[0].plot(
        run.t, share * 2 / rate, label=rf"$\eta$ = {rate}, limit {2 / rate:.3g}"
    )
    axes[1].semilogy(run.t, loss)
axes[0].set(
    xlabel="step $t$",
    ylabel="largest curvature",
    title=r"It climbs to $2/\eta$, and stays",
)
axes[1].set(
    xlabel="step $t$", ylabel=r"loss $\mathcal{L}$", title="The loss falls all the same"
)
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Largest curvature and loss against step t, for rates η of 0.6, 0.7 and 0.8: each "
    "curvature climbs to its limit 2/η and saws about it; the losses fall, with spikes."
)
plt.show()

# %%
# Eight networks, some of which begin beyond the limit: they are thrown off, and come to
# the same edge from above.
run, shares = trained(rates[:1], seeds=range(8))
holds_over_seeds("all end on it", abs(shares[-25:].mean(axis=0) - 1), 0.02)
fig, ax = plt.subplots()
ax.plot(run.t, shares, color="C0", linestyle="-", linewidth=0.8)
ax.set(
    xlabel="step $t$",
    ylabel="curvature ÷ limit",
    title="From above or below, to the edge",
)
fig.set_label(
    "Curvature ÷ limit against step t, eight networks: some are soon above 1, some "
    "long below it, and all end close to 1."
)
plt.show()

# %%
# The moral: the limit is not only a danger to keep away from. Training with the full
# batch often goes there by itself; mini-batches stay flatter, and Adam has an edge of
# its own :cite:p:`cohen2022`.
