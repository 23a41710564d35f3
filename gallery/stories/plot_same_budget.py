r"""
On one budget, a rate that falls ends lower
===========================================

A network learns to read digits under four schedules, each at its own best peak. You
will see the constant rate end above the three that fall, and those three end close
together. Then all are called away at half time.

Source: :cite:t:`hu2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import constant, cosine, gd, minimize, step, two_layer, wsd
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# A peak for each
# ---------------
#
# Six peaks for each, with batches of four, all in one broadcast. Bands are standard
# errors over five seeds.
network, steps, seeds, peaks = two_layer(), 900, 5, np.geomspace(0.1, 0.9, 6)


def schedules(peak, end=steps):
    plateau = wsd(peak, end, rise=50, fall=end // 4)
    stairs = step(peak, every=end // 4, gamma=0.5)
    return {
        "constant": constant(peak),
        "cosine": cosine(peak, end),
        "stairs": stairs,
        "plateau": plateau,
    }


def race(field, every):
    def lr(t):
        return np.stack([np.atleast_1d(schedule(t)) for schedule in field])

    run = dict(lr=lr, batch=4, steps=steps, every=every, progress=False)
    return np.stack(
        [minimize(network, gd, seed=seed, **run).loss for seed in range(seeds)]
    )


def draw(ax, x, loss, name, k):
    mean, error = loss.mean(axis=0), loss.std(axis=0, ddof=1) / np.sqrt(seeds)
    ax.plot(x, mean, label=name, **list(plt.rcParams["axes.prop_cycle"])[k])
    ax.fill_between(
        x, mean - error, mean + error, color=f"C{k}", alpha=0.2, linewidth=0
    )


swept = race(schedules(peaks[:, None]).values(), every=steps)[:, -1]
best = dict(zip(schedules(1.0), peaks[swept.mean(axis=0).argmin(axis=-1)], strict=True))

fig, ax = plt.subplots()
for k, name in enumerate(best):
    draw(ax, peaks, swept[:, k], f"{name}, best at {best[name]:.2g}", k)
ax.set(
    xscale="log",
    yscale="log",
    xlabel="peak",
    ylabel="loss at the end",
    title="Falling rates may peak higher",
)
fig.legend(loc="outside right upper")
fig.set_label(
    "Loss at the end against peak rate, log axes, for a constant rate, cosine, stairs "
    "and plateau: the falling ones are lowest at larger peaks than the constant one."
)
plt.show()

# %%
# The whole budget, and half of it
# --------------------------------
#
# At half time a cosine is still fast. A plateau, :func:`optbook.schedules.wsd`, can
# branch off into its fall at will.
every = 25
half = [schedules(best[name], steps // 2)[name] for name in ("plateau", "cosine")]
t = np.arange(0, steps + 1, every)
losses = np.moveaxis(
    race([*(schedules(best[name])[name] for name in best), *half], every), -1, 0
)
level, falling, (cut, landed, meant) = (
    losses[0, :, -1],
    losses[1:4, :, -1],
    losses[[1, 4, 5], :, steps // 2 // every],
)
holds_over_seeds("every rate that falls ends lower", falling.T, 0.9 * level[:, None])
holds_over_seeds(
    "the three that fall end close together",
    np.ptp(falling, axis=0),
    0.3 * falling.mean(axis=0),
)
holds_over_seeds("at half time a plateau can land", landed, cut, at_least=4)
holds_over_seeds(
    "about as low as a cosine that knew the end", abs(landed / meant - 1), 0.2
)

fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.2), sharey=True)
for k, name in enumerate([*best, "plateau, landed early", "cosine for half the steps"]):
    draw(
        (left, right)[k // 4],
        t,
        losses[k],
        f"{name}, ends at {losses[k, :, -1].mean():.3f}",
        k,
    )
draw(right, t, losses[1], "_cut short", 1)
left.set(
    yscale="log",
    xlabel="step $t$",
    ylabel="mean loss",
    title="They part late, as the rates fall",
)
right.set(
    xlim=(225, 450),
    xlabel="step $t$",
    ylabel="mean loss",
    title="Half time: a plateau can land",
)
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Mean loss, on a log axis, against step t: over the whole run constant, cosine, "
    "stairs and plateau part late; at half time a plateau landed early is level with a "
    "cosine made for it."
)
plt.show()

# %%
# The moral: let the rate fall before the end, along any of these three. If the end may
# move, wait on a plateau.
print(
    f"Half time: cosine cut short {cut.mean():.3f}, meant for it {meant.mean():.3f},"
    f" plateau {landed.mean():.3f}"
)
