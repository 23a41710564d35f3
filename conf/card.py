"""Draw the picture of the README and of links to the site: `python conf/card.py` writes
conf/static/card.png."""

from pathlib import Path

import matplotlib.pyplot as plt

from optbook import adam, bowl, gd, minimize, momentum, nesterov, plot

LARGE = {
    "font.size": 15,
    "axes.titlesize": 22,
    "axes.labelsize": 17,
    "legend.fontsize": 17,
    "xtick.labelsize": 13,
}
plt.style.use(["optbook.textbook", LARGE])
fig, ax = plt.subplots(figsize=(12, 6.3), facecolor="white")
plot.contours(ax, bowl, window=(-5, 3, -2.6, 2.6))
for rule, lr in {gd: 0.03, momentum: 0.03, nesterov: 0.03, adam: 0.3}.items():
    run = minimize(bowl, rule, lr=lr, steps=60)
    plot.path(ax, run, label=f"{rule.title}, η = {lr}", linewidth=2.4, markersize=5)
ax.set_title("One valley, four ways down")
ax.legend(loc="lower right")
fig.savefig(Path(__file__).with_name("static") / "card.png", dpi=100, transparent=False)
