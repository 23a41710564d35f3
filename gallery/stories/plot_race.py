r"""
A fair race gives each runner its own rate
==========================================

Who wins the race down Rosenbrock's valley? It depends on who chose the rates. You will
see three rules at one shared rate, and then each at its own, tuned on ten starts and
raced from ten others. The order turns over.

Source: :cite:t:`choi2019`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import OPTIMIZERS, plot, rosenbrock
from optbook.book.claims import holds_over_seeds
from optbook.races import race, scattered

plt.style.use("optbook.textbook")

# %%
# The protocol
# ------------
#
# Sixty-four rates are tried from ten starts. The best is the one with the least median
# loss after 500 steps, of those at which no start is lost. It is raced from ten others,
# where a start that is lost counts as infinitely bad. Ten seeds draw both sets of
# starts anew.
names = ["gd", "momentum", "adam"]
steps = 500
shared = 0.001
rates = np.geomspace(1e-4, 3, 64)
draws = 10
titles = {name: OPTIMIZERS[name].title for name in names}


def raced(name, rates, seed):
    starts = dict(
        tuned_on=scattered(rosenbrock, seed),
        raced_on=scattered(rosenbrock, seed + 1000),
    )
    return race(rosenbrock, OPTIMIZERS[name], rates, steps=steps, **starts)


def median(losses):
    return np.quantile(losses, 0.5, axis=-1, method="higher")


same, own = (
    {name: [raced(name, r, seed) for seed in range(draws)] for name in names}
    for r in ([shared], rates)
)
gd, momentum, adam = (
    np.array([median(one.losses[-1]) for one in same[name]]) for name in names
)
holds_over_seeds("at the shared rate momentum leads", momentum, gd, times=100)
holds_over_seeds("and Adam comes last", gd, adam, times=1.2)
gd, momentum, adam = (
    np.array([median(one.losses[-1]) for one in own[name]]) for name in names
)
holds_over_seeds(
    "each at its own, descent comes last by far",
    np.maximum(adam, momentum),
    gd,
    times=3,
)
holds_over_seeds("and Adam mostly first", adam, momentum, at_least=7)

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.8), sharey=True)
both = (
    (same, f"At {shared} for all Adam is last"),
    (own, "At its own rate, mostly first"),
)
for ax, (runs, title) in zip(axes, both, strict=True):
    for name in names:
        ax.plot(median(runs[name][0].losses), label=titles[name])
    ax.set(
        yscale="log",
        ylim=(1e-5, 1e3),
        xlabel="step $t$",
        ylabel="median loss of ten starts",
        title=title,
    )
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.set_label(
    "Median loss of ten starts against step t: descent, momentum, Adam, at one rate and"
    " each at its own."
)
plt.show()

# %%
# The roads from one of the starts.
fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock, window=(-1.8, 2.2, -0.8, 2.6))
for name in names:
    ax.plot(
        *own[name][0].run.theta[:, 0].T,
        ".-",
        markersize=3,
        label=f"{titles[name]}, {own[name][0].tuned.rate:.2g}",
    )
ax.set_title("At its own rate each takes another road")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "θ₂ against θ₁: the paths of descent, momentum and Adam from one start, each at its"
    " tuned rate."
)
plt.show()

# %%
# How touchy is the choice? A line ends where most starts are lost.
fig, ax = plt.subplots()
for name in names:
    ax.plot(rates, median(own[name][0].tuned.losses.T), label=titles[name])
ax.set(
    xscale="log",
    yscale="log",
    xlabel=r"learning rate $\eta$",
    ylabel=f"median loss after {steps} steps",
)
ax.set_title("Every rule has a best rate, and a wrong one")
fig.legend(loc="outside right upper")
fig.set_label(
    "Median loss after 500 steps against learning rate η; a line ends where most of the"
    " ten starts are lost."
)
plt.show()

# %%
# The moral: a race without a word on how the rates were chosen says nothing. And a word
# on the starts is needed, too:
ahead = np.mean(adam < momentum)
lost = {name: np.mean([one.lost for one in own[name]]) for name in names}
print(f"Adam is ahead of momentum in {ahead:.0%} of the draws")
for name, share in lost.items():
    print(f"{titles[name]} loses {share:.0%} of the starts at its tuned rate")
