"""
Every schedule is a stair, a slope or a hill
============================================

A schedule is a function of the number of finished steps, and keeps no state: calling it
changes nothing. You will see every schedule of the registry, sorted not by hand but by
what its rates do: some stand still and jump, some only fall, and some climb as well.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import SCHEDULES, cosine, plot

plt.style.use("optbook.textbook")

# %%
# Sort them by what they do
# -------------------------
#
# The registry holds each schedule with the arguments of an example. Warmup needs
# another schedule to hand over to.
steps = 100
t = np.arange(steps + 1)
demos = {name: made.demo for name, made in SCHEDULES.items()}
demos["warmup"] = demos["warmup"] | {"after": cosine(1.0, 90)}
schedules = {name: SCHEDULES[name](**demo) for name, demo in demos.items()}
rates = {name: schedule(t) for name, schedule in schedules.items()}

hills = [name for name in rates if np.any(np.diff(rates[name]) > 0)]
stairs = [
    name
    for name in rates
    if name not in hills and np.mean(np.diff(rates[name]) == 0) > 0.9
]
slopes = [name for name in rates if name not in hills + stairs]
assert all([hills, stairs, slopes])
assert all(np.all((rate >= 0) & (rate <= 1)) for rate in rates.values()), (
    "no rate leaves 0 to peak"
)
assert all(np.array_equal(schedules[name](t), rates[name]) for name in rates), (
    "calling twice gives the same"
)


def draw(names, title, says):
    fig, ax = plt.subplots()
    for name in names:
        plot.rates(ax, schedules[name], steps, label=SCHEDULES[name].title)
    ax.set(title=title, ylim=(-0.03, 1.08))
    fig.legend(loc="outside right upper")
    fig.set_label(says)
    plt.show()


says = (
    "Learning rate η against finished steps t: cosine with warm restarts, one-cycle, "
    "warmup–stable–decay and warmup all climb, the first by jumps, and fall."
)
draw(hills, "Hills climb as well as fall", says)

# %%
# Slopes only fall, without a jump. They differ in where they spend their time: high up,
# or near the end.
says = (
    "Learning rate η against finished steps t: exponential, inverse square root, "
    "linear, polynomial and cosine decay all fall from 1 without a jump."
)
draw(slopes, "Slopes fall a little at every step", says)

# %%
# Stairs hold still and then drop at once. The plainest stair has one tread.
says = (
    "Learning rate η against finished steps t: constant stays at 1; step decay and "
    "multi-step decay hold still and drop three times."
)
draw(stairs, "Stairs hold still, then drop", says)

# %%
# The moral
# ---------
#
# There is no best schedule, but there are two good questions: is the start fragile
# (then climb), and is there noise at the end (then fall)?
print(f"{len(hills)} hills, {len(slopes)} slopes, {len(stairs)} stairs")
