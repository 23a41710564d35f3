r"""
Warmup saves a network from its own first steps
===============================================

A network with tanh units learns real digits at a large rate. From the first step on,
that rate drives the units to their ends, where they hardly learn. You will see the same
rate train every network, once it is climbed to in a line.

Source: :cite:t:`goyal2017`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import constant, gd, minimize, two_layer, warmup
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# Five networks, cold and warm
# ----------------------------
#
# Five networks with different starts train at once, by plain descent on batches of 32,
# with three seeds for these. Lines are medians of all fifteen runs, bands hold eight in
# ten. A unit is stuck on a digit if it puts out a number within 0.01 of -1 or 1, where
# its slope is next to nothing. With warmup the loss falls first, and fewer units stick.
networks, steps, peak = [two_layer(seed=seed) for seed in range(5)], 400, 2.0
digits, starts = networks[0], np.array([network.start for network in networks])


def train(rise, peaks, seed, every):
    start = np.broadcast_to(starts, (len(peaks), *starts.shape))
    peaks = np.reshape(peaks, (-1, 1, 1))
    lr = warmup(constant(peaks), rise)
    return minimize(
        digits,
        gd,
        lr=lr,
        start=start,
        batch=32,
        seed=seed,
        steps=steps,
        every=every,
        progress=False,
    )


def stuck(theta):
    units = np.tanh(digits.matrices(theta)[0] @ digits.inputs[::10].T)
    return np.mean(np.abs(units) > 0.99, axis=(-1, -2))


def band(ax, x, values, label):
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=-1)
    (line,) = ax.plot(x, middle, label=label)
    ax.fill_between(x, low, high, color=line.get_color(), alpha=0.2, linewidth=0)


# the rise: one step is no warmup
plans, ends = ({"cold, from the first step": 1, "warm, risen over 80 steps": 80}, [])
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8))
for name, rise in plans.items():
    runs = [train(rise, [peak], seed, every=16) for seed in range(3)]
    losses = np.concatenate([run.loss[:, 0] for run in runs], axis=1)
    band(axes[0], runs[0].t, losses, name)
    band(
        axes[1],
        runs[0].t,
        np.concatenate([stuck(run.theta[:, 0]) for run in runs], axis=1),
        name,
    )
    ends.append(losses[-1])
holds_over_seeds("every warm run trains", ends[1], 0.5)
holds_over_seeds("and no cold one", 0.5, ends[0])
axes[0].set(
    yscale="log",
    xlabel="step $t$",
    ylabel="training loss",
    title=f"Rate {peak:g}: cold fails, warm trains",
)
axes[1].set(
    xlabel="step $t$",
    ylabel="share of stuck units",
    title="Cold, nearly all stick at once",
)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
fig.set_label(
    "Training loss and share of stuck units against step t at rate 2: cold, the loss "
    "stays high and nearly all units stick at once; warm, the loss falls and fewer "
    "stick."
)
plt.show()

# %%
# The wall moves
# --------------
#
# The same five networks at seven peak rates, with batches of a fourth seed.
peaks = 2.0 ** np.arange(-1, 2.5, 0.5)
fig, ax = plt.subplots()
for name, rise in plans.items():
    final = train(rise, peaks, 3, every=steps).loss[-1]
    band(ax, peaks, final, name)
    print(
        f"{name}: at its best rate, a median loss of"
        f" {np.median(final, axis=1).min():.3f}"
    )
ax.set(
    xscale="log",
    yscale="log",
    xlabel=r"peak rate $\eta$",
    ylabel=f"loss after {steps} steps",
)
ax.set_title("Warmup moves the wall of rates; it does not remove it")
ax.set_xticks([0.5, 1, 2, 4], [0.5, 1, 2, 4])
ax.xaxis.minorticks_off()
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Loss after 400 steps against peak rate η, on log axes, cold and warm: alike up to "
    "1.4, beyond it both rise, the cold one sooner."
)
plt.show()

# %%
# The moral: warmup is for rates that the start cannot bear. Here it gains nothing over
# the best rate that it can.
