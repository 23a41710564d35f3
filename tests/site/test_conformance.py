"""In the browser, the compiled rules, schedules and landscapes give the numbers of their Python."""

import base64
import functools
import inspect
import json
import re
from itertools import islice

import numpy as np
import pytest

from ext import bundle, compiler, figure
from optbook import OPTIMIZERS, PROBLEMS, SCHEDULES, data, line_fit
from optbook.book import figures

STEPS, ENOUGH, TOLERANCE = 200, 100, 1e-12

# Rules without powers on landscapes without cosines and exponentials: every operation of theirs is
# rounded alike on every machine, so that their runs are the same to the last bit, and never need to
# be called unsettled.
RULES = figures.racers(figures.FIGURES["play-race"])
EXACT_RULES = [
    "gd",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "rprop",
    "adadelta",
    "lion",
    "schedule_free_sgd",
]
EXACT_SURFACES = ["bowl", "rosenbrock", "beale", "himmelblau", "saddle", "canyon", "two_basins"]

# How to draw each number that a rule or a landscape takes.
DRAWS = {
    "lr": lambda rng, n: 10 ** rng.uniform(-4, 1, n),
    "beta": lambda rng, n: 1 - 10 ** rng.uniform(-3, 0, n),
    "beta1": lambda rng, n: 1 - 10 ** rng.uniform(-3, 0, n),
    "beta2": lambda rng, n: 1 - 10 ** rng.uniform(-3, 0, n),
    "eps": lambda rng, n: 10 ** rng.uniform(-12, -1, n),
    "weight_decay": lambda rng, n: 10 ** rng.uniform(-5, 0, n),
    "grow": lambda rng, n: rng.uniform(1, 2, n),
    "shrink": lambda rng, n: rng.uniform(0.1, 1, n),
    "low": lambda rng, n: 10 ** rng.uniform(-6, -1, n),
    "high": lambda rng, n: 10 ** rng.uniform(0, 4, n),
    "psi": lambda rng, n: rng.uniform(0, 0.1, n),
    "condition": lambda rng, n: 10 ** rng.uniform(0, 2, n),
    "rotation": lambda rng, n: rng.uniform(-3.2, 3.2, n),
}

# The tests' own script in the browser. Numbers travel as the bytes of float64, in base64.
DRIVER = """
const numbers = (text) =>
  new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const letters = (list) => {
  const bytes = new Uint8Array(Float64Array.from(list).buffer), parts = [];
  for (let i = 0; i < bytes.length; i += 8192)
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return btoa(parts.join(""));
};
const built = (source) => new Function(`${HELPERS} return (${source});`)();

// Each row is a start and hyperparameters, of which nan is left out.
function walks({ run }, { f, df }, { names, rows, given, steps }) {
  const flat = numbers(rows), all = [];
  for (let i = 0; i < flat.length; i += names.length + 2) {
    const [x, y, ...values] = flat.subarray(i, i + names.length + 2);
    const pairs = names.map((name, k) => [name, values[k]]);
    const hyper = Object.fromEntries(pairs.filter(([, value]) => value === value));
    const walker = run(([x, y]) => df(x, y, given), [x, y], hyper);
    all.push(x, y, f(x, y, given));
    for (let t = 0; t < steps; t++) {
      const [x, y] = walker.next().value;
      all.push(x, y, f(x, y, given));
    }
  }
  return letters(all);
}
function rates(make, { calls }) {
  return letters(calls.flatMap(([given, times]) => {
    const [name, before] = given.after || [];
    const rate = make(name ? { ...given, after: optbook.SCHEDULES[name](before) } : given);
    return [...numbers(times)].map((t) => rate(t));
  }));
}

// Heights and slopes, for each row of parameters; without any, the height is asked for its own.
function ground({ f, df }, { points, sets, own }) {
  const at = numbers(points), all = [];
  for (const given of sets) {
    for (let i = 0; i < at.length; i += 2) {
      const [x, y] = at.subarray(i, i + 2);
      all.push(given ? f(x, y, given) : f(x, y), ...df(x, y, given || own));
    }
  }
  return letters(all);
}
const formulas = ({ limit, critical }, { calls }) => letters(
  calls.flatMap((given) => [limit ? limit(given) : NaN, critical ? critical(given) : NaN]),
);
"""


