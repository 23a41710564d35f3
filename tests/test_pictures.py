"""The checks of pictures can fail: each is shown the fault that it is for."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.pictures import complaints

SAYS = "Loss against step t: one curve falls, the other rises."


@pytest.fixture
def picture():
    """Return a figure without a fault, with its axes and its two lines."""
    with plt.style.context("optbook.textbook"):
        fig, ax = plt.subplots()
        x = np.linspace(0, 10)
        lines = [*ax.plot(x, x, label="rises"), *ax.plot(x, 10 - x, label="falls")]
        ax.set(xlabel="step $t$", ylabel=r"loss $\mathcal{L}$", title="Two ways")
        ax.legend(loc="upper center")
        fig.set_label(SAYS)
        yield fig, ax, lines
        plt.close(fig)


def test_a_picture_without_a_fault_passes(picture):
    assert not complaints(picture[0])


def swap(fig, ax, lines):
    ax.legend(lines, ["falls", "rises"])


def stranger(fig, ax, lines):
    ax.legend([matplotlib.lines.Line2D([], [], color="C6")], ["momentum"])


def other_dash(fig, ax, lines):
    ax.get_legend().legend_handles[0].set_linestyle(":")


def cover(fig, ax, lines):
    ax.plot(*lines[0].get_data(), color="C3", linestyle="-", linewidth=6)


def narrow_window(fig, ax, lines):
    ax.set(xlim=(20, 30))
    lines[0].set_data([20, 30], [5, 5])


def point_outside(fig, ax, lines):
    ax.set(xlim=(0, 10))
    ax.plot(20, 5, "o")


def patch_over(fig, ax, lines):
    ax.axvspan(0, 10, facecolor="white", zorder=9)


def no_numbers(fig, ax, lines):
    ax.tick_params(labelleft=False)


def note_over_title(fig, ax, lines):
    ax.annotate("a note", (0.01, 1.02), xycoords="axes fraction")


def legend_over_title(fig, ax, lines):
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.99))


FAULTS = [
    (swap, "'falls' does not look like what it names"),
    (stranger, "'momentum' does not look like what it names"),
    (other_dash, "'rises' does not look like what it names"),
    (
        lambda fig, ax, lines: lines[0].set_alpha(0),
        "'rises' #583beb cannot be seen: it is transparent",
    ),
    (
        lambda fig, ax, lines: lines[0].set_alpha(0.03),
        "'rises' #583beb cannot be seen: it is transparent",
    ),
    (
        lambda fig, ax, lines: lines[0].set_linewidth(0.01),
        "'rises' #583beb cannot be seen: it is transparent",
    ),
    (
        lambda fig, ax, lines: lines[0].set_color("white"),
        "'rises' #ffffff cannot be seen: it is transparent, off",
    ),
    (narrow_window, "'falls' #eb6793 cannot be seen: it is transparent, off its axes"),
    (point_outside, "'_child2' #2c7500 cannot be seen: it is transparent, off its axes"),
    (
        lambda fig, ax, lines: ax.fill_between([0, 9], 1, 2, color="C4", alpha=0.02),
        "cannot be seen: it is transparent",
    ),
    (cover, "'rises' #583beb cannot be seen: it is covered"),
    (patch_over, "'rises' #583beb cannot be seen: it is covered"),
    (lambda fig, ax, lines: ax.set_xlabel(""), "the x axis of 'Two ways' has no label"),
    (lambda fig, ax, lines: ax.set_ylabel(""), "the y axis of 'Two ways' has no label"),
    (no_numbers, "the y axis of 'Two ways' has fewer than two numbers"),
    (
        lambda fig, ax, lines: ax.set_yticks([5]),
        "the y axis of 'Two ways' has fewer than two numbers",
    ),
    (lambda fig, ax, lines: ax.set_title("Two ways " * 12), "is cut off by the edge"),
    (lambda fig, ax, lines: ax.set_xticks(range(11), ["a long name"] * 11), "lie over each other"),
    (note_over_title, "lie over each other"),
    (legend_over_title, "'Two ways' and legend lie over each other"),
    (lambda fig, ax, lines: fig.set_label(""), "it has no description"),
    (
        lambda fig, ax, lines: fig.set_label("Two curves, one of which falls."),
        "does not name the axis 'step $t$'",
    ),
    (
        lambda fig, ax, lines: fig.set_label("A curve against step t."),
        "does not name the axis 'loss",
    ),
    (lambda fig, ax, lines: ax.set_ylabel(r"$\eta_t$"), r"does not name the axis '$\\eta_t$'"),
    (lambda fig, ax, lines: fig.set_label(SAYS * 5), "more than 200 characters, or TeX"),
    (lambda fig, ax, lines: fig.set_label(SAYS + r" $\eta$"), "more than 200 characters, or TeX"),
]


@pytest.mark.parametrize(("spoil", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_fault_is_found(picture, spoil, words):
    spoil(*picture)
    assert any(words in said for said in complaints(picture[0])), complaints(picture[0])


def test_a_description_may_have_letters_for_tex(picture):
    fig, ax, _ = picture
    ax.set(xlabel=r"$\theta_1$", ylabel=r"rate times curvature, $\eta\lambda$")
    fig.set_label("Rate times curvature ηλ against θ₁, for two that cross.")
    assert not complaints(fig)


def test_shared_axes_need_their_words_once():
    with plt.style.context("optbook.textbook"):
        fig, axes = plt.subplots(2, 2, sharex=True, sharey=True)
        for ax in axes.flat:
            ax.plot([0, 1])
            ax.label_outer()
        fig.supxlabel("step")
        for ax in axes[:, 0]:
            ax.set_ylabel("loss")
        fig.set_label(SAYS)
        assert not complaints(fig)
        axes[1, 1].axis("off")
        assert complaints(fig) == ["the x axis of 'axes 1' has fewer than two numbers"]
        plt.close(fig)
