"""Every schedule: a table of values worked out by hand, and the promises that all of them keep."""

import inspect
import math
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import accumulate
from math import cos, pi, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optbook import SCHEDULES, clock, gd, schedule

ROOT = Path(__file__).parents[1]
CITED = set(
    re.findall(
        r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
)
EVERY = pytest.mark.parametrize("name", SCHEDULES)


@dataclass
class Table:
    """Rates by hand at the marked steps: 0 and 1, and one before, at and after W and T (where
    there are such)."""

    made: object
    values: dict
    W: int | None = (
        None  # where the rate changes its law: end of the warm-up, first decay, first restart
    )
    T: int | None = None  # where the schedule ends

    def marks(self):
        return {0, 1}.union(*({m - 1, m, m + 1} for m in (self.W, self.T) if m is not None))


s = SCHEDULES
c = (sqrt(2 + sqrt(2)) / 2, sqrt(2) / 2)  # cos π/8, cos π/4
BY_HAND = {
    "constant": Table(s["constant"](1 / 8), {0: 1 / 8, 1: 1 / 8, 10**6: 1 / 8}),
    # halved at 4, 8, …
    "step": Table(
        s["step"](1, every=4, gamma=1 / 2),
        {0: 1, 1: 1, 3: 1, 4: 1 / 2, 5: 1 / 2, 7: 1 / 2, 8: 1 / 4, 9: 1 / 4},
        W=4,
        T=8,
    ),
    # halved at 4, and twice at 8
    "multistep": Table(
        s["multistep"](1, (4, 8, 8), gamma=1 / 2),
        {0: 1, 1: 1, 3: 1, 4: 1 / 2, 5: 1 / 2, 7: 1 / 2, 8: 1 / 8, 9: 1 / 8, 1000: 1 / 8},
        W=4,
        T=8,
    ),
    "exponential": Table(
        s["exponential"](1, 1 / 2), {0: 1, 1: 1 / 2, 2: 1 / 4, 10: 1 / 1024, 100: 2.0**-100}
    ),
    # √(4/5), √(4/7), √(4/8), √(4/9), √(4/16)
    "inverse_sqrt": Table(
        s["inverse_sqrt"](1, 4),
        {0: 1, 1: 2 / sqrt(5), 3: 2 / sqrt(7), 4: 1 / sqrt(2), 5: 2 / 3, 12: 1 / 2},
        W=4,
    ),
    # 1/2 + 1/2·(1 - t/4)
    "linear": Table(
        s["linear"](1, 4, floor=1 / 2),
        {0: 1, 1: 7 / 8, 2: 3 / 4, 3: 5 / 8, 4: 1 / 2, 5: 1 / 2, 99: 1 / 2},
        T=4,
    ),
    # 1/2 + 1/2·(1 - t/4)²
    "polynomial": Table(
        s["polynomial"](1, 4, power=2, floor=1 / 2),
        {0: 1, 1: 25 / 32, 2: 5 / 8, 3: 17 / 32, 4: 1 / 2, 5: 1 / 2, 99: 1 / 2},
        T=4,
    ),
    # 1/2 + 1/4·(1 + cos πt/4)
    "cosine": Table(
        s["cosine"](1, 4, floor=1 / 2),
        {
            0: 1,
            1: 3 / 4 + c[1] / 4,
            2: 3 / 4,
            3: 3 / 4 - c[1] / 4,
            4: 1 / 2,
            5: 1 / 2,
            8: 1 / 2,
            10**6: 1 / 2,
        },
        T=4,
    ),
    # cycles 0–2, 2–6, 6–14, 14–…
    "restarts": Table(
        s["restarts"](1, period=2, mult=2, floor=1 / 2),
        {
            **{0: 1, 1: 3 / 4, 2: 1, 3: 3 / 4 + c[1] / 4, 4: 3 / 4, 5: 3 / 4 - c[1] / 4},
            **{
                6: 1,
                7: 3 / 4 + c[0] / 4,
                10: 3 / 4,
                13: 3 / 4 - c[0] / 4,
                14: 1,
                15: 3 / 4 + cos(pi / 16) / 4,
            },
        },
        W=2,
        T=14,
    ),
    # from 1/4 at 0 to 1 at 8/2 - 1 = 3, to 1/8 at 8 - 1 = 7; a third of the climb is a quarter of
    # the way
    "one_cycle": Table(
        s["one_cycle"](1, 8, warm=1 / 2, start_div=4, end_div=2),
        {
            **{0: 1 / 4, 1: 7 / 16, 2: 13 / 16, 3: 1, 4: 9 / 16 + 7 * c[1] / 16, 5: 9 / 16},
            **{6: 9 / 16 - 7 * c[1] / 16, 7: 1 / 8, 8: 1 / 8, 9: 1 / 8},
        },
        W=4,
        T=8,
    ),
    # up by quarters, three steps down of 3/4·1/3 each
    "wsd": Table(
        s["wsd"](1, steps=10, rise=4, fall=3, floor=1 / 4),
        {
            0: 1 / 4,
            1: 1 / 2,
            2: 3 / 4,
            3: 1,
            4: 1,
            5: 1,
            7: 1,
            8: 3 / 4,
            9: 1 / 2,
            10: 1 / 4,
            11: 1 / 4,
            99: 1 / 4,
        },
        W=4,
        T=10,
    ),
    # up by quarters, then 1, 3/4, 1/2, 1/4, 0
    "warmup": Table(
        s["warmup"](s["linear"](1, 4), rise=4),
        {0: 1 / 4, 1: 1 / 2, 2: 3 / 4, 3: 1, 4: 1, 5: 3 / 4, 7: 1 / 4, 8: 0, 9: 0, 99: 0},
        W=4,
        T=8,
    ),
}


def made(name):
    """Return the example of the schedule called `name` that stands in its table."""
    return BY_HAND[name].made


@EVERY
def test_nothing_is_missing_for_it(name):
    assert name in BY_HAND, (
        f"schedule {name}: please add a table of its values to BY_HAND, tests/test_schedules.py"
    )
    absent = sorted(BY_HAND[name].marks() - set(BY_HAND[name].values))
    assert not absent, f"schedule {name}: please add its values at t = {absent}"


def test_there_is_no_table_without_a_schedule():
    assert set(BY_HAND) <= set(SCHEDULES)


@EVERY
def test_values_by_hand(name):
    for t, value in BY_HAND[name].values.items():
        assert made(name)(t) == pytest.approx(value, rel=1e-14, abs=1e-16), t


@EVERY
def test_many_steps_at_once_equal_one_by_one(name):
    t = np.arange(40)
    singly = [made(name)(int(step)) for step in t]
    np.testing.assert_array_equal(made(name)(t), singly)
    np.testing.assert_array_equal(made(name)(t.astype(float)), singly)
    np.testing.assert_array_equal(made(name)(t.tolist()), singly)
    np.testing.assert_array_equal(made(name)(t[::-3]), singly[::-3])


@EVERY
@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 3, 4)], ids=str)
def test_rates_have_the_shape_of_the_steps(name, shape):
    rates = made(name)(np.arange(math.prod(shape)).reshape(shape))
    assert np.shape(rates) == shape
    assert rates.dtype == np.float64