@pytest.fixture(scope="module")
def page(chromium):
    """Open an empty page with the script of the figures and that of the tests."""
    page = chromium.new_context().new_page()
    page.goto("about:blank")
    helpers = (bundle.SOURCES / "numbers.js").read_text(encoding="utf-8")
    for script in (bundle.bundle(), f"const HELPERS = {json.dumps(helpers)};", DRIVER):
        page.add_script_tag(content=script)
    yield page
    page.context.close()


def packed(array):
    """Return numbers as text."""
    return base64.b64encode(np.asarray(array, dtype="<f8").tobytes()).decode()


def unpacked(text, *shape):
    """Return the numbers of a text."""
    return np.frombuffer(base64.b64decode(text), dtype="<f8").reshape(*shape)


def apart(got, want):
    """Return how far two runs are apart up to each step, in sizes of the run so far; overflow
    must be the same."""
    with np.errstate(all="ignore"):
        size = np.maximum.accumulate(np.where(np.isfinite(want), np.abs(want), 0), axis=0)
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        gap = np.where(same, 0, np.abs(got - want) / size)
    gap[~np.isfinite(gap)] = np.inf
    return np.maximum.accumulate(gap, axis=0).max(axis=-1)


# Rules


def settings(name, surface, seed, n=128):
    """Return the names of a rule's hyperparameters, and rows: a start in the window, and
    hyperparameters or nan."""
    rng = np.random.default_rng([list(OPTIMIZERS).index(name), list(PROBLEMS).index(surface), seed])
    names = compiler.hyperparameters(OPTIMIZERS[name])
    left, right, bottom, top = PROBLEMS[surface].window
    hyper = np.stack([DRAWS[name](rng, n) for name in names], axis=1)
    hyper[rng.random(hyper.shape) < 0.2] = np.nan
    hyper[0] = np.nan
    starts = np.column_stack([rng.uniform(left, right, n), rng.uniform(bottom, top, n)])
    starts[1] = 0  # where a rule that measures theta must not divide by its size
    return names, np.column_stack([starts, hyper])


class Shaky(np.ndarray):
    """Numbers whose powers are off by one part in 2**52; squares are products, and stay."""

    def __pow__(self, n):
        power = np.asarray(self) ** n
        return (
            power
            if n <= 2
            else power * (1 + 2.0**-52 * np.random.default_rng(n).choice([-1, 1], power.shape))
        )

    def __rpow__(self, base):
        power = base ** np.asarray(self)
        return power * (1 + 2.0**-52 * np.random.default_rng(0).choice([-1, 1], power.shape))


def walked(name, surface, names, rows, steps=STEPS, shake=0.0):
    """Return points and losses of the Python's runs, shape (steps + 1, n, 3); all that it rounds
    may be `shake`n."""
    rule, problem, rng = OPTIMIZERS[name], PROBLEMS[surface], np.random.default_rng(0)
    # as it is written, without the checks that would make numbers plain
    rule = inspect.unwrap(rule) if shake else rule
    defaults = [inspect.signature(rule).parameters[name].default for name in names]
    given = np.where(np.isnan(rows[:, 2:]), defaults, rows[:, 2:]).view(
        Shaky if shake else np.ndarray
    )
    columns = {name: column[:, None] for name, column in zip(names, given.T, strict=True)}

    def moved(values):
        return np.asarray(values) * (1 + shake * rng.choice([-1, 1], values.shape))

    with np.errstate(all="ignore"):
        start = moved(rows[:, :2])
        walker = rule(lambda theta: moved(problem.grad(moved(theta))), start, **columns)
        points = np.stack([start, *islice(walker, steps)])
        return np.concatenate([points, problem.loss(points)[..., None]], axis=-1)


def told(page, thing, surface, names, rows, steps=STEPS):
    """Return the runs of the JavaScript `thing` in the same shape."""
    task = {
        "names": names,
        "rows": packed(rows),
        "given": PROBLEMS[surface].parameters,
        "steps": steps,
    }
    call = f"(task) => walks({thing}, optbook.PROBLEMS.{surface}, task)"
    return unpacked(page.evaluate(call, task), len(rows), steps + 1, 3).swapaxes(0, 1)


@functools.cache
def drawn(name, surface, seed=0, n=128, steps=STEPS):
    """Return settings, Python's runs of them, and up to which step each is settled."""
    names, rows = settings(name, surface, seed, n)
    want = walked(name, surface, names, rows, steps)
    return (
        names,
        rows,
        want,
        apart(walked(name, surface, names, rows, steps, shake=2.0**-50), want) < TOLERANCE / 10,
    )


