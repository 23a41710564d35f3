r"""
RMSProp forgets, so its stride comes back
=========================================

AdaGrad remembers every gradient for ever, and one steep start slows it for life.
:func:`optbook.optimizers.rmsprop`, made to bring Rprop to mini-batches, keeps a fading
average instead. You will see its rate recover once the slope is gentle, and then see
why a rate that never dies must be lowered by hand in the end.

Source: :cite:t:`tieleman2012`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adagrad, cosine, minimize, rmsprop, rosenbrock
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# A steep start, then a gentle valley
# -----------------------------------
#
# Twenty starts lie high on the wall of Rosenbrock's valley; the first is drawn. The
# drawn rate is :math:`\eta/\sqrt{s_t}` for AdaGrad and :math:`\eta/\sqrt{v_t}` for
# RMSProp, for the first coordinate; both have the same :math:`\eta`.
eta, steps, rng = 0.05, 1500, np.random.default_rng(0)
start = np.vstack(
    [[-1.8, -0.5], np.column_stack([rng.uniform(-2, -1.5, 19), rng.uniform(-1, 0, 19)])]
)
frugal = minimize(rosenbrock, adagrad, lr=eta, start=start, steps=steps, record="s")
fading = minimize(rosenbrock, rmsprop, lr=eta, start=start, steps=steps, record="v")
rates = {
    "AdaGrad": eta / np.sqrt(frugal.symbols["s"][1:, :, 0]),
    "RMSProp": eta / np.sqrt(fading.symbols["v"][1:, :, 0]),
}
assert np.all(np.diff(rates["AdaGrad"], axis=0) <= 0), "AdaGrad's rate never rises"
lowest = rates["RMSProp"].min(axis=0)
later = np.where(
    np.arange(steps)[:, None] > rates["RMSProp"].argmin(axis=0), rates["RMSProp"], 0
).max(axis=0)
holds_over_seeds("RMSProp's does, from every start", lowest, later, times=10)

fig, ax = plt.subplots()
for name, rate in rates.items():
    ax.plot(frugal.t[1:], rate[:, 0], label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel=r"rate of $\theta_1$")
ax.set_title("AdaGrad holds a grudge, RMSProp lets go")
fig.legend(loc="outside right upper")
fig.set_label(
    "Rate of θ₁ against step t: AdaGrad's falls and stays low, RMSProp's falls at once"
    " and then rises again."
)
plt.show()

# %%
# A rate that comes back does not settle
# --------------------------------------
#
# Near the minimum the gradient is small, so RMSProp divides by something small, and its
# steps stay about :math:`\eta` long. A falling schedule, here
# :func:`optbook.schedules.cosine`, is what brings it to rest.
settled = minimize(rosenbrock, rmsprop, lr=cosine(eta, steps), start=start, steps=steps)
holds_over_seeds(
    "the schedule lands it",
    settled.loss[-50:].max(axis=0),
    fading.loss[-50:].min(axis=0),
    times=10,
)

fig, ax = plt.subplots()
for run, label in (
    (frugal, "AdaGrad"),
    (fading, "RMSProp"),
    (settled, "RMSProp, cosine"),
):
    ax.plot(run.t, run.loss[:, 0], label=label)
ax.set(yscale="log", xlabel="step $t$", ylabel="loss")
ax.set_title("A stride that never dies hovers; a schedule lands it")
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss against step t: AdaGrad falls slowly, RMSProp at a fixed rate hovers, with a"
    " cosine it goes on falling."
)
plt.show()

# %%
# The moral
# ---------
#
# Forgetting cures AdaGrad's vanishing rate. It does not choose :math:`\eta` for you,
# nor when to lower it.
print(
    f"From its lowest, RMSProp's rate rose {min(later / lowest):.0f}- to"
    f" {max(later / lowest):.0f}-fold."
)
