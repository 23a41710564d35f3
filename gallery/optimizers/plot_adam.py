r"""
Adam sets its own stride
========================

Multiply a loss by a thousand and nothing has changed about where its minimum is, but
gradient descent will fly off. :func:`optbook.optimizers.adam` divides the averaged
gradient by its averaged size, so the units of the loss cancel. You will see three
scales walk one path, and then how long each stride is.

Source: :cite:t:`kingma2015`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, minimize, plot, rosenbrock

plt.style.use("optbook.textbook")

# %%
# The scale of the loss cancels
# -----------------------------
eta, steps = 0.2, 400
run = minimize(rosenbrock, adam, lr=eta, steps=steps, record="m v")
start = np.array(rosenbrock.start)


def scaled(scale):
    return np.stack(
        [
            start,
            *islice(
                adam(lambda theta: scale * rosenbrock.grad(theta), start, lr=eta), steps
            ),
        ]
    )


small, large = scaled(1e-3), scaled(1e3)
assert np.allclose(small, large, atol=1e-3)

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock, window=(-1.6, 1.4, -0.4, 1.6))
plot.path(ax, run, label=r"Adam, on $\mathcal{L}$")
ax.plot(
    *small[::20].T,
    "s",
    markersize=7,
    markerfacecolor="none",
    color="C1",
    label=r"on $\mathcal{L}/1000$, every 20th",
)
ax.plot(
    *large[::20].T,
    "x",
    markersize=7,
    color="C2",
    label=r"on $1000\,\mathcal{L}$, every 20th",
)
ax.set_title("Three scales of one loss, one path")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a curved valley: the path of Adam, with "
    "marks of the runs on a thousandth and a thousand times the loss, which lie on the "
    "same path."
)
plt.show()

# %%
# A stride of about eta
# ---------------------
#
# The first step has the size :math:`\eta` in each coordinate, whatever the gradient:
# both corrected moments then hold one gradient only, so :math:`\hat m/\sqrt{\hat v}` is
# its sign. Later, strides shrink where gradients disagree. Here none is much longer
# than the first. Gradients that grow can make longer ones: up to 7.27 :math:`\eta`.
stride = abs(np.diff(run.theta, axis=0))
assert np.allclose(run.theta[1] - start, -eta * np.sign(rosenbrock.grad(start)))
assert stride.max() < 1.1 * eta, "here,"
# nothing for long, and then a gradient that grows
late = iter(np.append(np.zeros(9000), 1.11 ** np.arange(300)))
longest = max(-np.diff([*islice(adam(lambda theta: next(late), 0.0, lr=1.0), 9300)]))
assert 7.2 < longest < 0.1 / np.sqrt(0.001 * (1 - 0.81 / 0.999)), (
    "but elsewhere up to the bound"
)

fig, ax = plt.subplots()
ax.plot(run.t[1:], stride / eta, label=[r"$\theta_1$", r"$\theta_2$"])
ax.axhline(1, color="C4", linewidth=0.8, linestyle="-")
ax.set(
    yscale="log",
    ylim=(1e-4, 3),
    xlabel="step $t$",
    ylabel=r"stride $|\Delta\theta|/\eta$",
)
ax.set_title("Strides begin at eta and shrink when signs disagree")
fig.legend(loc="outside right upper")
fig.set_label(
    "Stride |Δθ|/η, on a log axis, against step t, for θ₁ and θ₂: both begin at 1, dip "
    "wherever a gradient turns, and shrink to below a hundredth."
)
plt.show()

# %%
# The moral
# ---------
#
# Adam's rate is a length, in the units of :math:`\theta`: about how far a weight may
# move in a step. That makes good rates easier to guess. It does not make them
# universal: ten times the rate is still ten times the stride.
print(
    f"Longest stride: {stride.max() / eta:.2f} eta; last stride:"
    f" {stride[-1].max() / eta:.1g} eta"
)