@pytest.mark.parametrize("surface", PROBLEMS)
@pytest.mark.parametrize("name", RULES)
def test_rules_walk_as_in_python(page, name, surface):
    """A run is compared as long as Python, with all that it rounds moved a little, agrees with
    itself.

    Beyond that no two machines would agree: in a chaotic run, the last bit of a cosine grows from
    step to step.
    """
    whole = 0
    for seed in range(8):
        names, rows, want, settled = drawn(name, surface, seed)
        gap = apart(told(page, f"optbook.OPTIMIZERS.{name}", surface, names, rows), want)
        assert gap[settled].max() <= TOLERANCE, rows[np.where(settled & (gap > TOLERANCE))[1]]
        whole += settled[-1].sum()
        if whole >= ENOUGH:
            return
    pytest.fail(f"only {whole} runs are settled to their end")


@pytest.mark.parametrize("surface", EXACT_SURFACES)
@pytest.mark.parametrize("name", EXACT_RULES)
def test_rules_without_powers_walk_bit_for_bit(page, name, surface):
    names, rows, want, _ = drawn(name, surface)
    np.testing.assert_array_equal(
        told(page, f"optbook.OPTIMIZERS.{name}", surface, names, rows), want
    )


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov"])
def test_some_of_the_compared_runs_overflow(name):
    _, _, want, settled = drawn(name, "rosenbrock")
    ended = want[:, settled[-1]]
    assert np.isnan(ended).any()
    assert (ended == np.inf).any()
    assert (ended == -np.inf).any()
    assert np.isfinite(ended).all(axis=(0, 2)).any()


@pytest.mark.parametrize("name", RULES)
def test_rules_look_their_rates_up_in_a_schedule(page, name):
    problem, plan = PROBLEMS["bowl"], {"peak": 0.05, "steps": 30, "floor": 0.01}
    walker = OPTIMIZERS[name](problem.grad, np.array(problem.start), lr=SCHEDULES["cosine"](**plan))
    want = np.stack([*islice(walker, 50)])
    call = f"""({{ start, given, plan }}) => {{
      const df = ([x, y]) => optbook.PROBLEMS.bowl.df(x, y, given);
      const lr = optbook.SCHEDULES.cosine(plan);
      const walker = optbook.OPTIMIZERS.{name}.run(df, start, {{ lr }});
      return letters(Array.from({{ length: 50 }}, () => walker.next().value).flat());
    }}"""
    got = unpacked(
        page.evaluate(call, {"start": problem.start, "given": problem.parameters, "plan": plan}),
        50,
        2,
    )
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * np.abs(want).max())


def bounds(name):
    """Return some curvatures, rates and momenta, and Python's bounds for them: nan if the rule
    has no formula."""
    rng = np.random.default_rng(1)
    calls = [
        {
            "curvature": 10 ** rng.uniform(-2, 3),
            "lr": 10 ** rng.uniform(-4, 1),
            "beta": rng.uniform(0, 0.99),
        }
        for _ in range(20)
    ]
    rule = OPTIMIZERS[name]
    want = [
        (
            np.nan
            if formula is None
            else formula(**{key: given[key] for key in inspect.signature(formula).parameters})
        )
        for given in calls
        for formula in (rule.limit, rule.critical)
    ]
    return calls, np.array(want)


def bounds_gap(page, thing, name):
    """Return the largest relative error of the JavaScript's bounds."""
    calls, want = bounds(name)
    got = unpacked(
        page.evaluate(f"(task) => formulas({thing}, task)", {"calls": calls}), len(want), 1
    )
    return apart(got.T, want[None]).max()


@pytest.mark.parametrize("name", RULES)
def test_bounds_of_a_rule_are_those_of_python(page, name):
    assert bounds_gap(page, f"optbook.OPTIMIZERS.{name}", name) == 0


# Schedules


