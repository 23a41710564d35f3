"""What the interactive figures are made of: limits that hold, rates that are tuned, and whatever
is registered."""

import importlib.util
import json
import math
import re
import statistics
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ext import figure
from optbook import OPTIMIZERS, PROBLEMS, SCHEDULES, bowl, minimize, races
from optbook.book import figures

DOCS = Path(__file__).parents[1] / "docs"
LIMITED = [name for name, rule in OPTIMIZERS.items() if rule.limit]
DAMPED = [name for name, rule in OPTIMIZERS.items() if rule.critical]


def known(rule, **values):
    """Return those of the values that a rule has arguments for."""
    return {
        name: value
        for name, value in values.items()
        if name in figure.compiler.hyperparameters(rule)
    }


@pytest.mark.parametrize("name", LIMITED)
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("condition", [1.0, 10.0, 50.0])
def test_a_rule_converges_below_its_limit_and_not_above(name, beta, condition):
    rule, valley = OPTIMIZERS[name], bowl(condition=condition)
    given = known(rule, beta=beta)
    limit = rule.limit(curvature=condition, **given)
    rates = limit * np.array([[0.98], [1.02]])
    race = minimize(valley, rule, lr=rates, steps=4000, every=4000, **given)
    assert race.loss[-1, 0] < 1e-9 * race.loss[0, 0]
    assert race.diverged_at[1] or race.loss[-1, 1] > 1e9 * race.loss[0, 1]
    assert not race.diverged_at[0]


@pytest.mark.parametrize("name", DAMPED)
@pytest.mark.parametrize("lr", [0.01, 0.1, 0.4])
def test_a_ball_swings_above_the_critical_damping_and_not_below(name, lr):
    rule = OPTIMIZERS[name]
    critical = rule.critical(lr=lr, curvature=1.0)
    for beta, swings in ((critical - 0.01, False), (critical + 0.01, True)):
        path = np.array(list(islice(rule(lambda theta: theta, 1.0, lr=lr, beta=beta), 600)))
        assert (path[np.abs(path) > 1e-200].min() < 0) == swings


def test_those_with_a_limit_are_those_whose_step_grows_with_the_gradient():
    assert LIMITED == ["gd", "momentum", "nesterov"]
    assert DAMPED == ["momentum", "nesterov"]


@pytest.mark.parametrize("surface", ["rosenbrock", "canyon"])
@pytest.mark.parametrize("name", ["gd", "adam", "adamw"])
def test_no_rate_of_the_sweep_beats_the_tuned_one(surface, name):
    problem, rule, sweep = PROBLEMS[surface], OPTIMIZERS[name], figures.SWEEP
    starts = races.scattered(problem, seed=0)
    still = {"weight_decay": 0.0} if name == "adamw" else {}

    def score(lr):
        runs = [
            minimize(problem, rule, start=start, lr=lr, steps=sweep["steps"], **still)
            for start in starts
        ]
        lost = any(run.diverged_at for run in runs)
        return math.inf if lost else statistics.median_high(run.loss[-1] for run in runs)

    rates = np.geomspace(sweep["low"], sweep["high"], sweep["rates"])
    rate = figures.tuned(problem, rule)
    assert rate in rates
    assert score(rate) <= min(map(score, rates[::6]))


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_figure_begins_where_its_controls_can_go(name):
    controls = figures.controls()
    for key, value in figures.FIGURES[name].state.items():
        control = controls.get(key)
        if isinstance(control, figures.Choice):
            assert value in control.options
        elif control:
            assert control.low <= value <= control.high
        else:
            assert key in {"run", "seed", "t"}


def test_captions_are_true_of_figures_as_they_open():
    captions = {
        name: re.search(
            rf"^```{{play}} {name}\n(.*?)^```$",
            page.read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        )[1]
        for name, page in (
            ("play-gd", DOCS / "gradient-descent.md"),
            ("play-sgd", DOCS / "stochastic.md"),
        )
    }
    first = figures.FIGURES["play-gd"].state
    across, along = abs(1 - first["lr"] * np.array([first["condition"], 1])) ** 10
    assert re.search(
        r"drops to the\s+floor of the valley and then creeps along it", captions["play-gd"]
    )
    assert across < 0.01
    assert along > 0.5
    first = figures.FIGURES["play-sgd"].state
    steps = [first["epochs"] * 64 // size for size in (64, first["batch"], 1)]
    said = (
        rf"takes only {steps[0]}\s.*Batches of {first['batch']} take {steps[1]}\s.*single examples"
        rf" take {steps[2]}\b"
    )
    assert re.search(said, captions["play-sgd"], re.DOTALL)


def test_menus_are_the_registries():
    controls = figures.controls()
    assert list(controls["surface"].options) == list(PROBLEMS)
    assert {*controls["schedule"].options, "warmup"} == set(SCHEDULES)


NEWCOMER = '''
import numpy as np
from optbook import clock, optimizer

@optimizer("Newcomer", cite="bernstein2018", demo_lr=0.05)
def newcomer(grad, theta, lr=0.01):
    r"""Ask only which way is down.

    .. math:: \\theta_t = \\theta_{t-1} - \\eta \\operatorname{sign} \\nabla L
    """
    for _, eta in clock(lr):
        theta = theta - eta * np.sign(grad(theta))
        yield theta
'''


@pytest.fixture
def newcomer(tmp_path):
    """Register an optimizer that nobody has heard of, for a while."""
    (tmp_path / "newcomer.py").write_text(NEWCOMER)
    spec = importlib.util.spec_from_file_location("newcomer", tmp_path / "newcomer.py")
    module = importlib.util.module_from_spec(spec)
    figure.forget()
    spec.loader.exec_module(module)
    yield module.newcomer
    OPTIMIZERS.pop("newcomer")
    figure.forget()


def test_a_root_stays_a_root_in_the_shortened_script():
    assert ".sqrt(" in figure.bundle()
    assert not re.search(r"\*\* ?0?\.5", figure.bundle())


def test_an_optimizer_added_in_python_appears_in_the_figures(newcomer):
    written = figure.markup("play-race")
    assert 'value="newcomer"> <span>Newcomer <i>−η sign(∇ℒ(θ))</i>' in written
    about = json.loads(json.dumps(figure.spec("play-race")))
    about["state"] |= {"run": ["newcomer"], "rates": "same", "lr": 0.05, "t": 0}
    parts = figure.first_frame("play-race", about)
    run = minimize(PROBLEMS["rosenbrock"], newcomer, lr=0.05, steps=300)
    excess = run.loss[150]
    assert "Newcomer" in parts["legend"]
    assert f'<th scope="row">150</th><td>{run.theta[150, 0]:.3g}' in parts["table"].replace(
        "−", "-"
    )
    assert f"{excess:.3g}" in parts["table"]


def test_a_rule_outside_the_subset_stops_the_build_with_its_line(newcomer, tmp_path):
    source = (tmp_path / "newcomer.py").read_text()
    (tmp_path / "newcomer.py").write_text(
        source.replace("        yield theta", "        theta -= 0.0\n        yield theta")
    )
    line = 1 + (tmp_path / "newcomer.py").read_text().splitlines().index("        theta -= 0.0")
    with pytest.raises(
        figure.compiler.CompileError, match=rf"newcomer\.py:{line}: .*theta -= 0\.0.*allowed"
    ):
        figure.bundle()