@EVERY
def test_a_schedule_is_pure(name):
    t = np.arange(40)
    first = made(name)(t)
    made(name)(3)
    first_again = made(name)(t)
    np.testing.assert_array_equal(first, first_again)
    np.testing.assert_array_equal(t, np.arange(40))
    assert not np.shares_memory(first, first_again)


@EVERY
def test_rates_are_finite_and_never_negative_however_long_the_run(name):
    rates = made(name)(np.unique(np.geomspace(1, 1e12, 2000).round()))
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


@EVERY
@pytest.mark.parametrize("t", [-1, -0.5, math.nan, math.inf, [1, -1], []], ids=str)
def test_a_time_that_is_no_count_is_refused(name, t):
    with pytest.raises(
        ValueError, match=r"t must be a number of finished steps, finite and >= 0, got"
    ):
        made(name)(t)


@EVERY
@pytest.mark.parametrize("t", [None, "1", True, 1j, [[1], [1, 2]]], ids=str)
def test_a_time_of_another_type_is_refused(name, t):
    with pytest.raises(
        TypeError, match=r"t must be a number of finished steps, finite and >= 0, got"
    ):
        made(name)(t)


@EVERY
def test_its_repr_makes_it_again(name):
    again = eval(repr(made(name)), dict(SCHEDULES))
    np.testing.assert_array_equal(again(np.arange(30)), made(name)(np.arange(30)))


