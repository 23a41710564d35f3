"""Each drawing shows the numbers that it was given, in the style in use, and nothing else moves."""

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import same_color
from matplotlib.figure import Figure

import optbook
from optbook import PROBLEMS, bowl, gd, minimize, plot

RUN = minimize(bowl, gd, lr=0.1, steps=20)
RACE = minimize(bowl, gd, lr=np.array([[0.01], [0.05], [0.1]]), steps=20)


@pytest.fixture
def ax():
    """Axes on a figure of their own, drawn by Agg when the test is over."""
    figure = Figure()
    FigureCanvasAgg(figure)
    yield figure.add_subplot()
    figure.canvas.draw()


@pytest.mark.parametrize(
    "problem", [*PROBLEMS.values(), bowl(condition=100), optbook.line_fit()], ids=lambda p: p.name
)
def test_contours_draw_level_lines_in_the_window_and_a_star_at_each_minimum(ax, problem):
    plot.contours(ax, problem)
    (levels,), (stars,) = ax.collections, ax.lines
    assert len(levels.levels) == plot.LEVELS
    assert np.all(np.diff(levels.levels) > 0)
    np.testing.assert_array_equal(stars.get_xydata(), problem.minima)
    assert (stars.get_marker(), stars.get_linestyle()) == ("*", "None")
    assert (*ax.get_xlim(), *ax.get_ylim()) == problem.window
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"$\theta_1$", r"$\theta_2$")


def test_the_level_lines_are_the_loss(ax):
    plot.contours(ax, bowl)
    (drawn,) = ax.collections
    for level, line in zip(drawn.levels, drawn.get_paths(), strict=True):
        np.testing.assert_allclose(bowl.loss(line.vertices), level, rtol=0.02)


@pytest.mark.parametrize("window", [(0.0, 1.0, 2.0, 3.0), np.array([0.0, 1.0, 2.0, 3.0])], ids=repr)
def test_contours_of_another_window(ax, window):
    plot.contours(ax, bowl, window)
    assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 1, 2, 3)


def test_a_path_is_the_points_of_the_run_from_an_open_circle_on(ax):
    (line,) = plot.path(ax, RUN, label="gd")
    assert ax.lines[0] is line
    np.testing.assert_array_equal(line.get_xydata(), RUN.theta)
    assert line.get_label() == "gd"
    start = ax.lines[1]
    np.testing.assert_array_equal(start.get_xydata(), [bowl.start])
    assert (start.get_marker(), start.get_markerfacecolor()) == ("o", "none")


def test_a_race_has_a_path_for_each_racer(ax):
    lines = plot.path(ax, RACE, label=["a", "b", "c"], linewidth=3)
    for i, line in enumerate(lines):
        np.testing.assert_array_equal(line.get_xydata(), RACE.theta[:, i])
        assert line.get_linewidth() == 3
    assert [line.get_label() for line in lines] == ["a", "b", "c"]


def test_a_race_of_races_has_a_line_for_each_racer(ax):
    race = minimize(bowl, gd, lr=np.full((4, 1), 0.1), start=np.ones((3, 1, 2)), steps=5)
    assert len(plot.path(ax, race)) == len(plot.losses(ax, race)) == 12


def test_a_path_leaves_the_limits_alone(ax):
    plot.contours(ax, bowl, (0, 1, 0, 1))
    plot.path(ax, RUN)  # all of it is outside
    assert (*ax.get_xlim(), *ax.get_ylim()) == (0, 1, 0, 1)


@pytest.mark.parametrize("least", [0.0, -1.5])
def test_losses_are_drawn_against_steps_on_a_log_axis(ax, least):
    for trajectory in (RUN, RACE):
        lines = plot.losses(ax, trajectory, least=least, label="L", linewidth=3)
        for line, loss in zip(lines, trajectory.loss.reshape(21, -1).T, strict=True):
            np.testing.assert_array_equal(
                line.get_xydata(), np.transpose([trajectory.t, loss - least])
            )
            assert (line.get_label(), line.get_linewidth()) == ("L", 3)
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == (
        "step $t$",
        "excess loss" if least else r"loss $\mathcal{L}$",
    )


def test_a_run_to_the_edge_of_the_numbers_is_drawn_without_a_warning(ax):
    plot.losses(ax, minimize(bowl, gd, lr=10.0, steps=500))
    FigureCanvasAgg(ax.figure).draw()


@pytest.mark.parametrize(
    "schedule",
    [
        optbook.cosine(0.1, 10),
        lambda t: 0.1,
        lambda t: 0.1 if t < 5 else 0.01,
        lambda t: np.float32(0.5),
    ],
    ids=["Schedule", "constant", "piecewise", "float32"],
)
@pytest.mark.parametrize("steps", [1, 10, np.int64(10)])
def test_rates_are_those_that_minimize_would_ask_for(ax, schedule, steps):
    (line,) = plot.rates(ax, schedule, steps, label="rate", linewidth=3)
    np.testing.assert_array_equal(
        line.get_xydata(), [(t, schedule(t)) for t in range(int(steps) + 1)]
    )
    assert (line.get_label(), line.get_linewidth()) == ("rate", 3)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("finished steps $t$", r"learning rate $\eta_t$")


def test_a_schedule_of_many_rates_has_a_line_for_each(ax):
    schedule = optbook.cosine(np.array([[0.1], [0.2]]), 10)
    for line, peak in zip(plot.rates(ax, schedule, 10), (0.1, 0.2), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), optbook.cosine(peak, 10)(np.arange(11)))


def test_colours_are_those_of_the_style_in_use(ax):
    with matplotlib.rc_context({"grid.color": "#123456", "text.color": "#fedcba"}):
        plot.contours(ax, bowl)
        plot.path(ax, RUN, color="red")
    assert same_color(
        ax.collections[0].get_edgecolor(), ["#123456"] * len(ax.collections[0].get_edgecolor())
    )
    star, line, start = ax.lines
    assert same_color(star.get_color(), "#fedcba")
    assert same_color(start.get_color(), "#fedcba")
    assert same_color(line.get_color(), "red")


# what is drawn, the error, and its message
