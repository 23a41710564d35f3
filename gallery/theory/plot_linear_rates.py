r"""
The rates of the theorems, measured
===================================

A quadratic owes its optimizer a fixed factor per step, and theory gives it in closed
form: one for gradient descent, a smaller one for the heavy ball. You will see both
measured as slopes, for ravines from mild to deep.

Source: :cite:t:`polyak1964`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import bowl, gd, minimize, momentum

plt.style.use("optbook.textbook")


# %%
# Straight lines on a log axis
# ----------------------------
#
# Both at their best settings, which follow from the curvatures 1 and :math:`\kappa`.
# The factors are
# :math:`(\kappa-1)/(\kappa+1)` and :math:`(\sqrt\kappa-1)/(\sqrt\kappa+1)`.
def promised(rule, kappa):
    root = kappa if rule is gd else np.sqrt(kappa)
    return (root - 1) / (root + 1)


def tuned(rule, kappa):
    slow, fast = 2 / (1 + kappa), 4 / (1 + np.sqrt(kappa)) ** 2
    return (
        {"lr": slow}
        if rule is gd
        else {"lr": fast, "beta": promised(momentum, kappa) ** 2}
    )


def distances(rule, kappa, steps):
    run = minimize(
        bowl(condition=kappa),
        rule,
        start=(1.0, 1.0),
        steps=steps,
        progress=False,
        **tuned(rule, kappa),
    )
    return np.linalg.norm(run.theta, axis=-1)


fig, ax = plt.subplots()
for rule, label in ((gd, "gradient descent"), (momentum, "heavy ball")):
    (line,) = ax.semilogy(distances(rule, 100, steps=200), label=label)
    bound = np.sqrt(2) * promised(rule, 100) ** np.arange(201)
    ax.semilogy(
        bound,
        "x",
        color=line.get_color(),
        markersize=5,
        markevery=8,
        label=r"its factor$^t$",
    )
ax.set(ylim=(1e-14, 10), xlabel="step $t$", ylabel="distance to the minimum")
ax.set_title("The walker keeps its word to the letter, the ball but for a factor of t")
fig.legend(loc="outside lower center", ncols=4)
fig.set_label(
    "Distance to the minimum, log axis, against step t: gradient descent lies on the "
    "crosses of its factor to the power t; the heavy ball runs above its own, and ever "
    "farther."
)
plt.show()

# %%
# From slopes to rates
# --------------------
#
# At its best setting the heavy ball has a double root, which brings a factor of t: its
# line is fitted to the logarithm of the distance less that of t.
kappas = np.geomspace(4, 400, 9)


def measured(rule, kappa):
    last = int(12 / -np.log(promised(rule, kappa)))
    t = np.arange(last // 3, last)
    log = np.log(distances(rule, kappa, last)[t]) - (
        np.log(t) if rule is momentum else 0
    )
    return np.exp(np.polyfit(t, log, 1)[0])


fig, ax = plt.subplots()
for rule, label in ((gd, "gradient descent"), (momentum, "heavy ball")):
    found = np.array([measured(rule, kappa) for kappa in kappas])
    theorem = promised(rule, kappas)
    assert np.allclose(np.log(found), np.log(theorem), rtol=0.05), label
    (line,) = ax.semilogx(kappas, theorem, label=f"{label}: theorem")
    ax.semilogx(kappas, found, "o", color=line.get_color(), label="measured")
ax.set(xlabel=r"condition number $\kappa$", ylabel="factor per step")
ax.set_title("Measured factors lie on the curves of the theorems")
fig.legend(loc="outside lower center", ncols=4)
fig.set_label(
    "Factor per step against condition number κ on a log axis, for gradient descent "
    "and heavy ball: the measured points lie on the curves of the theorems, the ball's "
    "below."
)
plt.show()

# %%
# The moral: these are factors in the long run; at its best setting the ball pays a
# factor of t besides.
print(
    f"At condition {kappas[-1]:g}: {measured(gd, kappas[-1]):.4f} and"
    f" {measured(momentum, kappas[-1]):.4f} per step"
)
