r"""
Adam can walk the wrong way
===========================

Here is a convex problem on which Adam goes uphill. One gradient in three is large and
says "left"; two are small and say "right"; on average the way is left. You will see
Adam, which divides by a quickly fading size, shrink the large voice until the small
ones win. A longer memory mends it here.

Source: :cite:t:`reddi2018`.
"""

from itertools import cycle, islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, gd

plt.style.use("optbook.textbook")

# %%
# One loud voice against two quiet ones
# -------------------------------------
#
# The gradients are :math:`4, -1, -1` in turn: their mean is positive, so :math:`\theta`
# should fall. The second moment forgets almost at once, with :math:`\beta_1 = 0` and
# :math:`\beta_2 = 1/17`, as in the paper's example.
voices, steps = (4.0, -1.0, -1.0), 300
assert np.mean(voices) > 0, "downhill is to the left"


def walk(rule, **hyper):
    heard = cycle(voices)
    iterates = rule(
        lambda theta: np.full_like(theta, next(heard)), np.zeros(1), lr=0.01, **hyper
    )
    return np.array([0.0, *(theta[0] for theta in islice(iterates, steps))])


descent = walk(gd)
astray = walk(adam, beta1=0, beta2=1 / 17)
assert descent[-1] < -1, "descent goes down"
assert astray[-1] > 0.3, "Adam goes up"

fig, ax = plt.subplots()
ax.plot(descent, label="gradient descent")
ax.plot(astray, label=r"Adam, $\beta_2 = 1/17$")
ax.set(xlabel="step $t$", ylabel=r"$\theta$ (down is downhill)")
ax.set_title("Two quiet voices outvote the loud one")
fig.legend(loc="outside right upper")
fig.set_label(
    "θ, where down is downhill, against step t: gradient descent goes down to -2, Adam"
    " with β₂ = 1/17 goes up."
)
plt.show()

# %%
# A longer memory
# ---------------
#
# How far Adam gets in 300 steps depends on how long :math:`\beta_2` remembers. There is
# no warning where it turns.
memory = np.linspace(0.0, 0.99, 100)
drift = np.array([walk(adam, beta1=0, beta2=beta2)[-1] for beta2 in memory])
turn = memory[np.argmax(drift < 0)]
assert drift[0] > 0 > drift[-1]
assert np.all((drift < 0) == (memory >= turn)), "it turns once"

fig, ax = plt.subplots()
ax.plot(memory, drift)
ax.axhline(0, color="C4", linewidth=0.8, linestyle="-")
ax.axvline(turn, color="C1", linewidth=1, linestyle="--")
ax.set(xlabel=r"memory $\beta_2$", ylabel=r"$\theta$ after 300 steps")
ax.set_title(rf"Below $\beta_2$ of about {turn:.2f} Adam goes uphill")
fig.set_label(
    "θ after 300 steps against the memory β₂: above 0, uphill, for β₂ up to about "
    "0.32, where a dashed line stands, and below 0 beyond."
)
plt.show()

# %%
# The moral
# ---------
#
# Adam is a good habit, not a theorem. For any fixed :math:`\beta_2` there is such a
# problem, with a voice loud and rare enough; AMSGrad, the paper's remedy, keeps the
# largest size it has seen. And for a given problem, a memory that is long enough brings
# Adam itself home, or near it :cite:p:`zhang2022`.
print(f"After {steps} steps: descent {descent[-1]:.2f}, Adam {astray[-1]:+.2f}")
