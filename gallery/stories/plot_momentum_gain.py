r"""
Momentum of 0.9 is a tenfold rate in disguise
=============================================

In its usual form, momentum's velocity is a decaying *sum* of gradients, not an average.
On a steady slope it grows to many times the gradient. You will see it grow, and then
see what follows: change the memory and you have changed the rate.

The form is :math:`v_t = \beta v_{t-1} + g_t`; the gain is :math:`1/(1-\beta)`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, momentum

plt.style.use("optbook.textbook")

# %%
# A steady slope
# --------------
#
# The gradient is 1 everywhere. With a rate of 1 each step is the velocity itself.
beta = np.array([[0.0], [0.5], [0.8], [0.9]])
steps = 60
path = np.stack(
    list(islice(momentum(np.ones_like, np.zeros((4, 1)), lr=1.0, beta=beta), steps))
)[..., 0]
velocity = -np.diff(path, axis=0, prepend=0)
gain = 1 / (1 - beta[:, 0])
assert np.allclose(velocity[-1], gain, rtol=0.01)

fig, ax = plt.subplots()
ax.plot(
    np.arange(1, steps + 1), velocity, label=[f"$\\beta = {b:g}$" for b in beta[:, 0]]
)
ax.set(xlabel="step $t$", ylabel="velocity $v_t$", ylim=(0, 11))
ax.set_title(r"On a steady slope the velocity grows to $1/(1-\beta)$")
fig.legend(loc="outside right upper")
fig.set_label(
    "Velocity v against step t, for momenta β of 0, 0.5, 0.8 and 0.9 on a steady "
    "slope: each levels off, at 1, 2, 5 and 10."
)
plt.show()

# %%
# Same rate, or same effective rate?
# ----------------------------------
#
# Compare the two rules at equal :math:`\eta` and momentum seems to win by magic. Give
# the walker the effective rate :math:`\eta/(1-\beta)` and, on a gentle slope, the two
# go nearly together: most of the magic was a larger rate.
eta, memory = 0.0005, 0.9
ball = minimize(bowl, momentum, lr=eta, beta=memory, start=(4, 0), steps=800)
same = minimize(bowl, gd, lr=eta, start=(4, 0), steps=800)
effective = minimize(bowl, gd, lr=eta / (1 - memory), start=(4, 0), steps=800)
gap = abs(ball.theta - effective.theta).max()
assert gap < 0.2 < 1 < abs(ball.theta - same.theta).max()

fig, ax = plt.subplots()
names = ["ball", r"walker, the same $\eta$", r"walker, $\eta/(1-\beta)$"]
for run, name in zip([ball, same, effective], names, strict=True):
    ax.plot(run.t, run.theta[:, 0], label=name)
ax.set(xlabel="step $t$", ylabel=r"distance to go, $\theta_1$", ylim=(0, 4.1))
ax.set_title("At an equal effective rate they walk together")
fig.legend(loc="outside right upper")
fig.set_label(
    "Distance to go in θ₁ against step t: the ball and the walker at η/(1 − β) fall "
    "together, the walker at the same η far more slowly."
)
plt.show()

# %%
# The moral
# ---------
#
# When you raise :math:`\beta`, lower :math:`\eta` in proportion to :math:`1-\beta`, or
# you have turned two dials at once. What momentum truly adds is speed in ravines, where
# the steep direction forbids the walker that tenfold rate.
print(
    f"The ball and the walker at the effective rate are never more than {gap:.2f}"
    " apart."
)
