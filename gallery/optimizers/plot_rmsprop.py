r"""
RMSProp forgets, so its stride comes back
=========================================

AdaGrad remembers every gradient for ever, and one steep start slows it for life. :func:`optbook.optimizers.rmsprop`,
made to bring Rprop to mini-batches, keeps a fading average instead. You will see its rate recover once the slope is
gentle, and then see why a rate that never dies must be lowered by hand in the end.

Source: :cite:t:`tieleman2012`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adagrad, cosine, minimize, plot, rmsprop, rosenbrock

plt.style.use("optbook.textbook")

# %%
# A steep start, then a gentle valley
# -----------------------------------
#
# The start lies high on the wall of Rosenbrock's valley. The drawn rate is :math:`\eta/\sqrt{s_t}` for AdaGrad and
# :math:`\eta/\sqrt{v_t}` for RMSProp, for the first coordinate; both have the same :math:`\eta`.
eta, start, steps = 0.05, (-1.8, -0.5), 1500
frugal = minimize(rosenbrock, adagrad, lr=eta, start=start, steps=steps, record="s")
fading = minimize(rosenbrock, rmsprop, lr=eta, start=start, steps=steps, record="v")
rates = {
    "AdaGrad": eta / np.sqrt(frugal.symbols["s"][1:, 0]),
    "RMSProp": eta / np.sqrt(fading.symbols["v"][1:, 0]),
}
assert np.all(np.diff(rates["AdaGrad"]) <= 0), "AdaGrad's rate never rises"
assert rates["RMSProp"].max() > 20 * rates["RMSProp"].min(), "RMSProp's does"

fig, ax = plt.subplots()
for name, rate in rates.items():
    ax.plot(frugal.t[1:], rate, label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel=r"rate of $\theta_1$")
ax.set_title("AdaGrad holds a grudge, RMSProp lets go")
fig.legend(loc="outside right upper")
plt.show()

# %%
# A rate that comes back does not settle
# --------------------------------------
#
# Near the minimum the gradient is small, so RMSProp divides by something small, and its steps stay about
# :math:`\eta` long. A falling schedule, here :func:`optbook.schedules.cosine`, is what brings it to rest.
settled = minimize(rosenbrock, rmsprop, lr=cosine(eta, steps), start=start, steps=steps)
assert settled.loss[-50:].max() < fading.loss[-50:].min() / 10

fig, ax = plt.subplots()
plot.losses(ax, frugal, label="AdaGrad")
plot.losses(ax, fading, label="RMSProp")
plot.losses(ax, settled, label="RMSProp, cosine")
ax.set_title("A stride that never dies hovers; a schedule lands it")
fig.legend(loc="outside right upper")
plt.show()

# %%
# The moral
# ---------
#
# Forgetting cures AdaGrad's vanishing rate. It does not choose :math:`\eta` for you, nor when to lower it.
print(f"RMSProp's rate rose {rates['RMSProp'].max() / rates['RMSProp'].min():.0f}-fold from its lowest.")
