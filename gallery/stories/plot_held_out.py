r"""
L2's flaw can help: it silences rare pixels
===========================================

A network learns from a hundred digits, and reads five hundred unseen ones. You will see AdamW and Adam + L2 both help
there, L2 a little more: it crushes the weights of rarely inked pixels, which had learnt little good.

Source: :cite:t:`loshchilov2019`.
"""

import matplotlib.pyplot as plt
import numpy as np

from optbook import Network, adam, adamw, minimize, two_layer

plt.style.use("optbook.textbook")

# %%
# Each at its own best strength
# -----------------------------
#
# Seven strengths in one broadcast; five seeds choose the digits and the start. Then again, with the pixels blanked
# that fewer than a tenth of the hundred digits ink. Bands are standard errors of the loss relative to no decay.
seeds, rare, setting = 5, 0.1, dict(lr=0.01, batch=10, steps=500, every=500, progress=False)


def adam_l2(grad, theta, lr, weight_decay):
    return adam(lambda at: grad(at) + weight_decay * at, theta, lr=lr)


def trial(rule, decays, cut, seed):
    full, rows = two_layer(seed=seed), np.random.default_rng(seed).choice(1280, 100, replace=False)
    ink = (full.inputs[rows] > 0).mean(axis=0)
    parts = (full.inputs[rows], full.targets[rows]), (full.held_out.inputs, full.held_out.targets)
    few, unseen = (Network("digits", full.sizes, x * (ink >= cut), y, full.start) for x, y in parts)
    theta = minimize(few, rule, weight_decay=np.append(0, decays)[:, None], seed=seed, **setting).theta[-1]
    return unseen.loss(theta), np.linalg.norm(few.matrices(theta)[0], axis=-2), ink


rules = {"AdamW": (adamw, np.geomspace(0.01, 1, 7)), "Adam + L2": (adam_l2, np.geomspace(1e-5, 0.01, 7))}
runs = {(name, cut): [trial(*rules[name], cut, seed) for seed in range(seeds)] for name in rules for cut in (0, rare)}
found = {case: [np.stack(part) for part in zip(*trials, strict=True)] for case, trials in runs.items()}
none = found["AdamW", 0][0][:, :1]
best = {case: (loss / none)[:, loss.mean(axis=0).argmin()] for case, (loss, *_) in found.items()}
ahead, level = (best["AdamW", cut] - best["Adam + L2", cut] for cut in (0, rare))
assert max(best["AdamW", 0].mean(), best["Adam + L2", 0].mean()) < 0.96, "both help"
assert np.all(ahead > 0), "L2 more, for every seed,"
assert level.mean() < ahead.mean() / 2, "but hardly without the rare pixels"

fig, axes = plt.subplots(1, 2, figsize=(7.2, 4.0), sharey=True, subplot_kw=dict(xscale="log", ylim=(0.88, 1.22)))
for ax, (name, (_, decays)) in zip(axes, rules.items(), strict=True):
    for cut, label in ((0, "all pixels"), (rare, "rare pixels blanked")):
        change = (found[name, cut][0] / none)[:, 1:]
        mean, error = change.mean(axis=0), change.std(axis=0, ddof=1) / np.sqrt(seeds)
        (line,) = ax.plot(decays, mean, label=label)
        ax.fill_between(decays, mean - error, mean + error, color=line.get_color(), alpha=0.2, linewidth=0)
    ax.axhline(1, color="C3", linestyle=":", label="all pixels, no decay")
    ax.set(xlabel="strength", ylabel="relative loss", title=f"{name} takes {1 - best[name, 0].mean():.0%} off")
fig.legend(handles=ax.lines, loc="outside lower center", ncols=3)
fig.set_label(
    "Relative loss on unseen digits against strength of the decay, on a log axis, for AdamW and for Adam + L2, with "
    "all pixels and with rare ones blanked: each curve dips, then rises."
)
plt.show()

# %%
# What is left of the weights
# ---------------------------
#
# Each mark is a pixel of one seed: its weights at the best strength, compared with those that grow without decay.
fig, ax = plt.subplots()
for name, mark in zip(rules, "o^", strict=True):
    loss, norms, ink = found[name, 0]
    left = norms[:, loss.mean(axis=0).argmin()] / norms[:, 0]
    kept = np.array([np.median(share[(x > 0) & (x < rare)]) for share, x in zip(left, ink, strict=True)])
    assert np.all(kept > 0.7 if name == "AdamW" else kept < 0.2), "for every seed"
    ax.plot(ink.ravel(), left.ravel(), mark, label=f"{name}: the rare keep {kept.mean():.0%}")
ax.set(xlabel="share of digits with ink there", ylabel="share of the weights left")
ax.set_title("L2 crushes the rare pixels, AdamW does not")
fig.legend(loc="outside lower center", ncols=2)
fig.set_label(
    "Share of the weights left against share of digits with ink there: AdamW keeps about 0.85 everywhere, Adam + L2 as "
    "much of the common pixels and next to nothing of the rare."
)
plt.show()

# %%
# The moral: the two decays differ most on rare features, and here L2's way is right, by a little. Elsewhere, ask again.
