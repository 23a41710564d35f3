r"""
A network sharpens until it trembles
====================================

Full-batch gradient descent on a small network does something odd. The largest curvature rises, step by step, up to
the very limit of stability, two over the rate, and then stays there, while the loss goes on falling in jerks. You
will see it at three rates, on a network small enough for its curvature to be computed.

Source: :cite:t:`cohen2021`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import gd, minimize

plt.style.use("optbook.textbook")


# %%
# Twelve hidden numbers
# ---------------------
class Network:
    """Fit a step, at twenty points, with twelve tanh units; theta is (weights in, biases, weights out)."""

    units = 12

    def __init__(self):
        self.x = np.linspace(-1, 1, 20)
        self.y = np.sign(self.x)
        rng = np.random.default_rng(0)
        self.start = rng.normal(size=3 * self.units) * np.repeat([1.0, 0.5, 0.5], self.units)

    def parts(self, theta):
        into, bias, out = np.split(theta[..., None, :], 3, axis=-1)
        hidden = np.tanh(into * self.x[:, None] + bias)
        return hidden, out, (hidden * out).sum(axis=-1) - self.y

    def loss(self, theta):
        return (self.parts(theta)[-1] ** 2).mean(axis=-1) / 2

    def grad(self, theta):
        hidden, out, off = self.parts(theta)
        off = off[..., None] / len(self.x)
        inner = off * out * (1 - hidden**2)
        parts = [inner * self.x[:, None], inner, off * hidden]
        return np.concatenate([part.sum(axis=-2) for part in parts], axis=-1)


def sharpness(network, theta, h=1e-5):
    shifts = np.eye(theta.size) * h
    hessian = (network.grad(theta + shifts) - network.grad(theta - shifts)) / (2 * h)
    return np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]


# %%
# Up to the edge, and along it
# ----------------------------
network, steps, rates = Network(), 8000, [0.6, 0.7, 0.8]
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8))
for k, rate in enumerate(rates):
    run = minimize(network, gd, lr=rate, steps=steps, every=40, progress=False)
    sharp = np.array([sharpness(network, theta) for theta in run.theta])
    assert sharp[0] < 0.9 * 2 / rate, "it begins below the limit,"
    assert abs(sharp[-50:].mean() * rate / 2 - 1) < 0.02, "ends on it,"
    assert run.loss[-1] < run.loss[20] / 5, "and the loss has fallen"
    axes[0].plot(run.t, sharp, label=rf"$\eta$ = {rate}, limit {2 / rate:.3g}")
    axes[0].axhline(2 / rate, color=f"C{k}", linestyle=":", linewidth=1)
    axes[1].semilogy(run.t, run.loss)
axes[0].set(xlabel="step $t$", ylabel="largest curvature", title=r"It climbs to $2/\eta$, and stays")
axes[1].set(xlabel="step $t$", ylabel="loss $L$", title="The loss falls all the same")
fig.legend(loc="outside lower center", ncols=3)
plt.show()

# %%
# The moral: the limit of stability is not only a danger to keep away from. It is where training goes by itself.
print("Largest curvature at the end, as a share of the last limit:", f"{sharp[-50:].mean() * rate / 2:.3f}")