@EVERY
def test_its_demo_works(name):
    demo = dict(SCHEDULES[name].demo)
    if name == "warmup":
        demo["after"] = s["constant"](1.0)
    assert np.max(SCHEDULES[name](**demo)(np.arange(100))) == pytest.approx(1.0, rel=1e-12)


@EVERY
def test_its_docstring_has_maths_arguments_and_source(name):
    make = SCHEDULES[name]
    text = inspect.getdoc(make)
    assert ".. math::" in text
    assert make.cite in CITED, f"{name}: add {make.cite} to docs/references.bib"
    assert f":cite:t:`{make.cite}`" in text
    for argument in inspect.signature(make).parameters:
        assert re.search(rf"^{argument} : .+\n    \S", text, re.MULTILINE), (
            f"{name}: {argument} is not described"
        )
    for section in ("Parameters", "Returns", "Raises", "References"):
        assert f"\n{section}\n{'-' * len(section)}\n" in text


@EVERY
def test_a_warm_up_fits_around_it(name):
    after = made(name)
    rate = s["warmup"](after, 5)
    np.testing.assert_allclose(rate(np.arange(5)), after(0) * np.arange(1, 6) / 5, rtol=1e-15)
    np.testing.assert_array_equal(rate(np.arange(5, 40)), after(np.arange(35)))


@EVERY
def test_it_drives_an_optimizer(name):
    theta = 1.0
    for t, walked in zip(range(20), gd(lambda theta: theta, 1.0, lr=made(name)), strict=False):
        theta = theta - made(name)(t) * theta
        assert walked == theta


def test_the_clock_counts_from_one_and_asks_from_zero():
    assert [next(tick) for tick in [clock(lambda t: 10 * t)] * 3] == [(1, 0), (2, 10), (3, 20)]
    assert [next(tick) for tick in [clock(0.5)] * 2] == [(1, 0.5), (2, 0.5)]


# ---- ends and bounds -----------------------------------------------------------------------------

PEAKS = st.floats(1e-6, 10)
SHARES = st.floats(0, 1)
LENGTHS = st.integers(1, 500)
ULP = 1 + 4e-16


def within(rates, floor, peak):
    """Check that rates stay between floor and peak, but for a rounding."""
    assert np.all(rates >= floor - 4e-16 * peak)
    assert np.all(rates <= peak + 4e-16 * peak)


@given(PEAKS, SHARES, LENGTHS, st.floats(0.1, 5))
def test_decays_start_at_the_peak_end_at_the_floor_and_never_climb(peak, share, steps, power):
    floor, t = peak * share, np.arange(2 * steps + 2)
    for name, bend in (("linear", {}), ("polynomial", {"power": power}), ("cosine", {})):
        rate = s[name](peak, steps, floor=floor, **bend)
        rates = rate(t)
        within(rates, floor, peak)
        assert rates[0] == pytest.approx(peak, rel=4e-16)
        assert np.all(rates[steps:] == floor)
        assert np.all(np.diff(rates) <= peak * 4e-16)


@given(PEAKS, LENGTHS)
def test_without_a_floor_both_ends_are_hit_exactly(peak, steps):
    for name in ("linear", "polynomial", "cosine"):
        rate = s[name](peak, steps)
        assert rate(0) == peak
        assert rate(steps) == 0


@given(PEAKS, SHARES, LENGTHS, LENGTHS, LENGTHS)
def test_warmup_stable_decay_keeps_its_bounds(peak, share, rise, hold, fall):
    floor, steps = peak * share, rise + hold + fall
    rates = s["wsd"](peak, steps, rise, fall, floor)(np.arange(steps + 5))
    within(rates, min(floor, peak / rise), peak)
    assert np.all(np.abs(rates[rise - 1 : rise + hold] / peak - 1) <= 4e-16)
    assert np.all(rates[steps:] == floor)
    assert np.all(np.diff(rates[:rise]) > 0)