def plan(name, rng):
    """Return random arguments of a schedule; every optional one is sometimes left out."""
    peak = 10 ** rng.uniform(-3, 1)
    steps = int(rng.integers(20, 200))
    rise = int(rng.integers(1, 12))
    draws = {
        "peak": peak,
        "steps": steps,
        "rise": rise,
        "floor": peak * rng.uniform(0, 1),
        "fall": int(rng.integers(1, steps - rise + 1)),
        "gamma": rng.uniform(0.1, 1),
        "every": int(rng.integers(1, 50)),
        "milestones": sorted(rng.integers(1, 200, 4).tolist()),
        "power": rng.uniform(0.3, 4),
        "period": int(rng.integers(1, 30)),
        "mult": int(rng.integers(1, 8)),
        "warm": rng.uniform(0.1, 0.9),
        "start_div": rng.uniform(1, 50),
        "end_div": 10 ** rng.uniform(0, 5),
    }
    if name == "warmup":
        other = rng.choice(["cosine", "linear", "step", "one_cycle", "restarts", "inverse_sqrt"])
        draws["after"] = [other, plan(other, rng)]
    parameters = inspect.signature(SCHEDULES[name]).parameters.values()
    return {
        it.name: draws[it.name] for it in parameters if it.default is it.empty or rng.random() < 0.7
    }


