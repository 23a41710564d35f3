r"""
Schedule-free AdamW keeps up with a cosine
==========================================

AdamW is mostly run with a schedule that falls towards zero.
:func:`~optbook.more_optimizers.schedule_free_adamw` is run without any, and its average
takes the place of Adam's first moment as well. You will see both on logistic
regression, and what a schedule loses when the run is stopped before its end.

Source: :cite:t:`defazio2024`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adamw, blobs, cosine, minimize, schedule_free_adamw
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# The line between two clouds
# ---------------------------
problem, steps, batch, rate = blobs(n=128), 800, 4, 0.1
runs = {
    "AdamW, cosine": (adamw, dict(lr=cosine(rate, steps), weight_decay=0.0)),
    "AdamW, fixed rate": (adamw, dict(lr=rate, weight_decay=0.0)),
    "schedule-free AdamW": (schedule_free_adamw, dict(lr=rate)),
}


def race(rule, hyper):
    seeds = range(10)
    return [
        minimize(
            problem, rule, steps=steps, batch=batch, seed=s, progress=False, **hyper
        )
        for s in seeds
    ]


done = {name: race(*run) for name, run in runs.items()}

fig, ax = plt.subplots(figsize=(7.2, 4))
x, y = problem.features[:2]
for kind in (-1, 1):
    ax.plot(
        x[problem.targets == kind],
        y[problem.targets == kind],
        "o^"[kind > 0],
        color="0.6",
    )
across = np.linspace(-3, 3, 2)
for name, run in done.items():
    a, b, c = run[0].theta[-1]
    ax.plot(across, -(a * across + c) / b, label=name)
ax.set(ylim=(-4, 4), xlabel="first feature", ylabel="second feature")
ax.set_title("Three ways to the line between two clouds")
fig.legend(loc="outside lower center", ncols=3)
fig.set_label(
    "First feature and second feature of two clouds of points, which overlap: the "
    "lines that AdamW with a cosine, AdamW at a fixed rate and schedule-free AdamW "
    "draw between them nearly agree."
)
plt.show()

# %%
# Stop whenever you like
# ----------------------
#
# Excess loss, mean over 10 seeds.
least = minimize(
    problem, adamw, lr=cosine(0.1, 3000), weight_decay=0.0, steps=3000, progress=False
).loss[-1]
excess = {
    name: np.array([run.loss for run in runs]) - least for name, runs in done.items()
}
cos, fixed, free = excess.values()
holds_over_seeds(
    "far below the fixed rate at the end",
    free[:, -1],
    fixed[:, -100:].mean(axis=1),
    times=5,
)
holds_over_seeds(
    "mostly near the cosine where that is best",
    free[:, -1],
    3 * cos[:, -1].mean(),
    at_least=8,
)
holds_over_seeds(
    "and below it halfway", free[:, steps // 2], cos[:, steps // 2], times=2
)
cos, fixed, free = (losses.mean(axis=0) for losses in (cos, fixed, free))

fig, ax = plt.subplots()
for name, losses in excess.items():
    ax.plot(losses.mean(axis=0), label=name)
ax.set(yscale="log", xlabel="step $t$", ylabel="excess loss")
ax.set_title("A cosine is only good where it ends")
fig.legend(loc="outside right upper")
fig.set_label(
    "Excess loss, on a log axis, against step t: AdamW at a fixed rate hovers, AdamW "
    "with a cosine falls at the end, schedule-free AdamW falls early and ends a little "
    "above it."
)
plt.show()

# %%
# The moral: it is not magic, it is an average; but it is one that you can look at any
# day.
print(f"Halfway: cosine {cos[steps // 2]:.0e}, schedule-free {free[steps // 2]:.0e}")
print(
    f"At the end: cosine {cos[-1]:.0e}, schedule-free {free[-1]:.0e}, fixed"
    f" {fixed[-100:].mean():.0e}"
)