@given(PEAKS, st.integers(8, 500), st.floats(0.2, 0.8), st.floats(1, 100), st.floats(1, 1e5))
def test_one_cycle_keeps_its_bounds(peak, steps, warm, start_div, end_div):
    rates = s["one_cycle"](peak, steps, warm, start_div, end_div)(np.arange(steps + 5))
    first, last = peak / start_div, peak / start_div / end_div
    within(rates, last, peak)
    assert rates[0] == pytest.approx(first, abs=4e-16 * peak)
    assert np.all(rates[steps - 1 :] == last)


@given(PEAKS, SHARES, st.integers(1, 50), st.integers(1, 4))
def test_restarts_keep_their_bounds(peak, share, period, mult):
    rates = s["restarts"](peak, period, mult, peak * share)(np.arange(1000))
    within(rates, peak * share, peak)
    assert rates[period] == rates[0] == pytest.approx(peak, rel=4e-16)


@given(PEAKS, LENGTHS, st.integers(1, 100))
def test_a_warm_up_ends_exactly_at_the_full_rate(peak, steps, rise):
    rates = s["warmup"](s["cosine"](peak, steps), rise)(np.arange(rise + 1))
    assert rates[rise - 1] == rates[rise] == peak
    assert np.all(rates > 0)
    assert np.all(rates <= peak)


@given(PEAKS, st.integers(1, 100), st.integers(1, 100), st.integers(1, 100))
def test_a_warm_up_of_a_warm_up_is_a_warm_up(peak, steps, rise, later):
    inner = s["warmup"](s["linear"](peak, steps), rise)
    rates = s["warmup"](inner, later)(np.arange(later + rise + steps))
    np.testing.assert_array_equal(rates[later:], inner(np.arange(rise + steps)))
    within(rates[:later], 0, peak / rise)


@given(st.floats(0, 300), PEAKS, st.integers(1, 100))
def test_between_two_steps_the_rate_lies_between_theirs(t, peak, steps):
    assume(t != int(t))
    for rate in (
        s["linear"](peak, steps),
        s["cosine"](peak, steps),
        s["inverse_sqrt"](peak, steps),
    ):
        assert rate(math.ceil(t)) / ULP <= rate(t) <= rate(math.floor(t)) * ULP


# ---- restarts, at a distance ---------------------------------------------------------------------


@pytest.mark.parametrize("mult", [1, 2, 3])
@pytest.mark.parametrize("period", [1, 7, 10])
def test_restarts_are_exact_up_to_a_million_steps(period, mult):
    begins, length = [0], period
    while begins[-1] <= 10**6:
        begins.append(begins[-1] + length)
        length *= mult
    t = (
        np.arange(10**6 + 1)
        if mult == 1
        else np.unique(np.concatenate([np.arange(0, 10**6, 37), begins[:-1]]))
    )
    i = np.searchsorted(begins, t, side="right") - 1
    done = (t - np.take(begins, i)) / np.diff(begins)[i]
    rates = s["restarts"](0.3, period, mult)(t)
    np.testing.assert_allclose(rates, 0.15 * (1 + np.cos(pi * done)), rtol=1e-13, atol=1e-17)
    assert np.all(s["restarts"](0.3, period, mult)(begins[:-1]) == 0.3)


# ---- PyTorch's forms, which step from one rate to the next ---------------------------------------

T = np.arange(200)


def test_cosine_is_pytorchs_recursion_up_to_its_end():
    def following(rate, t, lr=0.3, floor=0.02, steps=150):
        return (1 + cos(pi * t / steps)) / (1 + cos(pi * (t - 1) / steps)) * (rate - floor) + floor

    theirs = list(accumulate(range(1, 150), following, initial=0.3))
    np.testing.assert_allclose(s["cosine"](0.3, 150, 0.02)(T[:150]), theirs, rtol=1e-12)


def test_cosine_does_not_climb_again_as_pytorchs_does():
    climbing = 0.5 * (1 + np.cos(pi * T / 100))
    assert climbing[-1] > 0.99
    assert np.all(s["cosine"](1, 100)(T[100:]) == 0)


def test_one_cycle_is_pytorchs():
    def rate(t, peak=0.7, total=200, pct=0.3, div=25.0, final=1e4):
        phases = [(pct * total - 1, peak / div, peak), (total - 1, peak, peak / div / final)]
        begin = 0.0
        for end, first, last in phases:
            if t <= end or end == total - 1:
                return last + (first - last) / 2 * (1 + cos(pi * (t - begin) / (end - begin)))
            begin = end

    np.testing.assert_allclose(s["one_cycle"](0.7, 200)(T), [rate(t) for t in T], rtol=1e-12)
    assert s["one_cycle"](0.7, 200)(59) == 0.7
    assert s["one_cycle"](0.7, 200)(199) == pytest.approx(0.7 / 25e4, rel=1e-15)


