r"""
AMSGrad forgets its greatest fright late, or never
==================================================

Adam's memory of steep slopes fades. :func:`~optbook.more_optimizers.amsgrad` keeps the
largest average of squares it has seen. You will see what that costs where the danger
has passed, and that one name covers three rules: whether the step's divisor ever falls
depends on where the bias is corrected.

Source: :cite:t:`reddi2018`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import adam, amsgrad, minimize, plot, rosenbrock
from optbook.book.claims import holds_over_seeds

plt.style.use("optbook.textbook")

# %%
# A steep start, then a gentle valley
# -----------------------------------
#
# Twenty starts high on the wall, at the same rate and with a memory of about a hundred
# steps. One pair is drawn.
eta, beta2, steps = 0.1, 0.99, 600
rng = np.random.default_rng(0)
starts = np.vstack(
    [
        [-1.5, -0.5],
        np.column_stack([rng.uniform(-1.8, -1.2, 19), rng.uniform(-1, 0, 19)]),
    ]
)
hyper = dict(lr=eta, beta2=beta2, start=starts, steps=steps)
runs = {
    "Adam": minimize(rosenbrock, adam, record="v", **hyper),
    "AMSGrad": minimize(rosenbrock, amsgrad, record="m v v_max", **hyper),
}
losses = [run.loss[-1] for run in runs.values()]
holds_over_seeds("the memory has its price, from every start", *losses, times=5)

fig, ax = plt.subplots(figsize=(7.2, 4.2))
plot.contours(ax, rosenbrock)
for title, run in runs.items():
    ax.plot(
        *run.theta[:, 0].T,
        ".-",
        markersize=3,
        label=f"{title}, loss {run.loss[-1, 0]:.1g}",
    )
ax.set(
    title="Who remembers the wall walks the valley in small steps",
    xlabel=r"$\theta_1$",
    ylabel=r"$\theta_2$",
)
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "θ₂ against θ₁: the paths of Adam and of AMSGrad from high on the wall of"
    " Rosenbrock's valley."
)
plt.show()

# %%
# Three rules of one name
# -----------------------
#
# PyTorch and this book take the maximum first and correct its bias afterwards: the
# divisor :math:`\sqrt{\hat v_t}` then shrinks with the correction. Optax corrects
# first, and the paper not at all; there it never falls. The paper's proof asks that
# :math:`\sqrt{\hat v_t}/\eta_t` never falls. At its rate :math:`\eta/\sqrt t` that
# holds for all three.
t = np.arange(1, steps + 1)
symbols = {key: values[1:, 0, 0] for key, values in runs["AMSGrad"].symbols.items()}
unbiased = 1 - beta2**t
divisors = {
    "AMSGrad, this book": np.sqrt(symbols["v_max"] / unbiased),
    "AMSGrad, Optax": np.sqrt(np.maximum.accumulate(symbols["v"] / unbiased)),
    "AMSGrad, paper": np.sqrt(np.maximum.accumulate(symbols["v"])),
    "Adam": np.sqrt(runs["Adam"].symbols["v"][1:, 0, 0] / unbiased),
}
ours, optax, paper, fading = divisors.values()
stride = eta * symbols["m"] / (1 - 0.9**t) / ours
assert np.allclose(-np.diff(runs["AMSGrad"].theta[:, 0, 0]), stride), (
    "this is what the step is divided by"
)
assert np.all(np.diff(ours) < 0), "in this book's form it falls at every step here"
assert np.all(np.diff([optax, paper]) >= 0), "in the two others it never falls"
assert np.all(np.diff(np.sqrt(t) * [ours, optax, paper]) > 0), (
    "over the theorem's rate it rises in all three"
)
assert np.any(np.diff(np.sqrt(t) * fading) < 0), "but not in Adam"

fig, axes = plt.subplots(1, 2, figsize=(7.2, 4), sharex=True)
for label, size in divisors.items():
    axes[0].loglog(t, size, label=label)
    axes[1].loglog(t, size * np.sqrt(t), label=label)
axes[0].set(
    xlabel="step $t$",
    ylabel=r"what $\theta_1$'s step is divided by",
    title="Two never fall",
)
axes[1].set(
    xlabel="step $t$",
    ylabel=r"the same, times $\sqrt{t}$",
    title="Over a falling rate three rise",
)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
fig.set_label(
    "What θ₁'s step is divided by, and the same times √t, against step t: AMSGrad in"
    " three forms, and Adam."
)
plt.show()

# %%
# The moral: a long memory is paid for in steps. Ask which AMSGrad is meant: in some the
# first step's fright fades.
print(
    f"{ours[0] / ours[-1]:.1f}-fold in {steps} steps in this book's form, and not at"
    " all in Optax's."
)
