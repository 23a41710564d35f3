r"""
LAMB gives every layer its own measure
======================================

One rate must do for layers whose weights are tiny and for layers whose weights are
huge. Adam's steps are equally long in both. :func:`~optbook.more_optimizers.lamb` makes
them a share of the layer's own size. You will see three layers, of sizes 0.01, 1 and
100, each of which has to double.

Source: :cite:t:`you2020`.
"""

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, lamb
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Three layers in one array
# -------------------------
#
# Each row is a layer. The loss is half the squared distance to twice the starting
# weights. All share one rate.
sizes, width, steps = np.array([0.01, 1.0, 100.0]), 20, 400
rng = np.random.default_rng(0)
start = sizes[:, None] * rng.normal(size=(5, 3, width))  # five draws; one is drawn
goal = 2 * start


def distances(rule):
    walked = np.array(
        [start, *islice(rule(lambda theta: theta - goal, start, lr=0.01), steps)]
    )
    return np.linalg.norm(walked - goal, axis=-1) / np.linalg.norm(goal, axis=-1)


def arrival(distance, near=0.1):
    return np.where(
        (distance < near).any(axis=0), (distance < near).argmax(axis=0), np.inf
    )


by_rule = {rule.title: distances(rule) for rule in (adam, lamb)}
times = {title: arrival(distance) for title, distance in by_rule.items()}
holds_over_seeds(
    "LAMB's layers arrive together",
    np.ptp(times["LAMB"], axis=1),
    0.15 * times["LAMB"].mean(axis=1),
)
holds_over_seeds("Adam's one by one", times["Adam"][:, 0], times["Adam"][:, 1], times=5)
assert np.all(times["Adam"][:, 1] < times["Adam"][:, 2]), "and the largest last:"
assert np.all(np.isinf(times["Adam"][:, 2])), "not at all"

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
for ax, (title, distance), claim in zip(
    axes, by_rule.items(), ("three paces", "one pace"), strict=True
):
    for size, line in zip(sizes, distance[:, 0].T, strict=True):
        ax.plot(line, label=f"layer of size {size:g}")
    ax.set(ylim=(-0.02, 0.55), xlabel="step $t$", title=f"{title}: one rate, {claim}")
axes[0].set_ylabel("distance to go, as a share of the goal")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
fig.set_label(
    "Distance to go, as a share of the goal, against step t, for layers of size 0.01, "
    "1 and 100: under Adam each goes at its own pace, under LAMB all three together."
)
plt.show()

# %%
# The moral
# ---------
#
# A step that is one per cent of the weights means the same in every layer. It was made
# for large batches, whose rates are large; well tuned, Adam and Nesterov momentum have
# done as well there :cite:p:`nado2021`.
for title, when in times.items():
    print(
        f"{title}: steps until nine tenths of the way are done:",
        *(f"{t:g}" for t in when[0]),
    )