def test_decays_at_milestones_are_pytorchs():
    once_more = Counter([30, 80, 80, 120])
    theirs = list(accumulate(T[1:], lambda rate, t: rate * 0.1 ** once_more[t], initial=0.3))
    np.testing.assert_allclose(s["multistep"](0.3, [30, 80, 80, 120])(T), theirs, rtol=1e-14)
    theirs = list(
        accumulate(T[1:], lambda rate, t: rate * (0.5 if t % 30 == 0 else 1), initial=0.3)
    )
    np.testing.assert_allclose(s["step"](0.3, 30, 0.5)(T), theirs, rtol=1e-14)
    theirs = list(accumulate(T[1:], lambda rate, t: rate * 0.97, initial=0.3))
    np.testing.assert_allclose(s["exponential"](0.3, 0.97)(T), theirs, rtol=1e-13)


def test_the_order_of_milestones_does_not_matter():
    np.testing.assert_array_equal(s["multistep"](1, [8, 4, 8])(T), s["multistep"](1, (4, 8, 8))(T))


def test_restarts_are_pytorchs():
    def following(state, _, first=10, mult=2):
        current, length = state
        return (current + 1, length) if current + 1 < length else (0, length * mult)

    states = accumulate(T[1:], following, initial=(0, 10))
    theirs = [0.01 + 0.29 * (1 + cos(pi * current / length)) / 2 for current, length in states]
    np.testing.assert_allclose(s["restarts"](0.3, 10, 2, 0.01)(T), theirs, rtol=1e-13)


def test_a_polynomial_of_power_one_is_the_line():
    np.testing.assert_array_equal(
        s["polynomial"](0.3, 77, 1.0, 0.1)(T), s["linear"](0.3, 77, 0.1)(T)
    )


def test_restarts_longer_than_the_run_are_the_cosine():
    np.testing.assert_allclose(
        s["restarts"](0.3, 200, 2, 0.1)(T), s["cosine"](0.3, 200, 0.1)(T), rtol=1e-14
    )


def test_a_rate_of_each_racer():
    peaks = np.array([[0.1], [0.2], [0.4]])
    for make in (s["linear"], s["cosine"]):
        np.testing.assert_array_equal(
            make(peaks, 50)(T), [make(peak, 50)(T) for peak in peaks[:, 0]]
        )


def test_fractions_of_a_line_are_exact():
    exact = [F(1, 2) + F(1, 2) * (1 - F(t, 64)) for t in range(65)]
    assert [F(float(rate)) for rate in s["linear"](1, 64, 1 / 2)(np.arange(65))] == exact


@pytest.mark.parametrize(
    ("after", "error", "message"),
    [
        (
            lambda t: -1.0,
            ValueError,
            r"rate must be a finite number >= 0 at every step, got array\(-0.2\)",
        ),
        (
            lambda t: math.nan,
            ValueError,
            r"rate must be a finite number >= 0 at every step, got array\(nan\)",
        ),
        (
            lambda t: math.inf,
            ValueError,
            r"rate must be a finite number >= 0 at every step, got array\(inf\)",
        ),
        (
            lambda t: 1j,
            TypeError,
            r"rate must be a finite number >= 0 at every step, got array\(0.\+0.2j\)",
        ),
    ],
)
def test_a_rate_that_is_none_is_refused(after, error, message):
    with pytest.raises(error, match=rf"^warmup\(after=.*, rise=5\): {message}"):
        s["warmup"](after, 5)(0)


def test_a_new_schedule_is_covered():
    @schedule("Brand new", cite="hu2024", peak=1.0)
    def brand_new(peak):
        """Stay."""
        return lambda t: peak + 0 * t

    try:
        assert SCHEDULES["brand_new"] is brand_new
        with pytest.raises(AssertionError, match="please add a table"):
            test_nothing_is_missing_for_it("brand_new")
    finally:
        del SCHEDULES["brand_new"]
