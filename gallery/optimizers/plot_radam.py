r"""
RAdam has a warm-up inside
==========================

Adam's first steps are full length, though it has seen a single gradient.
:func:`~optbook.more_optimizers.radam` asks how many gradients its second moment rests
on, and holds back until they are enough. You will see the factor by which it does, and
that a warm-up schedule in front of Adam does much the same.

Source: :cite:t:`liu2020`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, constant, minimize, plot, radam, rosenbrock, warmup

plt.style.use("optbook.textbook")

# %%
# The first steps
# ---------------
#
# The first five steps are those of plain momentum: the slope counts. Here it is steep,
# so they are leaps. Only then does it divide, carefully.
gentle = (0.0, 0.3)
runs = {
    rule.title: minimize(rosenbrock, rule, lr=0.02, start=gentle, steps=150)
    for rule in (adam, radam)
}

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock, window=(-1.6, 1.6, -0.8, 2.0))
for title, run in runs.items():
    plot.path(ax, run, label=f"{title}, loss {run.loss[-1]:.1g}")
ax.set_title("Before it may divide, RAdam feels the slope in full")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Map of θ₁ and θ₂ with level lines of a curved valley: from one start Adam moves "
    "off in small steps; RAdam's first steps leave the map and land on the other side."
)
plt.show()

# %%
# The factor
# ----------
#
# Under a constant slope every step of Adam is :math:`\eta` long. The slope is made
# tiny, so that steps of momentum alone are tiny too, and the rest of the curve is the
# rectifier :math:`r_t`.
steps, slope = 4000, 1e-4


def strides(rule, lr, beta2=0.999):
    walked = [
        0.0,
        *islice(rule(lambda theta: slope, 0.0, lr=lr, beta2=beta2, eps=1e-300), steps),
    ]
    return -np.diff(walked)


rectified = {beta2: strides(radam, 1.0, beta2) for beta2 in (0.99, 0.999)}
warmed = strides(adam, warmup(constant(1.0), 2000))
for length in rectified.values():
    assert np.allclose(length[:5], slope, rtol=1e-9), "five steps of momentum"
    assert np.all(np.diff(length[5:]) >= 0), "and from there it climbs,"
    assert length[5] < 0.1 < 0.95 < length[-1] <= 1, "from little to nearly everything"

fig, ax = plt.subplots()
t = np.arange(1, steps + 1)
for beta2, length in rectified.items():
    ax.plot(t, length, label=rf"RAdam, $\beta_2 = {beta2}$")
ax.plot(t, warmed, label="Adam, warm-up of 2000 steps")
ax.set(xscale="log", xlabel="step $t$", ylabel=r"step, in units of $\eta$")
ax.set_title("The longer the memory, the longer the warm-up")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "Step, in units of η, against step t on a log axis: RAdam with β₂ = 0.99 and "
    "0.999, and Adam with a linear warm-up of 2000 steps, all rise from 0 towards 1."
)
plt.show()

# %%
# The moral: it is a schedule after all, but one that :math:`\beta_2` chooses for you.
half = {beta2: 1 + np.argmax(length > 0.5) for beta2, length in rectified.items()}
print(
    "Half the full stride is reached at step",
    ", ".join(f"{s} with beta2 = {b}" for b, s in half.items()),
)