def times(given, rng):
    """Return numbers of finished steps: whole and broken ones, past the end, and every corner."""
    of = given | given.get("after", [None, {}])[1]
    most = 2 * of.get("steps", 100) + of["rise"] if "rise" in of else 2 * of.get("steps", 100)
    grid, shift = np.arange(most + 1.0), given.get("rise", 0) if "after" in given else 0
    corners = [of.get("warm", 0.3) * of.get("steps", 100) - 1]
    if "period" in of:
        mult = of.get("mult", 1)
        corners += [
            of["period"] * (i if mult == 1 else (mult**i - 1) // (mult - 1)) for i in range(12)
        ]
    corners = np.array([*corners, *of.get("milestones", [])]) + shift
    near = [corners, np.nextafter(corners, 0), np.nextafter(corners, np.inf)]
    return np.abs(np.concatenate([grid, rng.uniform(0, most, 500), *near]))


@functools.cache
def plans(name):
    """Return calls of a schedule with the times to ask for, and Python's rates."""
    rng, demo = np.random.default_rng(list(SCHEDULES).index(name)), SCHEDULES[name].demo
    first = demo | ({"after": ["cosine", SCHEDULES["cosine"].demo]} if "after" in demo else {})
    calls = [(given, times(given, rng)) for given in [first, *(plan(name, rng) for _ in range(20))]]
    want = []
    for given, at in calls:
        other, before = given.get("after", [None, {}])
        peak = {**before, **given}["peak"]
        made = {"after": SCHEDULES[other](**before)} if other else {}
        want.append(np.stack([SCHEDULES[name](**given | made)(at), np.full(len(at), peak)]))
    return calls, np.concatenate(want, axis=1)


def rates_gap(page, thing, name):
    """Return the largest error of the JavaScript's rates, in parts of the rate and a hundredth
    of the peak."""
    calls, (want, peak) = plans(name)
    task = {"calls": [(given, packed(at)) for given, at in calls]}
    got = unpacked(page.evaluate(f"(task) => rates({thing}, task)", task), len(want))
    return np.nan_to_num(np.abs(got - want) / (want + peak / 100), nan=np.inf).max()


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_are_those_of_python(page, name):
    assert rates_gap(page, f"optbook.SCHEDULES.{name}", name) <= TOLERANCE


# Landscapes


@functools.cache
def places(surface):
    """Return points in the window, sets of parameters (None for its own), and Python's heights
    and slopes."""
    problem, rng = PROBLEMS[surface], np.random.default_rng(2)
    left, right, bottom, top = problem.window
    points = np.column_stack([rng.uniform(left, right, 1000), rng.uniform(bottom, top, 1000)])
    draws = [{name: float(DRAWS[name](rng, 1)[0]) for name in problem.parameters} for _ in range(6)]
    sets = [None, *(draws if problem.parameters else [])]
    landscapes = [problem(**(given or {})) for given in sets]
    return (
        points,
        sets,
        np.concatenate([np.column_stack([it.loss(points), it.grad(points)]) for it in landscapes]),
    )


def ground_gap(page, thing, surface):
    """Return the largest error of the JavaScript's heights and slopes, relative to those above
    1."""
    points, sets, want = places(surface)
    task = {"points": packed(points), "sets": sets, "own": PROBLEMS[surface].parameters}
    got = unpacked(page.evaluate(f"(task) => ground({thing}, task)", task), *want.shape)
    return np.nan_to_num(np.abs(got - want) / np.maximum(1, np.abs(want)), nan=np.inf).max()


@pytest.mark.parametrize("surface", PROBLEMS)
def test_landscapes_are_those_of_python(page, surface):
    assert ground_gap(page, f"optbook.PROBLEMS.{surface}", surface) <= TOLERANCE


# Data


def test_errors_of_the_line_are_those_of_python(page):
    z, y = np.random.default_rng(3).normal(size=(2, 1000))
    call = (
        "([z, y]) => letters([...z].flatMap((z, i) => [optbook.LINE.cost(z, y[i]),"
        " optbook.LINE.slope(z, y[i])]))"
    )
    got = unpacked(
        page.evaluate(f"(given) => ({call})(given.map(numbers))", [packed(z), packed(y)]), 1000, 2
    )
    np.testing.assert_array_equal(
        got, np.column_stack([data._square(z, y), data._square_slope(z, y)])
    )


@pytest.mark.parametrize("n", [1, 2, 5, 16, 64, 65, 100])
def test_batches_are_dealt_as_in_python(page, n):
    sizes, seeds, many = sorted({1, min(n, 4), min(n, 7), (n + 1) // 2, n}), 8, 40
    call = """({ n, sizes, starts, many }) => sizes.map((size) => starts.map((start) => {
      const deal = optbook.KINDS.batch.batches(n, size, start);
      return Array.from({ length: many }, () => deal.next().value);
    }))"""
    got = page.evaluate(
        call, {"n": n, "sizes": sizes, "starts": figures.shuffles(seeds), "many": many}
    )
    for size, by_seed in zip(sizes, got, strict=True):
        for seed, dealt in enumerate(by_seed):
            assert dealt == [
                rows.tolist() for rows in islice(line_fit(n).batches(size, seed=seed), many)
            ], (size, seed)


# Would a wrong number be noticed?

NUMBER = re.compile(r"(?<![\w$.])\d+(?:\.\d*)?(?:e[+-]?\d+)?|\bsq(?=\()")


# A bound between two signs may lie anywhere between them; and the longest step of Rprop is beyond
# these landscapes.
FREE = {"rprop": (["5000.0", "0"], ["5000.0"])}

# Each of the two ones in `wsd` caps a rate that the other caps too: a larger one changes nothing, a
# smaller one does.
CAPS = {"wsd": 2}


def changed(source, found, factor, shift):
    """Return the JavaScript with the number at one place changed; a square, which has none,
    becomes a size."""
    other = "Math.abs" if found[0] == "sq" else repr(float(found[0]) * factor + shift)
    return f"{source[: found.start()]}{other}{source[found.end() :]}"


def unnoticed(source, gap):
    """Return the numbers that may become larger, and those that may also become smaller, without
    notice."""

    def passes(script):
        return gap(f"built({json.dumps(script)})") <= TOLERANCE

    assert passes(source)
    larger = [
        found for found in NUMBER.finditer(source) if passes(changed(source, found, 1.5, 0.25))
    ]
    return larger, [found for found in larger if passes(changed(source, found, 0.5, -0.25))]


def walks_gap(page, thing, name):
    """Return the largest error of some settled runs on two landscapes, and of the bounds."""
    gaps = [bounds_gap(page, thing, name)]
    for surface in ("bowl", "two_basins"):
        names, rows, want, settled = drawn(name, surface, n=24, steps=60)
        gaps.append(apart(told(page, thing, surface, names, rows, steps=60), want)[settled].max())
    return max(gaps)


@pytest.mark.parametrize("name", RULES)
def test_every_number_of_a_rule_matters(page, name):
    source = dict(bundle.optimizers([name]))[name]
    larger, both = unnoticed(source, lambda thing: walks_gap(page, thing, name))
    assert ([found[0] for found in larger], [found[0] for found in both]) == FREE.get(
        name, ([], [])
    )
    assert all(
        f"{key} = {value}" in source for key, value in figure.defaults(OPTIMIZERS[name]).items()
    )


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_number_of_a_schedule_matters(page, name):
    larger, both = unnoticed(
        dict(bundle.schedules())[name], lambda thing: rates_gap(page, thing, name)
    )
    assert (len(larger), both) == (CAPS.get(name, 0), [])


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_number_of_a_landscape_matters(page, name):
    assert unnoticed(
        dict(bundle.problems())[name], lambda thing: ground_gap(page, thing, name)
    ) == ([], [])
