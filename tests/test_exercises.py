"""Exercises: starters run and are not yet right, solutions are right, mistakes are named,
notebooks hold them all."""

import numpy as np
import pytest

from ext.exercise import exercises
from optbook import check
from optbook.book import answers
from optbook.book.exercises import EXERCISES, Slip
from tests.site.test_pages import CHAPTER, ROOT

PAGES = {
    name: (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8") for name in CHAPTER
}
FOUND = {name: parts for text in PAGES.values() for name, parts in exercises(text).items()}
EVERY = pytest.mark.parametrize("name", EXERCISES)


def run(code, capsys):
    """Run the code of an exercise, and return what it prints."""
    exec(compile(code, "an exercise", "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out.strip()


def test_every_exercise_stands_on_a_page_and_is_known():
    assert set(FOUND) == set(EXERCISES)
    assert len({exercise.title for exercise in EXERCISES.values()}) == len(EXERCISES)


@pytest.mark.parametrize("page", PAGES)
def test_a_section_has_at_least_four_on_three_levels(page):
    names = exercises(PAGES[page])
    assert len(names) >= 4
    assert {EXERCISES[name].level for name in names} == {1, 2, 3}
    assert list(names) == [name for name in EXERCISES if name in names], (
        "in the order of the registry"
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_section_has_five_quick_questions_with_folded_answers(page):
    quick = PAGES[page].partition("## Five quick questions\n")[2].partition("## Exercises\n")[0]
    assert quick.count(":::{dropdown} ") == 5
    assert "What you will be able to do" in PAGES[page]


@EVERY
def test_the_starter_runs_and_is_not_yet_right(name, capsys):
    assert run(FOUND[name]["starter"], capsys).startswith("Not yet: ")


@EVERY
def test_the_solution_is_right(name, capsys):
    assert run(FOUND[name]["solution"], capsys) == "Right!"


@EVERY
def test_there_is_a_hint(name):
    assert FOUND[name]["hints"]
    assert FOUND[name]["question"]


@EVERY
def test_the_right_answer_passes_and_common_mistakes_are_named(name):
    exercise = EXERCISES[name]
    assert check(name, exercise.right)
    assert len(exercise.mistakes) >= 2
    for says, wrong in exercise.wrong():
        verdict = check(name, wrong)
        assert not verdict
        assert str(verdict) == f"Not yet: {says}"


@EVERY
@pytest.mark.parametrize(
    "answer", [..., None, "seven", True, [], {}, float("nan"), lambda: 0, lambda *_, **__: None]
)
def test_nonsense_is_rejected_kindly(name, answer):
    verdict = check(name, answer)
    assert not verdict
    assert str(verdict).startswith("Not yet: ")


def test_numbers_may_be_rounded_but_not_wrong():
    assert check("sgd-3", 0.6547)
    assert check("gd-2", np.float64(691))
    assert "too large" in str(check("gd-1", 0.1013))
    assert "too small" in str(check("gd-1", 0.0987))


def test_a_readers_own_error_is_shown_and_not_passed_on():
    def walker(grad, theta, lr):
        yield theta / undefined  # noqa: F821

    assert "NameError: name 'undefined' is not defined" in str(check("gd-3", walker))


def test_an_answer_that_stops_early_says_so():
    def walker(grad, theta, lr):
        yield theta - lr * grad(theta)

    assert "it stops after 1 steps; go on for ever" in str(check("gd-3", walker))


@pytest.mark.parametrize("name", ["gd-3", "mom-4", "mom-5", "adam-3", "adam-4"])
def test_a_theta_that_is_changed_in_place_is_told(name):
    right = EXERCISES[name].right

    def in_place(grad, theta, **hyper):
        kept = theta.copy()
        for new in right(grad, theta, **hyper):
            kept[:] = new
            yield kept

    assert "the same array again and again" in str(check(name, in_place))


def test_dealing_for_one_epoch_only_is_told():
    def once(n, size, rng):
        yield from np.split(rng.permutation(n), range(size, n, size))

    assert "it stops after 4 steps; go on for ever" in str(check("sgd-4", once))


def test_where_a_walk_parts_is_told():
    def walker(grad, theta, lr):
        for t in range(12):
            theta = theta - (lr if t < 5 else lr / 2) * grad(theta)
            yield theta

    assert "right up to number 5 (counting from 0)" in str(check("gd-3", walker))


def test_an_unknown_exercise_is_an_error():
    with pytest.raises(ValueError, match=r"check: name must be one of gd-1, .*; got 'gd-99'"):
        check("gd-99", 1)


def test_a_slip_that_no_longer_fits_is_an_error():
    with pytest.raises(ValueError, match="must have 'no such line' once"):
        Slip(answers.central, ("no such line", "")).written()


def shuffling(n, size, rng):
    """Deal from one array that is shuffled in place: right, if a batch is used before the next
    is asked for."""
    order = np.arange(n)
    while True:
        rng.shuffle(order)
        yield from (order[first : first + size] for first in range(0, n, size))


def powers(grad, theta, lr, beta1, beta2, eps):
    """Adam with the powers of the decays kept as products, and one rate for both corrections."""
    m, v, b1, b2 = 0 * theta, 0 * theta, 1, 1
    while True:
        g, b1, b2 = grad(theta), b1 * beta1, b2 * beta2
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        theta = theta - lr * np.sqrt(1 - b2) / (1 - b1) * m / (np.sqrt(v) + eps * np.sqrt(1 - b2))
        yield theta


def through_phi(grad, theta, lr, beta):
    """Nesterov by differences of points."""
    last = theta
    while True:
        ahead = theta + beta * (theta - last)
        last, theta = theta, ahead - lr * grad(ahead)
        yield theta


@pytest.mark.parametrize(
    ("name", "answer"), [("sgd-4", shuffling), ("adam-3", powers), ("mom-5", through_phi)]
)
def test_what_is_right_in_another_way_is_right(name, answer):
    assert check(name, answer)
