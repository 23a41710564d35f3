r"""
One missing eta sends Nesterov to the moon
==========================================

Many texts print Nesterov's look-ahead without the rate, beside a velocity that does not
contain the rate either. You will see what the missing letter does, and where the two
conventions come from.

Printed is :math:`\theta - \beta v`; in that convention the look-ahead is
:math:`\theta - \eta\beta v`.

Source: :cite:t:`sutskever2013`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, clock, nesterov

plt.style.use("optbook.textbook")

# %%
# As often printed, and as it should be
# -------------------------------------
#
# The misprinted rule looks :math:`1/\eta` times too far ahead, here 33 times, and obeys
# a slope that is not there.


def misprinted(grad, theta, lr, beta=0.9):
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        v = beta * v + grad(theta - beta * v)
        theta = theta - eta * v
        yield theta


def with_rate_inside(grad, theta, lr, beta=0.9):
    v = np.zeros_like(theta)
    for _, eta in clock(lr):
        v = beta * v + eta * grad(theta - beta * v)
        theta = theta - v
        yield theta


steep, start, eta, steps = bowl(condition=20), np.array([1.0, 1.0]), 0.03, 60
rules = {
    "misprinted": misprinted,
    "nesterov": nesterov,
    "rate inside v": with_rate_inside,
}
paths = {
    name: np.stack([start, *islice(rule(steep.grad, start, lr=eta), steps)])
    for name, rule in rules.items()
}
distance = {name: np.linalg.norm(path, axis=-1) for name, path in paths.items()}
assert distance["misprinted"][-1] > 1e70
assert distance["nesterov"][-1] < 0.1
assert np.allclose(paths["nesterov"], paths["rate inside v"]), (
    "with the rate inside v the short form is right"
)

fig, ax = plt.subplots()
for name in ("misprinted", "nesterov"):
    ax.plot(distance[name], label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel="distance to the minimum")
ax.set_title(
    f"One letter: {distance['misprinted'][-1]:.0e} away instead of"
    f" {distance['nesterov'][-1]:.2f}"
)
fig.legend(loc="outside right upper")
fig.set_label(
    "Distance to the minimum, on a log axis, against step t: with the misprinted "
    "formula it grows a hundredfold every two steps or so; with nesterov it falls."
)
plt.show()

# %%
# The moral
# ---------
#
# Both forms are right at home. The slip is to take the look-ahead from the one and the
# velocity from the other. Two conventions in one formula are one too many: check the
# units, and run it on a bowl before you print it.
print(
    "The two consistent forms differ by"
    f" {abs(paths['nesterov'] - paths['rate inside v']).max():.0e}."
)
