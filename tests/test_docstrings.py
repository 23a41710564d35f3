"""Docstrings: whole, in numpydoc's form, true of the signature, and their examples run."""

import dataclasses
import doctest
import functools
import importlib
import inspect
import re

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import validate

import optbook
from tests.site.test_pages import EQUATIONS

MODULES = ["optbook", "optbook.book.benchmarks", "optbook.plot", "optbook.races"]
LEFT_OUT = {
    "SA01": (
        "a See Also would be a second list of names: pages are ordered, and name what belongs"
        " together"
    ),
    "ES01": "one line is enough where it says all",
    "EX01": "examples stand where they help; which modules have some is tested below",
}
PRINTED = [  # which of a page's equations a rule has
    ("gd", "gradient-descent.html", [0]),
    ("momentum", "momentum.html", [0, 1]),
    ("nesterov", "momentum.html", [2, 1]),
    ("adam", "adam.html", [0, 1, 2, 3]),
]
DRAWS = re.compile(r"optbook\.plot\.")  # Matplotlib refuses there
EXEMPLARY = {  # modules that promise examples
    *(
        "book.benchmarks",
        "book.exercises",
        "book.in_place",
        "book.listings",
        "data",
        "networks",
        "optimizers",
    ),
    *("more_optimizers", "problems", "races", "run", "schedules", "wrappers"),
}


def documented():
    """Yield the dotted name of everything public, and the thing itself: functions, classes,
    methods, properties."""
    for module in map(importlib.import_module, MODULES):
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing):
                yield f"{module.__name__}.{name}", thing
            if inspect.isclass(thing):
                for key, part in vars(thing).items():
                    own = inspect.isfunction(part) or isinstance(
                        part, (property, functools.cached_property)
                    )
                    if (
                        own
                        and key[0] != "_"
                        and key not in getattr(thing, "__dataclass_fields__", ())
                    ):
                        yield f"{module.__name__}.{name}.{key}", part


NAMES = dict(documented())


def errors(name):
    """Return what numpydoc says is wrong, less what is left out, and less what it cannot know."""
    thing, found = NAMES[name], validate(name)["errors"]
    sections = get_doc_object(thing)
    # its parameters are its attributes
    if dataclasses.is_dataclass(thing) and inspect.isclass(thing):
        described = {name.strip() for p in sections["Attributes"] for name in p.name.split(",")}
        assert described == {field.name for field in dataclasses.fields(thing)}, name
        found = [error for error in found if error[0] != "PR01"]
    # a landscape; what it is called with, `Problem.__call__` says
    if isinstance(thing, optbook.Problem):
        found = [error for error in found if error[0] != "PR01"]
    if sections["Yields"]:  # what returns an iterator may say what that yields
        found = [error for error in found if error[0] != "RT01"]
    return [error for error in found if error[0] not in LEFT_OUT]


@pytest.mark.parametrize("name", NAMES)
def test_numpydoc_finds_nothing(name):
    assert not errors(name)


def test_everything_public_is_looked_at():
    assert len(NAMES) >= 90
    assert {
        "optbook.Network.accuracy",
        "optbook.Trajectory.status",
        "optbook.plot.path",
        "optbook.adam",
    } <= set(NAMES)


def test_a_poor_docstring_is_found(monkeypatch):
    def poor(lr):
        """return it"""
        return lr

    monkeypatch.setattr(optbook, "poor", poor, raising=False)
    monkeypatch.setitem(NAMES, "optbook.poor", poor)
    assert {"PR01", "RT01", "SS02", "SS03"} & {code for code, _ in errors("optbook.poor")}


@pytest.mark.parametrize(
    "name",
    [name for name, thing in NAMES.items() if inspect.isfunction(thing) and not DRAWS.match(name)],
)
def test_what_is_refused_is_said(name):
    text = inspect.getdoc(NAMES[name])
    takes = [p for p in inspect.signature(NAMES[name]).parameters if p != "self"]
    assert "Raises" in text or not takes, (
        "what takes arguments can be called wrongly: say what it raises"
    )


def plain(tex):
    """Return a formula without its spaces and groups, for one step earlier if it is of the next."""
    earlier = {"_{t+1}": "_t", "_t": "_{t-1}"} if "_{t+1}" in tex else {}
    tex = re.sub(r"_t\b|_\{t\+1\}", lambda index: earlier.get(index[0], index[0]), tex)
    return re.sub(r"\\nabla_\\theta", r"\\nabla", re.sub(r"\\[,;]|\\cdot|\\quad|[\s{}&]", "", tex))


@pytest.mark.parametrize(("name", "page", "lines"), PRINTED, ids=[name for name, *_ in PRINTED])
def test_equations_of_rules_are_those_of_the_chapter(name, page, lines):
    text = plain(inspect.getdoc(optbook.OPTIMIZERS[name]))
    equations = [part for line in lines for part in EQUATIONS[page][line].split(r", \quad ")]
    assert not [equation for equation in equations if plain(equation) not in text], text


# ---- examples ------------------------------------------------------------------------------------


def examples(module):
    """Return the doctests of a module, and of what is registered in it."""
    module = importlib.import_module(f"optbook.{module}")
    found = {test.name: test for test in doctest.DocTestFinder().find(module) if test.examples}
    for name in module.__all__:
        thing, where = getattr(module, name), f"{module.__name__}.{name}"
        if inspect.isfunction(thing) and ">>>" in inspect.getdoc(thing) and where not in found:
            found[where] = doctest.DocTestParser().get_doctest(
                inspect.getdoc(thing), vars(module), where, None, None
            )
    return found


@pytest.mark.parametrize("module", sorted(EXEMPLARY))
def test_a_module_that_promises_examples_has_some_and_they_run(module):
    found = examples(module)
    assert found, f"optbook/{module}.py: please add an example"
    runner = doctest.DocTestRunner(verbose=False)
    for test in found.values():
        test.globs = dict(test.globs)
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries >= len(found)


@pytest.mark.parametrize("registry", ["OPTIMIZERS", "SCHEDULES", "WRAPPERS"])
def test_whatever_is_registered_has_an_example(registry):
    for rule in getattr(optbook, registry).values():
        assert ">>> " in inspect.getdoc(rule)


def test_an_example_that_is_wrong_is_found():
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, None)
    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda text: None).failed == 1
