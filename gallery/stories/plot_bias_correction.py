r"""
Without bias correction Adam starts too fast
============================================

Adam's two averages start at zero, so both begin too small. It is often said that the correction avoids a *slow*
start.

You will see the opposite: at the default settings :math:`v` is biased harder than :math:`m`, and it stands below
the line, so the uncorrected step is too *large*.

Source: :cite:t:`kingma2015`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, clock

plt.style.use("optbook.textbook")

# %%
# Too large by how much?
# ----------------------
#
# The uncorrected step divided by the corrected one does not depend on the gradients at all (apart from
# :math:`\epsilon`). It is :math:`(1-\beta_1^t)/\sqrt{1-\beta_2^t}`.
t = np.arange(1, 10001)
excess = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
for step, expected in ((1, 3.16), (10, 6.5), (50, 4.5), (1000, 1.26)):
    print(f"step {step:4}: {excess[step - 1]:.2f} times too large")
    assert np.isclose(excess[step - 1], expected, rtol=0.01)
assert np.all(excess >= 1), "never too small"

fig, ax = plt.subplots()
ax.plot(t, excess)
ax.axhline(1, color="C4", linewidth=0.8, linestyle="-")
ax.set(xscale="log", ylim=(0, 7), xlabel="step $t$", ylabel="uncorrected / corrected step")
ax.set_title(f"Too large for a thousand steps, worst at step {t[excess.argmax()]}")
fig.set_label(
    "Uncorrected / corrected step against step t on a log axis, at Adam's default memories: it rises from 3 to 6.6 at "
    "step 12 and falls to 1 after some thousand steps."
)
plt.show()

# %%
# What it does to a weight
# ------------------------
#
# Here is Adam with the two correcting lines left out. Both versions get pure noise as gradients; twenty
# weights each, and the same noise for both.


def uncorrected(grad, theta, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = v = np.zeros_like(theta)
    for _, eta in clock(lr):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - eta * m / (np.sqrt(v) + eps)
        yield theta


def wander(rule, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack(list(islice(rule(lambda theta: rng.normal(size=20), np.zeros(20), lr=0.001), 400)))


paths = {"uncorrected": wander(uncorrected), "Adam": wander(adam)}
spread = {name: np.sqrt(np.mean(path**2, axis=1)) for name, path in paths.items()}
assert np.all(spread["uncorrected"] > spread["Adam"])
assert np.isclose(paths["uncorrected"][0], excess[0] * paths["Adam"][0], rtol=1e-4).all()

fig, ax = plt.subplots()
for name, rms in spread.items():
    ax.plot(np.arange(1, 401), rms, label=name)
ax.set(xlabel="step $t$", ylabel="distance from the start (rms)", ylim=(0, None))
ax.set_title("Uncorrected, the weights are flung out on noise")
fig.legend(loc="outside right upper")
fig.set_label(
    "Distance from the start (rms) against step t, on nothing but noise: uncorrected, the weights go more than three "
    "times as far as with Adam."
)
plt.show()

# %%
# The moral: bias correction is a brake, not an accelerator; it does some of the work of a warmup.
