r"""
AdamW shrinks every weight at the same pace
===========================================

:func:`optbook.optimizers.adamw` decays the weights *beside* Adam's step instead of
through its gradient. With no gradient at all you see the decay alone, a clean
exponential.

With a gradient that always pushes one way you see where decay and push balance: at
:math:`1/\lambda`, however strong the push.

Source: :cite:t:`loshchilov2019`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adamw

plt.style.use("optbook.textbook")

# %%
# No gradient: a clean exponential
# --------------------------------
#
# Each step multiplies the weight by :math:`1 - \eta\lambda`, and nothing else happens.
eta, steps = 0.01, 1000
decay = np.array([[0.01], [0.1], [1.0]])
alone = np.stack(
    list(
        islice(adamw(np.zeros_like, np.ones((3, 1)), lr=eta, weight_decay=decay), steps)
    )
)[..., 0]
t = np.arange(1, steps + 1)
assert np.allclose(alone, (1 - eta * decay.T) ** t[:, None])

fig, ax = plt.subplots()
ax.plot(t, alone, label=[f"$\\lambda = {lam:g}$" for lam in decay[:, 0]])
ax.set(ylim=(0, 1.05), xlabel="step $t$", ylabel=r"weight $\theta$")
ax.set_title(r"Left alone, a weight lives about $1/(\eta\lambda)$ steps")
fig.legend(loc="outside right upper")
fig.set_label(
    "Weight θ against step t, for AdamW with decays λ of 0.01, 0.1 and 1 and no "
    "gradient: each decays exponentially, the faster the larger λ."
)
plt.show()

# %%
# A steady push: the weight stops at one over lambda
# --------------------------------------------------
#
# Under a constant gradient Adam's own step is :math:`\eta` whatever the size of the
# gradient. The decay, :math:`\eta\lambda\theta`, grows until it matches. The balance
# point does not depend on the strength of the push.
lam, push = 0.5, np.array([[0.01], [1.0], [100.0]])
pushed = np.stack(
    list(
        islice(
            adamw(lambda theta: -push, np.zeros((3, 1)), lr=eta, weight_decay=lam),
            steps,
        )
    )
)[..., 0]
assert np.allclose(pushed[-1], 1 / lam, rtol=0.01)
assert np.ptp(pushed, axis=1).max() < 1e-4

fig, ax = plt.subplots()
for theta, strength, mark, first in zip(
    pushed.T, push[:, 0], "os^", (0, 30, 60), strict=True
):
    ax.plot(t[first::90], theta[first::90], mark, label=f"push {strength:g}")
ax.axhline(1 / lam, color="C4", linewidth=0.8, linestyle="-")
ax.set(ylim=(0, 2.2), xlabel="step $t$", ylabel=r"weight $\theta$")
ax.set_title(r"A push of any strength ends at $1/\lambda$")
fig.legend(loc="outside right upper")
fig.set_label(
    "Weight θ against step t, under a push of 0.01, 1 or 100: all points lie on one"
    " curve that levels off at 1/λ = 2."
)
plt.show()

# %%
# The moral
# ---------
#
# Decoupled decay is a leash of about :math:`1/\lambda`, the same for every weight. The
# story "AdamW or L2?" shows what happens to the leash when the decay goes through
# Adam's denominator instead.
print(f"lambda = {lam}: the weights stop at {pushed[-1].mean():.2f}")
